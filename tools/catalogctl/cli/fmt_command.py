"""`catalogctl fmt`: format plugin files in the canonical layout."""

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
@click.option("--check", is_flag=True, help="Change nothing; list the files that would change.")
@options.catalog
@options.output(options.color, options.quiet())
def fmt_command(paths: tuple[Path, ...], check: bool, catalog: Path, output: Output) -> int:
    """Format plugin files: fields in the API's order, and values in one notation.

    Comments stay with what they describe, and no value changes. PATH… are plugin files or folders
    that contain plugin files; the default is all plugin files of the catalog.

    \b
    Examples:
      catalogctl fmt
      catalogctl fmt --check
      catalogctl fmt catalog/plugins/plugin-aws-sns-mon-webhook.yaml

    Exit codes: 0 success, 1 a file can't be read, or --check found one to change, 2 wrong usage,
    3 something outside failed.
    """
    from catalogctl.calls.format_files import format_files
    from catalogctl.report.counts import many

    formatting = format_files(catalog, paths, write=not check)
    for file in formatting.changed:
        print_line(file)
    output.warn(formatting.problems)
    verb = "to change" if check else "changed"
    looked_at = many(formatting.files, "file")
    output.summary(f"{looked_at} looked at, {len(formatting.changed)} {verb}")
    return 1 if formatting.problems or (check and formatting.changed) else 0
