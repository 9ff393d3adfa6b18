"""`catalogctl verify`: compare a published tree with its manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.shared_options import quiet_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON
    from catalogctl.publish.verify import Difference


@click.command("verify")
@click.argument("location", metavar="DIR|URL")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print what differs.  [default: text]",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    help="Files to fetch at once from a URL.  [default: 8]",
)
@quiet_option
def verify_command(location: str, format_: str, workers: int, quiet: bool) -> int:
    """Hold a published tree, in a folder or at a URL, against its manifest.json.

    Every file that is changed, missing, truncated or (in a folder) added is named.

    \b
    Examples:
      catalogctl verify public
      catalogctl verify https://plugins.example.org/

    Exit codes: 0 whole, 1 something differs, 2 wrong usage, 3 it can't be read.
    """
    from catalogctl.fetch.address import is_address

    if is_address(location):
        from catalogctl.publish.verify_url import verify_url

        differences = verify_url(location, workers=workers)
    else:
        from catalogctl.publish.verify import verify_folder

        differences = verify_folder(_folder(Path(location)))
    click.echo(_render(differences, format_), nl=False)
    if not quiet:
        click.echo(_summary(location, differences), err=True)
    return 1 if differences else 0


def _folder(path: Path) -> Path:
    """Return a tree's folder, which its manifest or its index stands for."""
    is_inside = path.name in {"manifest.json", "index.json"} and path.is_file()
    return path.parent if is_inside else path


def _render(differences: Sequence[Difference], format_: str) -> str:
    """Return the differences, a line each, or as one JSON document."""
    from catalogctl.cli.terminal import clean
    from catalogctl.redaction import cut_json

    if format_ == "json":
        rows: list[JSON] = [
            {"path": each.path, "kind": each.kind.value, "detail": each.detail}
            for each in differences
        ]
        return json.dumps(cut_json({"differences": rows}), indent=2) + "\n"
    lines = (
        f"{each.kind.value:10} {each.path}" + (f": {each.detail}" if each.detail else "")
        for each in differences
    )
    return "".join(f"{clean(line)}\n" for line in lines)


def _summary(location: str, differences: Sequence[Difference]) -> str:
    """Return the one line that says whether the tree is whole; nothing says whose it is."""
    from catalogctl.cli.terminal import clean

    where = clean(location)
    if not differences:
        return f"{where} is whole: every file is as manifest.json (unsigned) says"
    count = len(differences)
    noun = "file differs" if count == 1 else "files differ"
    return (
        f"{count} {noun} from manifest.json (unsigned) in {where}: build or upload the tree again"
    )


COMMANDS = {"verify": verify_command}
