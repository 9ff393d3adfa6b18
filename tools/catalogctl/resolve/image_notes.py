"""Write notes on an image that a maintainer may want to read even though nothing failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.resolve.left_out import left_out, pattern_for
from catalogctl.resolve.version_order import variants, versions
from catalogctl.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.lock import Lock, LockedVersion
    from catalogctl.resolve.listing import NoManifest, TagListing

_MOST = 5
_NO_LATEST = "there is no latest version"


def notes(
    lock: Lock,
    old: Lock | None,
    listing: TagListing,
    missing: Mapping[str, NoManifest],
    pattern: str | None,
) -> Iterator[str]:
    """Yield the notes on a new lock; `missing` are the tags that were not given out.

    `old` is the previous lock of the same image. New tags are noted once, because the next run
    finds them in the lock.
    """
    yield from dropped(listing)
    for is_refused in (False, True):
        tags = {tag: each for tag, each in missing.items() if each.is_refused is is_refused}
        yield from _not_given_out(lock, tags)
    yield from _older(lock, old)
    if lock.versions:
        yield from _left_out(old, listing, pattern)
    else:
        yield _no_version(listing)


def dropped(listing: TagListing) -> Iterator[str]:
    """Yield a note on listed names that can't be tags."""
    if listing.dropped == 1:
        yield "1 name that can't be a tag was left out"
    elif listing.dropped:
        yield f"{listing.dropped} names that can't be tags were left out"


def _not_given_out(lock: Lock, missing: Mapping[str, NoManifest]) -> Iterator[str]:
    """Yield a note on tags that the registry lists without giving them out."""
    if not missing:
        return
    newer = {version.tag for version in _before(lock, lock.latest)}
    newer_first = sorted(missing, key=lambda tag: tag not in newer)
    answer = missing[newer_first[0]]
    tag, names = ("tag has", "") if len(missing) == 1 else ("tags have", "such as ")
    note = f"{len(missing)} listed {tag} no manifest, {names}{first_of(newer_first, 3)}"
    if answer.is_refused:
        tag = "tag is" if len(missing) == 1 else "tags are"
        note = f"{len(missing)} listed {tag} refused, {names}{first_of(newer_first, 3)} ({answer})"
    if newer.intersection(missing):
        note += f": {lock.latest} stays the latest" if lock.latest else f": {_NO_LATEST}"
    yield note


def _older(lock: Lock, old: Lock | None) -> Iterator[str]:
    """Yield a note on new versions that are older than the newest one known before."""
    known = {version.tag for version in old.versions} if old else set()
    newest = next((version.tag for version in lock.versions if version.tag in known), None)
    if newest is None:
        return
    newer = {version.tag for version in _before(lock, newest)}
    older = [v.tag for v in lock.versions if v.tag not in known and v.tag not in newer]
    if older:
        verb = "is" if len(older) == 1 else "are"
        what = f"{first_of(older, _MOST)} {verb} new, but older than {newest}"
        is_latest = f"the latest version is {lock.latest}" if lock.latest else _NO_LATEST
        yield f"{what}; {is_latest}"


def _before(lock: Lock, tag: str | None) -> Iterator[LockedVersion]:
    """Yield the versions newer than a tag, or all of them if no version has that tag."""
    for version in lock.versions:
        if version.tag == tag:
            return
        yield version


def _left_out(old: Lock | None, listing: TagListing, pattern: str | None) -> Iterator[str]:
    """Yield a note on new tags that look like versions but aren't, with a pattern for them."""
    taken = versions(listing.tags, pattern)
    known = {*(v.tag for v in old.versions), *old.other_tags} if old else set()
    passed_over = left_out(listing.tags, taken)
    new = [tag for tag in passed_over if tag not in known]
    if new:
        what = "looks like a version and is" if len(new) == 1 else "look like versions and are"
        them = "it" if len(new) == 1 else "them"
        wider = pattern_for([*passed_over, *(version.tag for version in taken)])
        yield f"{first_of(new, _MOST)} {what} left out{_advice(wider, f' to take {them}')}"


def _no_version(listing: TagListing) -> str:
    """Return the advice for an image without a version tag."""
    counts = variants(listing.tags)
    wider = pattern_for(left_out(listing.tags, ()))
    if not counts and wider is not None:
        return f"no tag is a version{_advice(wider, '')}"
    if not counts:
        return "no tag is a version; versions: {pattern: …} in the plugin's file says which are"
    names = ", ".join(sorted(counts, key=lambda name: (-counts[name], name))[:3])
    count = sum(counts.values())
    noun = "tag looks" if count == 1 else "tags look"
    return f"no tag is a version; {count} {noun} like variants {names}{_advice(wider, '')}"


def _advice(pattern: str | None, purpose: str) -> str:
    """Return the YAML to write into the plugin's file."""
    quoted = "…" if pattern is None else f"'{pattern}'"
    return f":{purpose} write versions: {{pattern: {quoted}}} in the plugin's file"
