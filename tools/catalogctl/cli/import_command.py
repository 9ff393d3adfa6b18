"""`catalogctl import`: import the plugins of another repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from catalogctl.cli import options
from catalogctl.cli.inputs import read_source
from catalogctl.cli.output import note, print_line

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.calls.import_plugins import Imported
    from catalogctl.cli.output import Output
    from catalogctl.jsontypes import JSONObject

MAX_SIZE = 64 * 1024 * 1024


@click.command("import")
@click.argument("source", metavar="FILE|-|URL")
@click.option("--check", is_flag=True, help="Write nothing; show what would be imported.")
@options.catalog
@options.output(options.color, options.quiet())
def import_command(source: str, check: bool, catalog: Path, output: Output) -> int:
    """Import plugins from another repository: PluginsInfo in, plugin files out.

    The source contains the answer of its list call, or a list of PluginInfo, as JSON or YAML. The
    plugins' dates are kept in imported.json. The index.json of a published catalog stands for its
    whole list, which may be in parts. Plugins that this catalog can't accept are refused
    and listed with the reasons; the others are written. Differences from the source are listed.

    \b
    Examples:
      catalogctl import plugins.json
      spacectl list plugin -o json | catalogctl import -
      catalogctl import https://repository.example.org/plugins.json
      catalogctl import https://catalog.example.org/index.json

    Exit codes: 0 all are present, 1 some were refused, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.import_plugins import import_plugins
    from catalogctl.calls.planned_change import RefusedCallError
    from catalogctl.cli.source_lines import lines_after

    name, entries = _read(source)
    try:
        imported = import_plugins(catalog, entries, name, write=not check)
    except RefusedCallError as refused:
        output.warn(refused.problems, line_of=lines_after(refused.overlay, catalog))
        return 1
    output.warn(imported.problems, line_of=lines_after(imported.overlay, catalog))
    _print_result(imported, check=check, quiet=output.quiet)
    return 1 if imported.refused else 0


def _read(source: str) -> tuple[str, list[JSONObject]]:
    """Return a source's name and its plugins; an index stands for the catalog that it is of."""
    from catalogctl.calls.import_entries import read_entries
    from catalogctl.catalog import Catalog
    from catalogctl.client.published_index import is_index
    from catalogctl.client.tree_reader import has_json_shape

    name, data = read_source(source, MAX_SIZE)
    if source.endswith("index.json") and has_json_shape(data, is_index):
        plugins = Catalog.open(source, require_fresh=True).list()["results"]
        return name, cast("list[JSONObject]", plugins)
    return name, read_entries(name, data)


def _print_result(imported: Imported, *, check: bool, quiet: bool) -> None:
    """Print the added plugins to stdout and everything else to stderr, one per line."""
    for plugin_id in imported.added:
        print_line(plugin_id)
    for refused in imported.refused:
        note(f"refused {refused.plugin_id}: {refused.reason}")
    if quiet:
        return
    for line in imported.notes:
        note(f"note: {line}")
    counts = f"{len(imported.added)} {'to add' if check else 'added'}"
    if imported.present:
        counts += f", {len(imported.present)} there already"
    note(f"{counts}, {len(imported.refused)} refused")
