"""`catalogctl fmt`: put plugin files into the canonical layout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options
from catalogctl.cli.output import print_line

if TYPE_CHECKING:
    from catalogctl.cli.output import Output


@click.command("fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; name the files that would change.")
@options.catalog
@options.output(options.color, options.quiet())
def fmt_command(paths: tuple[Path, ...], check: bool, catalog: Path, output: Output) -> int:
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
    from catalogctl.calls.format_files import format_files

    formatting = format_files(catalog, paths, write=not check)
    for file in formatting.changed:
        print_line(file)
    output.warn(formatting.problems)
    verb = "to change" if check else "changed"
    output.summary(f"{formatting.files} files looked at, {len(formatting.changed)} {verb}")
    return 1 if formatting.problems or (check and formatting.changed) else 0
