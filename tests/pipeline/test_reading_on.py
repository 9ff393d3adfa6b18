"""A history and its journal, read on from what was stored, are those of reading everything."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogctl.model.calls_between_versions import calls_between
from catalogctl.pipeline.journal import JournalState, read_journal
from catalogctl.source.document import parse
from catalogctl.source.history import History, HistoryState, read_history
from catalogctl.source.settings import Settings
from catalogctl.validate.effective_request import effective
from support.catalogs import plugin
from support.git import Repository, at, shown
from support.histories import RandomHistory, random_histories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSONObject

CLOCK = float(at("2026-06-01"))
X = "plugins/x.yaml"


class Stored(msgspec.Struct, frozen=True):
    """What a cache would keep."""

    history: HistoryState
    journal: JournalState


def read(folder: Path, stored: Stored | None = None) -> tuple[History, JournalState]:
    earlier = None if stored is None else stored.history
    history = read_history(folder, state=earlier, with_changes=True, files=(), clock=CLOCK)
    journal = stored.journal if stored is not None and history.since else None
    return history, read_journal(history, folder, Settings(), state=journal)


def store(folder: Path) -> Stored:
    """Return what a cache would give back of what it was given."""
    history, journal = read(folder)
    assert history.state is not None
    data = msgspec.msgpack.encode(Stored(history.state, journal))
    return msgspec.msgpack.decode(data, type=Stored)


def facts(history: History) -> tuple[object, ...]:
    return (history.dates, history.blobs, history.commit, history.warnings, history.state)


many = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(made=random_histories(), cut=st.integers(0, 100))
def test_reading_on_from_any_commit_of_the_line_is_reading_all(
    made: RandomHistory, cut: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ids = made.write(folder)
        line = [ids[number] for number in made.line]
        old = line[cut % len(line)]
        Repository(folder).git("update-ref", "refs/heads/main", old)
        stored = store(folder)
        Repository(folder).git("update-ref", "refs/heads/main", line[-1])
        history, journal = read(folder, stored)
        whole, all_of_it = read(folder)
        assert (history.since, whole.since) == (old, None)
        assert facts(history) == facts(whole)
        assert journal == all_of_it
        assert journal.journal() == all_of_it.journal()


@many
@given(made=random_histories())
def test_what_is_read_is_what_the_trees_of_the_line_hold(made: RandomHistory) -> None:
    with tempfile.TemporaryDirectory() as name:
        ids = made.write(Path(name))
        history, journal = read(Path(name))
    calls = [(each.commit, each.call, each.plugin_id) for each in journal.calls]
    assert calls == [(ids[number], *call) for number, *call in expected_calls(made)]
    assert {path: (each.created_at, each.updated_at) for path, each in history.dates.items()} == {
        path: (shown(created), shown(max(created, updated)))
        for path, (created, updated) in expected_dates(made).items()
    }
    last = made.commits[made.line[-1]].tree
    told = {each.plugin_id for each in journal.calls}
    assert {each.plugin_id for each in journal.tombstones} == {
        plugin_id for plugin_id in told if f"plugins/{plugin_id}.yaml" not in last
    }


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository.new(tmp_path)
    repository.commit("start", {X: plugin("x"), "catalog.yaml": "\n"})
    repository.commit("change", {X: plugin("x", labels="[a]")})
    return repository


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(("commit", "--quiet", "--amend", "-m", "amended"), id="amended"),
        pytest.param(("reset", "--quiet", "--hard", "HEAD~1"), id="wound back"),
        pytest.param(("switch", "--quiet", "--orphan", "other"), id="another root"),
    ],
)
def test_a_commit_that_left_the_line_is_not_read_on_from(
    repository: Repository, rewrite: tuple[str, ...]
) -> None:
    stored = store(repository.folder)
    repository.git(*rewrite)
    repository.commit("more", {X: plugin("x", labels="[b]")})
    history, journal = read(repository.folder, stored)
    assert history.since is None
    assert journal == read(repository.folder)[1]


def test_a_commit_that_a_merge_put_beside_the_line_is_not_read_on_from(
    repository: Repository,
) -> None:
    stored = store(repository.folder)
    repository.branch("side", "HEAD~1")
    repository.commit("beside", {"plugins/y.yaml": plugin("y")})
    repository.merge("main")
    history, journal = read(repository.folder, stored)
    assert history.since is None
    assert journal == read(repository.folder)[1]


def test_a_commit_that_git_does_not_know_is_not_read_on_from(repository: Repository) -> None:
    stored = store(repository.folder)
    unknown = msgspec.structs.replace(stored.history, commit="0" * 40)
    assert read(repository.folder, Stored(unknown, stored.journal))[0].since is None


def test_a_catalog_that_moved_in_its_repository_is_not_read_on(repository: Repository) -> None:
    stored = store(repository.folder)
    repository.commit("another", {"other/" + X: plugin("x")})
    assert read(repository.folder / "other", stored)[0].since is None


def test_nothing_is_read_where_nothing_follows(repository: Repository) -> None:
    stored = store(repository.folder)
    history, journal = read(repository.folder, stored)
    assert (history.since, history.state, journal) == (
        stored.history.commit,
        stored.history,
        stored.journal,
    )


def test_a_history_that_can_not_be_stored_has_no_state(
    repository: Repository, tmp_path: Path
) -> None:
    shallow = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth=1", f"file://{repository.folder}", shallow)
    assert read_history(shallow, allow_shallow=True, files=()).state is None
    repository.commit("odd name", {"plugins/no\udcff-utf8.yaml": "a"})
    assert read_history(repository.folder, files=()).state is None


def test_a_journal_is_only_continued_with_the_history_that_follows_it(
    repository: Repository,
) -> None:
    stored = store(repository.folder)
    history, _ = read(repository.folder)
    with pytest.raises(ValueError, match="the history begins with None"):
        read_journal(history, repository.folder, Settings(), state=stored.journal)


def steps(made: RandomHistory) -> Iterator[tuple[int, str, str | None, str | None]]:
    """Yield each change on the line: the commit, the path, the text before and after."""
    before: dict[str, str] = {}
    for number in made.line:
        after = dict(made.commits[number].tree)
        for path in sorted({*before, *after}, key=lambda each: (each in after, each)):
            if before.get(path) != after.get(path) and path != "README":
                yield number, path, before.get(path), after.get(path)
        before = after


def expected_calls(made: RandomHistory) -> Iterator[tuple[int, str, str]]:
    for number, path, before, after in steps(made):
        if path.startswith("plugins/"):
            for call in calls_between(request(before), request(after)):
                yield number, call, Path(path).stem


def request(text: str | None) -> JSONObject | None:
    if text is None:
        return None
    return effective(parse("x", "x", text.encode()).accepted, Settings())


def expected_dates(made: RandomHistory) -> dict[str, tuple[int, int]]:
    dates: dict[str, tuple[int, int]] = {}
    for number, path, _, after in steps(made):
        time = made.commits[number].time
        dates[path] = dates.get(path, (time, time))[0], time
        if after is None:
            del dates[path]
    return dates
