"""What goes wrong outside: killed processes, full and foreign disks, missing permission."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalogctl.publish.verify import verify_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WRITER = Path(__file__).with_name("tree_writer.py")
CALLS = "rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat"
_NOBODY = 65534


def writer(out: Path, *arguments: str) -> list[str]:
    """Return the command that builds a small tree in a process of its own."""
    return [sys.executable, str(WRITER), str(out), *arguments]


def edition(out: Path) -> str:
    """Return which edition a tree is, after checking that it is one edition, whole."""
    assert verify_folder(out) == []
    editions = {path.read_text() for path in out.rglob("*.txt")}
    assert len(editions) == 1
    return editions.pop().split()[0]


def beside(out: Path) -> list[str]:
    """Return the names beside a tree, and its own."""
    return sorted(entry.name for entry in out.parent.iterdir())


def need_strace() -> None:
    """Skip the test where processes can't be traced."""
    if not _can(("strace", "-qq", "-o", os.devnull, "true")):
        pytest.skip("strace is absent, or may not trace processes here")


def strace_killing(calls: str, count: int) -> list[str]:
    """Return the command line that kills what follows it at its n-th call of these."""
    inject = f"inject={calls}:signal=KILL:when={count}"
    return ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}", "-e", inject]


def with_mounts(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script that may mount; its mounts end with it. Skip where that can't be had."""
    command = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-U", "-r", "--mount"]
    if not _can((*command, "mount", "-t", "tmpfs", "none", "/mnt")):
        pytest.skip("this user may not mount a file system here")
    return subprocess.run(
        [*command, "sh", "-eu", "-c", script, "sh", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@cache
def _can(command: Sequence[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@contextlib.contextmanager
def ordinary_user() -> Iterator[Path]:
    """Act without root's rights, which no permission stops; yield a folder that is ours then."""
    with tempfile.TemporaryDirectory(prefix="catalogctl-test-") as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, _NOBODY, -1)
        os.seteuid(_NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)
