"""Compare a tree with its signatures: index, manifest and parts of the hashes.

Whether the files are those of the manifest is for `verify_folder` and `verify_url`, which get what
is found here, and the parts as further files.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.errors import TrustCode, TrustError
from catalogctl.fetch.address import tree_address
from catalogctl.fetch.address_or_path import is_address
from catalogctl.fetch.fetch_errors import FetchError
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.files import MANIFEST
from catalogctl.publish.endpoints import INDEX
from catalogctl.publish.manifest import MAX_BYTES, Listed, read_manifest
from catalogctl.publish.verify import (
    Further,
    ManifestMismatch,
    MismatchKind,
    differs,
    verify_folder,
)
from catalogctl.publish.verify_url import verify_url
from catalogctl.trust.editions import SignedEditions
from catalogctl.trust.hash_parts import hash_parts, published_path, target_of
from catalogctl.trust.limits import LIMITS
from catalogctl.trust.metadata_source import FolderPlace, WebPlace
from catalogctl.trust.trust_state import TrustState, trust_state_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.trust.pins import Pin
    from catalogctl.trust.signed_edition import SignedEdition

_KINDS = {
    TrustCode.MISSING: MismatchKind.MISSING_SIGNATURE,
    TrustCode.SIGNATURE: MismatchKind.SIGNATURE,
    TrustCode.ROLLBACK: MismatchKind.ROLLBACK,
    TrustCode.EXPIRED: MismatchKind.EXPIRED,
    TrustCode.IDENTITY: MismatchKind.IDENTITY,
    TrustCode.LIMIT: MismatchKind.LIMIT,
    TrustCode.TAMPERED: MismatchKind.CHANGED,
}
TRUST = "trust/"
"""What a difference is about that concerns the signatures as a whole."""


def verify_signed(location: str, pin: Pin | None, workers: int) -> list[ManifestMismatch]:
    """Return every difference between a tree, in a folder or at a URL, and what is signed.

    Without a `pin`, the URL must be remembered. Raise TrustError if the pin is not of the chain
    that is remembered, and as `verify_folder` and `verify_url` do.
    """
    try:
        if is_address(location):
            return _verify_url(tree_address(location, "verify"), pin, workers)
        return _verify_folder(Path(location), pin)
    except TrustError as error:
        if error.code is TrustCode.PINNED:
            raise
        return [ManifestMismatch(TRUST, _KINDS[error.code], str(error))]


def _verify_url(url: str, pin: Pin | None, workers: int) -> list[ManifestMismatch]:
    with closing(Fetcher(os.environ, limits=LIMITS.fetch)) as fetcher:
        place = WebPlace(url, fetcher)
        editions = SignedEditions(place, trust_state_of(url, os.environ), pin, require_fresh=True)

        def further(manifest: bytes, listed: Mapping[str, Listed]) -> Further:
            return further_of(editions.newest().edition, manifest, listed)

        return verify_url(url, workers=workers, limits=LIMITS.fetch, further=further)


def _verify_folder(folder: Path, pin: Pin | None) -> list[ManifestMismatch]:
    place = FolderPlace(folder)
    with tempfile.TemporaryDirectory() as name:
        trust_state = TrustState(str(folder), Path(name) / "trust")
        edition = SignedEditions(place, trust_state, pin).newest().edition
        differences = verify_folder(folder)
        manifest = place.ask(MANIFEST, MAX_BYTES)
        try:
            listed = read_manifest(manifest.body)
        except ValueError:
            return differences
        found = further_of(edition, manifest.body, listed)
    files = (_difference(place, file) for file in found.files)
    return sorted([*differences, *found.differences, *(each for each in files if each)])


def _difference(place: FolderPlace, file: Listed) -> ManifestMismatch | None:
    try:
        answer = place.ask(file.path, file.size)
    except FetchError as error:
        return ManifestMismatch(file.path, MismatchKind.CHANGED, error.cause)
    if answer.status != HTTPStatus.OK:
        return ManifestMismatch(file.path, MismatchKind.MISSING)
    return differs(file, len(answer.body), hashlib.sha256(answer.body).hexdigest())


def further_of(edition: SignedEdition, manifest: bytes, listed: Mapping[str, Listed]) -> Further:
    """Return what differs between a manifest and an edition, and the parts of the hashes."""
    sha256 = hashlib.sha256(manifest).hexdigest()
    if other := differs(edition.manifest, len(manifest), sha256):
        return Further([other], [])
    differences = [*_differences(edition, listed)]
    files = []
    for name, data in hash_parts(listed.values()):
        sha256 = hashlib.sha256(data).hexdigest()
        path = published_path(name, sha256)
        if edition.signed(target_of(name)) != Listed(target_of(name), len(data), sha256):
            detail = f"what is signed as {target_of(name)} is not what {MANIFEST} lists"
            differences.append(ManifestMismatch(path, MismatchKind.CHANGED, detail))
        files.append(Listed(path, len(data), sha256))
    return Further(differences, files)


def _differences(
    edition: SignedEdition, listed: Mapping[str, Listed]
) -> Iterator[ManifestMismatch]:
    """Yield the difference between the index in the manifest and the one that is signed."""
    index = listed.get(INDEX)
    if index is None:
        yield ManifestMismatch(INDEX, MismatchKind.MISSING, f"{MANIFEST} does not list it")
    elif other := differs(edition.index, index.size, index.sha256):
        yield other
