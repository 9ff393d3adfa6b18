"""Read what can be read of a lock that `resolve` has not written so.

People merge locks by hand, and leave members of their own or merge conflicts in them. What is known
of tags is taken over; the count and the order are worked out anew by the next merge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from catalogctl.jsontypes import as_object
from catalogctl.lock import LARGEST, Lock, LockedVersion, Moved, Removed, Source, has_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.jsontypes import JSON, JSONObject


class Salvage(NamedTuple):
    """What could be read of a lock, or None; `is_whole` is false if a part could not be read."""

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
    versions = {each.tag: each for value in reversed(values) for each in reader.versions(value)}
    removed = {each.tag: each for value in reversed(values) for each in reader.removed(value)}
    others = [pair for value in reversed(values) for pair in reader.other_tags(value)]
    history = [each for value in values for each in reader.history(value)]
    other_tags = {tag: digest for tag, digest in others if tag not in versions}
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


class _Reader:
    """Reads the parts of locks, and notes whether there was one that could not be read."""

    def __init__(self) -> None:
        self.is_whole = True

    def value(self, text: str) -> JSONObject:
        """Return the object in a text, or {} if there is none."""
        try:
            value = as_object(msgspec.json.decode(text.encode("ascii", "ignore")))
        except (msgspec.DecodeError, RecursionError):
            value = {}
        self.is_whole &= bool(value)
        return value

    def text(self, value: JSONObject, name: str, form: str = "") -> str | None:
        """Return a member that has its form, or None."""
        text = value.get(name)
        if text is None or (isinstance(text, str) and has_form(form or name, text)):
            return text
        self.is_whole = False
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
            platforms, size = entry.get("platforms"), entry.get("size")
            is_size = isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= LARGEST
            yield LockedVersion(
                digest=self.text(entry, "digest"),
                first_seen=self.text(entry, "first_seen"),
                media_type=self.text(entry, "media_type"),
                platforms=tuple(
                    each
                    for each in (platforms if isinstance(platforms, list) else ())
                    if isinstance(each, str) and has_form("platforms", each)
                ),
                prerelease=False,
                pushed_at=self.text(entry, "pushed_at"),
                size=size if isinstance(size, int) and is_size else None,
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
        tags = as_object(value.get("other_tags"))
        for tag in tags:
            if has_form("tag", tag):
                yield tag, self.text(tags, tag, "digest")

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
