"""`catalogctl trust sign` and `renew`: sign editions with the online key."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options, trust_options
from catalogctl.cli.output import note, print_line, say
from catalogctl.cli.passphrases import passphrase_from
from catalogctl.cli.trust_options import ONLINE_KEY
from catalogctl.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from catalogctl.trust.signing import Signer


def signing_options(command: options.Command) -> options.Command:
    """Add the options of the commands that sign with the online key."""
    for option in (
        click.option(
            "--life",
            metavar="TIME",
            default="7d",
            callback=options.checked_by(options.duration("--life", least=1)),
            help="How long consumers may believe the signatures.  [default: 7d]",
        ),
        trust_options.roots,
        click.option(
            "--key",
            metavar="FILE",
            type=trust_options.FILE,
            help=f"The online key.  [default: the PEM in ${ONLINE_KEY}]",
        ),
    ):
        command = option(command)
    return command


@click.command("sign")
@click.argument("tree", metavar="DIR", type=trust_options.FOLDER)
@signing_options
@options.quiet()
@trust_options.needs_extra
def sign_command(tree: Path, key: Path | None, roots: Path | None, life: float, quiet: bool) -> int:
    """Sign a built tree: add trust/ with the hashes of its files.

    \b
    Examples:
      catalogctl trust sign public --key ~/catalog-keys/online.pem

    Exit codes: 0 success, 1 it may not be signed, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.trust.signing import sign_tree

    edition = sign_tree(tree, _signer(key, roots, life))
    if not quiet:
        note(f"signed {tree}: {edition.repository_id}, commit {edition.commit or 'unknown'}")
    return 0


@click.command("renew")
@click.argument("location", metavar="DIR|URL")
@click.option(
    "--out",
    metavar="DIR",
    type=trust_options.FOLDER,
    help="Write new files there, below trust/.  [default: into DIR]",
)
@click.option(
    "--commit",
    metavar="SHA",
    help="Renew only the edition of this commit.  [default: for a URL, HEAD]",
)
@signing_options
@options.quiet()
@trust_options.needs_extra
def renew_command(
    location: str,
    out: Path | None,
    commit: str | None,
    key: Path | None,
    roots: Path | None,
    life: float,
    quiet: bool,
) -> int:
    """Renew the signatures of an edition before they expire.

    Needs only trust/ of the tree: a new timestamp.json of a few hundred bytes is what to upload.

    \b
    Examples:
      catalogctl trust renew public --key ~/catalog-keys/online.pem
      catalogctl trust renew https://plugins.example.org/ --out renewed

    Exit codes: 0 success, 1 it may not be renewed, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.fetch.address_or_path import is_address
    from catalogctl.trust.metadata_source import place_at
    from catalogctl.trust.renewing import renewed
    from catalogctl.trust.signing import remove_leftovers, write_signed

    if is_address(location):
        if out is None:
            raise UsageError("name the folder for the new files of a URL: --out DIR")
        commit = commit or _head()
    target = out or Path(location)
    signer = _signer(key, roots, life)
    with place_at(location, os.environ) as place:
        files = list(renewed(place, signer, commit))
    remove_leftovers(target)
    for path, data in files:
        write_signed(target, path, data)
        if not quiet:
            print_line(path)
    return 0


def _head() -> str:
    """Return the commit of the repository around. Raise UsageError without one."""
    from catalogctl.source.git import Git

    try:
        return Git(Path.cwd()).ask("rev-parse", "HEAD").decode().strip()
    except OutsideError:
        raise UsageError(
            "which edition may be renewed? Run this in a clone of the catalog, or give --commit"
        ) from None


def _signer(key: Path | None, roots: Path | None, life: float) -> Signer:
    """Return who signs, from the options and the environment."""
    from catalogctl.trust.key_files import read_key_file, signer_of
    from catalogctl.trust.root_chain import read_roots
    from catalogctl.trust.signing import Signer

    given = os.environ.get(ONLINE_KEY, "")
    if key is None and not given:
        raise UsageError(f"there is no key to sign with: give --key FILE, or set {ONLINE_KEY}")
    data = given.encode() if key is None else read_key_file(key)
    name = f"${ONLINE_KEY}" if key is None else str(key)
    signer = signer_of(data, name, passphrase_from(None))
    chain = read_roots(trust_options.roots_folder(roots))
    if chain.waiting is not None:
        version = chain.waiting.signed.version
        say(f"{version}.root.json waits for signatures; {version - 1}.root.json counts until then")
    return Signer(signer, chain, int(time.time()), int(life))
