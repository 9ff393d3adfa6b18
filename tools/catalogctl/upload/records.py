"""What publishing remembers at the destination, in `.catalogctl/`, between and during runs.

The manifest says what a whole edition contains. The state says what else may be there: files that
left the edition and wait for their deletion, and what a run that did not end may have written.
Records are read as untrusted: one that is damaged counts as missing, and no path leaves the tree.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from catalogctl.files import is_published_path
from catalogctl.publish.manifest import Listed

FOLDER = ".catalogctl"
LOCK = f"{FOLDER}/lock.json"
STATE = f"{FOLDER}/state.json"
PROGRESS = f"{FOLDER}/progress.json"
SCHEMA_VERSION = 1


class Unfinished(msgspec.Struct, frozen=True):
    """What a run writes, in its order; the first `begin` of its files were there before it."""

    run: str
    begin: int
    files: tuple[Listed, ...]


class DestinationState(msgspec.Struct, frozen=True):
    """What is at a destination besides the files in its manifest.

    `unlisted` are the files of the tree that a manifest does not list. `leaving` has the files that
    are no longer in the edition, and when they left it, in seconds since 1970.
    """

    schema_version: int = SCHEMA_VERSION
    unlisted: tuple[Listed, ...] = ()
    leaving: dict[str, float] = {}
    unfinished: Unfinished | None = None


class Progress(msgspec.Struct, frozen=True):
    """How many of the files of a run are certainly written."""

    run: str
    done: int


class LockRecord(msgspec.Struct, frozen=True):
    """Who publishes: the id of the run, who started it and when, and its last sign of life."""

    run: str
    who: str
    since: str
    at: float


Record = TypeVar("Record")


def decoded(data: bytes | None, kind: type[Record]) -> Record | None:
    """Return a record, or None if it is missing or damaged."""
    try:
        return msgspec.json.decode(data or b"", type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def decoded_state(data: bytes | None) -> DestinationState | None:
    """Return a state, or None if it is missing or damaged, or names what is no file of a tree."""
    state = decoded(data, DestinationState)
    return state if state is not None and _is_sound(state) else None


def encoded(record: DestinationState | Progress | LockRecord) -> bytes:
    """Return a record as it is stored."""
    return msgspec.json.encode(record) + b"\n"


def _is_sound(state: DestinationState) -> bool:
    """Return whether a state is of the layout that we know and names only files of trees."""
    files = (*state.unlisted, *(state.unfinished.files if state.unfinished else ()))
    paths = [*(file.path for file in files), *state.leaving]
    return (
        state.schema_version == SCHEMA_VERSION
        and all(is_published_path(path) for path in paths)
        and not any(path.startswith(f"{FOLDER}/") for path in paths)
    )
