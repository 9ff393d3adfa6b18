"""Of two plugins that claim one thing, the one that came later has the problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.diff.compare import DiffOptions, compare
from catalogctl.pipeline.check import check
from support.catalogs import SETTINGS, plugin
from support.git import Repository

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "catalog.yaml": SETTINGS,
    "plugins/old.yaml": plugin("old", name="Same"),
    "plugins/young.yaml": plugin("young", name="Young"),
}
NEW = {"plugins/a-new.yaml": plugin("a-new", name="Same")}


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    """Return a repository with two plugins that agree."""
    repository = Repository.new(tmp_path)
    repository.commit("start", FILES)
    return repository


def clash(made: Repository) -> tuple[str, str]:
    """Return the file with the one error, and the end of its message."""
    problems = check(made.folder, working=made.folder).errors
    assert [each.code for each in problems] == ["name-taken"]
    return problems[0].file, problems[0].message.rpartition(" ")[2]


OLD_IS_RIGHT = ("plugins/a-new.yaml", "plugins/old.yaml:1")


def test_an_uncommitted_file_comes_last(made: Repository) -> None:
    made.write(NEW)
    assert clash(made) == OLD_IS_RIGHT


def test_a_file_added_by_a_later_commit_comes_later(made: Repository) -> None:
    made.commit("add", NEW)
    made.commit("touch", {"plugins/old.yaml": FILES["plugins/old.yaml"] + "labels: [x]\n"})
    assert clash(made) == OLD_IS_RIGHT


def test_a_merge_stands_for_what_it_brought(made: Repository) -> None:
    made.branch("side")
    made.commit("add", NEW)
    made.switch("main")
    made.commit("on main", {"plugins/b-new.yaml": plugin("b-new", name="Same")})
    made.merge("side")
    errors = check(made.folder, working=made.folder).errors
    assert [(each.file, each.message.rpartition(" ")[2]) for each in errors] == [
        ("plugins/a-new.yaml", "plugins/old.yaml:1"),
        ("plugins/b-new.yaml", "plugins/old.yaml:1"),
    ]


@pytest.mark.parametrize("committed", ["committed", ""])
def test_an_old_file_that_takes_another_name_comes_later(made: Repository, committed: str) -> None:
    made.commit("add", {"plugins/z.yaml": plugin("z", name="Z")})
    made.write({"plugins/old.yaml": plugin("old", name="Z")})
    if committed:
        made.commit("rename")
    assert clash(made) == ("plugins/old.yaml", "plugins/z.yaml:1")


def test_a_file_that_went_and_came_back_came_back_later(made: Repository) -> None:
    made.commit("take out", {"plugins/old.yaml": None})
    made.commit("add", {"plugins/z.yaml": plugin("z", name="Same")})
    made.commit("put back", {"plugins/old.yaml": FILES["plugins/old.yaml"]})
    assert clash(made) == ("plugins/old.yaml", "plugins/z.yaml:1")


def test_outside_git_and_without_a_commit_the_order_of_the_files_counts(tmp_path: Path) -> None:
    bare = Repository(tmp_path / "bare")
    bare.write({**FILES, **NEW})
    unborn = Repository.new(tmp_path / "unborn")
    unborn.write({**FILES, **NEW})
    for each in (bare, unborn):
        assert clash(each) == ("plugins/old.yaml", "plugins/a-new.yaml:1")


def test_ids_that_differ_by_case_are_told_at_the_later_file(made: Repository) -> None:
    made.write({"plugins/Old.yaml": plugin("Old", name="Other")})
    errors = check(made.folder, working=made.folder).errors
    assert [each.file for each in errors if each.code == "plugin-id-taken"] == ["plugins/Old.yaml"]


def test_in_a_comparison_what_the_branch_added_comes_last(made: Repository) -> None:
    made.branch("side")
    made.commit("add", NEW)
    made.switch("main")
    made.commit("on main", {"plugins/z.yaml": plugin("z", name="Same two")})
    made.switch("side")
    made.merge("main")
    made.commit("touch", {"plugins/old.yaml": FILES["plugins/old.yaml"] + "labels: [x]\n"})
    changes = compare(DiffOptions(made.folder, "main", working=made.folder)).changes
    told = [(each.file, found.code) for each in changes for found in each.problems]
    assert ("plugins/a-new.yaml", "name-taken") in told
    assert all(file == "plugins/a-new.yaml" for file, code in told if code == "name-taken")


def test_git_is_asked_only_where_there_is_a_clash(
    made: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_git(*_: object) -> None:
        raise AssertionError("git was asked")

    monkeypatch.setattr("catalogctl.pipeline.first_claims.Git", no_git)
    assert check(made.folder, working=made.folder).errors == ()
