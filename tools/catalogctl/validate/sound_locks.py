"""The bytes of a lock and its plugin in; yes out where the lock is as `resolve` writes it.

Most locks are, and most runs need no more of them than that: decoded into typed values and looked
at column by column a lock takes a third of the time of the check that can say what is wrong
(`locks.check_lock`). No means «look closer», never «wrong»; a property test holds the two together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSONObject

_Short = Annotated[str, msgspec.Meta(max_length=255)]
_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Source(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    registry_type: str
    registry_url: str
    image: str


class _Version(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    tag: str
    digest: str | None = None
    media_type: _Short | None = None
    pushed_at: str | None = None
    first_seen: str | None = None
    prerelease: bool = False
    size: _Count | None = None
    platforms: list[_Short] | None = None


class _Lock(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    lock_version: Literal[1]
    plugin_id: str
    source: _Source
    resolved_via: Literal["hub", "oci", "manual"]
    latest: str | None
    total_count: int
    versions: list[_Version]
    other_tags: dict[str, str | None] = {}
    removed: Annotated[list[None], msgspec.Meta(max_length=0)] = []
    history: Annotated[list[None], msgspec.Meta(max_length=0)] = []


_decoder = msgspec.json.Decoder(_Lock)

# Each column is joined to one text, every value with a line break before it.
_TAGS = re.compile(r"(?:\n[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})*+")
_DIGESTS = re.compile(r"(?:\nsha256:[0-9a-f]{64})*+")
_DATES = re.compile(r"(?:\n[0-9]{4}-[0-9]{2}-[0-9]{2}[^\n]{0,25})*+")


def is_sound(data: bytes, plugin_id: str, request: JSONObject) -> bool:
    """Say whether a lock is beyond doubt the one of a plugin without errors.

    `request` is the plugin's effective request. A lock with versions that were removed or moved
    is left to the closer look.
    """
    try:
        lock = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    source = lock.source
    if (
        lock.plugin_id != plugin_id
        or source.registry_type != request.get("registry_type")
        or source.registry_url != request.get("registry_url")
        or source.image != request.get("image")
        or lock.total_count != len(lock.versions)
        or not lock.versions
    ):
        return False
    versions = lock.versions
    tags = [version.tag for version in versions]
    if lock.latest not in tags or len(set(tags)) != len(tags):
        return False
    digests = [version.digest for version in versions]
    pushed = [version.pushed_at for version in versions]
    seen = [version.first_seen for version in versions]
    return (
        _all_match(_TAGS, [*tags, *lock.other_tags])
        and _all_match(_DIGESTS, [*digests, *lock.other_tags.values()])
        and _all_match(_DATES, [*pushed, *seen])
    )


def _all_match(pattern: re.Pattern[str], texts: Iterable[str | None]) -> bool:
    """Say whether each text, where there is one, has the form of its column."""
    lines = "\n".join(["", *[text for text in texts if text is not None]])
    return pattern.fullmatch(lines) is not None
