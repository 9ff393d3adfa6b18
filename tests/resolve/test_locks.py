"""A lock's value and its bytes, and what becomes of it when a registry says something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from catalogctl.lock import Lock, Source, decode, encode
from catalogctl.resolve.listing import TagListing, TagManifest
from catalogctl.resolve.merge_locks import LockChanges, merge, same_image, vanished
from catalogctl.resolve.version_order import versions
from catalogctl.validate.message_schemas import violations

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

NOW, LATER = "2026-01-31T12:00:00.000Z", "2026-02-28T12:00:00.000Z"
SOURCE = Source("acme/plugin-a", "DOCKER_HUB", "registry.hub.docker.com")
SHIPPED = sorted((Path(__file__).parents[2] / "catalog" / "versions").glob("*.json"))

DIGESTS = st.integers(0, 6).map(lambda number: f"sha256:{number:064x}")
TAGS = st.sampled_from(["1.0", "1.1", "1.2-rc1", "1.10", "v1.0", "2.0.1", "latest", "nightly", "7"])
STATES = st.dictionaries(TAGS, st.none() | DIGESTS, min_size=1, max_size=9)


def merged(
    state: dict[str, str | None],
    old: Lock | None = None,
    now: str = NOW,
    pattern: str | None = None,
) -> tuple[Lock, LockChanges]:
    """Return the lock of a registry that has these tags and digests."""
    listing = TagListing(tuple(sorted(state)), "oci")
    manifests = {tag: TagManifest(digest, "a/b") for tag, digest in state.items() if digest}
    return merge("plugin-a", SOURCE, old, listing, manifests, pattern=pattern, now=now)


@given(STATES, STATES)
def test_a_lock_is_read_as_it_was_written_and_keeps_its_schema(
    first: dict[str, str | None], second: dict[str, str | None]
) -> None:
    lock, _ = merged(second, merged(first)[0], LATER)
    value: JSONObject = json.loads(encode(lock))
    assert decode(encode(lock)) == lock
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    assert encode(lock) == f"{text}\n".encode()
    assert violations("Lock", value) == []


@given(STATES, STATES)
def test_the_same_answer_again_is_no_news(
    first: dict[str, str | None], second: dict[str, str | None]
) -> None:
    """Q-42: whatever was before, and whenever it is asked."""
    lock, _ = merged(second, merged(first)[0], LATER)
    again, changes = merged(second, lock, "2027-01-01T00:00:00.000Z")
    assert again.has_same_tags(lock)
    assert encode(again) == encode(lock)
    assert changes == LockChanges()


@given(STATES, STATES)
def test_nothing_that_was_known_is_lost(
    first: dict[str, str | None], second: dict[str, str | None]
) -> None:
    """R-23: each tag is listed or removed, and each digest is there, in history or in removed."""
    old, _ = merged(first)
    new, changes = merged(second, old, LATER)
    assert sorted([*(each.tag for each in new.versions), *new.other_tags]) == sorted(second)
    gone = [each.tag for each in vanished(old, _of(second))]
    assert sorted(each.tag for each in new.removed) == sorted(gone)
    kept = {(each.tag, each.digest) for each in new.versions}
    kept |= {(each.tag, each.digest) for each in new.removed}
    kept |= {(each.tag, each.before) for each in new.history}
    assert {(each.tag, each.digest) for each in old.versions if each.digest} <= kept
    moved = {
        tag
        for tag in set(first) & set(second)
        if first[tag] and second[tag] and first[tag] != second[tag] and versions([tag])
    }
    assert sorted(each.tag for each in changes.moved) == sorted(moved)
    assert sorted(each.tag for each in new.history) == sorted(moved)
    seen = {each.tag: each.first_seen for each in new.versions}
    assert all(at == (NOW if tag in first else LATER) for tag, at in seen.items())


def _of(state: dict[str, str | None]) -> TagListing:
    return TagListing(tuple(sorted(state)), "oci")


def test_a_version_that_comes_back_with_another_digest_was_moved() -> None:
    one, two = (f"sha256:{number:064x}" for number in (1, 2))
    first, _ = merged({"1.0": one, "1.1": one})
    without, _ = merged({"1.1": one}, first)
    back, changes = merged({"1.0": two, "1.1": one}, without, LATER)
    assert [(each.tag, each.before, each.after) for each in changes.moved] == [("1.0", one, two)]
    assert back.removed == ()


def test_a_version_that_comes_back_without_a_digest_is_compared_with_its_last_one() -> None:
    """R-23, decisions 32 and 161: it has no manifest, or there was no time to look it up."""
    one, two = (f"sha256:{number:064x}" for number in (1, 2))
    first, _ = merged({"1.0": one, "1.1": one})
    without, _ = merged({"1.1": one}, first)
    back, changes = merged({"1.0": None, "1.1": one}, without, LATER)
    assert {each.tag: each.digest for each in back.versions} == {"1.1": one, "1.0": one}
    assert (back.versions[1].first_seen, changes.moved) == (LATER, ())
    _, changes = merged({"1.0": two, "1.1": one}, back, LATER)
    assert [(each.tag, each.before, each.after) for each in changes.moved] == [("1.0", one, two)]
    other, _ = merged({"1.0": None, "1.1": one}, without, pattern="1.1")
    assert dict(other.other_tags) == {"1.0": one}


KNOWN = TagManifest("sha256:" + "1" * 64, "a/b", "2026-01-01T00:00:00Z", 7, ("linux/amd64",))
BARE = TagManifest(KNOWN.digest)
LOCKED = ("digest", "media_type", "pushed_at", "size", "platforms")


def locked_after(before: TagManifest, after: TagManifest | None) -> dict[str, object]:
    """Return what the lock says of a version, of which two runs were told this."""
    listing = TagListing(("1.0",), "oci")
    first, _ = merge("plugin-a", SOURCE, None, listing, {"1.0": before}, pattern=None, now=NOW)
    found = {"1.0": after} if after is not None else {}
    second, _ = merge("plugin-a", SOURCE, first, listing, found, pattern=None, now=NOW)
    (row,) = json.loads(encode(second))["versions"]
    return {name: row.get(name) for name in LOCKED}


def said(manifest: TagManifest) -> dict[str, object]:
    return {name: getattr(manifest, name) for name in LOCKED[:-1]} | {
        "platforms": list(manifest.platforms) if manifest.platforms else None
    }


def test_what_is_known_of_a_digest_is_kept_until_it_is_told_otherwise() -> None:
    """R-23."""
    assert locked_after(KNOWN, None) == said(KNOWN)
    assert locked_after(KNOWN, BARE) == said(KNOWN)
    assert locked_after(BARE, KNOWN) == said(KNOWN)
    told = TagManifest(KNOWN.digest, "c/d", KNOWN.pushed_at, 0, ("linux/arm64",))
    assert locked_after(KNOWN, told) == said(told)


def test_of_another_digest_nothing_is_kept() -> None:
    """R-23."""
    other = TagManifest("sha256:" + "2" * 64)
    assert locked_after(KNOWN, other) == said(other)


def test_the_first_lock_of_a_plugin_is_fresh() -> None:
    assert merged({"1.0": None})[1] == LockChanges(is_fresh=True)


def test_another_rule_for_versions_is_news_and_loses_no_digest() -> None:
    one = f"sha256:{1:064x}"
    usual, _ = merged({"1.0": one, "1.1": one})
    other, changes = merged({"1.0": None, "1.1": None}, usual, pattern=r"1\.0")
    assert (dict(other.other_tags), other.latest) == ({"1.1": one}, "1.0")
    assert changes.is_reordered
    assert not other.has_same_tags(usual)
    back, _ = merged({"1.0": None, "1.1": None}, other)
    assert {each.tag: each.digest for each in back.versions} == {"1.0": one, "1.1": one}


def test_a_tag_that_becomes_a_version_is_first_seen_then() -> None:
    one = f"sha256:{1:064x}"
    narrow, _ = merged({"1.0": one, "1.1": one}, pattern=r"1\.0")
    wide, _ = merged({"1.0": one, "1.1": one}, narrow, LATER)
    assert {each.tag: each.first_seen for each in wide.versions} == {"1.0": NOW, "1.1": LATER}


def test_what_the_old_lock_knows_counts_for_the_same_image_alone() -> None:
    lock, _ = merged({"1.0": None})
    assert same_image(lock, Source("acme/plugin-a", "DOCKER_HUB", "docker.io")) is lock
    assert same_image(lock, Source("acme/plugin-a", "DOCKER_HUB", "ghcr.io")) is None
    assert same_image(lock, Source("acme/plugin-b", "DOCKER_HUB", "docker.io")) is None
    assert same_image(None, SOURCE) is None


def test_the_shipped_locks_are_written_as_resolve_writes_them() -> None:
    assert SHIPPED
    for path in SHIPPED:
        lock = decode(path.read_bytes())
        assert isinstance(lock, Lock)
        assert encode(lock) == path.read_bytes()
