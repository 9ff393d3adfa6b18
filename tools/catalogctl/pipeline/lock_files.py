"""Read and write a catalog's locks: one run at a time, each lock written atomically.

The leftovers of a killed run are removed when the next one begins.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError
from catalogctl.files import cause, write_atomic
from catalogctl.files.atomic import LEFTOVER
from catalogctl.files.folder_lock import FolderLock
from catalogctl.files.leftovers import lock_name
from catalogctl.lock import LockFlaw, encode, read
from catalogctl.problem import Problem
from catalogctl.resolve.damaged_locks import salvaged
from catalogctl.resolve.image_outcomes import ImageOutcome, OutcomeState
from catalogctl.resolve.resolve_image import OldLock
from catalogctl.source.folder import MAX_LOCK_SIZE
from catalogctl.source.merge_conflicts import sides

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from catalogctl.pipeline.open_catalog import OpenCatalog


@contextlib.contextmanager
def exclusive_run(catalog: Path, *, wait: float, tell: Callable[[str], None]) -> Iterator[None]:
    """Exclude other runs on a catalog until the context ends; remove leftovers of a killed run.

    Raise OutsideError if another run does not end within `wait` seconds.
    """
    try:
        folder = os.open(catalog, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OutsideError(f"can't read {catalog}: {cause(error)}") from error
    try:
        lock = FolderLock(folder, lock_name("versions"), catalog / "versions", "resolved")
        lock.take(wait=wait, tell=tell)
        try:
            _clear(catalog / "versions")
            yield
        finally:
            lock.release()
    finally:
        os.close(folder)


def _clear(versions: Path) -> None:
    """Remove partial locks that a killed run left behind."""
    if versions.is_symlink() or not versions.is_dir():
        return
    for path in versions.iterdir():
        if LEFTOVER.fullmatch(path.name) and not path.is_dir():
            path.unlink(missing_ok=True)


def hash_of(data: bytes | None) -> bytes:
    """Return a hash that identifies the state of a lock's file; b"" if there is none."""
    return b"" if data is None else hashlib.sha256(data).digest()


def old_lock(opened: OpenCatalog, plugin_id: str) -> OldLock:
    """Return a plugin's present lock, stale or not, or what can be read of a damaged one."""
    name = f"{plugin_id}.json"
    data = _bytes(opened, name)
    if data is None:
        is_there = name in opened.locks
        return OldLock(None, is_as_written=not is_there, is_whole=not is_there)
    lock = read(data)
    if isinstance(lock, LockFlaw):
        return OldLock(*salvaged(sides(data.decode("ascii", "ignore"))), is_as_written=False)
    return OldLock(lock, is_as_written=lock.plugin_id == plugin_id)


def write_lock(
    opened: OpenCatalog, outcome: ImageOutcome, seen: Mapping[str, bytes]
) -> ImageOutcome:
    """Write the lock of an outcome, if any, and return the outcome, or that of a failed write.

    The returned outcome has no lock, to save memory: the report does not need it.
    """
    if outcome.lock is None:
        return outcome
    name = f"{outcome.plugin_id}.json"
    if hash_of(_bytes(opened, name)) != seen[outcome.plugin_id]:
        return _failed(outcome, "its lock was changed by another meanwhile")
    data = encode(outcome.lock)
    if len(data) > MAX_LOCK_SIZE:
        return _failed(outcome, f"its lock would have more than {MAX_LOCK_SIZE // 2**20} MiB")
    if isinstance(flaw := read(data), LockFlaw):
        what = f"{flaw.pointer or 'it'} {flaw.message}"
        return _failed(outcome, f"its new lock would be broken: {what}")
    try:
        folder = Path(opened.lock_folder.path)
        folder.mkdir(exist_ok=True)
        write_atomic(folder / name, data)
    except OutsideError as error:
        return _failed(outcome, str(error))
    except OSError as error:
        return _failed(outcome, f"{opened.lock_folder.file(name)}: {cause(error)}")
    return replace(outcome, lock=None)


def _bytes(opened: OpenCatalog, name: str) -> bytes | None:
    """Return the present bytes of a lock, None if it is missing or can't be read."""
    data = opened.lock_folder.read(name, MAX_LOCK_SIZE)
    return None if isinstance(data, Problem) else data


def _failed(outcome: ImageOutcome, why: str) -> ImageOutcome:
    return ImageOutcome(
        outcome.plugin_id, outcome.host, outcome.image, OutcomeState.KEPT, cause=why, attempts=1
    )


def remove_orphan(opened: OpenCatalog, name: str, *, check: bool) -> ImageOutcome:
    """Remove a lock without a plugin, unless `check`, and return its outcome."""
    outcome = ImageOutcome(name.removesuffix(".json"), "", "", OutcomeState.ORPHAN)
    if not check:
        try:
            Path(opened.lock_folder.path, name).unlink(missing_ok=True)
        except OSError as error:
            return _failed(outcome, f"{opened.lock_folder.file(name)}: {cause(error)}")
    return outcome
