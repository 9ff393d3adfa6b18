"""Work spread over processes: the same results in the same order, whatever the machine gives."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import OutsideError
from catalogctl.pipeline.pool import spread
from support.catalogs import plugin, write_catalog
from support.commands import COMMAND

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


def test_leaving_early_ends_the_processes_whatever_they_are_sending() -> None:
    """Each result is more than a pipe holds: a process that sends it waits until it is read."""
    for leave_after in (1, 40, 90):
        results = spread(lambda thing: bytes(300_000) * (thing >= 0), THINGS, 3)
        for _ in range(leave_after):
            next(results)
        results.close()  # type: ignore[attr-defined]
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
