"""What a branch amounts to: its calls, what stands against them, what is published otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from catalogctl.diff.comparing import Asked, compare
from catalogctl.errors import OutsideError, UsageError
from support.catalogs import SETTINGS, plugin
from support.changes import FILES, A, B, changed, codes, compared, only, repository

if TYPE_CHECKING:
    from pathlib import Path

    from support.git import Repository

NEW = "catalog/plugins/plugin-new-one.yaml"


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    return repository(tmp_path / "repository")


@pytest.mark.parametrize(
    ("files", "calls"),
    [
        pytest.param({NEW: plugin("plugin-new-one")}, ["register"], id="added"),
        pytest.param({A: FILES[A] + "labels: [x]\n"}, ["update"], id="changed"),
        pytest.param({A: FILES[A] + "state: DISABLED\n"}, ["disable"], id="disabled"),
        pytest.param({B: plugin("plugin-second")}, ["enable"], id="enabled"),
        pytest.param(
            {A: FILES[A] + "labels: [x]\nstate: DISABLED\n"}, ["update", "disable"], id="both"
        ),
        pytest.param({A: None}, ["deregister"], id="deleted"),
        pytest.param({A: "# hello\n" + FILES[A]}, [], id="a comment"),
        pytest.param({A: FILES[A] + "deprecated: {reason: old}\n"}, [], id="deprecated"),
    ],
)
def test_a_changed_file_is_named_by_its_calls(
    made: Repository, files: dict[str, str | None], calls: list[str]
) -> None:
    """R-08: a deletion is a deregister."""
    change = only(changed(made, files))
    assert list(change.calls) == calls
    assert not change.is_refused
    assert change.file == next(iter(files))
    assert change.plugin_id == change.file.rpartition("/")[2].removesuffix(".yaml")


def test_the_json_is_as_the_contract_has_it(made: Repository) -> None:
    found = changed(made, {A: FILES[A].replace("icon: a", "icon: b")}).to_json()
    assert found["changes"] == [
        {
            "file": A,
            "plugin_id": "plugin-alpha",
            "calls": ["update"],
            "fields": {"/tags/icon": {"before": "a", "after": "b"}},
            "owners": ["@ann", "@acme/team"],
            "problems": [],
        }
    ]
    assert set(found) == {"base", "changes", "answers", "counts", "verdict", "labels"}
    assert json.loads(json.dumps(found)) == found


def test_a_rename_is_a_deregister_and_a_register_and_says_so(made: Repository) -> None:
    text = FILES[A].replace("acme/plugin-alpha", "acme/plugin-omega")
    gone, come = changed(made, {A: None, "catalog/plugins/plugin-omega.yaml": text}).changes
    assert (gone.plugin_id, gone.calls, gone.renamed) == (
        "plugin-alpha",
        ("deregister",),
        "plugin-omega",
    )
    assert (come.plugin_id, come.calls, come.renamed) == (
        "plugin-omega",
        ("register",),
        "plugin-alpha",
    )


def test_a_changed_image_is_an_error_of_the_update_with_its_line(made: Repository) -> None:
    """R-08."""
    comparison = changed(made, {A: FILES[A].replace("acme/", "other/")})
    assert codes(only(comparison)) == [("not-updatable", 3)]
    assert comparison.is_refused


def test_what_may_be_updated_is_the_bases_to_say(tmp_path: Path) -> None:
    made = repository(tmp_path / "one", settings=SETTINGS + "policy: {updatable: [labels]}\n")
    wider = SETTINGS + "policy: {updatable: [labels, tags]}\n"
    files = {"catalog/catalog.yaml": wider, A: FILES[A].replace("icon: a", "icon: b")}
    settings, change = changed(made, files).changes
    assert settings.plugin_id is None
    assert [code for code, _ in codes(change)] == ["not-updatable"]


def test_a_mirror_takes_no_write_calls(tmp_path: Path) -> None:
    made = repository(tmp_path / "one", settings=SETTINGS.replace("local", "remote"))
    comparison = changed(made, {A: None, B: plugin("plugin-second")})
    assert [codes(change) for change in comparison.changes] == [[("not-local", 1)]] * 2


def test_a_broken_file_is_refused_with_what_validate_says(made: Repository) -> None:
    change = only(changed(made, {A: "name: [\n"}))
    assert change.calls == ("update",)
    assert change.is_refused
    assert change.fields == ()


def test_binary_garbage_and_a_symbolic_link_are_refused(made: Repository) -> None:
    (made.folder / B).unlink()
    (made.folder / B).symlink_to("plugin-alpha.yaml")
    comparison = changed(made, {A: bytes(range(256)) * 40})
    assert [change.is_refused for change in comparison.changes] == [True, True]
    assert "symbolic-link" in {code for code, _ in codes(comparison.changes[1])}


def test_a_mode_change_is_no_call(made: Repository) -> None:
    (made.folder / A).chmod(0o755)
    change = only(changed(made, {}))
    assert (change.calls, change.fields) == ((), ())


def test_a_file_deleted_and_added_again_is_as_it_was(made: Repository) -> None:
    made.commit("gone", {A: None})
    assert changed(made, {A: FILES[A]}).changes == ()


def test_what_is_not_committed_counts_too(made: Repository) -> None:
    made.write({A: FILES[A] + "labels: [x]\n", NEW: plugin("plugin-new-one")})
    assert [change.calls for change in compared(made).changes] == [("update",), ("register",)]


def test_what_main_did_since_is_not_told(made: Repository) -> None:
    made.switch("main")
    made.commit("on main", {B: None})
    made.switch("side")
    assert only(changed(made, {A: FILES[A] + "labels: [x]\n"})).plugin_id == "plugin-alpha"


def test_a_problem_that_a_change_makes_elsewhere_is_told(made: Repository) -> None:
    made.switch("main")
    old = plugin("plugin-second", deprecated="{reason: old, successor: plugin-alpha}")
    made.commit("deprecate", {B: old})
    made.branch("other")
    gone, elsewhere = changed(made, {A: None}).changes
    assert gone.calls == ("deregister",)
    assert (elsewhere.file, elsewhere.calls) == (B, ())
    assert codes(elsewhere) == [("successor-unknown", 4)]


def test_two_plugins_with_one_name_are_refused(made: Repository) -> None:
    taken = plugin("plugin-new-one", name="The plugin-alpha")
    assert codes(only(changed(made, {NEW: taken}))) == [("name-taken", 1)]


class TestAnswers:
    def test_an_update_changes_the_answers_that_hold_the_plugin(self, made: Repository) -> None:
        answers = changed(made, {A: FILES[A].replace("icon: a", "icon: b")}).answers
        assert (answers.added, answers.removed, answers.counts) == ((), (), {})
        assert "repository/v1/plugin/get/plugin-alpha.json" in answers.changed
        assert "repository/v1/plugin/list/all.json" in answers.changed
        assert "repository/v1/plugin/get/plugin-second.json" not in answers.changed

    def test_a_comment_changes_none(self, made: Repository) -> None:
        answers = changed(made, {A: "# hello\n" + FILES[A]}).answers
        assert (answers.added, answers.changed, answers.removed) == ((), (), ())

    def test_counts_that_differ_are_told_before_and_after(self, made: Repository) -> None:
        answers = changed(made, {A: FILES[A] + "state: DISABLED\n"}).answers
        assert answers.counts == {"by-state": {"DISABLED": (1, 2), "ENABLED": (1, 0)}}

    def test_a_saved_query_that_is_answered_otherwise_is_told(self, made: Repository) -> None:
        query = (
            "kind: list\ntitle: Disabled ones\nquery: {only: [name]}\nparams: {state: DISABLED}\n"
        )
        made.commit("query", {"catalog/queries/off.yaml": query})
        made.git("branch", "--force", "main", "side")
        answers = changed(made, {B: None}).answers
        assert "repository/v1/plugin/list/saved/off.json" in answers.changed
        assert "repository/v1/plugin/get/plugin-second.json" in answers.removed

    def test_a_catalog_with_errors_would_publish_nothing(self, made: Repository) -> None:
        answers = changed(made, {A: None, B: "name: [\n"}).answers
        assert (answers.added, answers.changed, answers.removed) == ((), (), ())


class TestLikeness:
    """R-08: what a new plugin could be taken for is a warning."""

    @pytest.mark.parametrize(
        ("plugin_id", "is_like"),
        [
            ("plugin-alphas", True),
            ("plugin-alfa", False),
            ("plugin-aplha", True),
            ("pluginalpha", True),
            ("plugin-al-pha", True),
            ("plugin-alpha-2-aws", False),
        ],
    )
    def test_a_new_plugin_id(self, made: Repository, plugin_id: str, is_like: bool) -> None:  # noqa: FBT001
        file = f"catalog/plugins/{plugin_id}.yaml"
        change = only(changed(made, {file: plugin(plugin_id, name="Unlike")}))
        assert [code for code, _ in codes(change)] == ["similar-plugin-id"] * is_like
        assert not change.is_refused

    def test_a_new_name(self, made: Repository) -> None:
        change = only(changed(made, {NEW: plugin("plugin-new-one", name="The Plugin alpha")}))
        assert codes(change) == [("similar-name", 1)]

    @pytest.mark.parametrize("name", ["The pl\u200bugin\u2060-alpha", "\u0422he plugin-alph\u0430"])
    def test_a_new_name_that_looks_like_an_old_one_is_told_once(
        self, made: Repository, name: str
    ) -> None:
        """R-08: whatever can't be seen, or is drawn like another letter."""
        change = only(changed(made, {NEW: plugin("plugin-new-one", name=f'"{name}"')}))
        assert codes(change) == [("similar-name", 1)]


def test_a_value_that_differs_by_case_takes_no_path_from_the_others(made: Repository) -> None:
    """R-46: the newcomer gets the name with the hash, and nothing is removed."""
    base = {file: FILES[file] + "provider: aws\n" for file in FILES if file.endswith(".yaml")}
    made.switch("main")
    made.commit("aws", {file: text for file, text in base.items() if "/plugins/" in file})
    made.branch("topic-case")
    found = changed(made, {NEW: plugin("plugin-new-one", provider="AWS")})
    facets = [path for path in found.answers.added if "/by/provider/" in path]
    assert len(facets) == 1
    assert "/AWS~~" in facets[0]
    assert found.answers.removed == ()


def test_an_id_that_stood_for_another_image_is_a_warning_with_the_commit(
    made: Repository,
) -> None:
    """R-09."""
    made.switch("main")
    gone = made.commit("gone", {A: None})
    made.branch("again")
    file = FILES[A].replace("acme/plugin-alpha", "evil/plugin-alpha")
    change = only(changed(made, {A: file}))
    assert codes(change) == [("image-before", 3)]
    assert gone[:12] in change.problems[0].message
    assert '"acme/plugin-alpha"' in change.problems[0].message


def test_an_id_that_comes_back_with_its_image_is_no_warning(made: Repository) -> None:
    made.switch("main")
    made.commit("gone", {A: None})
    made.branch("again")
    assert codes(only(changed(made, {A: FILES[A]}))) == []


class TestStates:
    """Q-30: what can't be compared ends at once, with the fix."""

    def test_an_unknown_base(self, made: Repository) -> None:
        for base in ("nowhere", "--output=x", "HEAD:catalog", ""):
            with pytest.raises(UsageError, match="fetch it first"):
                compare(Asked(made.folder / "catalog", base))

    def test_a_shallow_clone(self, made: Repository, tmp_path: Path) -> None:
        made.commit("more", {A: FILES[A] + "labels: [x]\n"})
        made.git("clone", "-q", "--depth=1", f"file://{made.folder}", tmp_path / "shallow")
        with pytest.raises(OutsideError, match="fetch-depth: 0"):
            compare(Asked(tmp_path / "shallow/catalog", "HEAD"))

    def test_a_branch_without_an_ancestor_in_common(self, made: Repository) -> None:
        made.git("switch", "--quiet", "--orphan", "island")
        made.commit("alone", {"catalog/catalog.yaml": SETTINGS})
        with pytest.raises(OutsideError, match="no common ancestor"):
            compared(made)

    def test_outside_git(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no git repository"):
            compare(Asked(tmp_path, "main"))

    def test_a_catalog_that_is_new(self, tmp_path: Path) -> None:
        made = repository(tmp_path / "one", files={})
        made.git("branch", "--force", "main", "side")
        made.commit("start", {"catalog/catalog.yaml": None, "README": "hello"})
        made.git("branch", "--force", "main", "side")
        comparison = changed(made, {"catalog/catalog.yaml": SETTINGS, **FILES})
        assert [change.calls for change in comparison.changes] == [
            (),
            ("register",),
            ("register", "disable"),
        ]


def test_a_hostile_file_name_is_told_in_one_line(made: Repository) -> None:
    name = "catalog/plugins/a\n::error::${{ github.token }}\u202e`@ann`.yaml"
    outside = "::error file=x::"
    comparison = changed(made, {name: plugin("a"), outside: "", "no\udcffutf8": ""})
    files = [change.file for change in comparison.changes]
    assert len(files) == 3
    assert comparison.is_refused
    assert "no\\xffutf8" in files


def test_what_is_outside_the_catalog_changes_no_answer(made: Repository) -> None:
    comparison = changed(made, {"README": "hello", "tools/x.py": "pass\n"})
    assert [change.file for change in comparison.changes] == ["README", "tools/x.py"]
    assert (comparison.answers.changed, comparison.answers.counts) == ((), None)
    assert comparison.to_json()["counts"] == {}
