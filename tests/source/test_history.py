"""What git's history says of the dates of a catalog's files."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from catalogctl.source.git import Git
from catalogctl.source.git_log import read_log
from catalogctl.source.history import Dates, History, read_history
from support.git import Repository, at, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

X = "plugins/x.yaml"
CLOCK = float(at("2026-06-01"))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.new(tmp_path / "repository")


def read(repository: Repository, folder: str = ".") -> History:
    return read_history(repository.folder / folder, clock=CLOCK)


def dates(repository: Repository, path: str = X) -> tuple[str, str]:
    known = read(repository).dates[path]
    return known.created_at, known.updated_at


def days(*numbers: int) -> tuple[str, ...]:
    return tuple(shown(at(f"2026-01-{number:02}")) for number in numbers)


def dated(first: int, last: int) -> Dates:
    """Return the dates of a file of one commit, or of a first and a later one."""
    created_at, updated_at = days(first, last)
    return Dates(created_at, updated_at, has_changed=first != last)


def history_of(repository: Repository, steps: Sequence[str | None]) -> None:
    """Commit the contents of x, one a day; None deletes it."""
    for day, text in enumerate(steps, start=1):
        repository.commit(f"day {day}", {X: text}, time=at(f"2026-01-{day:02}"))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(["a"], (1, 1), id="added"),
        pytest.param(["a", "b", "c"], (1, 3), id="added and changed twice"),
        pytest.param(["a", "b", None, "c"], (4, 4), id="deleted and added again"),
        pytest.param(["a", None, "a", "b"], (3, 4), id="added again as it was, then changed"),
        pytest.param(["a", None, "b", None, "c", "d"], (5, 6), id="deleted twice"),
    ],
)
def test_the_dates_are_those_of_the_first_commit_after_the_last_deletion_and_of_the_last(
    repository: Repository, steps: Sequence[str | None], expected: tuple[int, int]
) -> None:
    history_of(repository, steps)
    assert dates(repository) == days(*expected)


def test_a_deleted_file_has_no_dates(repository: Repository) -> None:
    history_of(repository, ["a", None])
    assert read(repository).dates == {}


def test_a_rename_is_a_deletion_and_an_addition(repository: Repository) -> None:
    repository.commit("add", {"plugins/old.yaml": "name: x\n" * 20}, time=at("2026-01-01"))
    repository.git("mv", "plugins/old.yaml", X)
    repository.commit("rename", time=at("2026-01-02"))
    assert dates(repository) == days(2, 2)
    assert list(read(repository).dates) == [X]


def test_dates_are_the_committers_not_the_authors(repository: Repository) -> None:
    repository.write({X: "a"})
    repository.git("add", "--all")
    repository.time = at("2026-01-05")
    repository.git("commit", "--quiet", "-m", "add", "--date", "@1500000000 +0000")
    assert dates(repository) == days(5, 5)


def test_a_catalog_in_a_folder_of_the_repository_has_paths_of_its_own(
    repository: Repository,
) -> None:
    repository.commit("add", {"a b/catalog/" + X: "a", "plugins/other.yaml": "b"})
    last = repository.commit("elsewhere", {"README": "hello"}, time=at("2026-01-09"))
    history = read(repository, "a b/catalog")
    assert list(history.dates) == [X]
    assert history.root == repository.folder.resolve()
    assert (history.commit, history.commit_time) == (last, *days(9))


class TestMerges:
    """Dates are those of the first-parent line: a merge stands for all that it brought."""

    def test_a_change_takes_effect_when_it_is_merged(self, repository: Repository) -> None:
        repository.commit("add", {X: "a"}, time=at("2026-01-01"))
        repository.branch("side")
        repository.commit("change", {X: "b", "plugins/y.yaml": "y"}, time=at("2026-01-02"))
        repository.switch("main")
        repository.commit("other", {"plugins/z.yaml": "z"}, time=at("2026-01-03"))
        repository.merge("side", time=at("2026-01-04"))
        assert dates(repository) == days(1, 4)
        assert dates(repository, "plugins/y.yaml") == days(4, 4)
        assert dates(repository, "plugins/z.yaml") == days(3, 3)

    def test_a_branch_that_took_over_the_main_line_dates_nothing_twice(
        self, repository: Repository
    ) -> None:
        repository.commit("add", {X: "a"}, time=at("2026-01-01"))
        repository.branch("side")
        repository.commit("new", {"plugins/y.yaml": "y"}, time=at("2026-01-02"))
        repository.switch("main")
        repository.commit("change", {X: "b"}, time=at("2026-01-03"))
        repository.switch("side")
        repository.merge("main", time=at("2026-01-04"))
        repository.switch("main")
        repository.merge("side", time=at("2026-01-05"))
        assert dates(repository) == days(1, 3)
        assert dates(repository, "plugins/y.yaml") == days(5, 5)

    def test_a_merge_that_settles_a_conflict_counts(self, repository: Repository) -> None:
        repository.commit("add", {X: "a"}, time=at("2026-01-01"))
        repository.branch("side")
        repository.commit("one", {X: "b"}, time=at("2026-01-02"))
        repository.switch("main")
        repository.commit("two", {X: "c"}, time=at("2026-01-03"))
        repository.merge("side", files={X: "d"}, time=at("2026-01-04"))
        assert dates(repository) == days(1, 4)

    def test_a_merge_that_adds_a_file_of_its_own_creates_it(self, repository: Repository) -> None:
        repository.commit("start", {"plugins/y.yaml": "y"})
        repository.branch("side")
        repository.commit("one", {"plugins/a.yaml": "a"})
        repository.switch("main")
        repository.commit("two", {"plugins/b.yaml": "b"})
        repository.merge("side", files={X: "evil"}, time=at("2026-01-04"))
        assert dates(repository) == days(4, 4)

    def test_a_change_that_a_merge_threw_away_dates_nothing(self, repository: Repository) -> None:
        repository.commit("add", {X: "a"}, time=at("2026-01-01"))
        repository.branch("side")
        repository.commit("lost", {X: "b"}, time=at("2026-01-05"))
        repository.switch("main")
        repository.commit("other", {"plugins/y.yaml": "y"}, time=at("2026-01-03"))
        repository.merge("side", "--strategy=ours", time=at("2026-01-06"))
        assert dates(repository) == days(1, 1)

    def test_a_deletion_on_another_branch_does_not_make_a_file_younger(
        self, repository: Repository
    ) -> None:
        repository.commit("add", {X: "a"}, time=at("2026-01-01"))
        repository.branch("side")
        repository.commit("delete", {X: None}, time=at("2026-01-02"))
        repository.switch("main")
        repository.commit("change", {X: "b"}, time=at("2026-01-03"))
        repository.merge("side", files={X: "c"}, time=at("2026-01-04"))
        assert dates(repository) == days(1, 4)

    def test_a_file_added_on_two_branches_is_as_old_as_on_the_main_line(
        self, repository: Repository
    ) -> None:
        repository.commit("start", {"plugins/y.yaml": "y"})
        repository.branch("side")
        repository.commit("one", {X: "a"}, time=at("2026-01-02"))
        repository.switch("main")
        repository.commit("two", {X: "b"}, time=at("2026-01-03"))
        repository.merge("side", files={X: "c"}, time=at("2026-01-04"))
        assert dates(repository) == days(3, 4)

    def test_an_octopus_and_a_second_root_are_merges_like_others(
        self, repository: Repository
    ) -> None:
        repository.commit("add", {X: "a"}, time=at("2026-01-01"))
        for number, name in enumerate(("one", "two"), start=2):
            repository.branch(name, "main")
            repository.commit(name, {f"plugins/{name}.yaml": name}, time=at(f"2026-01-0{number}"))
        repository.git("switch", "--quiet", "--orphan", "island")
        repository.commit("alone", {"plugins/island.yaml": "i"}, time=at("2026-01-04"))
        repository.switch("main")
        repository.merge("one", "two", time=at("2026-01-05"))
        repository.merge("island", "--allow-unrelated-histories", time=at("2026-01-06"))
        found = {
            path: (each.created_at, each.updated_at)
            for path, each in read(repository).dates.items()
        }
        assert found == {
            X: days(1, 1),
            "plugins/one.yaml": days(5, 5),
            "plugins/two.yaml": days(5, 5),
            "plugins/island.yaml": days(6, 6),
        }

    def test_the_dates_of_a_tangled_history_are_those_of_git_log_file_by_file(
        self, repository: Repository
    ) -> None:
        import random

        chance = random.Random(7)
        names = [f"plugins/{letter}.yaml" for letter in "abcdef"]
        repository.commit("start", dict.fromkeys(names, "0"))
        repository.commit("beside", {f"src/{number}": "0" for number in range(3)})
        branches = ["main"]
        for step in range(60):
            branch = chance.choice(branches)
            repository.switch(branch)
            if len(branches) < 4 and chance.random() < 0.25:
                branches.append(f"branch{step}")
                repository.branch(branches[-1])
            elif len(branches) > 1 and chance.random() < 0.3:
                other = chance.choice([each for each in branches if each != branch])
                repository.merge(other, f"--strategy-option={chance.choice(['ours', 'theirs'])}")
            else:
                changed = chance.sample([*names, "src/0", "src/0"], 2)
                repository.commit(f"step {step}", dict.fromkeys(changed, f"{step}"))
        repository.switch("main")
        found = read(repository)
        line = ("log", "--first-parent", "-m")
        for name in names:
            times = repository.git(*line, "--format=%ct", "--", name).split()
            first, last = (shown(int(times[at])) for at in (-1, 0))
            assert found.dates[name] == Dates(first, last, has_changed=len(times) > 1)
        of_branch = repository.git(*line, "--format=%H", "--", "plugins")
        assert [commit.id for commit in read_log(Git(repository.folder))] == of_branch.split()
        assert found.warnings == ()

    def test_a_branch_dated_after_its_merge_is_a_warning(self, repository: Repository) -> None:
        """R-16: a commit time in the future of the committer's merge."""
        repository.commit("add", {X: "a"}, time=at("2026-01-01"))
        repository.branch("side")
        late = repository.commit("change", {X: "b"}, time=at("2026-03-01"))
        repository.switch("main")
        merge = repository.merge("side", time=at("2026-01-02"))
        (warning,) = read(repository).warnings
        assert f"{late[:12]} (2026-03-01T00:00:00.000Z) before {merge[:12]}" in warning
        assert dates(repository) == days(1, 2)

    def test_a_commit_that_leaves_the_catalog_alone_says_nothing_of_clocks(
        self, repository: Repository
    ) -> None:
        repository.commit("add", {X: "a", "src/0": "0"}, time=at("2026-01-01"))
        repository.commit("beside", {"src/0": "1"}, time=at("2001-01-01"))
        repository.commit("change", {X: "b"}, time=at("2026-01-02"))
        history = read(repository)
        assert history.warnings == ()
        assert history.dates[X] == dated(1, 2)


@pytest.mark.parametrize(
    "name",
    [
        'quote".yaml',
        "new\nline.yaml",
        "tab\tand\\slash.yaml",
        "no\udcff-utf8.yaml",
        "übung.yaml",
        ":100644 000000.yaml",
        "commit 0123.yaml",
    ],
    ids=ascii,
)
def test_a_hostile_file_name_confuses_nothing(repository: Repository, name: str) -> None:
    """Q-31."""
    repository.commit("add", {X: "a", f"plugins/{name}": "b"}, time=at("2026-01-01"))
    repository.commit("change", {f"plugins/{name}": "c"}, time=at("2026-01-02"))
    found = read(repository)
    assert found.dates == {
        X: dated(1, 1),
        f"plugins/{name}": dated(1, 2),
    }
    assert found.uncommitted == frozenset()


@pytest.mark.parametrize(
    "message",
    [
        ":000000 100644 0000000000000000000000000000000000000000 1234 A\0plugins/evil.yaml",
        "\n\n:000000 100644 0 1 A",
        "commit 1234\ncommitter Eve <e@example.org> 1 +0000",
        "",
        "\x1b[31m\u202e",
    ],
    ids=ascii,
)
def test_a_hostile_commit_message_confuses_nothing(repository: Repository, message: str) -> None:
    """Q-31."""
    repository.commit("add", {X: "a"}, time=at("2026-01-01"))
    tree = repository.git("rev-parse", "HEAD^{tree}")
    parent = repository.git("rev-parse", "HEAD")
    person = f"Eve\n <eve@example.org> {at('2026-01-02')} +0000".replace("\n", "")
    raw = f"tree {tree}\nparent {parent}\nauthor {person}\ncommitter {person}\n\n{message}"
    commit = repository.git(
        "hash-object", "-t", "commit", "-w", "--stdin", "--literally", data=raw.encode()
    )
    repository.git("reset", "--hard", "--quiet", commit)
    repository.commit("change", {X: "b"}, time=at("2026-01-03"))
    assert read(repository).dates == {X: dated(1, 3)}


class TestClocks:
    """R-16, Q-32: what a committer's clock got wrong is told and turns no date around."""

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("2038-01-19", "2026-01-02"),
            ("2026-01-02", "2026-01-01"),
            ("1970-01-01", "2026-01-02"),
            ("2026-01-01", "1970-01-02"),
        ],
    )
    def test_created_is_never_after_updated_and_a_warning_names_the_commit(
        self, repository: Repository, first: str, second: str
    ) -> None:
        commits = [
            repository.commit("add", {X: "a"}, time=at(first)),
            repository.commit("change", {X: "b"}, time=at(second)),
        ]
        created_at, updated_at = dates(repository)
        assert created_at <= updated_at
        warnings = "\n".join(read(repository).warnings)
        assert "by a wrong clock" in warnings
        assert any(commit[:12] in warnings for commit in commits)

    def test_a_last_commit_in_the_future_is_a_warning(self, repository: Repository) -> None:
        commit = repository.commit("add", {X: "a"}, time=at("2038-01-19"))
        (warning,) = read(repository).warnings
        assert f"commit {commit[:12]} is dated 2038-01-19T00:00:00.000Z" in warning

    def test_a_time_that_no_calendar_has_is_cut_to_the_last_that_it_has(
        self, repository: Repository
    ) -> None:
        repository.write({X: "a"})
        repository.git("add", "--all")
        tree = repository.git("write-tree")
        person = "Eve <eve@example.org> 99999999999999 +0000"
        raw = f"tree {tree}\nauthor {person}\ncommitter {person}\n\nadd\n".encode()
        commit = repository.git(
            "hash-object", "-t", "commit", "-w", "--stdin", "--literally", data=raw
        )
        repository.git("reset", "--hard", "--quiet", commit)
        created_at, updated_at = dates(repository)
        assert created_at <= updated_at <= "9999-12-31T23:59:59.000Z"
        words = f"commit {commit[:12]} has an impossible date"
        assert any(words in each for each in read(repository).warnings)

    def test_a_sound_history_has_no_warning(self, repository: Repository) -> None:
        history_of(repository, ["a", "b", None, "c"])
        assert read(repository).warnings == ()


class TestUncommitted:
    """A file that is not as committed has the build's time for its last change."""

    def test_changed_staged_and_new_files_are_named(self, repository: Repository) -> None:
        old = {f"plugins/{name}.yaml": "a" for name in ("same", "changed", "staged", "gone")}
        repository.commit("add", {**old, "catalog.yaml": "a"})
        repository.write({"plugins/staged.yaml": "b", "plugins/gone.yaml": None})
        repository.git("add", "plugins/staged.yaml")
        repository.write({"plugins/changed.yaml": "b", "plugins/new.yaml": "b"})
        repository.write({"versions/new.json": "{}", "notes.txt": "b", "catalog.yaml": "b"})
        found = read(repository)
        assert found.uncommitted == {
            "plugins/changed.yaml",
            "plugins/new.yaml",
            "plugins/staged.yaml",
            "versions/new.json",
        }
        (warning,) = found.warnings
        assert warning.startswith(
            "plugins/changed.yaml, plugins/new.yaml, plugins/staged.yaml and 1 more are not"
        )

    def test_a_touched_file_is_as_committed(self, repository: Repository) -> None:
        repository.commit("add", {X: "a"})
        os.utime(repository.folder / X, (1, 1))
        assert read(repository).uncommitted == frozenset()

    def test_reading_writes_nothing_into_the_repository(self, repository: Repository) -> None:
        repository.commit("add", {X: "a"})
        os.utime(repository.folder / X, (1, 1))
        before = (repository.folder / ".git/index").read_bytes()
        read(repository)
        assert (repository.folder / ".git/index").read_bytes() == before


def test_the_line_of_a_branch_has_the_blobs_before_and_after(repository: Repository) -> None:
    repository.commit("add", {X: "a"})
    first = repository.blob(X)
    repository.branch("side")
    repository.commit("change", {X: "b"})
    second = repository.blob(X)
    repository.switch("main")
    merge = repository.merge("side")
    delete = repository.commit("delete x", {X: None})
    line = list(read_log(Git(repository.folder)))
    assert [(commit.id, commit.subject, commit.changes) for commit in line][:2] == [
        (delete, "delete x", [(X, second, None)]),
        (merge, "Merge branch 'side'", [(X, first, second)]),
    ]
    assert [commit.id for commit in line][2:] == [repository.git("rev-parse", "HEAD~2")]


def test_ten_thousand_files_take_a_handful_of_processes(
    repository: Repository, tmp_path: Path
) -> None:
    """Q-31: what is asked of git does not grow with the files."""
    files = {f"plugins/p{number}.yaml": "a" for number in range(300)}
    repository.commit("add", files)
    log = tmp_path / "trace"
    environ = {**os.environ, "PATH": _counting_git(tmp_path / "bin", log)}
    assert len(read_history(repository.folder, environ=environ, clock=CLOCK).dates) == 300
    assert len(log.read_text().splitlines()) <= 5


def _counting_git(folder: Path, log: Path) -> str:
    real = subprocess.run(
        ["which", "git"], capture_output=True, text=True, check=True
    ).stdout.strip()
    folder.mkdir()
    script = folder / "git"
    script.write_text(f'#!/bin/sh\necho called >> "{log}"\nexec {real} "$@"\n')
    script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"
