"""Check every file of an open catalog, and hand on what is right.

Each plugin file is read once: what is checked here is what is published.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

import msgspec

from catalogctl.lock import MAX_LOCK_SIZE
from catalogctl.model.plugin import CheckedLock
from catalogctl.pipeline.arrivals import by_arrival
from catalogctl.pipeline.pool import spread
from catalogctl.problem import Problem, Severity
from catalogctl.source.document import read
from catalogctl.validate import check_plugin
from catalogctl.validate.between_plugins import Claim, Conflict, claim, conflicts
from catalogctl.validate.finding import place
from catalogctl.validate.lock_rules import check_lock
from catalogctl.validate.near_misses import look_alike_names, near_misses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.validate.finding import Entry

Made = TypeVar("Made")

CHECK_WORTH_IT = 20_000
"""Files below which a second process is not worth it where they are checked and no more: it would
save less than half a second, and cost more in all."""


class CheckedFile(msgspec.Struct, frozen=True):
    """A plugin file without errors, ready to become a plugin; its lock when it has one."""

    file: str
    request: JSONObject
    lock: CheckedLock | None


class FileCheck(msgspec.Struct, Generic[Made], frozen=True, gc=False):
    """What checking one plugin file gave: what it claims, what is wrong, what was made of it.

    A worker sends it back: a struct is packed many times faster than a dataclass.
    """

    claim: Claim | None
    problems: tuple[Problem, ...]
    files: int
    made: Made | None


@dataclass(frozen=True, slots=True)
class CheckResult(Generic[Made]):
    """The whole catalog: every problem, sorted; how many files were read; what was made."""

    problems: tuple[Problem, ...]
    files: int
    plugins: int
    made: tuple[Made, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the catalog from being published."""
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)

    @property
    def has_errors(self) -> bool:
        """Return whether anything keeps the catalog from being published."""
        return has_error(self.problems)


def limited(problems: Sequence[Problem], paths: Sequence[Path]) -> tuple[Problem, ...]:
    """Return the problems of the files and folders that `paths` names; all without any.

    The names of both are relative to the working directory; what is checked against is not
    limited (product contract, 8).
    """
    if not paths:
        return tuple(problems)
    wanted = [Path(os.path.relpath(path)) for path in paths]
    return tuple(
        problem
        for problem in problems
        if any(path in (Path(problem.file), *Path(problem.file).parents) for path in wanted)
    )


ExtraChecks: TypeAlias = "tuple[Sequence[Problem], int]"
"""Problems of files beside the plugins (the saved queries), and how many files were read."""


def check_all(
    opened: OpenCatalog, jobs: int | None = None, *, extra: ExtraChecks
) -> CheckResult[None]:
    """Check every file of a catalog, and make nothing of it."""

    def check(name: str) -> FileCheck[None]:
        return check_file(opened, name)

    checks = spread(check, opened.plugins.names, jobs, worth_it=CHECK_WORTH_IT)
    return check_result(opened, checks, extra=extra)


def check_result(
    opened: OpenCatalog, checks: Iterable[FileCheck[Made]], *, extra: ExtraChecks = ((), 0)
) -> CheckResult[Made]:
    """Return what is wrong with the whole catalog: its files, and rules between them."""
    problems, claims, made = [*opened.problems, *extra[0]], [], []
    files = opened.files + extra[1]
    for each in checks:
        problems.extend(each.problems)
        files += each.files
        if each.claim is not None:
            claims.append(each.claim)
        if each.made is not None:
            made.append(each.made)
    names = opened.plugins.names
    unread = _stems(names) - {each.stem for each in claims if each.plugin_id}
    between = (
        *conflicts(claims, unread, partial(by_arrival, opened)),
        *look_alike_names(claims),
        *near_misses(claims, opened.settings),
    )
    problems.extend(_placed(opened, clash) for clash in between)
    orphan_problems, orphan_files = _orphans(opened)
    return CheckResult(
        tuple(sorted({*problems, *orphan_problems})),
        files + orphan_files,
        len(names),
        tuple(made),
    )


def check_file(
    opened: OpenCatalog,
    name: str,
    make: Callable[[CheckedFile], Made] | None = None,
    *,
    mending: bool = False,
) -> FileCheck[Made]:
    """Read and check one plugin file and its lock.

    With `mending` a lock with errors does not keep `make` from its plugin.
    """
    entry, problems = _checked_plugin(opened, name)
    request = entry.request if entry is not None and not has_error(problems) else None
    lock, lock_problems = check_plugin_lock(opened, name.removesuffix(".yaml"), request)
    made = None
    if make is not None and request is not None and (mending or not has_error(lock_problems)):
        made = make(CheckedFile(name, request, lock))
    claimed = claim(entry) if entry is not None else None
    return FileCheck(claimed, (*problems, *lock_problems), 1 if lock is None else 2, made)


def check_file_without_lock(
    opened: OpenCatalog, name: str, make: Callable[[CheckedFile], Made]
) -> FileCheck[Made]:
    """Read and check one plugin file; its lock is left for later (`check_plugin_lock`)."""
    entry, problems = _checked_plugin(opened, name)
    if entry is None:
        return FileCheck(None, tuple(problems), 1, None)
    made = None if has_error(problems) else make(CheckedFile(name, entry.request, None))
    return FileCheck(claim(entry), tuple(problems), 1, made)


def _checked_plugin(opened: OpenCatalog, name: str) -> tuple[Entry | None, list[Problem]]:
    return check_plugin(read(opened.plugin_folder, name), opened.settings)


def has_error(problems: Sequence[Problem]) -> bool:
    """Return whether one of the problems keeps a catalog from being published."""
    return bool(problems) and any(problem.severity is Severity.ERROR for problem in problems)


def check_plugin_lock(
    opened: OpenCatalog, stem: str, request: JSONObject | None
) -> tuple[CheckedLock | None, list[Problem]]:
    """Read and check the lock of a plugin: `request` is what it asks for, or its PluginInfo.

    Of one with errors, without `request`, only its shape is checked.
    """
    name = f"{stem}.json"
    if name not in opened.locks:
        return None, []
    data = opened.lock_folder.read(name, MAX_LOCK_SIZE)
    if isinstance(data, Problem):
        return None, [data]
    lock, problems = check_lock(opened.lock_folder.file(name), stem, data, request or {})
    return CheckedLock(data, None if problems else lock), problems


def _orphans(opened: OpenCatalog) -> tuple[list[Problem], int]:
    """Return the problems of locks that belong to no plugin file, and how many there are."""
    stems = _stems(opened.plugins.names)
    orphans = sorted(name for name in opened.locks if name.removesuffix(".json") not in stems)
    problems: list[Problem] = []
    for name in orphans:
        data = opened.lock_folder.read(name, MAX_LOCK_SIZE)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        file, stem = opened.lock_folder.file(name), name.removesuffix(".json")
        problems.extend(check_lock(file, stem, data, None)[1])
    return problems, len(orphans)


def _stems(names: Iterable[str]) -> set[str]:
    return {name.removesuffix(".yaml") for name in names}


def _placed(opened: OpenCatalog, clash: Conflict) -> Problem:
    """Return the problem of a clash between files, with both places named."""
    problem = _place_in(opened, clash.stem, clash)
    if clash.other is None:
        return problem
    stem, pointer = clash.other
    there = _place_in(opened, stem, replace(clash, finding=clash.finding._replace(pointer=pointer)))
    message = f"{problem.message} {there.file}:{there.line}"
    return replace(problem, message=message, other=there.file)


def _place_in(opened: OpenCatalog, stem: str, clash: Conflict) -> Problem:
    """Return the problem in one file, which is read again for its places alone."""
    document = read(opened.plugin_folder, f"{stem}.yaml")
    finding = clash.finding
    if finding.pointer == "/plugin_id" and "plugin_id" not in document.value:
        finding = finding._replace(pointer="/image")
    return place(finding.code, finding, document)
