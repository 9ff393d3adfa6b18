"""`catalogctl trust init` and `rotate`: make the roots of a catalog, with its maintainers' keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options, trust_options
from catalogctl.cli.output import note, print_line
from catalogctl.cli.passphrases import passphrase_from
from catalogctl.cli.trust_options import ONLINE_KEY
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.command("init")
@options.catalog
@click.option(
    "--keys",
    metavar="DIR",
    type=trust_options.FOLDER,
    required=True,
    help="The folder for the private keys, outside of any git repository.",
)
@click.option(
    "--root-keys", type=click.IntRange(1, 16), default=2, help="Root keys to make.  [default: 2]"
)
@click.option(
    "--threshold",
    type=click.IntRange(1, 16),
    default=1,
    help="Root keys that have to sign a new root.  [default: 1]",
)
@trust_options.passphrase
@click.option("--no-passphrase", is_flag=True, help="Don't encrypt the root keys.")
@trust_options.needs_extra
def init_command(
    catalog: Path,
    keys: Path,
    root_keys: int,
    threshold: int,
    passphrase_file: Path | None,
    no_passphrase: bool,
) -> int:
    """Make the keys and the first root of a catalog.

    \b
    Examples:
      catalogctl trust init --keys ~/catalog-keys
      catalogctl trust init --keys /media/usb/keys --root-keys 3 --threshold 2

    Exit codes: 0 success, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.files.tree_paths import TRUST
    from catalogctl.trust.root_keys import NewKeys, make_first_root

    if no_passphrase and passphrase_file is not None:
        raise UsageError("--no-passphrase and --passphrase-file exclude each other")
    ask = _no_passphrase if no_passphrase else passphrase_from(passphrase_file)
    made = NewKeys(keys, root_keys, threshold, ask)
    folder = catalog / TRUST
    root = make_first_root(made, _repository_id(catalog), folder, int(time.time()))
    _say_what_to_do(root.data, folder, keys)
    return 0


def _no_passphrase(name: str) -> bytes:
    """Return no passphrase for new keys. Raise UsageError for a key that needs one."""
    if name:
        raise UsageError(
            f"{name} is encrypted: leave out --no-passphrase to be asked for its passphrase, or"
            " give --passphrase-file FILE instead"
        )
    return b""


def _repository_id(catalog: Path) -> str:
    """Return the repository_id in catalog.yaml. Raise UsageError if there is none."""
    from catalogctl.pipeline.open_catalog import open_catalog

    repository_id = open_catalog(catalog).settings.repository_id
    if not repository_id:
        raise UsageError(f"{catalog / 'catalog.yaml'} has no repository.repository_id: write one")
    return repository_id


def _say_what_to_do(root: bytes, folder: Path, keys: Path) -> None:
    """Print the hash of the first root, and what comes next."""
    import hashlib

    print_line(f"sha256:{hashlib.sha256(root).hexdigest()}")
    for line in (
        f"That is the hash of {folder / '1.root.json'}, which consumers pin with --trust. Now:",
        f"  commit {folder} and merge it: from then on, only signed trees are published",
        f"  make {keys / 'online.pem'} the secret {ONLINE_KEY} of the environment catalog-signing",
        f"  give each maintainer one of {keys}/root-*.pem, to keep it offline",
    ):
        note(line)


@click.command("rotate")
@click.option(
    "--key",
    "keys",
    metavar="ROOT.pem",
    type=trust_options.FILE,
    multiple=True,
    required=True,
    help="A root key to sign with; may be repeated.",
)
@click.option(
    "--new-online",
    metavar="FILE",
    type=trust_options.FILE,
    help="The new online key, which is made if the file does not exist.",
)
@click.option(
    "--add-root",
    metavar="PUB.pem",
    type=trust_options.FILE,
    multiple=True,
    help="Add a root key by its public half; may be repeated.",
)
@click.option(
    "--drop-root",
    metavar="KEYID",
    multiple=True,
    help="Drop a root key, by the beginning of its id; may be repeated.",
)
@click.option(
    "--threshold", type=click.IntRange(1, 16), help="Root keys that have to sign from now on."
)
@trust_options.roots
@trust_options.passphrase
@trust_options.needs_extra
def rotate_command(
    keys: tuple[Path, ...],
    new_online: Path | None,
    add_root: tuple[Path, ...],
    drop_root: tuple[str, ...],
    threshold: int | None,
    roots: Path | None,
    passphrase_file: Path | None,
) -> int:
    """Make the next root of a catalog: another year, or other keys.

    Until enough of the old and of the new root keys have signed, the root waits: the next
    maintainer adds a signature with --key alone. Consumers who pinned an older root follow.

    \b
    Examples:
      catalogctl trust rotate --key root-1.pem
      catalogctl trust rotate --key root-1.pem --new-online online-2.pem
      catalogctl trust rotate --key root-1.pem --add-root eve.pub.pem --drop-root 4f1c2ab0

    Exit codes: 0 success, 1 that is not possible, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.trust import key_files
    from catalogctl.trust.root_keys import RootChange, online_key, rotate

    folder = trust_options.roots_folder(roots)
    ask = passphrase_from(passphrase_file)
    signers = [key_files.signer_of(key_files.read_key_file(key), str(key), ask) for key in keys]
    change = RootChange(
        online_key(new_online) if new_online is not None else None,
        tuple(map(key_files.public_key, add_root)),
        drop_root,
        threshold,
    )
    done = rotate(folder, signers, change, int(time.time()))
    path = folder / f"{done.version}.root.json"
    if done.missing:
        noun = "signature" if done.missing == 1 else "signatures"
        note(
            f"{path} waits for {done.missing} more {noun}: hand it to the next maintainer, who runs"
            " catalogctl trust rotate --key"
        )
    else:
        note(f"{path} is complete: commit and merge it, and publish the catalog again")
    return 0
