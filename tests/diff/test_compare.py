"""What a branch amounts to: its calls, what stands against them, what is published otherwise."""

from __future__ import annotations

import contextlib
import json
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from catalogctl.diff.compare import DiffOptions, compare
from catalogctl.diff.difference import ChangedAnswers
from catalogctl.errors import OutsideError, UsageError
from catalogctl.problem import has_errors
from catalogctl.report import difference_comment, difference_text
from catalogctl.similar_names import similar
from catalogctl.validate.message_schemas import compiled
from support.catalogs import SETTINGS, plugin
from support.changes import FILES, A, B, answers_of, changed, codes, compared, only, repository
from support.git import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.diff.difference import Comparison

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
    assert not has_errors(change.problems)
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
    comparison = changed(made, {A: FILES[A].replace("acme/plugin", "other/plugin")})
    assert codes(only(comparison)) == [("not-updatable", 3)]
    assert has_errors(comparison.problems)


@pytest.mark.parametrize(
    ("line", "was", "hint"),
    [
        ("provider: aws\n", "none", "take it out: an update may change "),
        ("registry_config: {account_id: a}\n", "none", "take it out: an update may change "),
        ("", '"azure"', "put it back: an update may change "),
    ],
)
def test_a_field_that_may_not_be_updated_says_what_it_was(
    tmp_path: Path, line: str, was: str, hint: str
) -> None:
    before = FILES[A] + ("" if line else "provider: azure\n")
    made = repository(tmp_path / "one", {A: before})
    [problem] = only(changed(made, {A: FILES[A] + line})).problems
    assert problem.message.endswith(f"can't be changed by an update: was {was}")
    assert problem.hint.startswith(hint)


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
    assert has_errors(change.problems)
    assert change.fields == ()


def test_binary_garbage_and_a_symbolic_link_are_refused(made: Repository) -> None:
    (made.folder / B).unlink()
    (made.folder / B).symlink_to("plugin-alpha.yaml")
    comparison = changed(made, {A: bytes(range(256)) * 40})
    assert [has_errors(change.problems) for change in comparison.changes] == [True, True]
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
        answers = answers_of(changed(made, {A: FILES[A].replace("icon: a", "icon: b")}))
        assert (answers.added, answers.removed, answers.counts) == ((), (), {})
        assert "repository/v1/plugin/get/plugin-alpha.json" in answers.changed
        assert "repository/v1/plugin/list/all.json" in answers.changed
        assert "repository/v1/plugin/get/plugin-second.json" not in answers.changed

    def test_a_list_in_parts_is_one_answer(self, made: Repository) -> None:
        in_parts = SETTINGS + "site: {list_parts_above: 1}\n"
        made.commit("parts", {"catalog/catalog.yaml": in_parts})
        made.git("branch", "--force", "main", "side")
        answers = answers_of(changed(made, {A: FILES[A].replace("icon: a", "icon: b")}))
        assert (answers.added, answers.removed) == ((), ())
        assert "repository/v1/plugin/list/all.json" in answers.changed
        assert not any(path.startswith("parts/") for path in answers.changed)

    def test_a_comment_changes_none(self, made: Repository) -> None:
        answers = answers_of(changed(made, {A: "# hello\n" + FILES[A]}))
        assert (answers.added, answers.changed, answers.removed) == ((), (), ())

    def test_counts_that_differ_are_told_before_and_after(self, made: Repository) -> None:
        answers = answers_of(changed(made, {A: FILES[A] + "state: DISABLED\n"}))
        assert answers.counts == {"by-state": {"DISABLED": (1, 2), "ENABLED": (1, 0)}}

    def test_a_saved_query_that_is_answered_otherwise_is_told(self, made: Repository) -> None:
        query = (
            "kind: list\ntitle: Disabled ones\nquery: {only: [name]}\nparams: {state: DISABLED}\n"
        )
        made.commit("query", {"catalog/queries/off.yaml": query})
        made.git("branch", "--force", "main", "side")
        answers = answers_of(changed(made, {B: None}))
        assert "repository/v1/plugin/list/saved/off.json" in answers.changed
        assert "repository/v1/plugin/get/plugin-second.json" in answers.removed

    @pytest.mark.parametrize(
        "files",
        [
            {A: None, B: "name: [\n"},
            {NEW: plugin("plugin-new-one", state="MAYBE")},
            {"catalog/queries/x.yaml": "kind: [\n"},
            {"catalog/catalog.yaml": SETTINGS + "policies: {}\n"},
            {"catalog/versions/plugin-alpha.json": "{"},
        ],
        ids=str,
    )
    def test_of_a_catalog_with_errors_they_are_not_computed(
        self, made: Repository, files: dict[str, str | None]
    ) -> None:
        comparison = changed(made, files)
        assert comparison.answers is None
        found = comparison.to_json()
        assert (found["answers"], found["counts"]) == (None, {})
        assert found["not_computed"] == "the catalog has errors"
        assert compiled("Difference").is_valid(found)
        assert "not computed (the catalog has errors)" in difference_text.render(
            found, unicode=True
        )
        assert "not computed (`the catalog has errors`)" in difference_comment.render(found)

    def test_errors_of_the_base_do_not_hide_what_a_change_does(self, made: Repository) -> None:
        made.commit("broken", {B: "name: [\n"})
        made.git("branch", "--force", "main", "side")
        comparison = changed(made, {A: FILES[A].replace("icon: a", "icon: b")})
        assert "repository/v1/plugin/get/plugin-alpha.json" in answers_of(comparison).changed
        (note,) = comparison.notes
        assert "errors in the base already" in note

    def test_a_base_without_a_catalog_has_no_errors(self, tmp_path: Path) -> None:
        made = Repository.new(tmp_path / "made")
        made.commit("Begin", {"README.md": "# Ours\n"})
        made.git("switch", "-q", "-c", "side")
        comparison = changed(made, {"catalog/catalog.yaml": SETTINGS, **FILES})
        assert comparison.notes == ("there is no catalog in the base: all plugins are new",)
        assert "repository/v1/plugin/get/plugin-alpha.json" in answers_of(comparison).added


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
        assert not has_errors(change.problems)

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
    assert found.answers is not None
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


class TestBase:
    """R-09b: what the base brought is not the pull request's."""

    def merged(self, made: Repository) -> str:
        """Check out the merge of a pull request, as CI does; return the base of the event."""
        made.commit("topic", {A: FILES[A].replace("icon: a", "icon: b")})
        event = made.git("rev-parse", "main")
        made.git("switch", "--quiet", "--detach", "main")
        made.commit("main moves on", {B: plugin("plugin-second", image="other/plugin-second")})
        made.merge("side")
        return event

    def test_of_a_merge_that_ci_checked_out_the_first_parent_is_the_base(
        self, made: Repository
    ) -> None:
        """R-09b."""
        self.merged(made)
        comparison = compared(made, base="HEAD^1")
        assert only(comparison).plugin_id == "plugin-alpha"
        assert comparison.notes == ()

    def test_another_base_than_a_parent_is_noted(self, made: Repository) -> None:
        """R-09b."""
        event = self.merged(made)
        parent = made.git("rev-parse", "--short=12", "HEAD^1")
        comparison = compared(made, base=event)
        assert [each.plugin_id for each in comparison.changes] == ["plugin-alpha", "plugin-second"]
        (note,) = comparison.notes
        assert f"not its first parent ({parent})" in note
        assert "--base HEAD^1" in note

    def test_a_branch_that_took_main_in_is_compared_without_a_note(self, made: Repository) -> None:
        made.commit("topic", {A: FILES[A].replace("icon: a", "icon: b")})
        made.switch("main")
        made.commit("main moves on", {B: plugin("plugin-second", labels="[x]")})
        made.switch("side")
        made.merge("main")
        comparison = compared(made)
        assert (only(comparison).plugin_id, comparison.notes) == ("plugin-alpha", ())

    def test_what_is_not_committed_on_a_merge_is_compared_without_a_note(
        self, made: Repository
    ) -> None:
        made.commit("topic", {A: FILES[A].replace("icon: a", "icon: b")})
        made.switch("main")
        made.merge("side")
        made.write({B: None})
        comparison = compared(made)
        assert (only(comparison).plugin_id, comparison.notes) == ("plugin-second", ())

    def test_two_merge_bases_are_noted_with_the_one_that_is_taken(self, made: Repository) -> None:
        """R-09b."""
        made.commit("side", {A: FILES[A].replace("icon: a", "icon: b")})
        made.switch("main")
        made.commit("main", {NEW: plugin("plugin-new-one")})
        made.merge("side")
        made.switch("side")
        made.merge("main~1")
        comparison = compared(made)
        bases = made.git("merge-base", "--all", "HEAD", "main").split()
        assert len(bases) == 2
        (note,) = comparison.notes
        assert "there are 2 merge bases" in note
        assert all(each[:12] in note for each in bases)
        assert f"{comparison.base[:12]} is taken" in note


class TestHead:
    """R-19: a commit is judged from git's objects; nothing of it is checked out or run."""

    def test_a_commit_is_judged_as_its_checkout_is(self, made: Repository) -> None:
        """R-19."""
        lock = {"catalog/versions/plugin-alpha.json": "{"}
        files = {A: FILES[A].replace("icon: a", "icon: b"), NEW: "name: [\n", B: None, **lock}
        expected = changed(made, {**files, "README": "hello"}).to_json()
        made.switch("main")
        made.write({"catalog/plugins/not-committed.yaml": "name: x\n"})
        assert compared(made, head="side").to_json() == expected

    def test_files_are_named_as_in_the_work_tree(self, made: Repository) -> None:
        made.commit("change", {A: "name: [\n"})
        made.switch("main")
        asked = DiffOptions(
            made.folder / "catalog", "main", working=made.folder / "tests", head="side"
        )
        change = only(compare(asked))
        assert change.file == "../catalog/plugins/plugin-alpha.yaml"
        assert {problem.file for problem in change.problems} == {change.file}

    def test_what_is_no_regular_file_is_refused_and_not_followed(self, made: Repository) -> None:
        """R-12, R-19."""
        secret = made.folder.parent / "secret.yaml"
        secret.write_text(plugin("plugin-secret"))
        (made.folder / "catalog/plugins/plugin-link.yaml").symlink_to(secret)
        (made.folder / "catalog/plugins/deep").mkdir()
        made.commit("links", {"catalog/plugins/deep/x.yaml": "name: x\n"})
        (made.folder / "catalog/queries").symlink_to("/etc")
        made.commit("more")
        made.switch("main")
        comparison = compared(made, head="side")
        found = {code for change in comparison.changes for code, _ in codes(change)}
        assert {"symbolic-link", "stray-file"} <= found
        assert "plugin-secret" not in json.dumps(comparison.to_json())

    def test_a_large_file_is_refused_by_its_size(self, made: Repository) -> None:
        """R-10, R-19."""
        made.commit(
            "large", {A: "#" * 300_000, "catalog/versions/plugin-alpha.json": " " * (1 << 27)}
        )
        made.switch("main")
        comparison = compared(made, head="side")
        messages = [problem.message for each in comparison.changes for problem in each.problems]
        assert any("has 300000 bytes" in message for message in messages)
        assert any("has 134217728 bytes" in message for message in messages)

    @pytest.mark.parametrize("name", ["..", ".", "../../../evil", "/evil", ""])
    def test_a_tree_made_by_hand_leaves_the_folder_alone(self, made: Repository, name: str) -> None:
        """R-12, R-19: no name in a tree leads out of the folder that it is written to."""
        blob = made.git("hash-object", "-w", "--stdin", data=b"evil")
        entry = f"100644 {name}\0".encode() + bytes.fromhex(blob)
        options = ("hash-object", "-w", "--literally", "-t", "tree", "--stdin")
        plugins = made.git(*options, data=entry)
        catalog = made.git("mktree", data=f"040000 tree {plugins}\tplugins\n".encode())
        top = made.git("mktree", data=f"040000 tree {catalog}\tcatalog\n".encode())
        commit = made.git("commit-tree", top, "-p", "main", "-m", "evil")
        before = sorted(made.folder.parent.rglob("*"))
        with contextlib.suppress(OutsideError):
            compared(made, head=commit)
        assert sorted(made.folder.parent.rglob("*")) == before

    def test_a_head_that_is_not_there_is_wrong_usage(self, made: Repository) -> None:
        with pytest.raises(UsageError, match="--head nowhere names no commit here"):
            compared(made, head="nowhere")


class TestMany:
    """R-10: what one pull request registers costs in proportion to it, and little memory."""

    def ids(self, start: int, end: int) -> list[str]:
        words = "red green blue amber white black brown cyan lime navy olive pink rose sand teal"
        hues = words.split()
        return [f"plugin-{hues[at % 15]}-{hues[at // 15 % 15]}-{at:05}" for at in range(start, end)]

    def test_the_cost_grows_with_the_number_and_no_faster(self) -> None:
        """R-10: 200 registrations cost at most twice what 50 cost in a catalog of 3,000."""
        there = {each: f"The {each}" for each in self.ids(0, 3000)}

        def seconds(count: int) -> float:
            new = {each: f"The {each}" for each in self.ids(5000, 5000 + count)}
            started = time.process_time()
            similar(new, there, {})
            return time.process_time() - started

        assert seconds(200) < 2 * max(seconds(50), 0.2)

    def test_very_long_names_cost_no_more_than_others(self) -> None:
        """R-10: compared are the first 100 characters."""
        there = {f"plugin-{number}": f"{number}" * 50_000 for number in range(100, 200)}
        tracemalloc.start()
        found = similar({"plugin-x": "100" * 50_000 + "x"}, there, {})
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found == {"plugin-x": there["plugin-100"]}
        assert peak < 2 * 1024 * 1024

    def test_new_names_are_compared_with_each_that_is_there_but_their_own(self) -> None:
        """R-08."""
        new = {"a": "Slack", "b": "Slick", "c": "Jira"}
        there = {"a": "Slacks", "d": "slack", "e": "JIRA", "f": "Sl-ack"}
        assert similar(new, there, {"c": "e"}) == {"a": "Sl-ack", "b": "Sl-ack"}


def test_each_id_that_comes_back_is_told_its_own_earlier_image(made: Repository) -> None:
    """R-09: also when several come back at once, and had several images."""
    made.switch("main")
    again = {A: plugin("plugin-alpha", image="late/plugin-alpha"), B: None}
    made.commit("gone", {A: None})
    made.commit("come", again)
    gone = made.commit("gone again", {A: None})
    made.branch("again")
    files = {A: FILES[A].replace("acme/p", "evil/p"), B: FILES[B].replace("acme/p", "evil/p")}
    first, second = changed(made, files).changes
    assert '"late/plugin-alpha" until commit ' + gone[:12] in first.problems[0].message
    assert '"acme/plugin-second"' in second.problems[0].message


def test_the_earlier_image_is_that_of_the_newest_state_that_names_one(made: Repository) -> None:
    """R-09: a file that was emptied or broken before it was deleted hides nothing."""
    made.switch("main")
    made.commit("late", {A: plugin("plugin-alpha", image="late/plugin-alpha")})
    known = made.commit("break", {A: "name: ["})
    made.commit("empty", {A: ""})
    made.commit("gone", {A: None})
    made.branch("again")
    change = only(changed(made, {A: FILES[A]}))
    assert codes(change) == [("image-before", 3)]
    assert f'"late/plugin-alpha" until commit {known[:12]}' in change.problems[0].message


def test_of_several_earlier_images_the_last_one_may_come_back(made: Repository) -> None:
    made.switch("main")
    late = plugin("plugin-alpha", image="late/plugin-alpha")
    for message, text in (("gone", None), ("come", late), ("gone again", None)):
        made.commit(message, {A: text})
    made.branch("again")
    assert codes(only(changed(made, {A: late}))) == []


class TestText:
    def told(self, comparison: Comparison) -> str:
        return difference_text.render(comparison.to_json(), unicode=True)

    def test_a_new_plugin_is_registered_in_its_file(self, made: Repository) -> None:
        text = self.told(changed(made, {NEW: plugin("plugin-new-one", labels="[x]")}))
        assert text.startswith(
            "registers plugin-new-one\n"
            f"  {NEW}: new, 4 lines\n"
            '  name: "The plugin-new-one"\n'
            '  image: "acme/plugin-new-one"\n'
            '  service_type: "monitoring.Webhook"\n'
            "\n"
            "published answers: 3 added,"
        )
        assert "null" not in text
        assert text.count("answers/") == 1
        assert "by the hash of their query (answers/)" in text

    @pytest.mark.parametrize(
        ("files", "line"),
        [
            ({A: FILES[A] + "labels: [x]\nstate: DISABLED\n"}, "updates and disables plugin-alpha"),
            ({B: plugin("plugin-second")}, "enables plugin-second"),
            ({A: None}, "deregisters plugin-alpha"),
            ({A: FILES[A] + "deprecated: {reason: old}\n"}, "changes plugin-alpha"),
            ({A: "# hello\n" + FILES[A]}, f"makes no call: {A}"),
            ({"README": "x"}, "changes files outside the catalog: README"),
            (
                {"catalog/plugins/.gitattributes": "x"},
                "changes hidden files of the catalog: catalog/plugins/.gitattributes",
            ),
            ({"catalog/plugins/x.yml": "x"}, "changes files that do not belong where they are"),
            (
                {"catalog/catalog.yaml": SETTINGS + "site: {title: X}\n"},
                "changes the catalog's settings: catalog/catalog.yaml",
            ),
        ],
        ids=str,
    )
    def test_a_change_is_said_in_words(
        self, made: Repository, files: dict[str, str | None], line: str
    ) -> None:
        assert f"{line}\n" in self.told(changed(made, files))

    def test_a_change_that_is_no_call_says_so(self, made: Repository) -> None:
        text = self.told(changed(made, {A: FILES[A] + "deprecated: {reason: old}\n"}))
        assert f"  {A}: no call; owners: @ann, @acme/team\n" in text


class TestStates:
    """Q-30: what can't be compared ends at once, with the fix."""

    def test_an_unknown_base(self, made: Repository) -> None:
        for base in ("nowhere", "--output=x", "HEAD:catalog", ""):
            with pytest.raises(UsageError, match="fetch it first"):
                compare(DiffOptions(made.folder / "catalog", base))

    def test_a_shallow_clone(self, made: Repository, tmp_path: Path) -> None:
        made.commit("more", {A: FILES[A] + "labels: [x]\n"})
        made.git("clone", "-q", "--depth=1", f"file://{made.folder}", tmp_path / "shallow")
        with pytest.raises(OutsideError, match="fetch-depth: 0"):
            compare(DiffOptions(tmp_path / "shallow/catalog", "HEAD"))

    def test_a_branch_without_an_ancestor_in_common(self, made: Repository) -> None:
        made.git("switch", "--quiet", "--orphan", "island")
        made.commit("alone", {"catalog/catalog.yaml": SETTINGS})
        with pytest.raises(OutsideError, match="no common ancestor"):
            compared(made)

    def test_outside_git(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="not in a git repository"):
            compare(DiffOptions(tmp_path, "main"))

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
    assert has_errors(comparison.problems)
    assert "no\\xffutf8" in files


def test_what_is_outside_the_catalog_changes_no_answer(made: Repository) -> None:
    comparison = changed(made, {"README": "hello", "tools/x.py": "pass\n"})
    assert [change.file for change in comparison.changes] == ["README", "tools/x.py"]
    assert answers_of(comparison) == ChangedAnswers()
    assert comparison.to_json()["counts"] == {}
