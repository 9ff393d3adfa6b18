from __future__ import annotations

import contextlib
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import OutsideError
from catalogctl.files import StagedTree
from support.faults import beside, edition, writer
from support.tree_writer import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def running(out: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a writer until it says that it has the lock."""
    with subprocess.Popen(
        writer(out, *arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert next_line(process) == "holding"
        yield process


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def test_a_second_build_that_does_not_wait_names_the_first(tmp_path: Path) -> None:
    """Q-07: exit 3 in under a second."""
    out = tmp_path / "public"
    with running(out, "hold", "first") as first:
        begin = time.monotonic()
        with pytest.raises(OutsideError, match=f"public is being built by process {first.pid}"):
            build(out, "second", 3)
        assert time.monotonic() - begin < 1
        first.communicate("\n", timeout=30)
    assert first.returncode == 0
    assert edition(out) == "first"
    assert beside(out) == ["public"]


def test_a_second_build_that_waits_says_so_and_comes_after_the_first(tmp_path: Path) -> None:
    """Q-07: the result is whole."""
    out = tmp_path / "public"
    with (
        running(out, "hold", "first") as first,
        subprocess.Popen(
            writer(out, "wait", "second"), stdout=subprocess.PIPE, text=True
        ) as second,
    ):
        line = next_line(second)
        assert line == f"{out} is being built by process {first.pid}: waiting for it to end"
        first.communicate("\n", timeout=30)
        assert second.wait(timeout=30) == 0
    assert edition(out) == "second"
    assert beside(out) == ["public"]


def test_many_builds_at_once_all_end_well(tmp_path: Path) -> None:
    """Q-07: the lock's file comes and goes, and never lets two in."""
    out = tmp_path / "public"
    processes = [
        subprocess.Popen(writer(out, "wait", str(n)), stdout=subprocess.PIPE) for n in range(6)
    ]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0] * 6
    edition(out)
    assert beside(out) == ["public"]


def test_the_lock_of_a_killed_build_does_not_block(tmp_path: Path) -> None:
    """Q-07: nor does a pid that is another's by now."""
    out = tmp_path / "public"
    with running(out, "hold", "first") as first:
        first.kill()
    assert len(beside(out)) == 2
    build(out, "second", 3)
    assert beside(out) == ["public"]


def test_a_child_that_outlives_a_killed_build_does_not_block(tmp_path: Path) -> None:
    """Q-07: a forked worker has no part in the lock."""
    out = tmp_path / "public"
    with running(out, "orphan") as first:
        first.kill()
        first.wait()
        build(out, "second", 3, wait=10)  # the child, still there, may not have begun to run
        assert beside(out) == ["public"]


def test_builds_of_two_folders_side_by_side_do_not_meet(tmp_path: Path) -> None:
    one, two = tmp_path / "public", tmp_path / "public2"
    with StagedTree(one, wait=0):
        build(two, "two", 3)
    assert edition(two) == "two"
    assert beside(two) == ["public2"]


def test_a_folder_that_only_looks_like_ours_stays(tmp_path: Path) -> None:
    """Q-06: what is removed beside a tree has a name that only a build gives."""
    names = [".public.catalogctl-old", ".public.catalogctl-", ".public2.catalogctl-" + "0" * 16]
    for name in names:
        (tmp_path / name).mkdir()
    build(tmp_path / "public", "new", 3)
    assert beside(tmp_path / "public") == sorted([*names, "public"])


def test_a_leftover_that_is_no_folder_is_told_and_stays(tmp_path: Path) -> None:
    """Q-06: a link of that name is not followed."""
    out = tmp_path / "public"
    (tmp_path / "precious").mkdir()
    link = tmp_path / (".public.catalogctl-" + "0" * 16)
    link.symlink_to(tmp_path / "precious")
    told: list[str] = []
    with StagedTree(out, wait=0, tell=told.append):
        pass
    assert link.is_symlink()
    assert f"{link.name}, left by an earlier build, can't be removed" in told[0]
