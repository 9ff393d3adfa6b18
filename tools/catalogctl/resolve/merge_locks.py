"""Merge a registry's current state into the old lock and report the changes. Pure.

Earlier knowledge is kept: digests that were not looked up this time, the date each tag was first
seen, and the history of moved tags (registries, 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from catalogctl.lock import Lock, LockedVersion, Moved, Removed, Source, locked
from catalogctl.registry_hosts import canonical
from catalogctl.resolve.listing import TagManifest
from catalogctl.resolve.version_order import Version, latest, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalogctl.resolve.listing import TagListing


@dataclass(frozen=True, slots=True)
class LockChanges:
    """What is new in a lock. `moved` are versions; `digests` counts newly known digests.

    `new` is empty if everything is new. `others` are non-version tags that appeared, disappeared or
    moved. `is_fresh` is true if this image had no lock before, and `is_reordered` if the same tags
    are now ordered or classified differently as versions.
    """

    new: tuple[LockedVersion, ...] = ()
    removed: tuple[Removed, ...] = ()
    moved: tuple[Moved, ...] = ()
    others: tuple[str, ...] = ()
    digests: int = 0
    is_fresh: bool = False
    is_reordered: bool = False


def same_image(old: Lock | None, source: Source) -> Lock | None:
    """Return the old lock if it is for the same image in the same registry, else None."""
    if old is None or old.source.image != source.image:
        return None
    if canonical(old.source.registry_url) != canonical(source.registry_url):
        return None
    return old


def vanished(old: Lock | None, listing: TagListing) -> list[LockedVersion]:
    """Return the versions of a lock that the registry no longer lists."""
    listed = frozenset(listing.tags)
    return [each for each in (old.versions if old else ()) if each.tag not in listed]


def merge(  # noqa: PLR0913  (a lock is built from all of these)
    plugin_id: str,
    source: Source,
    old: Lock | None,
    listing: TagListing,
    manifests: Mapping[str, TagManifest],
    *,
    missing: frozenset[str] = frozenset(),
    pattern: str | None,
    now: str,
) -> tuple[Lock, LockChanges]:
    """Return the new lock of an image; `manifests` contains everything learned in this run.

    `old` must be for the same image. A tag whose manifest is `missing` can't be used, so it is
    never the latest version.
    """
    newest_first = versions(listing.tags, pattern)
    are_versions = {version.tag for version in newest_first}
    known = _known(old, now) if old else {}
    rows = [
        _row(version, known.get(version.tag), manifests.get(version.tag), now)
        for version in newest_first
    ]
    other_tags = {
        tag: _digest(manifests.get(tag)) or _digest(known.get(tag))
        for tag in listing.tags
        if tag not in are_versions
    }
    moved = tuple(_moved(rows, known, now))
    removed = tuple(
        Removed(tag=each.tag, digest=each.digest, last_seen=now) for each in vanished(old, listing)
    )
    listed = frozenset(listing.tags)
    gone = [each for each in (old.removed if old else ()) if each.tag not in listed]
    lock = Lock(
        plugin_id=plugin_id,
        source=source,
        resolved_via=listing.via,
        latest=latest(version for version in newest_first if version.tag not in missing),
        total_count=len(rows),
        versions=tuple(rows),
        other_tags=other_tags,
        removed=(*gone, *removed),
        history=(*(old.history if old else ()), *moved),
    )
    return lock, _changes(old, lock, moved, removed)


def _known(old: Lock, now: str) -> dict[str, LockedVersion]:
    """Return what a lock records for each tag, including tags that were no versions, or are gone.

    If such a tag is a version now, it was first seen as one `now`.
    """
    others = {**{each.tag: each.digest for each in old.removed}, **old.other_tags}
    seen = {tag: replace(locked(tag, digest), first_seen=now) for tag, digest in others.items()}
    return {**seen, **{version.tag: version for version in old.versions}}


def _row(
    version: Version, old: LockedVersion | None, manifest: TagManifest | None, now: str
) -> LockedVersion:
    """Return the row of a version: new data first, else what was known about the same digest."""
    digest = _digest(manifest) or _digest(old)
    same = old if old is not None and old.digest in {None, digest} else locked(version.tag)
    manifest = manifest or TagManifest(None)
    return LockedVersion(
        tag=version.tag,
        digest=digest,
        media_type=manifest.media_type or same.media_type,
        pushed_at=same.pushed_at or manifest.pushed_at,
        first_seen=old.first_seen if old else now,
        prerelease=version.prerelease,
        size=manifest.size if manifest.size is not None else same.size or None,
        platforms=manifest.platforms or same.platforms or None,
    )


def _digest(entry: TagManifest | LockedVersion | None) -> str | None:
    return entry.digest if entry is not None else None


def _moved(
    rows: Iterable[LockedVersion],
    known: Mapping[str, LockedVersion],
    now: str,
) -> Iterable[Moved]:
    """Yield each version whose digest has changed, including one that had been removed meanwhile.

    An unknown digest that becomes known is not a move (registries, 10).
    """
    for row in rows:
        before = _digest(known.get(row.tag))
        if before is not None and row.digest is not None and before != row.digest:
            yield Moved(tag=row.tag, before=before, after=row.digest, at=now)


def _changes(
    old: Lock | None, lock: Lock, moved: tuple[Moved, ...], removed: tuple[Removed, ...]
) -> LockChanges:
    """Return the changes to show in the report."""
    if old is None:
        return LockChanges(is_fresh=True)
    before = {each.tag: each.digest for each in old.versions}
    others_before = dict(old.other_tags)
    rows = {row.tag: row for row in lock.versions}
    others = {
        tag
        for tag in {*lock.other_tags, *others_before} - before.keys() - rows.keys()
        if lock.other_tags.get(tag, "absent") != others_before.get(tag, "absent")
    }
    demoted = before.keys() & lock.other_tags.keys()
    return LockChanges(
        new=tuple(row for row in lock.versions if row.tag not in before),
        removed=removed,
        moved=moved,
        others=tuple(sorted(others)),
        digests=sum(1 for tag, row in rows.items() if row.digest and before.get(tag, "") is None),
        is_reordered=bool(demoted)
        or [tag for tag in rows if tag in before] != [tag for tag in before if tag in rows],
    )
