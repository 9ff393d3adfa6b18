"""An opened catalog in; what is wrong with every one of its files out, and what is right passed on.

Each plugin file is read once, with its lock: what is checked here is what is published.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from catalogctl.lock import MAX_LOCK_SIZE
from catalogctl.model.plugin import CheckedLock
from catalogctl.pipeline.arrivals import by_arrival
from catalogctl.pipeline.pool import WORTH_IT, spread_together
from catalogctl.problem import Problem, Severity
from catalogctl.source.document import read
from catalogctl.validate import check_plugin
from catalogctl.validate.between_plugins import Claim, Conflict, claim, clashes
from catalogctl.validate.finding import place
from catalogctl.validate.lock_rules import check_lock
from catalogctl.validate.near_misses import look_alike_names, near_misses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog

Made = TypeVar("Made")

CHECK_WORTH_IT = 20_000
"""Files below which a second process is not worth it where they are checked and no more: it would
save less than half a second, and cost more in all."""


class Checked(msgspec.Struct, frozen=True):
    """A plugin file without errors, ready to become a plugin; its lock when it has one."""

    file: str
    request: JSONObject
    lock: CheckedLock | None


class Outcome(msgspec.Struct, Generic[Made], frozen=True, gc=False):
    """What one file came to: what it claims, what is wrong, and what was made of it.

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
        """Say whether anything keeps the catalog from being published."""
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


def survey(  # noqa: PLR0913  (each is one way in which a caller looks)
    opened: OpenCatalog,
    *,
    make: Callable[[Checked], Made] | None = None,
    jobs: int | None = None,
    extra: Callable[[OpenCatalog], tuple[list[Problem], int]] | None = None,
    mending: bool = False,
    with_locks: bool = True,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> CheckResult[Made]:
    """Check every file of a catalog; `make` is called, beside the check, for each sound plugin.

    Without `with_locks` the plugins' locks are left for later (`look_at_lock`).
    `extra` checks what lies beside the plugins (the saved queries); it returns problems and how
    many files it read. With `mending` a lock with errors does not keep `make` from its plugin.
    `progress` gets how many plugins are done, and of how many.
    """
    problems, claims, made = list(opened.problems), [], []
    files = opened.files
    names = opened.plugins.names
    outcomes = spread_together(
        lambda some: check_some_files(opened, some, make, mending=mending, with_locks=with_locks),
        names,
        jobs,
        worth_it=CHECK_WORTH_IT if make is None else WORTH_IT,
    )
    for number, outcome in enumerate(outcomes, start=1):
        progress(number, len(names))
        problems.extend(outcome.problems)
        files += outcome.files
        if outcome.claim is not None:
            claims.append(outcome.claim)
        if outcome.made is not None:
            made.append(outcome.made)
    unread = _stems(names) - {each.stem for each in claims if each.plugin_id}
    between = (
        *clashes(claims, unread, partial(by_arrival, opened)),
        *look_alike_names(claims),
        *near_misses(claims, opened.settings),
    )
    problems.extend(_placed(opened, clash) for clash in between)
    orphan_problems, orphan_files = _orphans(opened)
    more, more_files = extra(opened) if extra is not None else ([], 0)
    return CheckResult(
        tuple(sorted({*problems, *orphan_problems, *more})),
        files + orphan_files + more_files,
        len(names),
        tuple(made),
    )


def check_file(
    opened: OpenCatalog, name: str, make: Callable[[Checked], Made] | None = None
) -> Outcome[Made]:
    """Read and check one plugin file, and its lock."""
    (outcome,) = check_some_files(opened, [name], make)
    return outcome


def check_some_files(
    opened: OpenCatalog,
    names: Sequence[str],
    make: Callable[[Checked], Made] | None = None,
    *,
    mending: bool = False,
    with_locks: bool = True,
) -> list[Outcome[Made]]:
    """Read and check some plugin files, and their locks, each step for all of them."""
    documents = [read(opened.plugin_folder, name) for name in names]
    checked = [check_plugin(document, opened.settings) for document in documents]
    outcomes = []
    for name, document, (entry, problems) in zip(names, documents, checked, strict=True):
        request = entry.request if entry is not None else {}
        sound = not has_error(problems)
        lock: CheckedLock | None = None
        lock_problems: list[Problem] = []
        if with_locks:
            lock, lock_problems = look_at_lock(opened, document.stem, request if sound else None)
        made = None
        if make is not None and sound and (mending or not has_error(lock_problems)):
            made = make(Checked(name, request, lock))
        claimed = claim(entry) if entry is not None else None
        found = (*problems, *lock_problems)
        outcomes.append(Outcome(claimed, found, 1 if lock is None else 2, made))
    return outcomes


def has_error(problems: Sequence[Problem]) -> bool:
    """Say whether one of the problems keeps a catalog from being published."""
    return bool(problems) and any(problem.severity is Severity.ERROR for problem in problems)


def look_at_lock(
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
    return place(clash.code, finding, document)
