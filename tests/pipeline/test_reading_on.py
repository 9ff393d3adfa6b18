"""A history and its journal, read on from what was stored, are those of reading everything."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogctl.model.state_calls import calls_between
from catalogctl.pipeline.journal import JournalState, read_journal
from catalogctl.source.document import parse
from catalogctl.source.history import History, HistoryState, read_history
from catalogctl.source.settings import Settings
from catalogctl.validate.effective_request import effective
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


many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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
