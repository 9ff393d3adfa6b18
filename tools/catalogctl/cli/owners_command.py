"""`catalogctl owners`: print who may approve changes to each plugin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options
from catalogctl.cli.output import note
from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.cli.output import Output

_LARGEST = 3 * 1024 * 1024
"""The size in bytes of the largest CODEOWNERS file that GitHub reads."""


@click.command("owners")
@options.catalog
@options.output(options.format_("codeowners", "json"))
@click.option(
    "--update",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the lines to a CODEOWNERS file, between two markers; the rest stays.",
)
def owners_command(catalog: Path, update: Path | None, output: Output) -> int:
    """Print who may approve changes to each plugin: its `maintainers`.

    \b
    Examples:
      catalogctl owners
      catalogctl owners --update .github/CODEOWNERS
      catalogctl owners --format json

    Exit codes: 0 success, 1 a plugin's maintainers can't be told, 2 wrong usage, 3 something
    outside failed.
    """
    from catalogctl.diff.owners import owners

    if update is not None and output.format != "codeowners":
        raise UsageError("--update writes CODEOWNERS: leave --format out")
    owners_of = owners(catalog)
    if update is not None:
        _update_codeowners(update, owners_of)
    else:
        click.echo(_text(owners_of, output), nl=False)
    return 0


def _text(owners: Mapping[str, Sequence[str]], output: Output) -> str:
    from catalogctl.redaction import redacted_json
    from catalogctl.report import codeowners
    from catalogctl.report.safe_output import json_text

    if output.format == "codeowners":
        return codeowners.render(owners)
    named = redacted_json({file: list(names) for file, names in owners.items()})
    return json_text(named, unicode=output.stdout.unicode)


def _update_codeowners(given: Path, owners: Mapping[str, Sequence[str]]) -> None:
    """Update the marked part of a CODEOWNERS file if it is out of date."""
    from catalogctl.report import codeowners
    from catalogctl.source.folder import Folder

    file = given.resolve()
    if file.is_dir() or not file.parent.is_dir():
        raise UsageError(
            f"--update {given} is a folder, or in a folder that does not exist: name a file"
        )
    before = Folder(file.parent, "", "").read(file.name, _LARGEST) if file.exists() else b""
    if not isinstance(before, bytes):
        raise OutsideError(f"{given}: {before.message}")
    try:
        text = codeowners.updated(before.decode("utf-8", "surrogateescape"), owners)
    except UsageError as error:
        raise UsageError(f"{given} is left as it is: {error}") from error
    after = text.encode("utf-8", "surrogateescape")
    if after != before:
        write_atomic(file, after)
    note(f"{'updated' if after != before else 'nothing to change in'} {given}")
