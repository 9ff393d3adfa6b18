"""`catalogctl trust show`: show roots and signatures."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options, trust_options
from catalogctl.cli.output import print_line, say

if TYPE_CHECKING:
    from catalogctl.cli.output import Output
    from catalogctl.trust.show import Shown


@click.command("show")
@click.argument("location", metavar="[DIR|URL|FILE]", required=False)
@click.option(
    "--min-life",
    metavar="TIME",
    default="0s",
    callback=options.checked_by(options.duration("--min-life")),
    help="Exit 1 if anything expires sooner.  [default: 0s]",
)
@options.output(options.format_("text", "json"))
@trust_options.needs_extra
def show_command(location: str | None, min_life: float, output: Output) -> int:
    """Show roots and signatures: whose they are, and how long they live.

    Shows the roots of the nearest catalog, or the signatures of a built or published tree, or a
    root. Only its hash tells whether the first root is the right one.

    \b
    Examples:
      catalogctl trust show
      catalogctl trust show https://plugins.example.org/ --min-life 3d

    Exit codes: 0 success, 1 there is no root, or a signature is wrong or too old, 2 wrong usage,
    3 something outside failed.
    """
    shown = _shown(location)
    if output.format == "json":
        click.echo(json.dumps(shown.to_json(), indent=2))
    else:
        _print(shown)
    wrong = shown.lacking(min_life)
    for each in wrong:
        say(each)
    return 1 if wrong else 0


def _shown(location: str | None) -> Shown:
    """Return what there is to show at a location."""
    from catalogctl.fetch.address_or_path import is_address
    from catalogctl.trust.key_files import read_key_file
    from catalogctl.trust.metadata_source import place_at
    from catalogctl.trust.root_chain import root_name
    from catalogctl.trust.show import show_place, show_root, show_roots

    now = time.time()
    if location is None:
        return show_roots(trust_options.roots_folder(None), now)
    path = Path(location)
    if not is_address(location) and path.is_file():
        return show_root(path, read_key_file(path), now)
    if not is_address(location) and (path / root_name(1)).is_file():
        return show_roots(path, now)
    with place_at(location, os.environ) as place:
        return show_place(place, now)


def _print(shown: Shown) -> None:
    """Print what is shown, a line for each role."""
    facts = {
        "catalog": shown.repository_id,
        "commit": shown.commit,
        "committed": shown.commit_time,
        "manifest.json": shown.manifest_sha256 and f"sha256:{shown.manifest_sha256}",
        "1.root.json": shown.first_root_sha256 and f"sha256:{shown.first_root_sha256}",
    }
    for name, value in facts.items():
        if value:
            print_line(f"{name:14} {value}")
    for role in shown.roles:
        signed = f"{len(role.signatures)} of {len(role.keys)} keys signed, {role.threshold} needed"
        print_line(f"{role.role:14} {role.version}, expires {role.expires}, {signed}")
        for keyid in role.keys:
            print_line(f"{'':14} {keyid} {'signed' if keyid in role.signatures else ''}".rstrip())
