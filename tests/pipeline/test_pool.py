"""Work spread over processes: the same results in the same order, whatever the machine gives."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import ApiError, OutsideError
from catalogctl.pipeline.pool import spread
from support.catalogs import plugin, write_catalog
from support.commands import COMMAND
from support.waiting import PATIENCE, is_waiting, wait_until

if TYPE_CHECKING:
    from pathlib import Path

THINGS = list(range(130))


@pytest.mark.parametrize("jobs", [1, 2, 5, None])
def test_results_come_in_the_order_of_the_things(jobs: int | None) -> None:
    assert list(spread(lambda thing: thing * thing, THINGS, jobs)) == [n * n for n in THINGS]


def test_an_error_of_the_work_is_raised_here() -> None:
    def work(thing: int) -> float:
        return 1 / (thing - 77)

    with pytest.raises(ZeroDivisionError):
        list(spread(work, THINGS, 2))


def test_an_error_that_cannot_be_sent_is_told_in_words() -> None:
    class Local(Exception):  # noqa: N818  (a class in a function: pickle does not find it)
        pass

    def work(thing: int) -> int:
        raise Local(thing)

    with pytest.raises(RuntimeError, match="Local"):
        list(spread(work, THINGS, 2))


def test_a_process_that_is_ended_from_outside_is_an_error_and_no_wait() -> None:
    def work(thing: int) -> int:
        if thing == 77:
            os.kill(os.getpid(), signal.SIGKILL)
        return thing

    with pytest.raises(OutsideError, match="ended from outside"):
        list(spread(work, THINGS, 2))


def test_a_process_that_is_killed_while_it_sends_is_an_error_too() -> None:
    """Its message is cut off in the middle: the pipe held no more of it."""
    context = multiprocessing.get_context("fork")
    is_begun, is_done = context.Event(), context.Event()

    def work(thing: int) -> tuple[int, bytes]:
        if thing > 1:
            is_begun.wait()
            is_done.set()
        return os.getpid(), bytes(1_000_000)

    results = spread(work, [1, 2, 3, 4], 2)
    first, _ = next(results)
    is_begun.set()
    [other] = [child for child in multiprocessing.active_children() if child.pid != first]
    assert is_done.wait(PATIENCE)
    wait_until(lambda: is_waiting(other.pid or 0))  # for its pipe to be read
    other.kill()
    with pytest.raises(OutsideError, match="ended from outside"):
        list(results)


def test_a_process_that_owes_nothing_may_be_killed() -> None:
    results = spread(lambda thing: (thing, os.getpid()), list(range(8)), 2)
    first = [next(results) for _ in range(8)]
    for child in multiprocessing.active_children():
        child.kill()
    assert list(results) == []
    assert [thing for thing, _ in first] == list(range(8))


@pytest.mark.parametrize(
    "error",
    [BrokenPipeError(32, "x"), SystemExit(3), KeyError("k"), EOFError("x"), OSError(5, "x")],
)
def test_an_error_arrives_as_it_was_raised(error: BaseException) -> None:
    def work(thing: int) -> int:
        if thing == 77:
            raise error
        return thing

    with pytest.raises(type(error)) as raised:
        list(spread(work, THINGS, 2))
    assert str(raised.value) == str(error)


def test_the_first_error_in_the_order_of_the_things_is_raised() -> None:
    is_later_raised = multiprocessing.get_context("fork").Event()

    def work(thing: int) -> int:
        if thing == 1:
            assert is_later_raised.wait(PATIENCE)
            raise KeyError("the first")
        if thing == 120:  # which another process does
            is_later_raised.set()
            raise ValueError("a later one")
        return thing

    results = spread(work, THINGS, 2)
    assert next(results) == 0
    with pytest.raises(KeyError):
        next(results)


def test_an_error_of_the_api_arrives_in_words_or_whole() -> None:
    def work(_thing: int) -> int:
        raise ApiError("ERROR_X", "what is wrong", "/p")

    with pytest.raises((ApiError, RuntimeError), match="what is wrong"):
        list(spread(work, THINGS, 2))


def test_work_that_spreads_work_does_it_where_it_is() -> None:
    inner = spread(lambda n: sum(spread(lambda m: m, list(range(n)), 2)), [3, 4], 2)
    assert list(inner) == [3, 6]


def test_a_slow_start_does_not_pile_up_the_rest() -> None:
    """A process whose results are not read waits: its pipe holds less than one chunk of these."""
    started = multiprocessing.Value("i", 0)

    def work(thing: int) -> tuple[int, bytes]:
        with started.get_lock():
            started.value += 1
        if thing == 0:
            time.sleep(1)
        return thing, bytes(10_000)

    results = spread(work, list(range(4000)), 2)
    assert next(results)[0] == 0
    assert started.value < 4000 / 2
    results.close()


def test_leaving_early_ends_the_processes_whatever_they_are_sending() -> None:
    """Each result is more than a pipe holds: a process that sends it waits until it is read."""
    for leave_after in (1, 40, 90):
        results = spread(lambda thing: bytes(300_000) * (thing >= 0), THINGS, 3)
        for _ in range(leave_after):
            next(results)
        results.close()
        assert not multiprocessing.active_children()


def test_without_room_for_children_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Q-51: `ulimit -u`."""

    def fork() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fork)
    assert list(spread(lambda thing: -thing, THINGS, 2)) == [-n for n in THINGS]


def test_without_shared_memory_the_work_is_done_all_the_same(tmp_path: Path) -> None:
    """Q-51: no /dev/shm."""
    files = {f"plugins/plugin-{n}.yaml": plugin(f"plugin-{n}") for n in range(60)}
    catalog = write_catalog(tmp_path / "catalog", files)
    hide = "mount -t tmpfs -o ro none /dev/shm"
    if (
        shutil.which("unshare") is None
        or subprocess.run(
            ["unshare", "-m", "bash", "-c", hide], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("the kernel gives no mounts of our own")
    line = f'{hide} && exec "$@"'
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", line, "bash", *COMMAND, "validate", "--jobs", "2"],
        cwd=catalog,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith("✓ 60 plugins valid")
