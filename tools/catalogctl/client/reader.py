"""What reads the files of a published tree: a folder here, a URL in `web.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from catalogctl.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogctl.jsontypes import JSON


class Missing(Exception):  # noqa: N818  (an answer, not a fault: the tree has no such file)
    """The tree has no file at this path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Reader(Protocol):
    """Reads one file of a published tree by its path.

    `sound` says whether the decoded JSON is what belongs there: a captive portal's page, a file
    cut short or a «not found» page with status 200 is never data, and never kept.
    """

    location: str

    def read(self, path: str, sound: Callable[[JSON], bool], *, again: bool = False) -> bytes:
        """Return the file's bytes; `again` asks for a fresh copy. Missing, OutsideError."""
        ...

    def forget(self, path: str) -> None:
        """Keep no answer of a path that the catalog has no more."""
        ...

    def keep_whole(self, index: bytes, plugins: bytes) -> None:
        """Keep an index and the list that it names: one edition, whole."""
        ...

    def last_whole(self) -> tuple[bytes, bytes] | None:
        """Return the last index and list that were kept together, and tell that they are old."""
        ...


class FolderReader:
    """Reads a built tree on this machine."""

    def __init__(self, folder: Path) -> None:
        self.location = str(folder)
        self._folder = folder

    def read(self, path: str, sound: Callable[[JSON], bool], *, again: bool = False) -> bytes:
        """Return the file's bytes as they lie there."""
        del again
        try:
            data = (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Missing(path) from error
        except OSError as error:
            cause = (error.strerror or str(error)).lower()
            raise OutsideError(f"can't read {self._folder / path}: {cause}") from error
        if not is_sound(data, sound):
            raise OutsideError(f"{self._folder / path} is damaged: build the tree again")
        return data

    def forget(self, path: str) -> None:
        """Forget nothing: nothing is kept."""

    def keep_whole(self, index: bytes, plugins: bytes) -> None:
        """Keep nothing: a folder is its own copy."""

    def last_whole(self) -> tuple[bytes, bytes] | None:
        """Return nothing: a folder is its own copy."""
        return None


def is_sound(data: bytes, sound: Callable[[JSON], bool]) -> bool:
    """Say whether bytes are JSON of the expected shape."""
    import msgspec

    try:
        return sound(msgspec.json.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
