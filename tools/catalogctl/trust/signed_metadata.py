"""Encode and decode signed metadata, whose format is that of TUF 1.0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, Targets, Timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from securesystemslib.signer import Signer

Kind = TypeVar("Kind", Root, Timestamp, Snapshot, Targets)
ONLINE_ROLES = (Timestamp.type, Snapshot.type, Targets.type)
"""The roles whose key is online, because each publication needs them."""
OWN = "x-catalogctl"
"""The member of a root with what catalogctl adds: the repository_id of the catalog."""
DAY = 86400
YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class SignedFile(Generic[Kind]):
    """A file of signed metadata: what it says, its signatures and its bytes."""

    metadata: Metadata[Kind]
    data: bytes

    @property
    def signed(self) -> Kind:
        """What is signed."""
        return self.metadata.signed


def decoded(data: bytes, kind: type[Kind]) -> SignedFile[Kind]:
    """Return what a file says. Raise ValueError if it is not metadata of this kind."""
    try:
        metadata: Metadata[Kind] = Metadata.from_bytes(data)
    except RepositoryError:
        raise ValueError("is not signed metadata") from None
    if not isinstance(metadata.signed, kind):
        raise ValueError(f"is {metadata.signed.type} metadata, not {kind.type}")  # noqa: TRY004
    return SignedFile(metadata, data)


def encoded(signed: Kind, signers: Iterable[Signer]) -> SignedFile[Kind]:
    """Return the file that says something, signed by each of the signers."""
    metadata = Metadata(signed)
    for signer in signers:
        metadata.sign(signer, append=True)
    return SignedFile(metadata, metadata.to_bytes())


def holds(root: Root, file: SignedFile[Kind]) -> bool:
    """Return whether a file has the signatures that a root demands, whatever its age."""
    metadata = file.metadata
    role, payload = metadata.signed.type, metadata.signed_bytes
    return bool(root.get_verification_result(role, payload, metadata.signatures))


def repository_of(root: Root) -> str:
    """Return the repository_id of the catalog whose root this is, or ""."""
    own = root.unrecognized_fields.get(OWN)
    value = own.get("repository_id") if isinstance(own, dict) else None
    return value if isinstance(value, str) else ""


def expiry(now: int, life: int) -> datetime:
    """Return the time so many seconds after a second since 1970."""
    return datetime.fromtimestamp(now, UTC) + timedelta(seconds=life)


def shown_time(moment: datetime) -> str:
    """Return a time for a message, such as 2026-01-31T12:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_left(signed: Signed, now: float) -> int:
    """Return how many seconds are left until metadata expire; negative after that."""
    return int(signed.expires.timestamp() - now)
