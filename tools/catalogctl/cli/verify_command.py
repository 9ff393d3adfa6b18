"""`catalogctl verify`: compare a published tree with its manifest."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options
from catalogctl.cli.output import print_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.cli.output import Output
    from catalogctl.jsontypes import JSON
    from catalogctl.publish.verify import ManifestMismatch


@click.command("verify")
@click.argument("location", metavar="DIR|URL")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    help="Files to fetch at once from a URL.  [default: 8]",
)
@options.trust
@options.output(
    options.format_("text", "json", words="How to print differences."),
    options.quiet(),
)
def verify_command(location: str, workers: int, trust: str | None, output: Output) -> int:
    """Compare a published tree, in a folder or at a URL, with its manifest.json.

    Lists every file that is changed, missing, truncated, or (in a folder) added, but for those that
    a host may rewrite: _headers and .nojekyll. With --trust, the manifest is compared with what the
    keys of the catalog signed.

    \b
    Examples:
      catalogctl verify public
      catalogctl verify https://plugins.example.org/
      catalogctl verify https://plugins.example.org/ --trust 1.root.json

    Exit codes: 0 no difference, 1 files differ, 2 wrong usage, 3 it can't be read.
    """
    from catalogctl.fetch.address_or_path import is_address

    is_url = is_address(location)
    if not is_url:
        path = Path(location)  # a tree's manifest or index is taken as its folder
        is_inside = path.name in {"manifest.json", "index.json"} and path.is_file()
        location = str(path.parent if is_inside else path)
    root = options.trusted_root(None, location) if trust is None else trust
    is_signed = root is not None or (is_url and _is_remembered(location))
    if is_signed:
        differences = _compare_signed(location, root, workers)
    else:
        differences = _compare(location, workers, is_url=is_url)
    _print(differences, output.format)
    output.summary(_summary(location, differences, is_signed=is_signed))
    return 1 if differences else 0


def _is_remembered(url: str) -> bool:
    """Return whether this machine has checked what is published at a URL before."""
    from catalogctl.fetch.address import tree_address
    from catalogctl.trust.trust_state import is_remembered

    return is_remembered(tree_address(url, "verify"), os.environ)


def _compare(location: str, workers: int, *, is_url: bool) -> Sequence[ManifestMismatch]:
    if is_url:
        from catalogctl.publish.verify_url import verify_url

        return verify_url(location, workers=workers)
    from catalogctl.publish.verify import verify_folder

    return verify_folder(Path(location))


def _compare_signed(location: str, root: str | None, workers: int) -> Sequence[ManifestMismatch]:
    from catalogctl.trust.extra import require_extra

    require_extra()
    from catalogctl.trust.pins import pin_of
    from catalogctl.trust.verify_signed import verify_signed

    return verify_signed(location, None if root is None else pin_of(root), workers)


def _print(differences: Sequence[ManifestMismatch], format_: str | None) -> None:
    """Print the differences, one per line, or as one JSON document."""
    from catalogctl.redaction import redacted_json

    if format_ == "json":
        rows: list[JSON] = [
            {"path": each.path, "kind": each.kind.value, "detail": each.detail}
            for each in differences
        ]
        click.echo(json.dumps(redacted_json({"differences": rows}), indent=2))
        return
    for each in differences:
        print_line(f"{each.kind.value:10} {each.path}" + (each.detail and f": {each.detail}"))


def _summary(location: str, differences: Sequence[ManifestMismatch], *, is_signed: bool) -> str:
    """Return a line that says whether the tree is complete, and whether its origin is known."""
    from catalogctl.files.tree_paths import TRUST

    manifest = f"manifest.json ({'signed' if is_signed else 'unsigned'})"
    if not differences:
        return f"{location} is whole: every file is as {manifest} says"
    if any(each.path == f"{TRUST}/" for each in differences) and is_signed:
        return f"no file of {location} was compared, because its signatures can't be accepted"
    noun = "file differs" if len(differences) == 1 else "files differ"
    return (
        f"{len(differences)} {noun} from {manifest} in {location}:"
        " build the tree again, or upload it with catalogctl publish --repair"
    )
