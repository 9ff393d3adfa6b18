"""Changes, the policy and who asks in; whether it may be merged unseen, and what spoils it, out.

The policy is the base's: a pull request can't grant itself anything. `policy.auto_merge.locks`
lets changes of locks alone through, `owner_fields` an owner's own update of these fields
(product contract, 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.diff.change import FileChange, Verdict
from catalogctl.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.source.settings import Settings

OUTSIDE = "needs-maintainer"
"""The label of a change outside plugins/, versions/ and queries/ (hardening R-02)."""
_OPEN = ("plugins/", "versions/", "queries/")


def judge(changes: Sequence[FileChange], policy: Settings, actor: str | None) -> Verdict:
    """Return the verdict on a difference that `actor` asks for."""
    because = [line for change in changes for line in _spoils(change, policy, actor)]
    if not changes:
        because = ["nothing changes"]
    return Verdict(not because, tuple(because))


def labels(changes: Sequence[FileChange]) -> tuple[str, ...]:
    """Return the labels of a difference: its calls, and what it needs."""
    found = {call for change in changes for call in change.calls}
    if any(not change.place.startswith(_OPEN) for change in changes):
        found.add(OUTSIDE)
    if any(change.place.startswith("versions/") for change in changes):
        found.add("locks")
    if any(each.breaking for change in changes for each in change.schemas):
        found.add("breaking")
    return tuple(sorted(found))


def _spoils(change: FileChange, policy: Settings, actor: str | None) -> Iterator[str]:
    """Yield each reason against one change, with the file and line that it is about."""
    for problem in change.problems:
        if problem.severity is Severity.ERROR:
            yield f"{problem.file}:{problem.line}: {problem.message}"
    for problem in change.problems:
        if problem.severity is Severity.WARNING:
            yield f"{problem.file}:{problem.line}: warning: {problem.message}"
    if change.place.startswith("versions/"):
        if not policy.auto_merge_locks:
            yield f"{change.file}:1: policy.auto_merge.locks does not let locks through"
    elif change.plugin_id is None:
        yield f"{change.file}:1: this file is no plugin and no lock: a maintainer decides"
    else:
        yield from _of_plugin(change, policy, actor)


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
    if not _is_owner(actor, change.owners):
        who = f"{actor} is" if actor else "who asks (--actor) is"
        owners = ", ".join(change.owners) or "nobody"
        yield f"{change.file}:1: {who} not an owner: {owners} may approve it"


def _is_owner(actor: str | None, owners: Sequence[str]) -> bool:
    return actor is not None and actor.casefold() in {each.casefold() for each in owners}
