"""Find out what a catalog has signed, with python-tuf and with what this machine remembers of it.

python-tuf applies the rules of the specification to files in a folder. The caller gives it a copy
of what is remembered, which takes the place of that only if the result is of the same catalog.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuf.api import exceptions
from tuf.api.metadata import Root, Timestamp
from tuf.ngclient import Updater, UpdaterConfig

from catalogctl.errors import TrustCode, TrustError, UsageError
from catalogctl.files import MANIFEST
from catalogctl.jsontypes import as_object
from catalogctl.publish.endpoints import INDEX
from catalogctl.publish.manifest import Listed
from catalogctl.trust.complaints import complaint_about
from catalogctl.trust.hash_parts import MAX_BITS
from catalogctl.trust.limits import LIMITS
from catalogctl.trust.metadata_source import (
    NoMetadataError,
    PlaceSource,
    RefusedMetadataError,
    RememberedSource,
)
from catalogctl.trust.signed_metadata import decoded, repository_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tuf.ngclient import TargetFile

    from catalogctl.trust.metadata_source import MetadataSource, TreePlace

_CONFIG = UpdaterConfig(
    max_root_rotations=LIMITS.roots,
    root_max_length=LIMITS.of("root"),
    timestamp_max_length=LIMITS.of("timestamp"),
    snapshot_max_length=LIMITS.of("snapshot"),
    targets_max_length=LIMITS.of("targets"),
)


@dataclass(frozen=True, slots=True)
class SignedEdition:
    """What is signed of one edition of a catalog.

    `bits` is how many bits number the parts of the hashes; the timestamp ends at `expires`.
    """

    repository_id: str
    commit: str | None
    commit_time: str | None
    bits: int
    index: Listed
    manifest: Listed
    expires: datetime
    updater: Updater

    def signed(self, name: str) -> Listed | None:
        """Return the length and hash that are signed for a name, or None."""
        return _listed(self.updater.get_targetinfo(name))


def refreshed(
    place: TreePlace, folder: Path, pinned: bytes, *, past_caches: bool = False
) -> SignedEdition:
    """Return the edition that the newest signatures at a place are of; `folder` is updated.

    Raise TrustError if they are not those of the catalog with the root `pinned`, NoMetadataError
    if the place gives none, OutsideError if the disk fails, UsageError if `pinned` is not a root.
    """
    return _edition(place, pinned, PlaceSource(place, folder, past_caches=past_caches))


def remembered(place: TreePlace, folder: Path, pinned: bytes) -> SignedEdition:
    """Return the edition in a folder that `refreshed` has updated; raise TrustError if expired."""
    return _edition(place, pinned, RememberedSource(folder))


def _edition(place: TreePlace, pinned: bytes, source: MetadataSource) -> SignedEdition:
    """Let python-tuf find the newest edition that a source gives."""
    folder = source.folder
    seen = _seen(folder)
    try:
        updater = Updater(str(folder), place.name, fetcher=source, config=_CONFIG, bootstrap=pinned)
    except exceptions.RepositoryError:
        raise UsageError("what is pinned is not the root of a signed catalog") from None
    try:
        updater.refresh()
    except RefusedMetadataError as error:
        raise error.error from error
    except NoMetadataError:
        raise
    except (exceptions.RepositoryError, exceptions.DownloadError) as error:
        raise complaint_about(error, place.name, source, seen) from error
    return _accepted(place, folder, pinned, updater)


def _seen(folder: Path) -> int:
    """Return the version of the timestamp that was accepted before, 0 for none."""
    try:
        return decoded((folder / "timestamp.json").read_bytes(), Timestamp).signed.version
    except (OSError, ValueError):
        return 0


def _accepted(place: TreePlace, folder: Path, pinned: bytes, updater: Updater) -> SignedEdition:
    """Return the edition. Raise TrustError if it is not of the catalog whose root is pinned."""
    index, manifest = updater.get_targetinfo(INDEX), updater.get_targetinfo(MANIFEST)
    custom = as_object(index.custom if index is not None else None)
    expected = repository_of(decoded(pinned, Root).signed)
    newest = repository_of(decoded((folder / "root.json").read_bytes(), Root).signed)
    found = next((each for each in (newest, custom.get("repository_id")) if each != expected), None)
    if found is not None:
        raise TrustError(
            TrustCode.IDENTITY,
            f"{place.name} is the catalog {found}, but the pinned root is that of {expected}: check"
            " the address and the root that is pinned",
        )
    bits = custom.get("bits")
    listed_index, listed_manifest = _listed(index), _listed(manifest)
    if not isinstance(bits, int) or listed_index is None or listed_manifest is None:
        raise TrustError(
            TrustCode.IDENTITY,
            f"{place.name} signs no edition of a catalog: it was not signed by catalogctl",
        )
    commit, time = custom.get("commit"), custom.get("commit_time")
    timestamp = decoded((folder / "timestamp.json").read_bytes(), Timestamp).signed
    return SignedEdition(
        repository_id=expected,
        commit=commit if isinstance(commit, str) else None,
        commit_time=time if isinstance(time, str) else None,
        bits=max(0, min(bits, MAX_BITS)),
        index=listed_index,
        manifest=listed_manifest,
        expires=timestamp.expires,
        updater=updater,
    )


def _listed(target: TargetFile | None) -> Listed | None:
    """Return what is signed of a file, or None if its sha256 is not."""
    sha256 = target.hashes.get("sha256") if target is not None else None
    if target is None or sha256 is None:
        return None
    return Listed(target.path, target.length, sha256)
