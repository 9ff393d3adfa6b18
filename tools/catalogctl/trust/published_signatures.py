"""Read the signatures of a published tree whatever their age, to show or to renew them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from catalogctl.errors import OutsideError, SigningError
from catalogctl.files.tree_paths import TIMESTAMP, TRUST_METADATA
from catalogctl.jsontypes import as_object
from catalogctl.publish.endpoints import INDEX
from catalogctl.trust.limits import LIMITS
from catalogctl.trust.metadata_source import GONE
from catalogctl.trust.root_chain import RootChain, chain_of, root_name
from catalogctl.trust.signed_metadata import decoded, holds
from catalogctl.trust.signing import StatedEdition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuf.api.metadata import MetaFile

    from catalogctl.trust.metadata_source import TreePlace
    from catalogctl.trust.signed_metadata import SignedFile

Kind = TypeVar("Kind", Timestamp, Snapshot, Targets)


@dataclass(frozen=True, slots=True)
class PublishedSignatures:
    """The signatures of one edition, each of which holds, whether it has expired or not."""

    roots: RootChain
    timestamp: SignedFile[Timestamp]
    snapshot: SignedFile[Snapshot]
    targets: SignedFile[Targets]

    @property
    def edition(self) -> StatedEdition:
        """Which edition is signed."""
        index = self.targets.signed.targets.get(INDEX)
        custom = as_object(index.custom if index is not None else None)
        texts = (custom.get(name) for name in StatedEdition._fields)
        repository_id, commit, time = (each if isinstance(each, str) else None for each in texts)
        return StatedEdition(repository_id or "", commit, time)


def read_signatures(place: TreePlace, roots: RootChain | None = None) -> PublishedSignatures:
    """Return the signatures at a place, which must be those that the roots demand.

    Without `roots`, the place's own count, so that nothing is known of their origin. Raise
    SigningError if there are none or one does not hold, OutsideError if the place gives no answer.
    """
    if roots is None:
        roots = chain_of(_roots(place), place.name + TRUST_METADATA)
        if roots is None:
            raise SigningError(f"{place.name} is not signed: it has no {TRUST_METADATA}")
    root = roots.newest
    timestamp = _held(place, TIMESTAMP, Timestamp, root)
    meta = timestamp.signed.snapshot_meta
    snapshot = _held(place, f"{TRUST_METADATA}{meta.version}.snapshot.json", Snapshot, root, meta)
    meta = snapshot.signed.meta["targets.json"]
    targets = _held(place, f"{TRUST_METADATA}{meta.version}.targets.json", Targets, root, meta)
    return PublishedSignatures(roots, timestamp, snapshot, targets)


def _held(
    place: TreePlace, path: str, kind: type[Kind], root: Root, meta: MetaFile | None = None
) -> SignedFile[Kind]:
    """Return a file whose signature holds, and whose hash is the one that others name."""
    data = _ask(place, path)
    name = place.name + path
    if data is None:
        raise SigningError(f"{name} is not there: sign the tree with catalogctl trust sign")
    try:
        file = decoded(data, kind)
    except ValueError as error:
        raise SigningError(f"{name} {error}: sign the tree anew") from None
    if not holds(root, file):
        raise SigningError(
            f"{name} is not signed by the key that {root_name(root.version)} names: sign the tree"
            " anew with that key"
        )
    if meta is not None and (meta.hashes or {}).get("sha256") != hashlib.sha256(data).hexdigest():
        raise SigningError(f"{name} is not the file that was signed: sign the tree anew")
    return file


def _roots(place: TreePlace) -> Iterator[bytes]:
    """Yield the roots at a place, from the first one on."""
    for version in range(1, LIMITS.roots + 2):
        data = _ask(place, TRUST_METADATA + root_name(version))
        if data is None:
            return
        yield data


def has_root(place: TreePlace, version: int) -> bool:
    """Return whether a place has a version of the root."""
    return _ask(place, TRUST_METADATA + root_name(version)) is not None


def _ask(place: TreePlace, path: str) -> bytes | None:
    """Return a file of metadata, or None if it does not exist."""
    answer = place.ask(path, LIMITS.of(path))
    if answer.status in GONE:
        return None
    if answer.status != HTTPStatus.OK:
        raise OutsideError(f"{place.name}{path} answered {answer.status}")
    return answer.body
