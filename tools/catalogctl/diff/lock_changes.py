"""Compare two states of a lock tag by tag, so that no digest changes unseen (hardening R-56)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.diff.field_changes import FieldChange, field_changes
from catalogctl.lock import LockFlaw, decode
from catalogctl.problem import Problem
from catalogctl.source.document import Document
from catalogctl.source.folder import MAX_LOCK_SIZE
from catalogctl.validate.finding import Finding, place
from catalogctl.validate.message_schemas import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog

_LONGEST_TAG = 128
_LONGEST_DIGEST = 200
_LARGEST_PLACED = 1 << 20
"""The largest lock, in bytes, that is searched for lines, or read despite errors: this takes 25
times its size in memory."""


class Tag(NamedTuple):
    """A version with its digests before and after; None if the version or digest is missing."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class LockChange:
    """The changes of a lock's versions, each list in the lock's order.

    `fields` are all other changed members, by pointer; `problems` report the moved versions.
    """

    added: tuple[Tag, ...] = ()
    removed: tuple[Tag, ...] = ()
    moved: tuple[Tag, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    problems: tuple[Problem, ...] = ()

    def to_json(self) -> JSONObject:
        """Return the versions as `diff --format json` prints them."""
        return {
            "added": [{"tag": each.name, "digest": each.after} for each in self.added],
            "removed": [{"tag": each.name, "digest": each.before} for each in self.removed],
            "moved": [
                {"tag": each.name, "before": each.before, "after": each.after}
                for each in self.moved
            ],
        }


def lock_change(old: OpenCatalog, new: OpenCatalog, name: str) -> LockChange:
    """Return the changes of the lock `versions/<name>`."""
    _, before = _read(old, name)
    data, after = _read(new, name)
    was, is_now = _versions(before), _versions(after)
    tags = {tag: Tag(tag, _digest(was.get(tag)), _digest(is_now.get(tag))) for tag in was | is_now}
    moved = tuple(
        tags[tag]
        for tag in is_now
        if tag in was and tags[tag].before is not None and tags[tag].before != tags[tag].after
    )
    placed = data if len(data) <= _LARGEST_PLACED else b""
    document = Document(new.lock_folder.file(name), name.removesuffix(".json"), {}, placed)
    places = {tag: f"/versions/{index}" for index, tag in enumerate(is_now)}
    return LockChange(
        added=tuple(tags[tag] for tag in is_now if tag not in was),
        removed=tuple(tags[tag] for tag in was if tag not in is_now),
        moved=moved,
        fields=tuple(_fields(before, after, {each.name for each in moved})),
        problems=tuple(_moved(each, places[each.name], document) for each in moved),
    )


def _moved(tag: Tag, pointer: str, document: Document) -> Problem:
    message = f"the digest of {tag.name} moved: was {tag.before}, is {tag.after or 'unknown'}"
    hint = "the tag names other bytes now: make sure that whoever publishes the image meant it"
    return place("tag-moved", Finding(f"{pointer}/digest", message, hint), document)


def _read(opened: OpenCatalog, name: str) -> tuple[bytes, JSONObject]:
    """Return a lock's bytes and value; the value is {} if it is absent or not a JSON object.

    A lock with errors is read too, so that no changed digest hides behind them. A large one with
    errors is not: it may contain anything, and takes many times its size in memory.
    """
    data = opened.lock_folder.read(name, MAX_LOCK_SIZE) if name in opened.locks else b""
    if isinstance(data, Problem):
        return b"", {}
    if len(data) > _LARGEST_PLACED and isinstance(decode(data), LockFlaw):
        return data, {}
    try:
        value: JSON = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return data, {}
    return data, value if isinstance(value, dict) else {}


def _versions(lock: JSONObject) -> dict[str, JSONObject]:
    """Return the versions of a lock by tag, in the lock's order."""
    versions = lock.get("versions")
    by_tag: dict[str, JSONObject] = {}
    for each in versions if isinstance(versions, list) else ():
        tag = each.get("tag") if isinstance(each, dict) else None
        if isinstance(each, dict) and isinstance(tag, str) and len(tag) <= _LONGEST_TAG:
            by_tag[tag] = each
    return by_tag


def _digest(version: JSONObject | None) -> str | None:
    digest = version.get("digest") if version is not None else None
    return digest[:_LONGEST_DIGEST] if isinstance(digest, str) else None


def _fields(before: JSONObject, after: JSONObject, moved: set[str]) -> Iterator[FieldChange]:
    """Yield all changes except added, removed, and moved versions."""
    if not all(compiled("Lock").is_valid(each) for each in (before, after)):
        return
    yield from field_changes(_without_versions(before), _without_versions(after))
    was, is_now = _versions(before), _versions(after)
    for index, (tag, version) in enumerate(is_now.items()):
        for each in field_changes(was.get(tag, version), version):
            if each.pointer != "/digest" or tag not in moved:
                yield each._replace(pointer=f"/versions/{index}{each.pointer}")
    kept: list[JSON] = [tag for tag in was if tag in is_now]
    order: list[JSON] = [tag for tag in is_now if tag in was]
    if kept != order:
        yield FieldChange("/versions", kept, order)


def _without_versions(lock: JSONObject) -> JSONObject:
    """Return a lock without its versions, with lists by index to compare each element."""
    others = {
        name: value for name, value in lock.items() if name not in {"versions", "total_count"}
    }
    for name in ("removed", "history"):
        rows = others.get(name)
        if isinstance(rows, list):
            others[name] = {str(index): row for index, row in enumerate(rows)}
    return others
