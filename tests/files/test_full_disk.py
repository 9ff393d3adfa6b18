from __future__ import annotations

import errno
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import OutsideError
from support.faults import beside, edition, with_mounts, writer
from support.tree_writer import build

if TYPE_CHECKING:
    from pathlib import Path

FILES = 5
REFUSALS = {
    errno.ENOSPC: "no space left on device",
    errno.EIO: "input/output error",
    errno.EDQUOT: "disk quota exceeded",
}


@pytest.mark.parametrize(("number", "words"), REFUSALS.items(), ids=errno.errorcode.get)
@pytest.mark.parametrize("nth", range(1, FILES + 2))
def test_a_write_that_fails_names_the_path_and_leaves_the_old_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, nth: int
) -> None:
    """Q-05: at each write in turn."""
    out = tmp_path / "public"
    build(out, "old", FILES)
    really_write, left = os.write, nth

    def write(handle: int, data: bytes) -> int:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(number, os.strerror(number))
        return really_write(handle, data)

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OutsideError) as caught:
        build(out, "new", FILES)
    path = f"d{nth - 1}/{nth - 1}.txt" if nth <= FILES else "manifest.json"
    assert str(caught.value) == f"{out}/{path}: {words}"
    assert caught.value.exit_code == 3
    assert edition(out) == "old"
    assert beside(out) == ["public"]


def test_a_disk_that_takes_a_part_of_a_write_gets_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-05"""
    out = tmp_path / "public"
    really_write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: really_write(handle, data[:100]))
    build(out, "new", FILES)
    monkeypatch.undo()
    assert edition(out) == "new"


@pytest.mark.parametrize(
    "options",
    ["size=256k", "size=1m", "size=2m", "size=64m,nr_inodes=30"],
)
def test_a_full_disk_leaves_the_old_tree_whole(tmp_path: Path, options: str) -> None:
    """Q-05: space or inodes run out; exit 3, one line, nothing left beside the tree."""
    out = tmp_path / "public"
    done = with_mounts(
        'mount -t tmpfs -o "$1" none "$2"; shift 2\n'
        '"$@" once old 5; "$@" once new 2000 || echo "exit $?"; "$@" verify; cat "$3/d0/0.txt"',
        options,
        str(tmp_path),
        *writer(out),
    )
    message, code, state, *old = done.stdout.splitlines()
    assert message.startswith(f"{out}/d")
    assert message.endswith(": no space left on device")
    assert code == "exit 3"
    assert state == "[] ['public']"
    assert old[0].startswith("old ")
    assert done.stderr == ""


def test_a_disk_too_full_for_anything_is_named(tmp_path: Path) -> None:
    """Q-05: not even a lock can be made."""
    done = with_mounts(
        'mount -t tmpfs -o nr_inodes=1 none "$1"; shift; "$@"',
        str(tmp_path),
        *writer(tmp_path / "public", "once", "new", "1"),
    )
    assert done.stdout == f"can't write next to {tmp_path}/public: no space left on device\n"
    assert done.returncode == 3


def test_a_limit_on_the_size_of_files_is_named(tmp_path: Path) -> None:
    """Q-05: where no disk can be mounted, too."""
    out = tmp_path / "public"
    limited = ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", *writer(out, "once", "new", "99")]
    done = subprocess.run(limited, check=False, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith(f"{out}/")
    assert done.stdout.endswith(": file too large\n")
    assert done.returncode == 3
    assert list(tmp_path.iterdir()) == []
