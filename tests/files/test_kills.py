from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from catalogctl.files import StagedTree
from support import tree_writer
from support.faults import CALLS, beside, edition, need_strace, strace_killing, writer
from support.killing import end, start
from support.tree_writer import build, build_in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

KILLED = -signal.SIGKILL
KILLS = 200


def run(command: Sequence[str]) -> int:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode


def working(build: Callable[[], None]) -> Callable[[], int]:
    """Return a build as the work of a child."""

    def work() -> int:
        build()
        return 0

    return work


def killed(mode: str, out: Path, step: int) -> int:
    """Build until the n-th step in a child of this process; return how it ended."""
    return end(start(working(lambda: tree_writer.MODES[mode](out, str(step)))))


@pytest.mark.parametrize(
    ("loop", "last", "left"),
    [
        (tree_writer.loop, ("once", "last", "200"), ["public"]),
        (tree_writer.loop_in_turn, ("once-in-turn", "last"), [".public.before", "public"]),
    ],
)
def test_killed_at_any_moment_the_old_tree_or_the_new_one_is_whole(
    tmp_path: Path, loop: Callable[[Path], None], last: tuple[str, ...], left: list[str]
) -> None:
    """Q-01, Q-03: and the next build needs no hand and leaves nothing behind."""
    out = tmp_path / "public"
    assert run(writer(out, *last)) == 0
    moments = random.Random(7)
    for _ in range(KILLS):
        child = start(working(lambda: loop(out)))
        time.sleep(moments.uniform(0, 0.1))
        os.kill(child, signal.SIGKILL)
        assert end(child) == KILLED
        edition(out)
    assert run(writer(out, *last)) == 0
    assert edition(out) == "last"
    assert beside(out) == left


def build_old(out: Path) -> list[str]:
    """Build the old tree; return what is then there."""
    build(out, "old", 3)
    return ["public"]


def build_old_in_turn(out: Path) -> list[str]:
    """Build the old tree and those before it, so that the next build uses what they left."""
    for name in ("older", "less-old", "old"):
        build_in_turn(out, name)
    return [".public.before", "public"]


def count_through(
    out: Path,
    build_until: Callable[[int], int],
    before: Callable[[Path], list[str]] = build_old,
) -> list[str]:
    """Kill a build at its 1st, 2nd, … step until one ends by itself; return what was there.

    After each kill the next build works, with nothing left of the killed one.
    """
    seen: list[str] = []
    for step in itertools.count(1):
        left = before(out)
        assert beside(out) == left
        code = build_until(step)
        found = edition(out)
        if seen[-1:] != [found]:
            seen.append(found)
        if code == 0:
            break
        assert code == KILLED
    assert beside(out) == left
    return seen


def test_killed_at_each_step_in_turn_a_tree_is_always_there(tmp_path: Path) -> None:
    """Q-02, Q-03: counted by an audit hook, which needs no right to trace."""
    out = tmp_path / "public"
    assert count_through(out, lambda step: killed("killed", out, step)) == ["old", "new"]


def test_killed_at_each_step_of_trees_in_turn_a_tree_is_always_there(tmp_path: Path) -> None:
    """Q-02, Q-03: where the tree before becomes the new one."""
    out = tmp_path / "public"
    seen = count_through(out, lambda step: killed("killed-in-turn", out, step), build_old_in_turn)
    assert seen == ["old", "new"]


def test_killed_at_each_system_call_in_turn_a_tree_is_always_there(tmp_path: Path) -> None:
    """Q-02, Q-03: over every rename, link, unlink and mkdir."""
    need_strace()
    out = tmp_path / "public"
    command = writer(out, "once", "new", "3")
    seen = count_through(out, lambda step: run([*strace_killing(CALLS, step), *command]))
    assert seen == ["old", "new"]


def test_killed_at_each_system_call_of_trees_in_turn_a_tree_is_always_there(
    tmp_path: Path,
) -> None:
    """Q-02, Q-03: over every rename, link, unlink and mkdir."""
    need_strace()
    out = tmp_path / "public"
    command = writer(out, "once-in-turn", "new")
    seen = count_through(
        out, lambda step: run([*strace_killing(CALLS, step), *command]), build_old_in_turn
    )
    assert seen == ["old", "new"]


@pytest.mark.parametrize(
    ("mode", "before"),
    [
        ("killed-without-exchange", build_old),
        ("killed-in-turn-without-exchange", build_old_in_turn),
    ],
)
def test_where_names_cannot_be_exchanged_the_next_build_puts_the_old_tree_back(
    tmp_path: Path, mode: str, before: Callable[[Path], list[str]]
) -> None:
    """Q-02: the window has two renames; a run killed in it is mended by the next one."""
    out = tmp_path / "public"
    absent = 0
    for step in itertools.count(1):
        left = before(out)
        code = killed(mode, out, step)
        if not out.exists():
            absent += 1
            with StagedTree(out, wait=0):
                assert edition(out) == "old"
        assert edition(out) in {"old", "new"}
        if code == 0:
            break
    assert absent == 1
    assert edition(out) == "new"
    assert beside(out) == left
