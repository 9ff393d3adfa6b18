"""Lock a name in a folder, so that only one process at a time works on it.

The lock is an flock on a file next to the name. The system releases it when its process ends for
any reason, so a killed process never blocks others. The holder of the lock removes the file; a
process that locked a file that was already removed notices this and tries again.
"""

from __future__ import annotations

import fcntl
import os
import time
import weakref
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError
from catalogctl.files.os_errors import cause
from catalogctl.files.regular_files import state_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PAUSE = 0.05


class FolderLock:
    """A lock on the file `name` in the folder with the handle `folder`.

    `subject` is what it protects and `work` what is done to that, for messages.
    """

    def __init__(self, folder: int, name: str, subject: Path, work: str = "built") -> None:
        self._folder = folder
        self._name = name
        self._subject = subject
        self._work = work
        self._handle = -1

    @property
    def is_held(self) -> bool:
        """Return whether this process holds the lock; a forked child does not."""
        return self._handle >= 0

    def take(self, *, wait: float, tell: Callable[[str], None]) -> None:
        """Acquire the lock within `wait` seconds; call `tell` once if another process holds it.

        Raise OutsideError if the other process, which the message names, does not end in time, or
        if the folder can't be locked.
        """
        deadline = time.monotonic() + wait
        has_reported = False
        while (holder := self._try()) is not None:
            if time.monotonic() >= deadline:
                raise OutsideError(
                    f"{self._subject} is being {self._work} by {holder}; try again later"
                )
            if not has_reported:
                tell(f"{self._subject} is being {self._work} by {holder}: waiting for it to end")
                has_reported = True
            time.sleep(_PAUSE)
        _held.add(self)

    def release(self) -> None:
        """Remove the lock's file and release the lock."""
        if self._handle < 0:
            return
        try:
            os.unlink(self._name, dir_fd=self._folder)
        except OSError:  # the next build uses and removes the empty file
            pass
        finally:
            self.forget()

    def forget(self) -> None:
        """Close this process's handle; a parent that holds the lock keeps it."""
        _held.discard(self)
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _try(self) -> str | None:
        """Try to acquire the lock; return None on success, else a description of the holder."""
        while True:
            try:
                handle = os.open(
                    self._name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644, dir_fd=self._folder
                )
            except OSError as error:
                message = f"can't write next to {self._subject}: {cause(error)}"
                raise OutsideError(message) from error
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is_current(handle):
                    self._sign(handle)
                    self._handle, handle = handle, -1
                    return None
            except BlockingIOError:
                return _holder(handle)
            except OSError as error:
                raise OutsideError(f"can't lock {self._subject}: {cause(error)}") from error
            finally:
                if handle >= 0:
                    os.close(handle)

    def _is_current(self, handle: int) -> bool:
        """Return whether the locked file still has its name: a holder may have removed it."""
        named = state_of(self._name, self._folder)
        return named is not None and os.path.samestat(named, os.fstat(handle))

    def _sign(self, handle: int) -> None:
        """Write this process's id into the locked file; if that fails, remove the file."""
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, b"%d\n" % os.getpid(), 0)
        except OSError:
            os.unlink(self._name, dir_fd=self._folder)
            raise


def _holder(handle: int) -> str:
    """Return a description of the process that signed the lock's file."""
    number = os.pread(handle, 20, 0).strip()
    return f"process {number.decode()}" if number.isdigit() else "another process"


_held: weakref.WeakSet[FolderLock] = weakref.WeakSet()


def _leave_to_parent() -> None:
    """Close the locks in a forked child, which could outlive its parent and keep them."""
    for lock in list(_held):
        lock.forget()


os.register_at_fork(after_in_child=_leave_to_parent)
