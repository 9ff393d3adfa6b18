"""Decide whether a difference may be merged without a maintainer, and give reasons if not.

The base's policy applies: a pull request can't grant itself anything. `policy.auto_merge.locks`
allows changes of locks by one requester, `owner_fields` an owner's update of these fields (product
contract, 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.diff.call_rules import NEEDS_MAINTAINER
from catalogctl.diff.difference import DOCUMENT_KINDS, OPEN_KINDS, FileChange, Verdict
from catalogctl.diff.upstream_changes import SHADOWED
from catalogctl.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.source.settings import Settings


def judge(changes: Sequence[FileChange], policy: Settings, actor: str | None) -> Verdict:
    """Return the verdict on a difference requested by `actor`."""
    because = [line for change in changes for line in _reasons_against(change, policy, actor)]
    if not changes:
        because = ["nothing changes"]
    return Verdict(not because, tuple(because))


def labels(changes: Sequence[FileChange]) -> tuple[str, ...]:
    """Return the labels of a difference: its calls, and those for reviewers."""
    names = {call for change in changes for call in change.calls}
    if any(_needs_maintainer(change) for change in changes):
        names.add(NEEDS_MAINTAINER)
    if any(change.kind == "lock" for change in changes):
        names.add("locks")
    if any(each.breaking for change in changes for each in change.schemas):
        names.add("breaking")
    return tuple(sorted(names))


def _needs_maintainer(change: FileChange) -> bool:
    return change.kind not in OPEN_KINDS or any(
        problem.code == NEEDS_MAINTAINER for problem in change.problems
    )


def _reasons_against(change: FileChange, policy: Settings, actor: str | None) -> Iterator[str]:
    """Yield each reason against merging one change, with its file and line."""
    for problem in change.problems:
        if problem.severity is Severity.ERROR:
            yield f"{problem.file}:{problem.line}: {problem.message}"
    for problem in change.problems:
        if problem.severity is Severity.WARNING and problem.code != SHADOWED:
            yield f"{problem.file}:{problem.line}: warning: {problem.message}"
    if change.kind == "lock":
        yield from _of_lock(change, policy, actor)
    elif change.kind == "upstream":
        yield from _of_upstream(change, policy)
    elif change.kind in DOCUMENT_KINDS and change.plugin_id is not None:
        yield from _of_document(change, policy, actor)
    elif change.plugin_id is None:
        yield f"{change.file}:1: this file is neither a plugin nor a lock: a maintainer decides"
    else:
        yield from _of_plugin(change, policy, actor)


def _of_lock(change: FileChange, policy: Settings, actor: str | None) -> Iterator[str]:
    bot = policy.auto_merge_locks
    if bot is None:
        yield f"{change.file}:1: policy.auto_merge.locks lets no change of a lock through"
    elif not _is_owner(actor, [bot]):
        who = f"{actor} is" if actor else "who asks (--actor) is"
        yield f"{change.file}:1: {who} not {bot}: policy.auto_merge.locks lets its locks through"


def _of_upstream(change: FileChange, policy: Settings) -> Iterator[str]:
    if not policy.auto_merge_upstream:
        yield f"{change.file}:1: policy.auto_merge.upstream lets no plugin of upstreams through"
    elif not change.is_small:
        what = "more than tags, labels and new versions differs"
        yield f"{change.file}:1: {what}: a maintainer decides"


def _of_plugin(change: FileChange, policy: Settings, actor: str | None) -> Iterator[str]:
    for call in ("register", "deregister"):
        if call in change.calls:
            yield f"{change.file}:1: a {call} is for a maintainer to decide"
            return
    for each in change.fields:
        if each.field not in policy.auto_merge_owner_fields:
            place = change.line(each.pointer)
            yield f"{place}: {each.pointer} is not in policy.auto_merge.owner_fields"
    for schema in change.schemas:
        if schema.breaking:
            yield f"{change.line(schema.pointer)}: {schema.message}: a stored config may break"
    yield from _not_by_owner(change, actor)


def _of_document(change: FileChange, policy: Settings, actor: str | None) -> Iterator[str]:
    """Yield the reasons against merging a change of a plugin's document or icon."""
    folder = change.place.partition("/")[0]
    if folder not in policy.auto_merge_owner_fields:
        yield f"{change.file}:1: {folder} is not in policy.auto_merge.owner_fields"
    yield from _not_by_owner(change, actor)


def _not_by_owner(change: FileChange, actor: str | None) -> Iterator[str]:
    if not _is_owner(actor, change.owners):
        who = f"{actor} is" if actor else "who asks (--actor) is"
        owners = ", ".join(change.owners) or "nobody"
        yield f"{change.file}:1: {who} not an owner: {owners} may approve it"


def _is_owner(actor: str | None, owners: Sequence[str]) -> bool:
    return actor is not None and actor.casefold() in {each.casefold() for each in owners}
