"""A lock's JSON in, a `Lock` out, and back: what is known of one image (registries, 10).

Nothing in it says when it was checked, so a run without news gives the same value, and no diff.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject

LOCK_VERSION = 1


@dataclass(frozen=True, slots=True)
class Source:
    """What was asked: the plugin's own words."""

    registry_type: str
    registry_url: str
    image: str


@dataclass(frozen=True, slots=True)
class LockedVersion:
    """A tag that is a version; all but `tag` may be unknown. `size` in bytes, times as text."""

    tag: str
    digest: str | None = None
    media_type: str | None = None
    pushed_at: str | None = None
    first_seen: str | None = None
    prerelease: bool = False
    size: int | None = None
    platforms: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """A version that vanished: its last digest, and when a run first missed it."""

    tag: str
    digest: str | None
    last_seen: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A version whose digest changed, and when a run saw that."""

    tag: str
    before: str | None
    after: str | None
    at: str | None


@dataclass(frozen=True, slots=True)
class Lock:
    """What is known of one image: `versions` newest first, `via` is hub, oci or manual."""

    plugin_id: str
    source: Source
    via: str
    latest: str | None
    versions: tuple[LockedVersion, ...]
    other_tags: Mapping[str, str | None]
    removed: tuple[Removed, ...] = ()
    history: tuple[Moved, ...] = ()

    def says_the_same_as(self, other: Lock) -> bool:
        """Say whether two locks name the same tags and digests in the same order.

        How they were asked for, and what a registry tells beside, is no news of its own.
        """
        return _news_of(self) == _news_of(other)


def _news_of(lock: Lock) -> Lock:
    bare = tuple(
        LockedVersion(each.tag, each.digest, prerelease=each.prerelease) for each in lock.versions
    )
    return replace(lock, via="", versions=bare, other_tags=dict(lock.other_tags))


def read(value: JSONObject) -> Lock:
    """Return the lock that a well-formed value holds."""
    source = _object(value["source"])
    return Lock(
        plugin_id=str(value["plugin_id"]),
        source=Source(*(str(source[name]) for name in ("registry_type", "registry_url", "image"))),
        via=str(value["resolved_via"]),
        latest=_text(value["latest"]),
        versions=tuple(_version(each) for each in _objects(value["versions"])),
        other_tags={tag: _text(each) for tag, each in _object(value.get("other_tags")).items()},
        removed=tuple(
            Removed(str(each["tag"]), _text(each.get("digest")), _text(each.get("last_seen")))
            for each in _objects(value.get("removed"))
        ),
        history=tuple(
            Moved(
                str(each["tag"]),
                _text(each.get("from")),
                _text(each.get("to")),
                _text(each.get("at")),
            )
            for each in _objects(value.get("history"))
        ),
    )


def _version(value: JSONObject) -> LockedVersion:
    size, platforms = value.get("size"), value.get("platforms")
    return LockedVersion(
        tag=str(value["tag"]),
        digest=_text(value.get("digest")),
        media_type=_text(value.get("media_type")),
        pushed_at=_text(value.get("pushed_at")),
        first_seen=_text(value.get("first_seen")),
        prerelease=value.get("prerelease") is True,
        size=int(size) if isinstance(size, int | float) else None,
        platforms=tuple(map(str, platforms)) if isinstance(platforms, list) else None,
    )


def encode(lock: Lock) -> bytes:
    """Return a lock's bytes: UTF-8, sorted keys, two spaces, a line feed at the end."""
    value: JSONObject = {
        "lock_version": LOCK_VERSION,
        "plugin_id": lock.plugin_id,
        "source": {
            "registry_type": lock.source.registry_type,
            "registry_url": lock.source.registry_url,
            "image": lock.source.image,
        },
        "resolved_via": lock.via,
        "latest": lock.latest,
        "total_count": len(lock.versions),
        "versions": [_encoded(version) for version in lock.versions],
        "other_tags": dict(lock.other_tags),
        "removed": [
            {"tag": each.tag, "digest": each.digest, "last_seen": each.last_seen}
            for each in lock.removed
        ],
        "history": [
            {"tag": each.tag, "from": each.before, "to": each.after, "at": each.at}
            for each in lock.history
        ],
    }
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _encoded(version: LockedVersion) -> JSONObject:
    return {
        "tag": version.tag,
        "digest": version.digest,
        "media_type": version.media_type,
        "pushed_at": version.pushed_at,
        "first_seen": version.first_seen,
        "prerelease": version.prerelease,
        "size": version.size,
        "platforms": None if version.platforms is None else list(version.platforms),
    }


def _text(value: JSON) -> str | None:
    return value if isinstance(value, str) else None


def _object(value: JSON) -> JSONObject:
    return value if isinstance(value, dict) else {}


def _objects(value: JSON) -> list[JSONObject]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
