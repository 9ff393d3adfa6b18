"""Sign a built tree: add `trust/` with the hashes of its files, signed by the online key.

Nothing else in the tree changes. The timestamp is written last: until then, readers see the
signatures that were there before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from tuf.api.metadata import MetaFile, Snapshot, TargetFile, Targets, Timestamp

from catalogctl.errors import OutsideError, SigningError
from catalogctl.files import MANIFEST, NotAFileError, cause, read_inside, write_atomic
from catalogctl.files.our_files import is_left_by_signing
from catalogctl.files.tree_paths import TIMESTAMP, TRUST_FOLDERS, TRUST_METADATA
from catalogctl.jsontypes import as_object
from catalogctl.publish.endpoints import INDEX
from catalogctl.publish.manifest import MAX_BYTES, Listed, read_manifest
from catalogctl.publish.verify import verify_folder
from catalogctl.times import parse_time
from catalogctl.trust.hash_parts import bits_for, hash_parts, is_dealt, published_path, target_of
from catalogctl.trust.limits import LIMITS
from catalogctl.trust.root_chain import root_name
from catalogctl.trust.signed_metadata import (
    ONLINE_ROLES,
    YEAR,
    decoded,
    encoded,
    expiry,
    seconds_left,
    shown_time,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from securesystemslib.signer import CryptoSigner

    from catalogctl.trust.root_chain import RootChain
    from catalogctl.trust.signed_metadata import SignedFile

_HASH = "sha256"
_FILE_MODE = 0o644


class StatedEdition(NamedTuple):
    """What a tree says of the edition that it holds; outside git, it knows no commit."""

    repository_id: str
    commit: str | None
    commit_time: str | None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the online key, the roots that name it, the second of signing since 1970.

    A timestamp expires after `life` seconds.
    """

    key: CryptoSigner
    roots: RootChain
    now: int
    life: int


def sign_tree(folder: Path, signer: Signer) -> StatedEdition:
    """Sign the tree in a folder, and return which edition it holds.

    Raise SigningError if it may not be signed, OutsideError if the disk or the clock fails.
    """
    check_signer(signer)
    manifest, listed = _checked_tree(folder)
    edition = _edition(folder, listed[INDEX])
    check_edition(edition, signer)
    version = max(signer.now, _signed_version(folder) + 1)
    parts = dict(hash_parts(listed.values()))
    targets = _targets(edition, manifest, listed, parts)
    files = {published_path(name, _sha256(data)): data for name, data in parts.items()}
    remove_leftovers(folder)
    for path, data in (files | dict(signatures(targets, version, signer))).items():
        if path == TIMESTAMP and _read(folder, MANIFEST, MAX_BYTES) != manifest:
            raise SigningError(f"{folder} was built anew meanwhile: sign it again")
        write_signed(folder, path, data)
    return edition


def check_signer(signer: Signer) -> None:
    """Raise SigningError unless the newest root names the key, and has not expired."""
    root = signer.roots.newest
    if seconds_left(root, signer.now) <= 0:
        raise SigningError(
            f"{root_name(root.version)} expired at {shown_time(root.expires)} (now it is"
            f" {shown_time(expiry(signer.now, 0))}): run catalogctl trust rotate"
        )
    keyid = signer.key.public_key.keyid
    if any(keyid not in root.get_delegated_role(role).keyids for role in ONLINE_ROLES):
        raise SigningError(
            f"{root_name(root.version)} does not name this online key ({keyid[:12]}…): use the key"
            " that it names, or make this one its key with catalogctl trust rotate --new-online"
        )


def signatures(
    targets: Mapping[str, TargetFile], version: int, signer: Signer
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and bytes of each file of metadata, in the order in which to write them."""
    long_life = expiry(signer.now, YEAR)
    signed = encoded(Targets(version=version, expires=long_life, targets={**targets}), [signer.key])
    yield f"{TRUST_METADATA}{version}.targets.json", signed.data
    snapshot = encoded(
        Snapshot(
            version=version, expires=long_life, meta={"targets.json": _meta(version, signed.data)}
        ),
        [signer.key],
    )
    yield f"{TRUST_METADATA}{version}.snapshot.json", snapshot.data
    yield from last_signatures(snapshot, version, signer)


def last_signatures(
    snapshot: SignedFile[Snapshot], version: int, signer: Signer
) -> Iterator[tuple[str, bytes]]:
    """Yield the copies of the roots, and the timestamp for a snapshot."""
    for number, root in enumerate(signer.roots.files, start=1):
        yield f"{TRUST_METADATA}{root_name(number)}", root.data
    timestamp = Timestamp(
        version=version,
        expires=expiry(signer.now, signer.life),
        snapshot_meta=_meta(snapshot.signed.version, snapshot.data),
    )
    yield TIMESTAMP, encoded(timestamp, [signer.key]).data


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed process had begun to write. Raise OutsideError if the disk fails."""
    for path in sorted(TRUST_FOLDERS):
        try:
            for file in (folder / path).glob(".*.tmp"):
                if is_left_by_signing(f"{path}/{file.name}"):
                    file.unlink(missing_ok=True)
        except OSError as error:
            raise OutsideError(f"{folder / path}: {cause(error)}") from error


def write_signed(folder: Path, path: str, data: bytes) -> None:
    """Write a file of `trust/` in one step. Raise OutsideError if the disk fails."""
    target = folder / path
    try:
        if target.parent.resolve() != (folder.resolve() / path).parent:
            raise OutsideError(f"{target.parent} is reached through a symbolic link")
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(f"{target}: {cause(error)}") from error
    write_atomic(target, data, mode=_FILE_MODE)


def _checked_tree(folder: Path) -> tuple[bytes, Mapping[str, Listed]]:
    """Return the manifest of a tree and what it lists. Raise SigningError if the tree differs."""
    differences = verify_folder(folder)
    if differences:
        first = differences[0]
        others = f" (and {len(differences) - 1} more)" if len(differences) > 1 else ""
        raise SigningError(
            f"{folder} is not as its {MANIFEST} says: {first.path} is {first.kind.value}{others}:"
            " build it again"
        )
    manifest = _read(folder, MANIFEST, MAX_BYTES)
    listed = read_manifest(manifest)
    if INDEX not in listed:
        raise SigningError(f"{folder} has no {INDEX}: build it with catalogctl")
    return manifest, listed


def _edition(folder: Path, index: Listed) -> StatedEdition:
    """Return what the index of a tree says of its edition."""
    try:
        about = as_object(msgspec.json.decode(_read(folder, INDEX, index.size)))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        about = {}
    source = as_object(about.get("source"))
    repository_id = as_object(about.get("repository_info")).get("repository_id")
    commit, time = source.get("commit"), source.get("commit_time")
    if not isinstance(repository_id, str):
        raise SigningError(f"{folder / INDEX} names no repository_id: build the tree again")
    return StatedEdition(
        repository_id,
        commit if isinstance(commit, str) else None,
        time if isinstance(time, str) else None,
    )


def check_edition(edition: StatedEdition, signer: Signer) -> None:
    """Raise SigningError for another catalog's tree, OutsideError if the clock can't be right."""
    expected = signer.roots.repository_id
    if edition.repository_id != expected:
        raise SigningError(
            f"the tree is of {edition.repository_id}, but the roots are those of {expected}: name"
            " the tree and the roots (--roots) of one catalog"
        )
    now = parse_time(shown_time(expiry(signer.now, 0)))
    if edition.commit_time is not None and now is not None and now < edition.commit_time:
        raise OutsideError(
            f"this machine's clock says {now}, but the commit is of {edition.commit_time}: set the"
            " clock, because the second of signing is the version of the signatures"
        )


def _signed_version(folder: Path) -> int:
    """Return the version of the signatures that a tree has, 0 if it has none."""
    try:
        data = read_inside(folder, TIMESTAMP, LIMITS.of(TIMESTAMP))
        return decoded(data, Timestamp).signed.version
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except (NotAFileError, OSError, ValueError):
        raise SigningError(
            f"{folder / TIMESTAMP} can't be read: remove {folder / 'trust'}"
        ) from None


def _targets(
    edition: StatedEdition,
    manifest: bytes,
    listed: Mapping[str, Listed],
    parts: Mapping[str, bytes],
) -> dict[str, TargetFile]:
    """Return what is signed of each file: its length and its hash."""
    bits = bits_for(sum(map(is_dealt, listed)))
    index = listed[INDEX]
    custom = {**edition._asdict(), "bits": bits}
    targets = {
        INDEX: TargetFile(index.size, {_HASH: index.sha256}, INDEX, {"custom": custom}),
        MANIFEST: TargetFile(len(manifest), {_HASH: _sha256(manifest)}, MANIFEST),
    }
    for name, data in parts.items():
        path = target_of(name)
        targets[path] = TargetFile(len(data), {_HASH: _sha256(data)}, path)
    return targets


def _meta(version: int, data: bytes) -> MetaFile:
    return MetaFile(version, len(data), {_HASH: _sha256(data)})


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(folder: Path, path: str, most: int) -> bytes:
    """Return the bytes of a file of a tree. Raise OutsideError if it can't be read."""
    try:
        return read_inside(folder, path, most)
    except NotAFileError as error:
        raise OutsideError(f"{folder / path} {error}") from None
    except OSError as error:
        raise OutsideError(f"{folder / path}: {cause(error)}") from error
