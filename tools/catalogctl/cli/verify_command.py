"""`catalogctl verify`: compare a published tree with its manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options
from catalogctl.cli.output import print_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.cli.output import Output
    from catalogctl.jsontypes import JSON
    from catalogctl.publish.verify import Difference


@click.command("verify")
@click.argument("location", metavar="DIR|URL")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    help="Files to fetch at once from a URL.  [default: 8]",
)
@options.output(
    options.format_("text", "json", words="How to print differences."),
    options.quiet(),
)
def verify_command(location: str, workers: int, output: Output) -> int:
    """Compare a published tree, in a folder or at a URL, with its manifest.json.

    Lists every file that is changed, missing, truncated, or (in a folder) added.

    \b
    Examples:
      catalogctl verify public
      catalogctl verify https://plugins.example.org/

    Exit codes: 0 no difference, 1 files differ, 2 wrong usage, 3 it can't be read.
    """
    differences = _differences(location, workers)
    _print(differences, output.format)
    output.summary(_summary(location, len(differences)))
    return 1 if differences else 0


def _differences(location: str, workers: int) -> Sequence[Difference]:
    from catalogctl.fetch.address import is_address

    if is_address(location):
        from catalogctl.publish.verify_url import verify_url

        return verify_url(location, workers=workers)
    from catalogctl.publish.verify import verify_folder

    path = Path(location)  # a tree's manifest or index is taken as its folder
    is_inside = path.name in {"manifest.json", "index.json"} and path.is_file()
    return verify_folder(path.parent if is_inside else path)


def _print(differences: Sequence[Difference], format_: str | None) -> None:
    """Print the differences, one per line, or as one JSON document."""
    from catalogctl.redaction import cut_json

    if format_ == "json":
        rows: list[JSON] = [
            {"path": each.path, "kind": each.kind.value, "detail": each.detail}
            for each in differences
        ]
        click.echo(json.dumps(cut_json({"differences": rows}), indent=2))
        return
    for each in differences:
        print_line(f"{each.kind.value:10} {each.path}" + (each.detail and f": {each.detail}"))


def _summary(location: str, count: int) -> str:
    """Return a line that says whether the tree is complete; its origin is not verified."""
    if not count:
        return f"{location} is whole: every file is as manifest.json (unsigned) says"
    noun = "file differs" if count == 1 else "files differ"
    return (
        f"{count} {noun} from manifest.json (unsigned) in {location}:"
        " build or upload the tree again"
    )
