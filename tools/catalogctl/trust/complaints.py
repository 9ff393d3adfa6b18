"""Say what is wrong with the signatures of a catalog: the file, what was expected, what to do."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from tuf.api import exceptions
from tuf.api.metadata import Metadata, Root, Timestamp

from catalogctl.errors import TrustCode, TrustError
from catalogctl.fetch.fetch_errors import quoted
from catalogctl.files.tree_paths import TRUST_METADATA
from catalogctl.trust.limits import role_of
from catalogctl.trust.metadata_source import ELSEWHERE
from catalogctl.trust.signed_metadata import decoded, shown_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.trust.metadata_source import MetadataSource

_CODES: tuple[tuple[type[Exception], TrustCode], ...] = (
    (exceptions.ExpiredMetadataError, TrustCode.EXPIRED),
    (exceptions.BadVersionNumberError, TrustCode.ROLLBACK),
    (exceptions.LengthOrHashMismatchError, TrustCode.TAMPERED),
    (exceptions.DownloadLengthMismatchError, TrustCode.LIMIT),
    (exceptions.DownloadHTTPError, TrustCode.MISSING),
)
"""What the errors of python-tuf mean; any other one is about signatures."""
_REMEDIES = {
    TrustCode.EXPIRED: "set the clock if it is wrong; else ask the catalog's maintainers to renew"
    " the signatures",
    TrustCode.ROLLBACK: f"the host serves an older edition: {ELSEWHERE}",
    TrustCode.TAMPERED: ELSEWHERE,
    TrustCode.LIMIT: ELSEWHERE,
    TrustCode.MISSING: f"this catalog is signed, so nothing of the host is used: {ELSEWHERE}",
    TrustCode.SIGNATURE: "use nothing of this host, and ask the catalog's maintainers; only if they"
    " began anew with other keys, run catalogctl trust forget and pin their new root",
}
_SHOWN = 12
_MOST_KEYS = 8


class OlderTimestampError(TrustError):
    """A timestamp is older than one that this machine has seen, by so many seconds."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(TrustCode.ROLLBACK, message)
        self.seconds = seconds


def complaint_about(error: Exception, place: str, source: MetadataSource, seen: int) -> TrustError:
    """Return the error for what python-tuf found wrong with what a source answered last.

    `place` is what stands before the path of a file; `seen` is the version of the newest timestamp
    that this machine has seen, 0 for none.
    """
    code = next((code for kind, code in _CODES if isinstance(error, kind)), TrustCode.SIGNATURE)
    role = role_of(source.last)
    if code is TrustCode.ROLLBACK and role == "root":
        code = TrustCode.SIGNATURE
    message = f"{_fact(code, place, source, seen)}: {_REMEDIES[code]}"
    if code is TrustCode.ROLLBACK and role == Timestamp.type:
        return OlderTimestampError(message, seen - _version(source.last_body))
    return TrustError(code, message)


def _fact(code: TrustCode, place: str, source: MetadataSource, seen: int) -> str:
    """Return what is wrong, in one clause that names the file."""
    name, role = place + source.last, role_of(source.last)
    match code:
        case TrustCode.EXPIRED:
            return _expiry(place, source)
        case TrustCode.ROLLBACK if role == Timestamp.type:
            return (
                f"{name} was signed at {_moment(_version(source.last_body))}, but this machine has"
                f" seen what was signed at {_moment(seen)}"
            )
        case TrustCode.ROLLBACK:
            return f"{name} is older than what this machine has seen"
        case TrustCode.TAMPERED:
            found = hashlib.sha256(source.last_body).hexdigest()[:_SHOWN]
            return f"{name} has the sha256 {found}… instead of {source.signed_hash(role)[:_SHOWN]}…"
        case TrustCode.LIMIT:
            return f"{name} has {len(source.last_body)} bytes, more than are signed"
        case TrustCode.MISSING:
            return f"{name} is not there"
        case _:
            return f"{name} is not signed as the root of this catalog demands{_keys(source, role)}"


def _keys(source: MetadataSource, role: str) -> str:
    """Return which keys should have signed the last file, and which are said to have."""
    try:
        root = Metadata[Root].from_bytes((source.folder / "root.json").read_bytes()).signed
        expected = root.get_delegated_role(role).keyids
        found = Metadata.from_bytes(source.last_body).signatures
    except (OSError, ValueError, exceptions.RepositoryError):
        return ""
    return f" (expected: keys {_shown(expected)}; found: {_shown(found) or 'none'})"


def _shown(keyids: Iterable[str]) -> str:
    """Return the beginnings of the ids of keys, which others may have written."""
    return ", ".join(f"{quoted(keyid[:_SHOWN])}…" for keyid in islice(keyids, _MOST_KEYS))


def _expiry(place: str, source: MetadataSource) -> str:
    """Return which of the accepted metadata have expired, when, and what the clock says."""
    now = datetime.now(UTC)
    clock = f"and this machine's clock says {shown_time(now)}"
    names = ("root.json", "timestamp.json", "snapshot.json", "targets.json")
    accepted = [(name, source.folder / name) for name in names]
    texts = [(name, file.read_bytes()) for name, file in accepted if file.is_file()]
    for name, data in [*texts, (source.last.rpartition("/")[2], source.last_body)]:
        try:
            expires = Metadata.from_bytes(data).signed.expires
        except exceptions.RepositoryError:
            continue
        if expires <= now:
            return f"{place}{TRUST_METADATA}{name} expired at {shown_time(expires)}, {clock}"
    return f"{place}{source.last} has expired, {clock}"


def _version(data: bytes) -> int:
    """Return the version of a timestamp whose signature was checked."""
    try:
        return decoded(data, Timestamp).signed.version
    except ValueError:
        return 0


def _moment(version: int) -> str:
    """Return the second of signing that a version is, as a time."""
    try:
        return shown_time(datetime.fromtimestamp(version, UTC))
    except (ValueError, OverflowError, OSError):
        return f"version {version}"
