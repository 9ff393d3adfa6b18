"""Remember on this machine what the catalog at a URL has signed, so that older answers are noticed.

A folder for each URL, below that of the user's state, holds the root that was pinned, the newest
metadata, and parts of the hashes. It is not a cache: without it, this machine would accept any
edition that has not expired.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from catalogctl.build_cache.cache_place import make_trusted
from catalogctl.errors import OutsideError
from catalogctl.files import NotAFileError, cause, read_inside, write_atomic
from catalogctl.files.folder_lock import FolderLock
from catalogctl.files.swap import ASIDE, swap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

METADATA = "metadata"
_NEW = "metadata.new"
_PINNED = "pinned.root.json"
_STATE = "state.json"
_LOCK = "lock"
_HASHES = "hashes"
_ROOTS = "root_history"
"""Where python-tuf keeps each root that it has followed."""
_MODE = 0o600
_MAX_STATE = 4096
_WAIT = 300.0


class _State(msgspec.Struct, frozen=True):
    """The URL, and when its host last answered, in seconds since 1970."""

    url: str
    refreshed_at: float


def trust_state_of(url: str, environ: Mapping[str, str]) -> TrustState:
    """Return what is remembered of a URL, maybe nothing. Raise OutsideError without a home."""
    home, base = environ.get("HOME", ""), environ.get("XDG_STATE_HOME", "")
    if not base.startswith("/"):
        if not home:
            raise OutsideError(
                "there is no place to remember what a catalog signed: set HOME or XDG_STATE_HOME"
            )
        base = f"{home}/.local/state"
    name = hashlib.sha256(url.encode()).hexdigest()
    return TrustState(url, Path(base) / "catalogctl" / "trust" / name)


def is_remembered(url: str, environ: Mapping[str, str]) -> bool:
    """Return whether this machine has checked the catalog at a URL before.

    Raise OutsideError if that can't be found out: what may be pinned is never read unchecked.
    """
    try:
        trust_state = trust_state_of(url, environ)
    except OutsideError:
        return False
    return trust_state.is_known


class TrustState:
    """What is remembered of the catalog at a URL; only `locked` makes changes safe."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    @property
    def is_known(self) -> bool:
        """Return whether anything is remembered. Raise OutsideError if that can't be found out."""
        try:
            (self.folder / _PINNED).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise self._unusable(cause(error)) from error
        return True

    @property
    def metadata(self) -> Path:
        """The folder with the newest metadata."""
        return self.folder / METADATA

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process change this state. Raise OutsideError if it can't be written to."""
        try:
            make_trusted(self.folder)
            handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise self._unusable(cause(error)) from error
        lock = FolderLock(handle, _LOCK, self.folder, "used")
        try:
            lock.take(wait=_WAIT, tell=lambda _: None)
            self._recover()
            yield
        finally:
            lock.release()
            os.close(handle)
            if not self.is_known:
                with suppress(OSError):  # a folder that is not empty stays
                    self.folder.rmdir()

    def _recover(self) -> None:
        """Move metadata back that a process had moved aside when it ended, and remove the rest."""
        aside = self.folder / (_NEW + ASIDE)
        try:
            if aside.is_dir() and not self.metadata.exists():
                aside.rename(self.metadata)
        except OSError as error:
            raise self._unusable(cause(error)) from error
        shutil.rmtree(aside, ignore_errors=True)

    @contextmanager
    def renewed(self) -> Iterator[Path]:
        """Yield a copy of the metadata to change; it takes their place if nothing is raised."""
        new = self.folder / _NEW
        try:
            shutil.rmtree(new, ignore_errors=True)
            if self.metadata.is_dir():
                shutil.copytree(self.metadata, new, symlinks=True)
            else:
                new.mkdir(mode=0o700)
            yield new
            self._replace()
        except OSError as error:
            raise self._unusable(cause(error)) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _replace(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            replaced = swap(handle, _NEW, METADATA)
        finally:
            os.close(handle)
        shutil.rmtree(self.folder / replaced, ignore_errors=True)

    def pinned(self) -> bytes:
        """Return the root from which everything follows."""
        return self._read(_PINNED, 1 << 20)

    def refreshed_at(self) -> float:
        """Return when the host last answered, in seconds since 1970."""
        try:
            state = msgspec.json.decode(self._read(_STATE, _MAX_STATE), type=_State)
        except (msgspec.MsgspecError, OutsideError):
            return 0.0
        return state.refreshed_at

    def note_answer(self, now: float, pinned: bytes) -> None:
        """Remember that the host answered now, and which root everything follows from."""
        state = msgspec.json.encode(_State(self.url, now))
        write_atomic(self.folder / _STATE, state + b"\n", mode=_MODE)
        if not self.is_known:
            write_atomic(self.folder / _PINNED, pinned, mode=_MODE)

    def part(self, name: str, sha256: str) -> bytes | None:
        """Return a part of the hashes, or None if it is not kept with this hash."""
        try:
            data = read_inside(self.folder, f"{_HASHES}/{name}.json", 1 << 28)
        except (NotAFileError, OSError):
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def keep_part(self, name: str, data: bytes) -> None:
        """Keep a part of the hashes."""
        folder = self.folder / _HASHES
        try:
            folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise self._unusable(cause(error)) from error
        write_atomic(folder / f"{name}.json", data, mode=_MODE)

    def root_hashes(self) -> set[str]:
        """Return the hash of each root that was followed."""
        paths = [self.folder / _PINNED, *(self.metadata / _ROOTS).glob("*.root.json")]
        return {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()}

    def keep_roots(self, first: int, roots: Sequence[bytes]) -> None:
        """Remember roots that led to the pinned one, the version of the first of which is given."""
        for version, data in enumerate(roots, start=first):
            write_atomic(self.metadata / _ROOTS / f"{version}.root.json", data, mode=_MODE)

    def forget(self) -> bool:
        """Remove everything; return whether anything was remembered."""
        if not self.folder.is_dir():
            return False
        was_known = self.is_known
        with self.locked():
            try:
                (self.folder / _PINNED).unlink(missing_ok=True)
                shutil.rmtree(self.folder)
            except OSError as error:
                raise self._unusable(cause(error)) from error
        return was_known

    def _read(self, name: str, most: int) -> bytes:
        try:
            return read_inside(self.folder, name, most)
        except NotAFileError as error:
            raise self._unusable(f"{name} {error}") from None
        except OSError as error:
            raise self._unusable(f"{name}: {cause(error)}") from error

    def _unusable(self, why: str) -> OutsideError:
        return OutsideError(
            f"{self.folder}, where this machine remembers what {self.url} signed, can't be used:"
            f" {why}; make it a folder of this user, or set XDG_STATE_HOME to another place"
        )
