"""Check that a lock has the form that `resolve` writes, and belongs to its plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.lock import Lock, LockFlaw, read
from catalogctl.problem import Problem
from catalogctl.source.document import Document
from catalogctl.source.flaws import TOP, Place, place_of_byte
from catalogctl.source.folder import MAX_YAML_SIZE
from catalogctl.source.merge_conflicts import MESSAGE, first_conflict
from catalogctl.validate.finding import Finding, place, problem
from catalogctl.wording import LONGEST, verbatim

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem

_RESOLVE = "run catalogctl resolve"
_RESTORE_HINT = "bring it back from git, or run catalogctl resolve for this plugin"
SOURCE = ("registry_type", "registry_url", "image")


def check_lock(
    file: str, stem: str, data: bytes, request: JSONObject | None
) -> tuple[Lock | None, list[Problem]]:
    """Return a lock that may be published, and the first problem with it.

    A lock with a problem, even a warning, is not used. `request` is the plugin's effective request:
    {} if its file has errors, so that the lock can't be compared with it; None if there is no such
    plugin (registries, 10; product contract, 8).
    """
    lock = read(data)
    if isinstance(lock, LockFlaw):
        return None, [_broken(file, data, lock)]
    finding = _reason_unused(lock, stem, request)
    if finding is None:
        return lock, []
    return lock, [place(finding.code, finding, Document(file, stem, {}, data))]


def _broken(file: str, data: bytes, flaw: LockFlaw) -> Problem:
    """Return the problem with a lock that can't be read.

    In a large lock, only the place of a byte is determined: finding that of a pointer takes too
    long.
    """
    if conflict := first_conflict(data):
        return problem("lock-broken", file, Place(conflict, 1), Finding("", MESSAGE, _RESTORE_HINT))
    where = TOP
    if flaw.byte is not None:
        where = place_of_byte(data, flaw.byte)
    elif len(data) <= MAX_YAML_SIZE:
        where = Document(file, "", {}, data).locate(flaw.pointer, key=flaw.at_key)
    name = flaw.pointer[1:].replace("/", ".")
    part = verbatim(name) if flaw.at_key else name[:LONGEST] or "the lock"
    return problem(
        "lock-broken", file, where, Finding(flaw.pointer, f"{part} {flaw.message}", _RESTORE_HINT)
    )


def _reason_unused(lock: Lock, stem: str, request: JSONObject | None) -> Finding | None:
    """Return what prevents a well-formed lock from being used, or None."""
    if lock.plugin_id != stem:
        message = f"plugin_id {verbatim(lock.plugin_id)} is not the name of the file, {stem}.json"
        return Finding("/plugin_id", message, _RESOLVE, code="lock-plugin-id")
    if request is None:
        hint = "remove it, or bring the plugin's file back"
        message = f"no plugin {stem} is in this catalog"
        return Finding("", message, hint, code="lock-orphan")
    for name in SOURCE if request else ():
        was: JSON = getattr(lock.source, name)
        if was != request.get(name):
            message = (
                f"stale: {name} was {was} when this was resolved,"
                f" the plugin has {request.get(name)}"
            )
            return Finding(f"/source/{name}", message, _RESOLVE, code="lock-stale")
    return None
