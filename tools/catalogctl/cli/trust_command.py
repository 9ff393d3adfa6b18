"""`catalogctl trust`: sign built trees, and keep the keys and signatures of a catalog."""

from __future__ import annotations

import json
import os
import time
from contextlib import closing, contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli import options
from catalogctl.cli.output import note, print_line, say
from catalogctl.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalogctl.cli.output import Output
    from catalogctl.trust.metadata_source import Place
    from catalogctl.trust.show import Shown
    from catalogctl.trust.signing import Signer

ONLINE_KEY = "CATALOGCTL_ONLINE_KEY"
"""The environment variable with the online key in PEM, for CI."""
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group("trust")
def trust_command() -> None:
    """Sign built trees, so that consumers notice what their host changes.

    Needs the packages of catalogctl[trust]. docs/trust.md begins with five commands.

    \b
    Examples:
      catalogctl trust init --keys ~/catalog-keys
      catalogctl trust sign public --key ~/catalog-keys/online.pem
      catalogctl trust show https://plugins.example.org/

    Exit codes: 0 success, 1 wrong keys or signatures, 2 wrong usage, 3 something outside failed.
    """


def needs_extra(command: options.Command) -> options.Command:
    """Let a command raise UsageError if the packages of the extra are missing."""

    @wraps(command)
    def checked(**values: Any) -> Any:
        from catalogctl.trust.extra import require_extra

        require_extra()
        return command(**values)

    checked_command: options.Command = checked
    return checked_command


roots_option = click.option(
    "--roots",
    metavar="DIR",
    type=FOLDER,
    help="The folder of the roots.  [default: trust/ of the nearest catalog upward]",
)
passphrase_option = click.option(
    "--passphrase-file",
    metavar="FILE",
    type=FILE,
    help="Read the passphrase of root keys from the first line of a file.  [default: ask]",
)


def signing_options(command: options.Command) -> options.Command:
    """Add the options of the commands that sign with the online key."""
    for option in (
        click.option(
            "--life",
            metavar="TIME",
            default="7d",
            callback=options.checked_by(options.duration("--life")),
            help="How long consumers may believe the signatures.  [default: 7d]",
        ),
        roots_option,
        click.option(
            "--key",
            metavar="FILE",
            type=FILE,
            help=f"The online key.  [default: the PEM in ${ONLINE_KEY}]",
        ),
    ):
        command = option(command)
    return command


@trust_command.command("init")
@options.catalog
@click.option(
    "--keys",
    metavar="DIR",
    type=FOLDER,
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
@passphrase_option
@click.option("--no-passphrase", is_flag=True, help="Don't encrypt the root keys.")
@needs_extra
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
    ask = (lambda _: b"") if no_passphrase else _passphrase(passphrase_file)
    made = NewKeys(keys, root_keys, threshold, ask)
    folder = catalog / TRUST
    root = make_first_root(made, _repository_id(catalog), folder, int(time.time()))
    _say_what_to_do(root.data, folder, keys)
    return 0


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


def _passphrase(file: Path | None) -> Callable[[str], bytes]:
    """Return what gives the passphrase of a key, from a file or the terminal."""

    def passphrase(name: str) -> bytes:
        if file is not None:
            from catalogctl.trust.key_files import read_key_file

            lines = read_key_file(file).splitlines()
            if not lines or not lines[0]:
                raise UsageError(f"{file} has no passphrase in its first line")
            return lines[0]
        return _asked(name)

    return passphrase


def _asked(name: str) -> bytes:
    """Ask for a passphrase at the terminal; twice if it is for new keys."""
    import sys

    from catalogctl.cli.terminal import facts

    if not (facts(sys.stdin).tty and facts(sys.stderr).tty):
        needs = f"the passphrase of {name}" if name else "a passphrase for the new root keys"
        raise UsageError(f"there is no terminal to ask for {needs}: give --passphrase-file FILE")
    words = f"Passphrase of {name}" if name else "Passphrase for the new root keys"
    given: str = click.prompt(words, hide_input=True, confirmation_prompt=not name, err=True)
    return given.encode()


@trust_command.command("sign")
@click.argument("tree", metavar="DIR", type=FOLDER)
@signing_options
@options.quiet()
@needs_extra
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


@trust_command.command("renew")
@click.argument("location", metavar="DIR|URL")
@click.option(
    "--out",
    metavar="DIR",
    type=FOLDER,
    help="Write new files there, below trust/.  [default: into DIR]",
)
@click.option(
    "--commit",
    metavar="SHA",
    help="Renew only the edition of this commit.  [default: for a URL, HEAD]",
)
@signing_options
@options.quiet()
@needs_extra
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
    from catalogctl.fetch.address import is_address
    from catalogctl.trust.renewing import renewed
    from catalogctl.trust.signing import write_signed

    if is_address(location):
        if out is None:
            raise UsageError("name the folder for the new files of a URL: --out DIR")
        commit = commit or _head()
    target = out or Path(location)
    signer = _signer(key, roots, life)
    with _opened(location) as place:
        files = list(renewed(place, signer, commit))
    for path, data in files:
        write_signed(target, path, data)
        if not quiet:
            print_line(path)
    return 0


@contextmanager
def _opened(location: str) -> Iterator[Place]:
    """Open a built tree, or a published one."""
    from catalogctl.fetch.address import is_address, tree_address
    from catalogctl.fetch.fetcher import Fetcher
    from catalogctl.trust.limits import LIMITS
    from catalogctl.trust.metadata_source import FolderPlace, WebPlace

    if not is_address(location):
        if not Path(location).is_dir():
            raise UsageError(f"{location} is not a folder")
        yield FolderPlace(Path(location))
        return
    with closing(Fetcher(os.environ, limits=LIMITS.fetch)) as fetcher:
        yield WebPlace(tree_address(location, "trust"), fetcher)


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
    signer = signer_of(data, name, _passphrase(None))
    chain = read_roots(_roots(roots))
    if chain.waiting is not None:
        version = chain.waiting.signed.version
        say(f"{version}.root.json waits for signatures; {version - 1}.root.json counts until then")
    return Signer(signer, chain, int(time.time()), int(life))


def _roots(given: Path | None) -> Path:
    """Return the folder of the roots: the given one, or that of the nearest catalog."""
    from catalogctl.files.tree_paths import TRUST

    return given if given is not None else options.catalog_folder(None) / TRUST


@trust_command.command("rotate")
@click.option(
    "--key",
    "keys",
    metavar="ROOT.pem",
    type=FILE,
    multiple=True,
    required=True,
    help="A root key to sign with; may be repeated.",
)
@click.option(
    "--new-online",
    metavar="FILE",
    type=FILE,
    help="The new online key, which is made if the file does not exist.",
)
@click.option(
    "--add-root",
    metavar="PUB.pem",
    type=FILE,
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
@roots_option
@passphrase_option
@needs_extra
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
    from catalogctl.trust.root_keys import RootChange, online_signer, rotate

    folder = _roots(roots)
    ask = _passphrase(passphrase_file)
    signers = [key_files.signer_of(key_files.read_key_file(key), str(key), ask) for key in keys]
    change = RootChange(
        online_signer(new_online).public_key if new_online is not None else None,
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


@trust_command.command("show")
@click.argument("location", metavar="[DIR|URL|FILE]", required=False)
@click.option(
    "--min-life",
    metavar="TIME",
    default="0s",
    callback=options.checked_by(options.duration("--min-life")),
    help="Exit 1 if anything expires sooner.  [default: 0s]",
)
@options.output(options.format_("text", "json"))
@needs_extra
def show_command(location: str | None, min_life: float, output: Output) -> int:
    """Show roots and signatures: whose they are, and how long they live.

    Shows the roots of the nearest catalog, or the signatures of a built or published tree, or a
    root. Whether the first root is the right one, only its hash tells.

    \b
    Examples:
      catalogctl trust show
      catalogctl trust show https://plugins.example.org/ --min-life 3d

    Exit codes: 0 success, 1 a signature is wrong or too old, 2 wrong usage, 3 something outside
    failed.
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
    from catalogctl.fetch.address import is_address
    from catalogctl.trust.key_files import read_key_file
    from catalogctl.trust.root_chain import root_name
    from catalogctl.trust.show import show_place, show_root, show_roots

    now = time.time()
    if location is None:
        return show_roots(_roots(None), now)
    path = Path(location)
    if not is_address(location) and path.is_file():
        return show_root(path, read_key_file(path), now)
    if not is_address(location) and (path / root_name(1)).is_file():
        return show_roots(path, now)
    with _opened(location) as place:
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


@trust_command.command("forget")
@click.argument("url", metavar="URL")
def forget_command(url: str) -> int:
    """Forget what this machine has seen of a catalog at a URL.

    From then on the catalog is not checked there, until a root is pinned again. Other editions than
    the newest are no longer noticed, so do this only if the catalog has begun anew with other keys.

    \b
    Examples:
      catalogctl trust forget https://plugins.example.org/

    Exit codes: 0 success, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.fetch.address import tree_address
    from catalogctl.trust.memory import memory_of

    address = tree_address(url, "trust forget")
    if memory_of(address, os.environ).forget():
        note(f"forgot what {address} signed: pin its root again with --trust")
    else:
        note(f"nothing of {address} is remembered")
    return 0
