"""Read what can be read of a lock that `resolve` has not written so.

People merge locks by hand, and leave members of their own or merge conflicts in them. What is known
of tags is taken over; the count and the order are worked out anew by the next merge.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from catalogctl.jsontypes import as_object
from catalogctl.lock import LARGEST, Lock, LockedVersion, Moved, Removed, Source, has_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.jsontypes import JSON, JSONObject

Value = TypeVar("Value")


class Salvage(NamedTuple):
    """What could be read of a lock, or None.

    `is_whole` is false if a part could not be read, or two parts contradict each other.
    """

    lock: Lock | None
    is_whole: bool


def salvaged(sides: Iterable[str]) -> Salvage:
    """Return the lock in a damaged text, of which each side of a conflict is given in full.

    Where two sides know a tag, the first one counts.
    """
    reader = _Reader()
    values = [value for side in sides if (value := reader.value(side))]
    source = next(filter(None, map(reader.source, values)), None)
    if source is None:
        return Salvage(None, is_whole=False)
    every = [reader.side(value) for value in values]
    versions = _first_of((each.tag, each) for side in every for each in side.versions)
    removed = _first_of((each.tag, each) for side in every for each in side.removed)
    others = _first_of(pair for side in every for pair in side.other_tags)
    history = [each for side in every for each in side.history]
    other_tags = {tag: digest for tag, digest in others.items() if tag not in versions}
    latest = reader.text(values[0], "latest")
    lock = Lock(
        history=tuple(dict.fromkeys(history)),
        latest=latest if latest in versions else None,
        other_tags=other_tags,
        plugin_id="",
        removed=tuple(
            each for tag, each in removed.items() if tag not in {**versions, **other_tags}
        ),
        resolved_via="manual",
        source=source,
        total_count=len(versions),
        versions=tuple(versions.values()),
    )
    return Salvage(lock, reader.is_whole)


def _first_of(pairs: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """Return the first value of each key."""
    first: dict[str, Value] = {}
    for key, value in pairs:
        first.setdefault(key, value)
    return first


class _Side(NamedTuple):
    """What one side of a conflict knows of tags, in its order."""

    versions: list[LockedVersion]
    removed: list[Removed]
    other_tags: list[tuple[str, str | None]]
    history: list[Moved]


class _Reader:
    """Reads the parts of locks; `is_whole` is that of their `Salvage`."""

    def __init__(self) -> None:
        self.is_whole = True

    def value(self, text: str) -> JSONObject:
        """Return the object in a text, or {} if there is none."""
        try:
            value = as_object(json.loads(text, object_pairs_hook=self._object))
        except (ValueError, RecursionError):
            value = {}
        self.is_whole &= bool(value)
        return value

    def _object(self, pairs: list[tuple[str, JSON]]) -> JSONObject:
        """Return the object with these members; a name that has two values contradicts itself."""
        value = dict(pairs)
        self.is_whole &= all(value[key] == each for key, each in pairs)
        return value

    def side(self, value: JSONObject) -> _Side:
        """Return what a lock knows of tags; two digests of one tag contradict each other."""
        side = _Side(
            list(self.versions(value)),
            list(self.removed(value)),
            list(self.other_tags(value)),
            list(self.history(value)),
        )
        known = {
            *((each.tag, each.digest) for each in side.versions),
            *((each.tag, each.digest) for each in side.removed),
            *side.other_tags,
        }
        self.is_whole &= len(known) == len({tag for tag, _ in known})
        return side

    def text(self, value: JSONObject, name: str, form: str = "") -> str | None:
        """Return a member that has its form, or None."""
        text = value.get(name)
        if isinstance(text, str) and has_form(form or name, text):
            return text
        self.is_whole &= name in value and text is None
        return None

    def source(self, value: JSONObject) -> Source | None:
        """Return the image and its registry, or None if they can't be read."""
        source = as_object(value.get("source"))
        image, host = self.text(source, "image"), self.text(source, "registry_url")
        kind: Literal["AWS_PUBLIC_ECR", "DOCKER_HUB"] = "DOCKER_HUB"
        if source.get("registry_type") == "AWS_PUBLIC_ECR":
            kind = "AWS_PUBLIC_ECR"
        return Source(image, kind, host) if image and host else None

    def versions(self, value: JSONObject) -> Iterator[LockedVersion]:
        """Yield the versions; a pre-release is recognised by its tag."""
        for tag, entry in self._entries(value, "versions"):
            yield LockedVersion(
                digest=self.text(entry, "digest"),
                first_seen=self.text(entry, "first_seen"),
                media_type=self.text(entry, "media_type"),
                platforms=self._platforms(entry.get("platforms")),
                prerelease=False,
                pushed_at=self.text(entry, "pushed_at"),
                size=self._size(entry.get("size")),
                tag=tag,
            )

    def removed(self, value: JSONObject) -> Iterator[Removed]:
        """Yield the versions that disappeared."""
        for tag, entry in self._entries(value, "removed"):
            digest, last_seen = self.text(entry, "digest"), self.text(entry, "last_seen")
            yield Removed(digest=digest, last_seen=last_seen, tag=tag)

    def history(self, value: JSONObject) -> Iterator[Moved]:
        """Yield the versions that moved."""
        for tag, entry in self._entries(value, "history"):
            before, after = self.text(entry, "from"), self.text(entry, "to")
            yield Moved(at=self.text(entry, "at"), before=before, tag=tag, after=after)

    def other_tags(self, value: JSONObject) -> Iterator[tuple[str, str | None]]:
        """Yield the other tags with their digests."""
        self.is_whole &= isinstance(value.get("other_tags"), dict)
        tags = as_object(value.get("other_tags"))
        for tag in tags:
            if has_form("tag", tag):
                yield tag, self.text(tags, tag, "digest")
            else:
                self.is_whole = False

    def _platforms(self, value: JSON) -> tuple[str, ...]:
        """Return the platforms of a version; they may be absent."""
        every = value if isinstance(value, list) else ()
        platforms = tuple(
            each for each in every if isinstance(each, str) and has_form("platforms", each)
        )
        self.is_whole &= value is None or list(platforms) == value
        return platforms

    def _size(self, value: JSON) -> int | None:
        """Return the size of a version; it may be absent."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST:
            return value
        self.is_whole &= value is None
        return None

    def _entries(self, value: JSONObject, name: str) -> Iterator[tuple[str, JSONObject]]:
        """Yield the entries of a list with their tags."""
        entries: JSON = value.get(name)
        self.is_whole &= isinstance(entries, list)
        for each in entries if isinstance(entries, list) else ():
            entry = as_object(each)
            tag = self.text(entry, "tag")
            self.is_whole &= tag is not None
            if tag is not None:
                yield tag, entry
