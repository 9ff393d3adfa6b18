"""A catalog's folder and what a call would change in; the change made, and its PluginInfo, out.

Nothing is written before the whole catalog, as it would be then, has been checked, and a file that
changed since it was read is read and changed anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.calls.call_errors import RefusedError
from catalogctl.errors import ApiError
from catalogctl.files import ChangedMeanwhileError, Replacement, replace_files
from catalogctl.pipeline.check import check_opened
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.working_tree import WorkingTree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem

ATTEMPTS = 10
"""Times that a call begins anew because another writer was faster."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a call would do: the plugin it is about, and the files, in the order of writing."""

    plugin_id: str
    files: tuple[Replacement, ...]

    @property
    def instead(self) -> dict[str, bytes | None]:
        """The bytes that would count then, by path in the catalog; None is no file."""
        return {each.path: each.after for each in self.files}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call did: PluginInfo ({} where the plugin is gone), warnings, and the change."""

    info: JSONObject
    warnings: tuple[Problem, ...]
    change: Change


def perform(
    path: Path, plan: Callable[[OpenCatalog], Change], *, working: Path | None = None
) -> Answer:
    """Make the change that `plan` finds for the catalog in a folder, and return the answer.

    A plan without files is a call that changes nothing; its answer is the plugin as it is.
    ApiError when the repository is not local; RefusedError; OutsideError.
    """
    for attempt in range(ATTEMPTS):
        opened = open_catalog(path, working)
        refuse_unless_local(opened)
        change = plan(opened)
        if not change.files:
            return Answer(WorkingTree(path).get(change.plugin_id), (), change)
        answer = _looked_ahead(path, change, working)
        try:
            replace_files(path, change.files)
        except ChangedMeanwhileError:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return answer
    raise AssertionError("the last attempt returns or raises")


def refuse_unless_local(opened: OpenCatalog) -> None:
    """Refuse to write to a mirror (seed, update); ApiError."""
    kind = opened.settings.repository_info.get("repository_type")
    if kind == "remote":
        message = "the repository_type of this catalog is remote: it is a mirror, to be read only"
        hint = "call the repository that it mirrors"
        raise ApiError("ERROR_PERMISSION_DENIED", message, hint=hint)


def _looked_ahead(path: Path, change: Change, working: Path | None) -> Answer:
    """Return the answer that the call will have; RefusedError when it may not be made."""
    survey = check_opened(open_catalog(path, working, instead=change.instead))
    if survey.has_errors:
        raise RefusedError(survey.errors, change.instead)
    warnings = tuple(
        each for each in survey.problems if f"/plugins/{change.plugin_id}.yaml" in f"/{each.file}"
    )
    if change.instead.get(f"plugins/{change.plugin_id}.yaml") is None:
        return Answer({}, warnings, change)
    info = WorkingTree(path, instead=change.instead).get(change.plugin_id)
    return Answer(info, warnings, change)
