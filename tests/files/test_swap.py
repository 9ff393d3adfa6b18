from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NoReturn

import pytest

from catalogctl.errors import OutsideError
from catalogctl.files import swap
from support.faults import beside, edition
from support.tree_writer import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    handle = os.open(tmp_path, os.O_RDONLY)
    yield handle
    os.close(handle)


class WithoutFunctions:
    """A C library that has only the general call."""

    def __init__(self) -> None:
        self.syscall = swap._libc().syscall


@pytest.mark.parametrize("library", ["with renameat2", "with syscall only"])
def test_two_folders_exchange_their_names(
    tmp_path: Path, folder: int, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if library == "with syscall only":
        without = WithoutFunctions()
        monkeypatch.setattr(swap, "_libc", lambda: without)
    swap.exchange(folder, "one", "two")
    assert (tmp_path / "one/two").exists()
    assert (tmp_path / "two/one").exists()


def refusing(number: int) -> NoReturn:
    raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM])
def test_where_names_cannot_be_exchanged_trees_are_still_replaced(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-02: by two renames."""
    monkeypatch.setattr(swap, "exchange", lambda *_: refusing(number))
    out = tmp_path / "public"
    for name in ("first", "second"):
        build(out, name, 3)
        assert edition(out) == name
        assert beside(out) == ["public"]


def test_when_the_second_rename_fails_the_old_tree_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-02"""
    out = tmp_path / "public"
    build(out, "old", 3)
    monkeypatch.setattr(swap, "exchange", lambda *_: refusing(errno.ENOSYS))
    really_rename, calls = os.rename, []

    def rename(source: str, target: str, **handles: int) -> None:
        calls.append(source)
        if len(calls) == 2:
            refusing(errno.EIO)
        really_rename(source, target, **handles)

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(OutsideError, match=f"{out} can't be replaced: input/output error"):
        build(out, "new", 3)
    assert edition(out) == "old"
    assert beside(out) == ["public"]


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EBUSY, "mount point"), (errno.EXDEV, "can't be moved")]
)
def test_a_swap_that_the_system_refuses_is_told_in_words(
    tmp_path: Path, number: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-06"""
    out = tmp_path / "public"
    build(out, "old", 3)
    monkeypatch.setattr(swap, "exchange", lambda *_: refusing(number))
    with pytest.raises(OutsideError, match=words):
        build(out, "new", 3)
    assert edition(out) == "old"
