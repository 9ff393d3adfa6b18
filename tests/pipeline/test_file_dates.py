"""The dates that a plugin is published with: git's, those it was imported with, or the clock's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.catalog import Catalog
from support.catalogs import SETTINGS, plugin
from support.git import Repository, at, shown

if TYPE_CHECKING:
    from pathlib import Path

FILE = "plugins/x.yaml"
CREATED, UPDATED = "2020-02-02T02:02:02.222Z", "2021-03-03T03:03:03.333Z"
BEFORE = f'{{"x": {{"created_at": "{CREATED}", "updated_at": "{UPDATED}"}}}}\n'
CLOCK = "2027-01-15T08:00:00.000Z"
FIRST, SECOND = shown(at("2026-01-02")), shown(at("2026-01-03"))


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return a repository with a plugin as `import` leaves it, not committed yet."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(at("2027-01-15T08:00:00")))
    repository = Repository.new(tmp_path)
    repository.commit("start", {"catalog.yaml": SETTINGS}, time=at("2026-01-01"))
    repository.write({FILE: plugin("x"), "imported.json": BEFORE})
    return repository


def dates(repository: Repository) -> tuple[str, str]:
    """Return created_at and updated_at of the plugin x."""
    info = Catalog.open(repository.folder).get("x")
    return info["created_at"], info["updated_at"]


def test_an_imported_plugin_has_the_dates_it_came_with(imported: Repository) -> None:
    assert dates(imported) == (CREATED, UPDATED)
    imported.commit("import", time=at("2026-01-02"))
    assert dates(imported) == (CREATED, UPDATED)


def test_an_imported_plugin_is_updated_by_the_first_commit_that_changes_its_file(
    imported: Repository,
) -> None:
    """Product contract, 2 and 8."""
    imported.commit("import", time=at("2026-01-02"))
    imported.commit("rename it", {FILE: plugin("x", name="Other")}, time=at("2026-01-03"))
    assert dates(imported) == (CREATED, SECOND)


@pytest.mark.parametrize("time", ["2026-01-02", "2026-01-01T23:59:00"])
def test_an_imported_plugin_is_updated_by_a_commit_that_is_not_dated_later(
    imported: Repository, time: str
) -> None:
    """Q-32: of another machine, or in the same second."""
    imported.commit("import", time=at("2026-01-02"))
    imported.commit("rename it", {FILE: plugin("x", name="Other")}, time=at(time))
    assert dates(imported) == (CREATED, FIRST)


def test_a_commit_that_changes_other_files_updates_no_imported_plugin(imported: Repository) -> None:
    imported.commit("import", time=at("2026-01-02"))
    imported.commit("another", {"plugins/y.yaml": plugin("y")}, time=at("2026-01-03"))
    assert dates(imported) == (CREATED, UPDATED)


def test_a_change_that_is_not_committed_is_of_now(imported: Repository) -> None:
    imported.commit("import", time=at("2026-01-02"))
    imported.write({FILE: plugin("x", name="Other")})
    assert dates(imported) == (CREATED, CLOCK)


def test_dates_that_an_import_did_not_bring_are_those_of_git(imported: Repository) -> None:
    imported.write({"imported.json": f'{{"x": {{"created_at": "{CREATED}"}}}}\n'})
    imported.commit("import", time=at("2026-01-02"))
    assert dates(imported) == (CREATED, FIRST)


def test_a_plugin_is_never_updated_before_it_was_created(imported: Repository) -> None:
    """Q-32: also when the plugin was imported with a date that lies ahead of its commits."""
    imported.write({"imported.json": BEFORE.replace("2020", "2040").replace("2021", "2030")})
    imported.commit("import", time=at("2026-01-02"))
    created_at, updated_at = dates(imported)
    assert created_at == updated_at == CREATED.replace("2020", "2040")
