"""Make a write call: plan the change, check the resulting catalog, then write the files.

Nothing is written before the whole catalog has been checked. If a file changed since it was read,
the call starts again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.build_cache.cache_file import CacheFile
from catalogctl.calls.planned_change import PlannedChange, RefusedCallError
from catalogctl.errors import ApiError
from catalogctl.files import ChangedMeanwhileError, replace_files
from catalogctl.pipeline.check import check_opened
from catalogctl.pipeline.open_catalog import open_catalog, with_changes
from catalogctl.pipeline.working_tree import WorkingTree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem

ATTEMPTS = 10
"""How often a call is attempted if other writers are faster."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a call: PluginInfo ({} if the plugin is removed), warnings, the change."""

    info: JSONObject
    warnings: tuple[Problem, ...]
    change: PlannedChange


def perform(
    path: Path,
    plan: Callable[[OpenCatalog], PlannedChange],
    *,
    cache: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> CallResult:
    """Make the change that `plan` returns for the catalog in a folder, and return the result.

    A plan without files changes nothing; its result is the present plugin. What `cache`, the folder
    of the catalog's cache, knows of the other files is not checked again; nothing is written to it.
    `tell` is called with a line for the user if something is wrong with it. Raise ApiError if the
    repository is not local, RefusedCallError if the catalog would have errors, and OutsideError.
    """
    for attempt in range(ATTEMPTS):
        opened = open_catalog(path)
        refuse_unless_local(opened)
        change = plan(opened)
        if not change.files:
            tree = WorkingTree(opened, cache=cache)
            return CallResult(tree.get(change.plugin_id), (), change)
        with CacheFile(cache, writes=False, tell=tell) as rows:
            result = _checked(with_changes(opened, change.overlay), change, rows, cache)
        try:
            replace_files(path, change.files)
        except ChangedMeanwhileError:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return result
    raise AssertionError("the last attempt returns or raises")


def refuse_unless_local(opened: OpenCatalog) -> None:
    """Raise ApiError if the catalog is a mirror (seed, update)."""
    kind = opened.settings.repository_info.get("repository_type")
    if kind == "remote":
        message = "the repository_type of this catalog is remote: it is a read-only mirror"
        hint = "call the repository that it mirrors"
        raise ApiError("ERROR_PERMISSION_DENIED", message, hint=hint)


def _checked(
    after: OpenCatalog, change: PlannedChange, rows: CacheFile, cache: Path | None
) -> CallResult:
    """Return the result of the call. Raise RefusedCallError if the catalog would have errors."""
    name = f"{change.plugin_id}.yaml"
    checked = check_opened(after, keep={name}, cache=rows)
    if checked.has_errors:
        raise RefusedCallError(checked.errors, change.overlay)
    file = after.plugin_folder.file(name)
    warnings = tuple(each for each in checked.problems if each.file == file)
    infos = [WorkingTree(after, cache=cache).info(each) for each in checked.values]
    return CallResult(infos[0] if infos else {}, warnings, change)
