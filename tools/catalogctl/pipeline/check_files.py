"""Check every file of an open catalog, and pass on the valid ones.

Each plugin file is read once: what is checked here is what is published.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from catalogctl.content_hash import content_digest
from catalogctl.jsontypes import JSONObject
from catalogctl.model.plugin import CheckedLock
from catalogctl.pipeline.document_checks import (
    NO_DOCUMENTS,
    NOTHING,
    check_orphan_documents,
    check_plugin_documents,
)
from catalogctl.pipeline.first_claims import by_arrival
from catalogctl.problem import Problem, Severity, has_errors
from catalogctl.source.document import read
from catalogctl.source.folder import MAX_LOCK_SIZE
from catalogctl.validate import check_plugin
from catalogctl.validate.between_plugins import Claim, Conflict, claim, conflicts
from catalogctl.validate.finding import place
from catalogctl.validate.lock_rules import check_lock
from catalogctl.validate.near_misses import look_alike_names, near_misses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from catalogctl.pipeline.checked_upstreams import CheckedUpstreams
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.validate.finding import Finding

Value = TypeVar("Value")


class CheckedFile(msgspec.Struct, frozen=True):
    """A plugin file without errors, and its lock, if it has one."""

    file: str
    request: JSONObject
    lock: CheckedLock | None


class FileCheck(msgspec.Struct, Generic[Value], frozen=True, gc=False):
    """The result of checking one plugin file: its claim, its problems, and a value made from it.

    `digest`, `lock_digest` and `documents` identify the content that was checked, if a cache needs
    to know; b"" if there was none. Workers send it back: a struct is pickled many times faster than
    a dataclass.
    """

    claim: Claim | None
    problems: tuple[Problem, ...]
    files: int
    value: Value | None
    digest: bytes = b""
    lock_digest: bytes = b""
    documents: bytes = NOTHING


@dataclass(frozen=True, slots=True)
class CheckResult(Generic[Value]):
    """The result of checking a catalog: sorted problems, number of files read, and the values."""

    problems: tuple[Problem, ...]
    files: int
    plugins: int
    values: tuple[Value, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the catalog from being published."""
        return tuple(each for each in self.problems if each.severity is Severity.ERROR)

    @property
    def has_errors(self) -> bool:
        """Return whether anything keeps the catalog from being published."""
        return has_errors(self.problems)


def check_result(
    opened: OpenCatalog,
    checks: Iterable[FileCheck[Value]],
    *,
    query_problems: Iterable[Problem] = (),
    upstreams: CheckedUpstreams,
) -> CheckResult[Value]:
    """Return the result for the whole catalog: problems of its files, and between them."""
    problems, claims, values = [*opened.problems, *query_problems, *upstreams.problems], [], []
    names = opened.plugins.names
    files = opened.files + len(opened.queries.names) + upstreams.files
    for each in checks:
        problems.extend(each.problems)
        files += each.files
        if each.claim is not None:
            claims.append(each.claim)
        if each.value is not None:
            values.append(each.value)
    problems.extend(placed(opened, each) for each in conflicts_between(opened, claims))
    orphan_problems, orphan_files = check_orphans(opened)
    problems.extend(orphan_problems)
    return CheckResult(
        tuple(sorted(set(problems))), files + orphan_files, len(names), tuple(values)
    )


def conflicts_between(opened: OpenCatalog, claims: Sequence[Claim]) -> list[Conflict]:
    """Return the conflicts between plugins, from the claims of all readable plugin files."""
    unread = {*opened.plugin_ids} - {each.stem for each in claims if each.plugin_id}
    return [
        *conflicts(claims, unread, partial(by_arrival, opened)),
        *look_alike_names(claims),
        *near_misses(claims, opened.settings),
    ]


def check_file(
    opened: OpenCatalog,
    name: str,
    make: Callable[[CheckedFile], Value | None] = lambda _: None,
    *,
    ignore_lock_errors: bool = False,
    with_digests: bool = False,
) -> FileCheck[Value]:
    """Read and check one plugin file and its lock; its documents are left (`with_documents`).

    With `ignore_lock_errors`, `make` is called even if the lock has errors.
    """
    document = read(opened.plugin_folder, name)
    entry, problems = check_plugin(document, opened.settings)
    request = entry.request if entry is not None and not has_errors(problems) else None
    lock, lock_problems = check_plugin_lock(opened, name.removesuffix(".yaml"), request)
    value = None
    if request is not None and (ignore_lock_errors or not has_errors(lock_problems)):
        value = make(CheckedFile(name, request, lock))
    claimed = claim(entry) if entry is not None else None
    digests = (
        content_digest(document.data) if with_digests and document.data else b"",
        content_digest(lock.data) if with_digests and lock is not None else b"",
    )
    files = 1 if lock is None else 2
    return FileCheck(claimed, (*problems, *lock_problems), files, value, *digests)


def with_documents(opened: OpenCatalog, name: str, check: FileCheck[Value]) -> FileCheck[Value]:
    """Return the check of a plugin file with that of the plugin's documents and icon."""
    documents = check_plugin_documents(opened, name.removesuffix(".yaml"))
    if documents is NO_DOCUMENTS:
        return check
    return msgspec.structs.replace(
        check,
        problems=(*check.problems, *documents.problems),
        files=check.files + documents.files,
        documents=documents.digest,
    )


def check_file_without_lock(
    opened: OpenCatalog, name: str, make: Callable[[CheckedFile, str], Value]
) -> FileCheck[Value]:
    """Read and check one plugin file and its documents; its lock is left (`check_plugin_lock`).

    `make` is called with the checked file and the path of the plugin's icon, "" without one.
    """
    document = read(opened.plugin_folder, name)
    entry, of_file = check_plugin(document, opened.settings)
    documents = check_plugin_documents(opened, name.removesuffix(".yaml"))
    problems = (*of_file, *documents.problems)
    value, claimed = None, None
    if entry is not None:
        claimed = claim(entry)
        if not has_errors(problems):
            value = make(CheckedFile(name, entry.request, None), documents.icon_path)
    digest = content_digest(document.data)
    files = 1 + documents.files
    return FileCheck(claimed, problems, files, value, digest, documents=documents.digest)


def check_plugin_lock(
    opened: OpenCatalog, stem: str, request: JSONObject | None
) -> tuple[CheckedLock | None, list[Problem]]:
    """Read and check the lock of a plugin; `request` is its effective request or PluginInfo.

    Without `request`, because the plugin has errors, only the lock's shape is checked.
    """
    name = f"{stem}.json"
    if name not in opened.locks:
        return None, []
    data = opened.lock_folder.read(name, MAX_LOCK_SIZE)
    if isinstance(data, Problem):
        return None, [data]
    lock, problems = check_lock(opened.lock_folder.file(name), stem, data, request or {})
    return CheckedLock(data, None if problems else lock), problems


def check_orphans(opened: OpenCatalog) -> tuple[list[Problem], int]:
    """Return the problems of locks and documents without a plugin file, and the number of locks."""
    problems = list(check_orphan_documents(opened))
    orphans = opened.orphan_locks
    for name in orphans:
        data = opened.lock_folder.read(name, MAX_LOCK_SIZE)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        file, stem = opened.lock_folder.file(name), name.removesuffix(".json")
        problems.extend(check_lock(file, stem, data, None)[1])
    return problems, len(orphans)


def placed(opened: OpenCatalog, conflict: Conflict) -> Problem:
    """Return the problem for a conflict between files, naming both places."""
    problem = _place_in(opened, conflict.stem, conflict.finding)
    if conflict.other is None:
        return problem
    stem, pointer = conflict.other
    there = _place_in(opened, stem, conflict.finding._replace(pointer=pointer))
    message = f"{problem.message} {there.file}:{there.line}"
    return replace(problem, message=message, other=there.file)


def _place_in(opened: OpenCatalog, stem: str, finding: Finding) -> Problem:
    """Return the problem in one file, which is read again only for its line numbers."""
    document = read(opened.plugin_folder, f"{stem}.yaml")
    if finding.pointer == "/plugin_id" and "plugin_id" not in document.value:
        finding = finding._replace(pointer="/image")
    return place(finding.code, finding, document)
