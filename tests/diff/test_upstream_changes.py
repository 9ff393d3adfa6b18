"""What a change of an upstream's files amounts to, and who may merge it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.report import difference_comment, difference_text
from catalogctl.validate.message_schemas import compiled
from support import changes, upstreams
from support.catalogs import plugin
from support.changes import FILES, changed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catalogctl.diff.difference import Comparison
    from support.git import Repository

TAKEN = upstreams.files("one", {"plugin-x": ["1.1", "1.0"], "plugin-y": ["1.0"]})
PLACE = "catalog/upstream/one/plugins/plugin-x.json"
SOURCE = "catalog/upstream/one/source.json"
POLICY = "policy: {auto_merge: {upstream: true}}\n"


def repository(folder: Path, more: str = POLICY) -> Repository:
    """Return a repository whose catalog has an upstream with two plugins."""
    files: dict[str, str | bytes] = {**FILES}
    files.update((f"catalog/{path}", data) for path, data in TAKEN.items())
    return changes.repository(folder, files, upstreams.settings("one", "two", more=more))


ANSWERS = "repository/v1/plugin"
QUERIES = {
    "queries/of-one.yaml": "kind: list\ntitle: One\nquery: {only: [labels]}\n"
    "params: {repository_id: repo-one}\n",
    "queries/of-two.yaml": "kind: list\ntitle: Two\nquery: {}\nparams: {repository_id: repo-two}\n",
    "queries/all-providers.yaml": "kind: stat\ntitle: Providers\nquery: {distinct: provider}\n"
    "params: {repository_id: '*'}\n",
    "queries/all-labels.yaml": "kind: list\ntitle: All\nquery: {only: [labels]}\n"
    "params: {repository_id: '*'}\n",
}


def with_plugin(versions: tuple[str, ...] = ("1.1", "1.0"), **fields: Any) -> dict[str, str | None]:
    value = upstreams.info("plugin-x", "one", **fields)
    return {PLACE: upstreams.plugin_file(value, versions).decode()}


def compared(folder: Path, files: Mapping[str, str | None], more: str = POLICY) -> Comparison:
    return changed(repository(folder, more), dict(files))


def test_a_changed_plugin_makes_no_call_and_says_what_differs(tmp_path: Path) -> None:
    files = with_plugin(("1.2", "1.1", "1.0"), labels=["new"])
    found: Any = compared(tmp_path, files).to_json()
    assert compiled("Difference").is_valid(found)
    (change,) = found["changes"]
    assert change["file"] == PLACE
    assert (change["plugin_id"], change["calls"], change["event"]) == ("plugin-x", [], "upstream")
    assert change["repository_id"] == "repo-one"
    assert list(change["fields"]) == ["/labels"]
    assert change["versions"] == {
        "added": [{"tag": "1.2", "digest": None}],
        "removed": [],
        "moved": [],
    }
    assert "repository/v1/plugin/get/plugin-x.json" in found["answers"]["changed"]
    assert "repositories/repo-one/plugin/list/all.json" in found["answers"]["changed"]
    assert found["verdict"] == {"auto_mergeable": True, "because": []}
    text = difference_text.render(found, unicode=True)
    assert "changes upstream plugin plugin-x" in text
    assert "plugin-x" in difference_comment.render(found)


@pytest.mark.parametrize(
    ("fields", "versions", "verdict"),
    [
        ({"tags": {"a": "b"}, "updated_at": "2023-01-01T00:00:00.000Z"}, ("1.1", "1.0"), "merged"),
        ({}, ("1.1", "1.0", "0.9"), "merged"),
        ({}, ("1.1",), "held"),
        ({"image": "one/other"}, ("1.1", "1.0"), "held"),
        ({"state": "DISABLED"}, ("1.1", "1.0"), "held"),
    ],
)
def test_only_tags_labels_and_new_versions_may_be_merged_without_a_maintainer(
    tmp_path: Path, fields: dict[str, Any], versions: tuple[str, ...], verdict: str
) -> None:
    files = with_plugin(versions, **fields)
    assert compared(tmp_path / "a", files).verdict.auto_mergeable is (verdict == "merged")
    assert not compared(tmp_path / "b", files, more="").verdict.auto_mergeable


def test_the_edition_that_was_taken_may_change_with_its_plugins(tmp_path: Path) -> None:
    newer = upstreams.source_file("one", 2, now="2026-02-02T00:00:00.000Z").decode()
    found = compared(tmp_path / "a", {**with_plugin(labels=[]), SOURCE: newer})
    assert found.verdict.auto_mergeable, found.verdict.because
    other = upstreams.source_file("one", 2, url="https://other.example.org/").decode()
    assert not compared(tmp_path / "b", {SOURCE: other}).verdict.auto_mergeable


def takeovers(found: Comparison) -> list[tuple[str, str]]:
    problems = [each for each in found.problems if each.code == "upstream-takeover"]
    assert not problems or not found.verdict.auto_mergeable
    return [(each.file, each.message) for each in problems]


def test_another_repository_that_answers_is_a_takeover(tmp_path: Path) -> None:
    """Whoever changes: the catalog itself, an upstream, or their order."""
    own = "catalog/plugins/plugin-x.yaml"
    found = compared(tmp_path / "a", {own: plugin("plugin-x")})
    assert takeovers(found) == [
        (own, "the catalog itself answers for plugin-x instead of upstream one")
    ]
    two = {
        f"catalog/{path}": data.decode()
        for path, data in upstreams.files("two", {"plugin-x": ["9.0"]}).items()
    }
    assert takeovers(compared(tmp_path / "b", two)) == []
    made = repository(tmp_path / "c")
    made.switch("main")
    made.commit("two", two)
    made.branch("later")
    settings = upstreams.settings("two", "one", more=POLICY)
    place = "catalog/upstream/two/plugins/plugin-x.json"
    message = "upstream two answers for plugin-x instead of upstream one"
    assert takeovers(changed(made, {"catalog/catalog.yaml": settings})) == [(place, message)]


def test_a_repository_is_known_by_its_id_and_not_by_its_name(tmp_path: Path) -> None:
    """A new name for the same repository is no takeover; the same name for another one is."""
    settings, text = "catalog/catalog.yaml", upstreams.settings("one", "two", more=POLICY)
    taken = {f"catalog/{path}": data.decode() for path, data in TAKEN.items()}
    renamed: dict[str, str | None] = dict.fromkeys(taken)
    renamed |= {path.replace("/one/", "/new/"): data for path, data in taken.items()}
    renamed[settings] = text.replace("name: one", "name: new")
    assert takeovers(compared(tmp_path / "a", renamed)) == []
    other = {
        settings: text.replace("repo-one", "repo-other"),
        SOURCE: taken[SOURCE].replace("repo-one", "repo-other"),
    }
    message = "upstream one (repo-other) answers for plugin-x instead of upstream one (repo-one)"
    assert (PLACE, message) in takeovers(compared(tmp_path / "b", other))


def test_an_edit_by_hand_is_an_error(tmp_path: Path) -> None:
    text = with_plugin()[PLACE] or ""
    found = compared(tmp_path, {PLACE: text.replace("one/plugin-x", "evil/plugin-x")})
    assert [each.code for each in found.problems] == ["upstream-edited"]
    assert found.answers is None


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (with_plugin(labels=["new"]), {"list/saved/all-labels", "list/saved/of-one"}),
        (with_plugin(provider="elsewhere"), {"stat/all-providers"}),
        ({"catalog/plugins/plugin-new.yaml": plugin("plugin-new")}, {"list/saved/all-labels"}),
        ({"catalog/README.md": "Nothing is published of it.\n"}, set()),
    ],
)
def test_answers_about_other_repositories_are_compared(
    tmp_path: Path, files: dict[str, str | None], expected: set[str]
) -> None:
    made = repository(tmp_path)
    made.switch("main")
    made.commit("Save queries", {f"catalog/{path}": text for path, text in QUERIES.items()})
    made.branch("later")
    answers: Any = changed(made, files).to_json()["answers"]
    names = {path.partition("/")[2].partition(".")[0] for path in QUERIES}
    found = {
        path.removeprefix(f"{ANSWERS}/").removesuffix(".json")
        for path in answers["changed"]
        if path.rpartition("/")[2].removesuffix(".json") in names
    }
    assert found == expected
