"""Make the first root of a catalog, and the roots after it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tuf.api.metadata import Root

from catalogctl.errors import OutsideError, SigningError, UsageError
from catalogctl.files import cause, write_atomic
from catalogctl.trust import key_files
from catalogctl.trust.root_chain import missing_signatures, read_roots, root_name
from catalogctl.trust.signed_metadata import (
    ONLINE_ROLES,
    OWN,
    YEAR,
    SignedFile,
    decoded,
    encoded,
    expiry,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.signer import CryptoSigner, SSlibKey

ONLINE_KEY = "online.pem"


@dataclass(frozen=True, slots=True)
class NewKeys:
    """How to make the keys of a catalog: where, how many root keys, and how many must sign.

    `passphrase` returns what encrypts the root keys, b"" for nothing; it gets the name of a key
    that exists and needs one, "" for new ones.
    """

    folder: Path
    root_keys: int
    threshold: int
    passphrase: Callable[[str], bytes]


def make_first_root(keys: NewKeys, repository_id: str, folder: Path, now: int) -> SignedFile[Root]:
    """Make keys and the first root of a catalog, which is written to `folder`, and return it.

    Keys that are there are used again, as for another catalog of the same maintainers. Raise
    UsageError if there is a root already, or the keys would lie in a git repository.
    """
    target = folder / root_name(1)
    if target.exists():
        raise UsageError(
            f"{target} exists: whoever pinned it would trust no other. Use catalogctl trust rotate;"
            " if too many root keys are lost, remove it, and tell consumers to pin anew"
        )
    if keys.threshold > keys.root_keys:
        raise UsageError(f"--threshold {keys.threshold} is more than --root-keys {keys.root_keys}")
    root_signers, online = _signers(keys)
    root = Root(version=1, expires=expiry(now, YEAR), consistent_snapshot=True)
    root.unrecognized_fields[OWN] = {"repository_id": repository_id}
    for signer in root_signers:
        root.add_key(signer.public_key, Root.type)
    root.roles[Root.type].threshold = keys.threshold
    for role in ONLINE_ROLES:
        root.add_key(online.public_key, role)
    file = encoded(root, root_signers)
    _write(target, file.data)
    return file


def _signers(keys: NewKeys) -> tuple[list[CryptoSigner], CryptoSigner]:
    """Return the root keys and the online key, made where they don't exist.

    Those that exist are read first, so that nothing is made if one of them can't be used.
    """
    key_files.check_outside_git(keys.folder)
    paths = [keys.folder / f"root-{number}.pem" for number in range(1, keys.root_keys + 1)]
    new = [path for path in paths if not path.exists()]
    old = {path: _root_signer(path, keys.passphrase) for path in paths if path not in new}
    online = online_key(keys.folder / ONLINE_KEY)
    passphrase = keys.passphrase("") if new else b""
    try:
        keys.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise OutsideError(f"{keys.folder}: {cause(error)}") from error
    for path in new:
        private = key_files.new_key()
        key_files.write_private(path, private, passphrase)
        key_files.write_public(path.with_suffix(".pub.pem"), private)
    online.keep()
    made = {path: _root_signer(path, lambda _: passphrase) for path in new}
    return [{**old, **made}[path] for path in paths], online.signer


def _root_signer(path: Path, passphrase: Callable[[str], bytes]) -> CryptoSigner:
    return key_files.signer_of(key_files.read_key_file(path), str(path), passphrase)


class OnlineKey(NamedTuple):
    """An online key and its file; `new` is the private key until `keep` has written it."""

    path: Path
    signer: CryptoSigner
    new: Ed25519PrivateKey | None = None

    def keep(self) -> None:
        """Write the key to its file if it is new."""
        if self.new is not None:
            key_files.write_private(self.path, self.new, None)


def online_key(path: Path) -> OnlineKey:
    """Return the online key in a file, or a new one if the file does not exist."""
    if path.exists():
        data = key_files.read_key_file(path)
        return OnlineKey(path, key_files.signer_of(data, str(path), _unencrypted))
    key_files.check_outside_git(path.parent)
    private = key_files.new_key()
    return OnlineKey(path, key_files.signer_with(private), private)


def _unencrypted(name: str) -> bytes:
    raise UsageError(f"{name} is encrypted; an online key is not, because CI can't be asked for it")


@dataclass(frozen=True, slots=True)
class RootChange:
    """What the next root changes; nothing but another year if all is left as it is."""

    new_online: OnlineKey | None = None
    add: Sequence[SSlibKey] = ()
    drop: Sequence[str] = ()
    threshold: int | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether only the root's age changes."""
        return self == RootChange()


@dataclass(frozen=True, slots=True)
class Rotation:
    """The next root, and how many more keys must sign it."""

    version: int
    missing: int


def rotate(folder: Path, signers: Sequence[CryptoSigner], change: RootChange, now: int) -> Rotation:
    """Write the next root to the folder of the roots, or add signatures to the one that waits.

    A new online key is written just before. Raise SigningError if that is not possible.
    """
    chain = read_roots(folder)
    if chain.waiting is not None and not change.is_empty:
        name = root_name(chain.waiting.signed.version)
        raise SigningError(
            f"{folder / name} waits for signatures: add yours with catalogctl trust rotate --key"
            " alone, or remove the file to begin anew"
        )
    root = chain.waiting.signed if chain.waiting else _changed(chain.newest, change, now)
    metadata = chain.waiting.metadata if chain.waiting else encoded(root, ()).metadata
    for signer in signers:
        _check_root_key(signer, chain.newest, root)
        metadata.sign(signer, append=True)
    file = decoded(metadata.to_bytes(), Root)
    if change.new_online is not None:
        change.new_online.keep()
    _write(folder / root_name(root.version), file.data)
    return Rotation(root.version, missing_signatures(file, chain.newest))


def _check_root_key(signer: CryptoSigner, old: Root, new: Root) -> None:
    keyid = signer.public_key.keyid
    if all(keyid not in root.roles[Root.type].keyids for root in (old, new)):
        raise SigningError(
            f"the key {keyid[:12]}… is not a root key of this catalog: name one with --key"
        )


def _changed(old: Root, change: RootChange, now: int) -> Root:
    """Return the root after an old one."""
    root = deepcopy(old)
    root.version = old.version + 1
    root.expires = expiry(now, YEAR)
    if change.new_online is not None:
        for role in ONLINE_ROLES:
            for keyid in [*root.roles[role].keyids]:
                root.revoke_key(keyid, role)
            root.add_key(change.new_online.signer.public_key, role)
    for key in change.add:
        root.add_key(key, Root.type)
    for given in change.drop:
        root.revoke_key(_keyid(root, given), Root.type)
    own = root.roles[Root.type]
    own.threshold = own.threshold if change.threshold is None else change.threshold
    if own.threshold > len(own.keyids):
        raise SigningError(
            f"{own.threshold} of {len(own.keyids)} root keys can't sign: add keys, or lower"
            " --threshold"
        )
    return root


def _keyid(root: Root, given: str) -> str:
    """Return the id of the root key that begins so. Raise SigningError unless it is one."""
    found = [keyid for keyid in root.roles[Root.type].keyids if keyid.startswith(given)]
    if len(found) != 1 or not given:
        raise SigningError(
            f"--drop-root {given} is not the id of one root key: catalogctl trust show lists them"
        )
    return found[0]


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(f"{path}: {cause(error)}") from error
    write_atomic(path, data, mode=0o644)
