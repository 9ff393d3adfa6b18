"""Who may merge what unseen: policy of the base, owners, and the line that spoils it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.catalogs import LOCK, PLUGIN, SETTINGS, plugin
from support.changes import FILES, A, B, changed, compared, only, repository
from support.commands import run

if TYPE_CHECKING:
    from pathlib import Path

    from support.git import Repository

POLICY = (
    SETTINGS
    + """\
policy:
  auto_merge: {locks: "@acme-bot", owner_fields: [tags, labels, maintainers, versions, deprecated]}
"""
)
LOCK_FILE = "catalog/versions/plugin-hyperbilling.json"
PLUGIN_FILE = "catalog/plugins/plugin-hyperbilling.yaml"


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    files = {**FILES, PLUGIN_FILE: PLUGIN}
    return repository(tmp_path / "repository", files, settings=POLICY)


@pytest.mark.parametrize("actor", ["@ann", "@Ann", "@acme/team"])
def test_an_owners_own_update_of_allowed_fields_passes(made: Repository, actor: str) -> None:
    comparison = changed(made, {A: FILES[A].replace("icon: a", "icon: b")}, actor)
    assert (comparison.verdict.auto_mergeable, comparison.verdict.because) == (True, ())


def test_on_the_command_line_a_handle_needs_no_sign(made: Repository) -> None:
    made.commit("Change", {A: FILES[A].replace("icon: a", "icon: b")})
    for actor, passes in (("ann", True), ("eve", False)):
        done = run("diff", "--base", "main", "--actor", actor, "--format", "json", cwd=made.folder)
        verdict = json.loads(done.out)["verdict"]
        assert verdict["auto_mergeable"] is passes
    assert f"{A}:1: @eve is not an owner: @ann, @acme/team may approve it" in verdict["because"]


@pytest.mark.parametrize(
    ("actor", "passes"),
    [("@acme-bot", True), ("@Acme-Bot", True), ("@ann", False), ("acme-bot", False), (None, False)],
)
def test_a_lock_alone_passes_for_the_bot_that_policy_names(
    made: Repository,
    actor: str | None,
    passes: bool,  # noqa: FBT001
) -> None:
    """R-56."""
    verdict = changed(made, {LOCK_FILE: LOCK}, actor).verdict
    assert verdict.auto_mergeable is passes


@pytest.mark.parametrize("locks", ["true", "false", "null", '"acme-bot"', '["@eve"]'])
def test_without_a_name_no_lock_passes(tmp_path: Path, locks: str) -> None:
    """R-56."""
    settings = SETTINGS + f"policy: {{auto_merge: {{locks: {locks}}}}}\n"
    made = repository(tmp_path / "one", {PLUGIN_FILE: PLUGIN}, settings=settings)
    for actor in ("@eve", "true", "@True", None):
        assert not changed(made, {LOCK_FILE: LOCK}, actor).verdict.auto_mergeable
        made.git("reset", "--quiet", "--hard", "main")


def test_the_bot_does_not_bring_other_files_along(made: Repository) -> None:
    """R-56."""
    for file in ("catalog/versions/.gitattributes", "catalog/versions/deep/x.json", "README"):
        verdict = changed(made, {LOCK_FILE: LOCK, file: "x\n"}, "@acme-bot").verdict
        assert not verdict.auto_mergeable
        made.git("reset", "--quiet", "--hard", "main")


@pytest.mark.parametrize(
    ("before", "after", "pointer"),
    [
        ("maintainers: ['@ann']", "maintainers: ['@ann', '@eve']", "/maintainers"),
        ("maintainers: ['@ann']", "labels: [x]", "/maintainers"),
        ("versions: {pattern: 'v.*'}", "versions: {pattern: '.*'}", "/versions/pattern"),
        ("labels: [x]", "versions: {pattern: '.*'}", "/versions/pattern"),
        ("versions: {pattern: '.*'}", "labels: [x]", "/versions/pattern"),
        ("deprecated: {reason: old}", "deprecated: {reason: old, successor: plugin-second}", ""),
        ("labels: [x]", "deprecated: {reason: old, successor: plugin-second}", ""),
        ("deprecated: {reason: old, successor: plugin-second}", "deprecated: {reason: old}", ""),
    ],
)
def test_whom_and_what_users_trust_is_for_a_maintainer(
    tmp_path: Path, before: str, after: str, pointer: str
) -> None:
    """R-56: named, labelled and never auto-mergeable, whatever policy says."""
    file = plugin("plugin-alpha") + ("" if "maintainers" in before else "maintainers: ['@ann']\n")
    files = {A: f"{file}{before}\n", B: FILES[B]}
    made = repository(tmp_path / "one", files, settings=POLICY)
    comparison = changed(made, {A: f"{file}{after}\n"}, "@ann")
    (problem,) = only(comparison).problems
    assert problem.code == "needs-maintainer"
    assert problem.pointer == (pointer or "/deprecated/successor")
    assert "needs-maintainer" in comparison.labels
    assert not comparison.verdict.auto_mergeable


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("maintainers: ['@ann']", "maintainers:\n- '@ann'"),
        ("versions: {}", "labels: [x]"),
        ("deprecated: {reason: old}", "deprecated: {reason: older}"),
    ],
)
def test_what_names_nobody_else_is_not(tmp_path: Path, before: str, after: str) -> None:
    file = plugin("plugin-alpha") + ("" if "maintainers" in before else "maintainers: ['@ann']\n")
    made = repository(tmp_path / "one", {A: f"{file}{before}\n"}, settings=POLICY)
    comparison = changed(made, {A: f"{file}{after}\n"}, "@ann")
    assert only(comparison).problems == ()
    assert "needs-maintainer" not in comparison.labels


def test_owners_and_policy_are_those_of_the_base_as_it_is_now(tmp_path: Path) -> None:
    """R-09b: who was an owner when the branch went off may not be one any more."""
    made = repository(tmp_path / "one", settings=POLICY)
    update = {A: FILES[A].replace("icon: a", "icon: b")}
    made.switch("main")
    made.commit("another owner", {A: FILES[A].replace("@ann", "@bob")})
    made.switch("side")
    comparison = changed(made, update, "@ann")
    assert only(comparison).owners == ("@bob", "@acme/team")
    assert not comparison.verdict.auto_mergeable
    made.switch("main")
    made.commit("no policy", {"catalog/catalog.yaml": SETTINGS})
    made.switch("side")
    assert not compared(made, "@bob").verdict.auto_mergeable


@pytest.mark.parametrize(
    ("files", "actor", "because"),
    [
        pytest.param(
            {A: FILES[A].replace("icon: a", "icon: b")}, "@eve", [f"{A}:1: @eve is not an owner"]
        ),
        pytest.param(
            {A: FILES[A].replace("icon: a", "icon: b")}, None, [f"{A}:1: who asks (--actor) is not"]
        ),
        pytest.param(
            {A: FILES[A] + "capability: {a: 1}\n"}, "@ann", [f"{A}:6: /capability is not in policy"]
        ),
        pytest.param({A: FILES[A] + "state: DISABLED\n"}, "@ann", [f"{A}:6: /state is not in"]),
        pytest.param({A: None}, "@ann", [f"{A}:1: a deregister is for a maintainer"]),
        pytest.param(
            {A: FILES[A].replace("'@ann', ", "'@ann', '@eve', ")},
            "@ann",
            [f"{A}:5: warning: maint"],
        ),
        pytest.param({LOCK_FILE: "{}"}, None, [f"{LOCK_FILE}:1: "]),
        pytest.param(
            {"README": "hello"}, "@ann", ["README:1: this file is neither a plugin nor a lock"]
        ),
        pytest.param({}, "@ann", ["nothing changes"]),
    ],
    ids=str,
)
def test_what_spoils_it_is_told_with_its_line(
    made: Repository, files: dict[str, str | None], actor: str | None, because: list[str]
) -> None:
    verdict = changed(made, files, actor).verdict
    assert not verdict.auto_mergeable
    for line, start in zip(verdict.because, because, strict=False):
        assert line.startswith(start), verdict.because
    assert len(verdict.because) >= len(because)


def test_nobody_grants_themselves_what_the_base_does_not(tmp_path: Path) -> None:
    made = repository(tmp_path / "one")
    mine = FILES[A].replace("@ann", "@eve").replace("icon: a", "icon: b")
    comparison = changed(made, {"catalog/catalog.yaml": POLICY, A: mine}, "@eve")
    assert not comparison.verdict.auto_mergeable
    assert comparison.changes[1].owners == ("@ann", "@acme/team")


def test_a_breaking_schema_spoils_it(tmp_path: Path) -> None:
    settings = SETTINGS + "policy: {auto_merge: {owner_fields: [template]}}\n"
    schema = "template: {options: {schema: {type: object, properties: {x: {type: string}}%s}}}\n"
    files = {A: FILES[A] + schema % ""}
    made = repository(tmp_path / "one", files, settings=settings)
    comparison = changed(made, {A: FILES[A] + schema % ", required: [x]"}, "@ann")
    assert [line.partition(": ")[2] for line in comparison.verdict.because] == [
        '"x" is required now: a stored config may break'
    ]


class TestLabels:
    def test_they_are_the_calls(self, made: Repository) -> None:
        new = "catalog/plugins/plugin-new-one.yaml"
        comparison = changed(made, {A: None, new: plugin("plugin-new-one")})
        assert comparison.labels == ("deregister", "register")

    @pytest.mark.parametrize(
        "file",
        [
            "README",
            "catalog/catalog.yaml",
            ".github/workflows/x.yml",
            "catalog/imported.json",
            "catalog/site/strings.yaml",
            "catalog/plugins/.gitattributes",
            "docs/ci.md",
        ],
    )
    def test_what_is_outside_the_open_folders_needs_a_maintainer(
        self, made: Repository, file: str
    ) -> None:
        """R-02."""
        comparison = changed(made, {file: SETTINGS + "site: {title: X}\n"})
        assert "needs-maintainer" in comparison.labels

    def test_a_lock_or_a_query_or_a_text_does_not(self, made: Repository) -> None:
        """R-02."""
        files = {
            LOCK_FILE: LOCK,
            "catalog/queries/all.yaml": "kind: stat\ntitle: Names\nquery: {distinct: name}\n",
            "catalog/docs/plugin-alpha/README.md": "# Alpha\n",
            "catalog/icons/plugin-alpha.svg": "<svg/>",
        }
        assert changed(made, files).labels == ("locks",)


def test_owners_are_those_of_the_base(made: Repository) -> None:
    assert only(changed(made, {A: None})).owners == ("@ann", "@acme/team")


README = "catalog/docs/plugin-alpha/README.md"
ICON = "catalog/icons/plugin-alpha.svg"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'
OPEN_DOCS = SETTINGS + "policy:\n  auto_merge: {owner_fields: [docs]}\n"


@pytest.mark.parametrize(
    ("path", "text", "actor", "passes"),
    [
        (README, "Text.", "@ann", True),
        (README, "Text.", "@eve", False),
        (README, "[x](javascript:y)", "@ann", False),
        (ICON, SVG, "@ann", False),
    ],
)
def test_documents_pass_for_owners_where_policy_names_their_folder(
    tmp_path: Path,
    path: str,
    text: str,
    actor: str,
    passes: bool,  # noqa: FBT001
) -> None:
    made = repository(tmp_path / "repository", settings=OPEN_DOCS)
    comparison = changed(made, {path: text}, actor)
    change = only(comparison)
    assert (change.plugin_id, change.calls) == ("plugin-alpha", ())
    assert change.owners == ("@ann", "@acme/team")
    assert comparison.verdict.auto_mergeable is passes
    named = change.to_json()
    assert named["kind"] == ("icon" if path == ICON else "documentation")
    assert named["page"] == "plugins/plugin-alpha/"


def test_by_default_no_document_passes(made: Repository) -> None:
    """R-02: nothing that the site shows is merged unseen unless the policy says so."""
    assert not changed(made, {README: "Text."}, "@ann").verdict.auto_mergeable


def test_a_document_with_an_error_spoils_it(tmp_path: Path) -> None:
    made = repository(tmp_path / "repository", settings=OPEN_DOCS)
    comparison = changed(made, {README: "a\n\n![x](no.png)"}, "@ann")
    assert [(each.code, each.line) for each in only(comparison).problems] == [
        ("picture-missing", 3)
    ]
    assert comparison.verdict.because[0].startswith(f"{README}:3: the picture")


@pytest.mark.parametrize("head", [None, "side"])
def test_both_states_have_documents_of_their_own(made: Repository, head: str | None) -> None:
    """A problem that the base has, too, is not told; one that a commit brings is."""
    made.switch("main")
    made.commit("Broken", {README: "![x](no.png)"})
    made.switch("side")
    made.git("merge", "--quiet", "main")
    made.commit("More", {README.replace("README", "CHANGELOG"): "![x](other.png)"})
    comparison = compared(made, "@ann", head=head)
    found = {each.file: [one.code for one in each.problems] for each in comparison.changes}
    assert found == {README.replace("README", "CHANGELOG"): ["picture-missing"]}


def test_a_document_of_no_plugin_is_for_a_maintainer(made: Repository) -> None:
    change = only(changed(made, {"catalog/docs/plugin-none/README.md": "x"}, "@ann"))
    assert (change.plugin_id, change.owners, change.page) == ("plugin-none", (), "")
