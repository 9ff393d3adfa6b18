"""`catalogctl fmt`: put plugin files into the canonical layout."""

from __future__ import annotations

from pathlib import Path

import click

from catalogctl.cli.shared_options import catalog_folder, catalog_option, color_option, quiet_option


@click.command("fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; name the files that would change.")
@catalog_option
@color_option
@quiet_option
def fmt_command(
    paths: tuple[Path, ...], check: bool, catalog: Path | None, color: str, quiet: bool
) -> int:
    """Put plugin files into the one layout: fields in the API's order, one way to write a value.

    Comments stay with what they are about, and the value stays what it is. PATH… are plugin files
    or folders with some; without any, all plugin files of the catalog are meant.

    \b
    Examples:
      catalogctl fmt
      catalogctl fmt --check
      catalogctl fmt catalog/plugins/plugin-aws-sns-mon-webhook.yaml

    Exit codes: 0 fine, 1 a file can't be read, or --check found one to change, 2 wrong usage,
    3 something outside failed.
    """
    from catalogctl.calls.format_files import formatting
    from catalogctl.cli.output import tell_problems
    from catalogctl.cli.terminal import clean
    from catalogctl.files import replace_files
    from catalogctl.pipeline.open_catalog import open_catalog

    folder = catalog_folder(catalog)
    opened = open_catalog(folder)
    found = formatting(opened, paths)
    if not check and found.changes:
        replace_files(folder, found.changes)
    for each in found.changes:
        click.echo(clean(opened.plugin_folder.file(Path(each.path).name)))
    tell_problems(found.problems, color)
    if not quiet:
        verb = "to change" if check else "changed"
        click.echo(f"{found.files} files looked at, {len(found.changes)} {verb}", err=True)
    return 1 if found.problems or (check and found.changes) else 0


COMMANDS = {"fmt": fmt_command}
