"""The bytes of a lock and its plugin in; what it says out where it is as `resolve` writes it.

Most locks are, and most runs need no more of them than that: decoded into typed values and looked
at column by column a lock takes less time than by the check that can say what is wrong
(`locks.check_lock`). None means «look closer», never «wrong»; a property test holds the two
together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

_Short = Annotated[str, msgspec.Meta(max_length=255)]
_MediaType = Literal[
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
]
"""What images have; a lock with another is looked at more closely."""
_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Source(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    registry_type: str
    registry_url: str
    image: str


class Version(msgspec.Struct, frozen=True, gc=False):
    """One version of a lock; `size` in bytes; `pushed_at` as the registry wrote it.

    A large catalog has a million of them: they are decoded from the lock as they are.
    """

    tag: str
    digest: str | None = None
    pushed_at: str | None = None
    size: int | float | None = None
    platforms: tuple[str, ...] | None = None
    prerelease: bool = False


class _Version(Version, frozen=True, forbid_unknown_fields=True, gc=False):
    media_type: _MediaType | None = None
    first_seen: str | None = None
    size: _Count | None = None
    platforms: tuple[_Short, ...] | None = None


class Versions(msgspec.Struct, frozen=True, gc=False):
    """What a plugin takes from its lock: its versions, newest first (registries, 10)."""

    latest: str | None = None
    versions: tuple[Version, ...] = ()


class SoundLock(Versions, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A lock without errors, resolved from what its plugin names now."""

    lock_version: Literal[1]
    plugin_id: str
    source: _Source
    resolved_via: Literal["hub", "oci", "manual"]
    latest: str | None
    total_count: int
    versions: tuple[_Version, ...]
    other_tags: dict[str, str | None] = {}
    removed: Annotated[list[None], msgspec.Meta(max_length=0)] = []
    history: Annotated[list[None], msgspec.Meta(max_length=0)] = []


_decoder = msgspec.json.Decoder(SoundLock)

# Each column is joined to one text, every value with a line break before it.
_TAGS = re.compile(r"(?:\n[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})*+")
_DATES = re.compile(r"(?:\n[0-9]{4}-[0-9]{2}-[0-9]{2}[^\n]{0,25})*+")


def sound_lock(data: bytes, plugin_id: str, request: JSONObject) -> SoundLock | None:
    """Return a lock if it is beyond doubt the one of a plugin without errors.

    `request` is the plugin's effective request. A lock with versions that were removed or moved
    is left to the closer look.
    """
    try:
        lock = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return lock if _fits(lock, plugin_id, request) and _is_well_formed(lock) else None


def _fits(lock: SoundLock, plugin_id: str, request: JSONObject) -> bool:
    """Say whether a lock was resolved from what its plugin names now."""
    source = lock.source
    return (
        lock.plugin_id == plugin_id
        and source.image == request.get("image")
        and source.registry_url == request.get("registry_url")
        and source.registry_type == request.get("registry_type")
    )


def _is_well_formed(lock: SoundLock) -> bool:
    versions = lock.versions
    tags = [version.tag for version in versions]
    if not tags or lock.latest not in tags or not lock.total_count == len(set(tags)) == len(tags):
        return False
    pushed = {version.pushed_at for version in versions}
    seen = {version.first_seen for version in versions}
    digests = [version.digest for version in versions if version.digest is not None]
    digests += [digest for digest in lock.other_tags.values() if digest is not None]
    return (
        _all_match(_TAGS, [*tags, *lock.other_tags])
        and _all_match(_DATES, [date for date in pushed | seen if date is not None])
        and _are_digests(digests)
    )


def _all_match(pattern: re.Pattern[str], texts: list[str]) -> bool:
    """Say whether each text has the form of its column; none may hold what parts them."""
    lines = "\n".join(["", *texts])
    return lines.count("\n") == len(texts) and pattern.fullmatch(lines) is not None


def _are_digests(texts: list[str]) -> bool:
    """Say whether each text is `sha256:` and 64 hex digits: 71 letters, the seventh a colon.

    Of all of them joined only «sh:» of each is left without the hex digits; so there are as many
    colons as texts, and each of them ends a «sha256:». A pattern takes longer.
    """
    joined, count = "".join(texts), len(texts)
    return (
        set(map(len, texts)) <= {_DIGEST_LENGTH}
        and joined[_COLON::_DIGEST_LENGTH] == ":" * count
        and joined.count("sha256:") == count
        and joined.encode("utf-8", "replace").translate(None, _HEX) == b"sh:" * count
    )


_DIGEST_LENGTH, _COLON = 71, 6
_HEX = b"0123456789abcdef"
