"""What the reader of a folder opens: a file that is what it looked like when it was listed."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalogctl.problem import Problem
from catalogctl.source.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "plugin-a.yaml"
SECRET = "a secret outside the catalog"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return a folder of one file; a file outside it holds a secret."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / NAME).write_text("name: A\n")
    (tmp_path / "secret").write_text(SECRET)
    return Folder(tmp_path, "plugins", "plugins")


def a_link(file: Path) -> None:
    file.symlink_to(file.parents[1] / "secret")


def a_socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(file))


SWAPPED: dict[str, tuple[Callable[[Path], None], str]] = {
    "a named pipe": (os.mkfifo, "this is not a regular file"),
    "a folder": (os.mkdir, "this is not a regular file"),
    "a symbolic link": (a_link, "can't be read: a symbolic link, which is not followed"),
    "a socket": (a_socket, "can't be read: no such device or address"),
    "nothing": (lambda _: None, "can't be read: no such file or directory"),
}


@pytest.mark.parametrize(("swap", "message"), SWAPPED.values(), ids=SWAPPED)
def test_a_file_that_was_swapped_after_the_listing_is_not_read(
    folder: Folder, tmp_path: Path, swap: Callable[[Path], None], message: str
) -> None:
    """R-10, R-12: type and place are those of the open file, and opening never waits."""
    assert folder.listing(".yaml").names == (NAME,)
    file = tmp_path / "plugins" / NAME
    file.unlink()
    swap(file)
    found = folder.read(NAME)
    assert isinstance(found, Problem)
    assert (found.file, found.code, found.message) == (f"plugins/{NAME}", "unreadable", message)


def test_a_device_in_a_files_place_is_not_read() -> None:
    """R-12: as root could put it there, or a mount."""
    with_devices = Folder(Path("/dev"), "", "dev")
    found = with_devices.read("zero")
    assert isinstance(found, Problem)
    assert found.message == "this is not a regular file"


def test_a_file_that_grows_while_it_is_read_is_read_whole_or_refused(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-10: the limit holds for what is read, not only for what `fstat` said."""
    file = tmp_path / "plugins" / NAME
    file.write_text("x" * 10)
    measure = os.fstat

    def grows(handle: int) -> os.stat_result:
        status = measure(handle)
        with file.open("a") as more:
            more.write("y" * 10)
        return status

    monkeypatch.setattr(os, "fstat", grows)
    assert folder.read(NAME, 20) == b"x" * 10 + b"y" * 10
    found = folder.read(NAME, 25)
    assert isinstance(found, Problem)
    assert found.code == "file-too-large"
