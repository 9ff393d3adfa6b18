"""Resolve one image: list its tags, look up digests, merge the lock and decide the outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.lock import MAX_VERSIONS
from catalogctl.resolve.failures import RegistryError
from catalogctl.resolve.image_notes import dropped, notes
from catalogctl.resolve.image_outcomes import ImageOutcome, OutcomeState
from catalogctl.resolve.listing import NoManifest, TagManifest, names_a_digest
from catalogctl.resolve.lookups import Asker, candidates, first_manifest, latest_manifest, look_up
from catalogctl.resolve.merge_locks import merge, same_image, vanished
from catalogctl.resolve.registry_settings import is_repository
from catalogctl.resolve.version_order import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from catalogctl.lock import Lock, Source
    from catalogctl.resolve.listing import TagListing
    from catalogctl.resolve.lookups import Answer
    from catalogctl.resolve.registry_kinds import RegistryKind
    from catalogctl.resolve.transport import Transport
    from catalogctl.resolve.version_order import Version

_LATEST = "latest"
_REWRITTEN = "its lock was not byte for byte as resolve writes it, and is written anew"
_DAMAGED = "its lock is damaged, and not all that it knew of the tags can be read"


class OldLock(NamedTuple):
    """The lock on disk, or None if it has to be created from scratch.

    `is_whole` is false if a part of it could not be read, `is_as_written` if its bytes differ from
    `resolve`'s output.
    """

    lock: Lock | None
    is_whole: bool = True
    is_as_written: bool = True

    @property
    def notes(self) -> Iterator[str]:
        """What to tell about the lock when it is replaced."""
        if not self.is_whole:
            yield f"{_DAMAGED}: to keep that, bring it back from git, and resolve again"
        elif not self.is_as_written:
            yield _REWRITTEN

    def is_replaced_by(self, lock: Lock) -> bool:
        """Return whether a new lock has to be written in place of this one."""
        return self.lock is None or not self.is_as_written or not lock.has_same_tags(self.lock)


@dataclass(frozen=True, slots=True)
class Image:
    """An image to resolve; `pattern` is the plugin's own version pattern.

    `read_old` reads its current lock on demand, so that not all locks are in memory at once.
    """

    plugin_id: str
    source: Source
    pattern: str | None
    read_old: Callable[[], OldLock]


@dataclass(frozen=True, slots=True)
class Rules:
    """How to resolve; `recheck` is the number of newest versions to look up again in each run.

    `verify` looks up every digest again. `frozen` refuses a lock in which a version moved. `now` is
    the time recorded in the lock for anything new.
    """

    now: str
    recheck: int = 5
    verify: bool = False
    frozen: bool = False


def resolve(image: Image, kind: RegistryKind, transport: Transport, rules: Rules) -> ImageOutcome:
    """Return the outcome of an image; a registry failure is an outcome, too."""
    try:
        return _resolve(image, kind, transport, rules)
    except RegistryError as error:
        return failed(image, error)


def failed(image: Image, error: RegistryError) -> ImageOutcome:
    """Return the outcome of an image whose registry failed; its lock is kept unchanged."""
    return _outcome(image, OutcomeState.KEPT, cause=error.cause, attempts=error.attempts)


def _resolve(image: Image, kind: RegistryKind, transport: Transport, rules: Rules) -> ImageOutcome:
    repository = kind.repository(image.source.image)
    registry = transport.registry
    if not is_repository(registry.full_name(repository), registry.endpoint.netloc):
        raise RegistryError(f"{image.source.image} can't be the name of an image")
    listing = kind.listing(transport, repository)
    if not listing.tags:
        cause = "; ".join(["the image has no tag at all", *dropped(listing)])
        return _outcome(image, OutcomeState.EMPTY, cause=cause)
    present = image.read_old()
    if rules.frozen and not present.is_whole:
        return _outcome(image, OutcomeState.FROZEN, cause=f"{_DAMAGED}: bring it back from git")
    old = same_image(present.lock, image.source)
    _check_gone(old, listing)
    every = _versions(image, listing)
    asker = Asker(partial(kind.manifest, transport, repository), transport.budget.limits.per_host)
    looked = _look_up(asker, every, old, listing, rules)
    missing = {tag: each for tag, each in looked.answers.items() if isinstance(each, NoManifest)}
    found = {tag: each for tag, each in looked.answers.items() if isinstance(each, TagManifest)}
    lock, changes = merge(
        image.plugin_id,
        image.source,
        old,
        listing,
        {**listing.manifests, **found},
        missing=frozenset(missing if looked.is_latest_known else listing.tags),
        pattern=image.pattern,
        now=rules.now,
    )
    state = OutcomeState.CHANGED if present.is_replaced_by(lock) else OutcomeState.UNCHANGED
    if not present.is_as_written:  # the order of what was put together from its parts tells nothing
        changes = replace(changes, is_reordered=False)
    if changes.moved and rules.frozen:
        state = OutcomeState.FROZEN
    return ImageOutcome(
        image.plugin_id,
        image.source.registry_url,
        image.source.image,
        state,
        lock if state is OutcomeState.CHANGED else None,
        changes,
        latest=lock.latest,
        total_count=len(lock.versions),
        unreached=looked.unreached,
        notes=(
            *(present.notes if state is OutcomeState.CHANGED else ()),
            *notes(lock, old, listing, missing, image.pattern),
        ),
    )


def _outcome(image: Image, state: OutcomeState, *, cause: str, attempts: int = 1) -> ImageOutcome:
    source = image.source
    return ImageOutcome(
        image.plugin_id, source.registry_url, source.image, state, cause=cause, attempts=attempts
    )


def _check_gone(old: Lock | None, listing: TagListing) -> None:
    """Raise RegistryError if more than half of a lock's versions are gone (registries, 6)."""
    gone = vanished(old, listing)
    if old is not None and len(gone) * 2 > len(old.versions):
        raise RegistryError(
            f"{len(gone)} of {len(old.versions)} versions are gone at once: probably a fault; if"
            " they were deleted on purpose, delete the lock and resolve again"
        )


def _versions(image: Image, listing: TagListing) -> list[Version]:
    """Return an image's versions, newest first; raise RegistryError if a lock can't hold them."""
    every = versions(listing.tags, image.pattern)
    if len(every) > MAX_VERSIONS:
        raise RegistryError(
            f"it has {len(every):,} versions, and a lock holds {MAX_VERSIONS:,}: take fewer tags"
            " for versions, with versions: {pattern: …} in the plugin's file"
        )
    return every


def _lookups(
    every: list[Version], old: Lock | None, listing: TagListing, rules: Rules
) -> Iterator[str]:
    """Yield the tags whose digests to look up, most important first (registries, 6).

    These are tags with unknown digests, the newest versions, `latest`, and versions skipped earlier
    for lack of a manifest; with `verify`, all tags. Tags whose manifest came with the list are not
    looked up, nor are signature tags, whose digest nobody needs.
    """
    newest_first = [version.tag for version in every]
    again = {_LATEST, *newest_first[: rules.recheck], *_passed_over(every, old)}
    known = {each.tag for each in old.versions if each.digest} if old else set()
    known |= {tag for tag, digest in old.other_tags.items() if digest} if old else set()
    rest = sorted(set(listing.tags) - set(newest_first), key=lambda tag: (tag != _LATEST, tag))
    for tag in [*newest_first, *rest]:
        if tag in listing.manifests or names_a_digest(tag):
            continue
        if rules.verify or tag in again or tag not in known:
            yield tag


def _passed_over(every: list[Version], old: Lock | None) -> list[str]:
    """Return the versions that would be the latest rather than the one in a lock."""
    tags = [version.tag for version in candidates(every)]
    if old is None or old.latest is None:
        return tags
    return tags[: tags.index(old.latest)] if old.latest in tags else []


class _LookedUp(NamedTuple):
    """The answers for an image's tags; `unreached` counts those for which there was no time.

    `is_latest_known` is false if too many versions without a manifest come before the latest one.
    """

    answers: Mapping[str, Answer]
    unreached: int
    is_latest_known: bool


def _look_up(
    asker: Asker, every: list[Version], old: Lock | None, listing: TagListing, rules: Rules
) -> _LookedUp:
    """Ask for the manifests that are wanted, and for that of the latest version."""
    wanted = list(_lookups(every, old, listing, rules))
    answers = look_up(asker, wanted)
    if unreached := len(wanted) - len(answers):
        return _LookedUp(answers, unreached, is_latest_known=True)
    has_one = listing.manifests or any(isinstance(each, TagManifest) for each in answers.values())
    if answers and not has_one:
        answers = first_manifest(asker, _known_tags(every, old, listing, rules, wanted), answers)
    known = {*listing.manifests, *((old.latest,) if old and old.latest else ())}
    answers, is_latest_known = latest_manifest(asker, every, known, answers)
    return _LookedUp(answers, 0, is_latest_known)


def _known_tags(
    every: list[Version], old: Lock | None, listing: TagListing, rules: Rules, wanted: list[str]
) -> list[str]:
    """Return the tags that are not `wanted`: a lock's latest version, then the newest ones."""
    asked = frozenset(wanted)
    tags = _lookups(every, old, listing, replace(rules, verify=True))
    latest = old.latest if old else None
    return sorted((tag for tag in tags if tag not in asked), key=lambda tag: tag != latest)
