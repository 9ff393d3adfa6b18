"""`catalogctl trust forget`: forget what this machine has seen of a catalog."""

from __future__ import annotations

import os

import click

from catalogctl.cli.output import note


@click.command("forget")
@click.argument("url", metavar="URL")
def forget_command(url: str) -> int:
    """Forget what this machine has seen of a catalog at a URL.

    From then on the catalog is not checked there, until a root is pinned again. Older editions are
    no longer noticed, so do this only if the catalog has begun anew with other keys.

    \b
    Examples:
      catalogctl trust forget https://plugins.example.org/

    Exit codes: 0 success, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.fetch.address import tree_address
    from catalogctl.trust.trust_state import trust_state_of

    address = tree_address(url, "trust forget")
    if trust_state_of(address, os.environ).forget():
        note(f"forgot what {address} signed: pin its root again with --trust")
    else:
        note(f"nothing of {address} is remembered")
    return 0
