"""A changed lock is shown tag by tag, so that no digest changes unseen (R-56)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.problem import has_errors
from catalogctl.report import difference_comment, difference_text
from catalogctl.validate.message_schemas import compiled
from support.catalogs import PLUGIN, SETTINGS
from support.changes import answers_of, changed, only, repository

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.diff.difference import Comparison
    from support.git import Repository

LOCK = "catalog/versions/plugin-hyperbilling.json"
FILE = "catalog/plugins/plugin-hyperbilling.yaml"
PUBLISHED = "versions/plugin-hyperbilling.json"


def digest(number: int) -> str:
    return f"sha256:{number:064}"


def lock(versions: dict[str, int | None], **members: Any) -> str:
    """Return a lock as `resolve` writes it: versions and the number in their digest."""
    value = {
        "lock_version": 1,
        "plugin_id": "plugin-hyperbilling",
        "source": {
            "registry_type": "DOCKER_HUB",
            "registry_url": "registry.hub.docker.com",
            "image": "acme/plugin-hyperbilling",
        },
        "resolved_via": "hub",
        "latest": next(iter(versions), None),
        "total_count": len(versions),
        "versions": [
            {
                "tag": tag,
                "digest": None if number is None else digest(number),
                "first_seen": None,
                "media_type": None,
                "platforms": None,
                "prerelease": False,
                "pushed_at": None,
                "size": None,
            }
            for tag, number in versions.items()
        ],
        "other_tags": {},
        "removed": [],
        "history": [],
        **members,
    }
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


BEFORE = lock({"1.1": 11, "1.0": 10})


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    settings = SETTINGS + 'policy: {auto_merge: {locks: "@acme-bot"}}\n'
    return repository(tmp_path / "repository", {FILE: PLUGIN, LOCK: BEFORE}, settings)


def shown(comparison: Comparison) -> tuple[str, str, str]:
    """Return a difference as JSON, as text and as a comment."""
    found = comparison.to_json()
    assert compiled("Difference").is_valid(found)
    return (
        json.dumps(found),
        difference_text.render(found, unicode=True),
        difference_comment.render(found),
    )


@pytest.mark.parametrize(
    ("after", "added", "removed", "moved"),
    [
        (lock({"1.1": 11, "1.0": 66}), [], [], [("1.0", 10, 66)]),
        (lock({"1.2": 12, "1.1": 11, "1.0": 10}), [("1.2", 12)], [], []),
        (lock({"1.1": 11}), [], [("1.0", 10)], []),
        (lock({"1.1": 66, "0.9": 9}), [("0.9", 9)], [("1.0", 10)], [("1.1", 11, 66)]),
    ],
    ids=["moved", "added", "removed", "all"],
)
def test_each_version_is_shown_with_its_digests(
    made: Repository,
    after: str,
    added: list[tuple[str, int]],
    removed: list[tuple[str, int]],
    moved: list[tuple[str, int, int]],
) -> None:
    """R-56: in every format, with both digests of one that moved."""
    comparison = changed(made, {LOCK: after}, "@mallory")
    found: Any = comparison.to_json()
    (change,) = found["changes"]
    assert change["plugin_id"] is None
    assert change["versions"] == {
        "added": [{"tag": tag, "digest": digest(number)} for tag, number in added],
        "removed": [{"tag": tag, "digest": digest(number)} for tag, number in removed],
        "moved": [
            {"tag": tag, "before": digest(one), "after": digest(two)} for tag, one, two in moved
        ],
    }
    numbers = [number for _, number in (*added, *removed)]
    numbers += [number for _, one, two in moved for number in (one, two)]
    for text in shown(comparison):
        assert all(digest(number) in text for number in numbers)
    assert [problem.code for problem in only(comparison).problems] == ["tag-moved"] * len(moved)
    assert not comparison.verdict.auto_mergeable
    assert PUBLISHED in answers_of(comparison).changed


def test_a_moved_version_is_told_at_its_digest(made: Repository) -> None:
    """R-56."""
    (problem,) = only(changed(made, {LOCK: lock({"1.1": 11, "1.0": 66})})).problems
    line = lock({"1.1": 11, "1.0": 66}).splitlines()[problem.line - 1]
    assert digest(66) in line
    assert (digest(10) in problem.message, digest(66) in problem.message) == (True, True)


def test_a_moved_version_is_no_auto_merge_for_the_bot_either(made: Repository) -> None:
    """R-56."""
    new = changed(made, {LOCK: lock({"1.2": 12, "1.1": 11, "1.0": 10})}, "@acme-bot")
    assert new.verdict.auto_mergeable
    moved = changed(made, {LOCK: lock({"1.1": 66, "1.0": 10})}, "@acme-bot")
    assert not moved.verdict.auto_mergeable


@pytest.mark.parametrize(
    ("after", "pointer", "before", "now"),
    [
        (lock({"1.1": 11, "1.0": 10}, latest="1.0"), "/latest", "1.1", "1.0"),
        (
            lock({"1.1": 11, "1.0": 10}, other_tags={"latest": digest(66)}),
            "/other_tags/latest",
            None,
            digest(66),
        ),
        (
            lock(
                {"1.1": 11, "1.0": 10}, history=[{"at": None, "from": None, "tag": "1", "to": None}]
            ),
            "/history/0",
            None,
            {"at": None, "from": None, "tag": "1", "to": None},
        ),
        (lock({"1.0": 10, "1.1": 11}, latest="1.1"), "/versions", ["1.1", "1.0"], ["1.0", "1.1"]),
        (BEFORE.replace('"size": null', '"size": 7', 1), "/versions/0/size", None, 7),
    ],
    ids=["latest", "another tag", "history", "order", "size"],
)
def test_what_else_a_lock_says_is_a_field(
    made: Repository, after: str, pointer: str, before: Any, now: Any
) -> None:
    """R-56: nothing in a lock changes unseen."""
    (found,) = only(changed(made, {LOCK: after})).fields
    assert (found.pointer, found.before, found.after) == (pointer, before, now)


def test_a_lock_that_comes_or_goes_is_shown_whole(made: Repository) -> None:
    """R-56."""
    gone = changed(made, {LOCK: None})
    assert [tag.name for tag in only(gone).versions.removed] == ["1.1", "1.0"]  # type: ignore[union-attr]
    assert PUBLISHED in answers_of(gone).removed
    made.git("branch", "--force", "main", "side")
    come = changed(made, {LOCK: BEFORE})
    assert [tag.name for tag in only(come).versions.added] == ["1.1", "1.0"]  # type: ignore[union-attr]
    assert PUBLISHED in answers_of(come).added


def test_a_digest_does_not_hide_behind_an_error_of_its_lock(made: Repository) -> None:
    """R-56."""
    forged = lock({"1.1": 11, "1.0": 66}).replace('"lock_version": 1', '"lock_version": 7')
    change = only(changed(made, {LOCK: forged}))
    assert {problem.code for problem in change.problems} >= {"lock-broken", "tag-moved"}


@pytest.mark.parametrize(
    "data",
    ["", "[]", "null", '{"versions": 7}', '{"versions": [7, {}, {"tag": 7}]}', "[" * 100_000],
    ids=lambda data: data[:30],
)
def test_what_is_no_lock_is_refused_in_words(made: Repository, data: str) -> None:
    comparison = changed(made, {LOCK: data})
    assert has_errors(comparison.problems)
    shown(comparison)


def test_of_a_very_large_lock_the_file_alone_is_named(made: Repository) -> None:
    """R-10: looking for lines takes many times the size of a lock."""
    many = {f"2.{number}": number for number in range(5000)}
    change = only(changed(made, {LOCK: lock({**many, "1.1": 11, "1.0": 66})}))
    assert [(each.code, each.line) for each in change.problems] == [("tag-moved", 1)]


def test_of_very_many_versions_those_that_moved_are_shown_first(made: Repository) -> None:
    """R-56: one moved digest does not hide among a thousand new versions."""
    many = {f"2.{number}": number for number in range(1000)}
    comparison = changed(made, {LOCK: lock({**many, "1.1": 11, "1.0": 66})})
    _, text, markdown = shown(comparison)
    assert f"  ~ 1.0 {digest(10)} → {digest(66)}\n" in text
    assert f"moved `1.0`: `{digest(10)}` → `{digest(66)}`" in markdown
    assert "and 981 more versions" in text
