"""`catalogctl import`: take over the plugins of another repository."""

from __future__ import annotations

import os
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.inputs import read_input
from catalogctl.cli.shared_options import catalog_folder, catalog_option, color_option, quiet_option
from catalogctl.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from catalogctl.calls.import_plugins import Imported

MAX_SIZE = 64 * 1024 * 1024


@click.command("import")
@click.argument("source", metavar="FILE|-|URL")
@click.option("--check", is_flag=True, help="Write nothing; say what would come of it.")
@catalog_option
@color_option
@quiet_option
def import_command(source: str, check: bool, catalog: Path | None, color: str, quiet: bool) -> int:
    """Take plugins over from another repository: PluginsInfo in, plugin files out.

    SOURCE holds what its list call answers, or a list of PluginInfo, as JSON or YAML. The dates
    that plugins had there go to imported.json. What this catalog can't have is refused and listed,
    with what is wrong; the other plugins are written. What is other afterwards is listed too.

    \b
    Examples:
      catalogctl import plugins.json
      spacectl list plugin -o json | catalogctl import -
      catalogctl import https://repository.example.org/plugins.json

    Exit codes: 0 all are there, 1 some were refused, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.calls.import_entries import read_entries
    from catalogctl.calls.import_plugins import import_plugins
    from catalogctl.calls.planned_change import RefusedError
    from catalogctl.cli.output import lines_of, tell_problems

    folder = catalog_folder(catalog)
    name, data = _read(source)
    entries = read_entries(name, data)
    try:
        imported = import_plugins(folder, entries, name, write=not check)
    except RefusedError as refused:
        tell_problems(refused.problems, color, line_of=lines_of(refused.overlay, folder))
        return 1
    problems = [problem for each in imported.refused for problem in each.problems]
    tell_problems(problems, color, line_of=lines_of(imported.overlay, folder))
    _tell(imported, check=check, quiet=quiet)
    return 1 if imported.refused else 0


def _read(source: str) -> tuple[str, bytes]:
    """Return where the plugins come from, without a secret, and the text."""
    from catalogctl.cli.terminal import clean
    from catalogctl.fetch.address import is_address

    if is_address(source):
        return _download(source)
    name = "stdin" if source == "-" else clean(Path(source).name)
    return name, _at_most(read_input(source, "the list", MAX_SIZE), name)


def _download(source: str) -> tuple[str, bytes]:
    """Return an address and what it answers."""
    from catalogctl.fetch.address import parse_address
    from catalogctl.fetch.fetcher import Fetcher
    from catalogctl.fetch.response import whole

    url = parse_address(source, "import")
    fetcher = Fetcher(os.environ)
    try:
        answer = fetcher.read(url, whole, most=MAX_SIZE)
    finally:
        fetcher.close()
    if answer.status != HTTPStatus.OK:
        raise OutsideError(f"{url} answered {answer.status}")
    return url, answer.body


def _at_most(data: bytes, name: str) -> bytes:
    """Return a text that is not too large to be read."""
    if len(data) > MAX_SIZE:
        raise UsageError(f"can't read {name}: it has more than {MAX_SIZE} bytes")
    return data


def _tell(imported: Imported, *, check: bool, quiet: bool) -> None:
    """List what was added on stdout, and all else on stderr, a line each."""
    from catalogctl.cli.terminal import clean

    for plugin_id in imported.added:
        click.echo(clean(plugin_id))
    for refused in imported.refused:
        click.echo(clean(f"refused {refused.plugin_id}: {refused.reason}"), err=True)
    if quiet:
        return
    for note in imported.notes:
        click.echo(clean(f"note: {note}"), err=True)
    counts = f"{len(imported.added)} {'to add' if check else 'added'}"
    if imported.present:
        counts += f", {len(imported.present)} there already"
    click.echo(f"{counts}, {len(imported.refused)} refused", err=True)


COMMANDS = {"import": import_command}
