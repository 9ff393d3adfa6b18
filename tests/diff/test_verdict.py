"""Who may merge what unseen: policy of the base, owners, and the line that spoils it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.codes.catalog import LOCK
from support.catalogs import PLUGIN, SETTINGS, plugin
from support.changes import FILES, A, changed, only, repository

if TYPE_CHECKING:
    from pathlib import Path

    from support.git import Repository

POLICY = SETTINGS + "policy: {auto_merge: {locks: true, owner_fields: [tags, labels]}}\n"
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


def test_a_lock_alone_passes(made: Repository) -> None:
    assert changed(made, {LOCK_FILE: LOCK}).verdict.auto_mergeable


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
            {A: FILES[A].replace("'@ann', ", "'@ann', '@eve', ")}, "@ann", [f"{A}:5: /maintainers"]
        ),
        pytest.param({LOCK_FILE: "{}"}, None, [f"{LOCK_FILE}:1: "]),
        pytest.param({"README": "hello"}, "@ann", ["README:1: this file is no plugin and no lock"]),
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
        ["README", "catalog/catalog.yaml", ".github/workflows/x.yml", "catalog/imported.json"],
    )
    def test_what_is_outside_the_open_folders_needs_a_maintainer(
        self, made: Repository, file: str
    ) -> None:
        """R-02."""
        comparison = changed(made, {file: SETTINGS + "site: {title: X}\n"})
        assert "needs-maintainer" in comparison.labels

    def test_a_lock_or_a_query_does_not(self, made: Repository) -> None:
        query = "kind: stat\ntitle: Names\nquery: {distinct: name}\n"
        comparison = changed(made, {LOCK_FILE: LOCK, "catalog/queries/all.yaml": query})
        assert comparison.labels == ("locks",)


def test_owners_are_those_of_the_base(made: Repository) -> None:
    assert only(changed(made, {A: None})).owners == ("@ann", "@acme/team")
