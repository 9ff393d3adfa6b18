"""Import plugins from another repository as plugin files, with their original dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.calls.import_check import differences
from catalogctl.calls.import_entries import plugin_id_of, request_of
from catalogctl.calls.perform import refuse_unless_local
from catalogctl.calls.planned_change import RefusedCallError, imported_dates, plugin_path
from catalogctl.calls.register import schema_line
from catalogctl.edit.canonical_layout import laid_out
from catalogctl.files import Replacement, replace_files
from catalogctl.jsontypes import is_same_json
from catalogctl.pipeline.check import check_opened
from catalogctl.pipeline.open_catalog import open_catalog, with_changes
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.source.document import read
from catalogctl.times import parse_time
from catalogctl.validate.unsupported_values import unsupported_value
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.check_files import CheckedFile
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem


@dataclass(frozen=True, slots=True)
class RefusedPlugin:
    """A plugin that is not imported, the reason, and the problems of its would-be file, if any."""

    plugin_id: str
    reason: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import: plugin_ids, refused plugins, and differences from the source.

    `overlay` contains the files as they would be, including refused ones: problems point into them.
    """

    added: tuple[str, ...]
    present: tuple[str, ...]
    refused: tuple[RefusedPlugin, ...]
    notes: tuple[str, ...]
    overlay: dict[str, bytes | None]

    @property
    def problems(self) -> list[Problem]:
        """The problems of the files that the refused plugins would have."""
        return [problem for each in self.refused for problem in each.problems]


@dataclass(slots=True)
class _Candidates:
    """The would-be plugin files by plugin_id, the refused plugins, and the existing ones.

    `infos` are the PluginInfo that the files were made from, by plugin_id.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    refused: list[RefusedPlugin] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    infos: dict[str, JSONObject] = field(default_factory=dict)

    @property
    def overlay(self) -> dict[str, bytes | None]:
        """The files by path in the catalog."""
        return {plugin_path(plugin_id): data for plugin_id, data in self.files.items()}


def import_plugins(
    path: Path, entries: Sequence[JSONObject], origin: str, *, write: bool = True
) -> Imported:
    """Import plugins into the catalog in a folder; `origin` names their source.

    A plugin that this catalog can't accept is refused; the others are written. A plugin whose file
    already says the same is left alone. Raise RefusedCallError if the catalog itself has errors.
    """
    opened = open_catalog(path)
    refuse_unless_local(opened)
    candidates = _candidates(opened, entries)
    overlay = candidates.overlay
    after, files = _accepted(opened, candidates)
    infos = {plugin_id: candidates.infos[plugin_id] for plugin_id in candidates.files}
    dates, date_notes = _dates(infos, origin)
    notes = (*date_notes, *differences(after, files, infos))
    changes = [
        *imported_dates(opened, {**opened.imported, **dates}),
        *(Replacement(file, None, data) for file, data in candidates.overlay.items()),
    ]
    if write and changes:
        replace_files(path, changes)
    refused = tuple(candidates.refused)
    return Imported(tuple(candidates.files), tuple(candidates.present), refused, notes, overlay)


def _accepted(
    opened: OpenCatalog, candidates: _Candidates
) -> tuple[OpenCatalog, tuple[CheckedFile, ...]]:
    """Return the catalog with the new files that cause no error, and these files.

    The other plugins are moved to `refused`. Refusing one plugin may fix or break another, so the
    catalog is checked again. Raise RefusedCallError if the catalog itself has errors.
    """
    while True:
        after = with_changes(opened, candidates.overlay)
        if not candidates.files:
            return after, ()
        checked = check_opened(after, keep={f"{plugin_id}.yaml" for plugin_id in candidates.files})
        wrong = _by_plugin(checked.errors, opened, candidates.files)
        if checked.has_errors and not wrong:
            raise RefusedCallError(checked.errors, candidates.overlay)
        if not wrong:
            return after, checked.values
        for plugin_id, problems in wrong.items():
            reason = _reason(problems[0], plugin_id)
            candidates.refused.append(RefusedPlugin(plugin_id, reason, problems))
            del candidates.files[plugin_id]


def _reason(problem: Problem, plugin_id: str) -> str:
    """Return why a plugin is refused, with the file's name if another file would be wrong."""
    if problem.file.endswith(f"/{plugin_id}.yaml"):
        return problem.message
    return f"{problem.file}:{problem.line} would be wrong: {problem.message}"


def _candidates(opened: OpenCatalog, entries: Sequence[JSONObject]) -> _Candidates:
    """Return the would-be file of each plugin, the refused plugins, and the existing ones."""
    candidates = _Candidates()
    line = schema_line(opened)
    names = {name.lower(): name for name in opened.plugins.names}
    for entry in entries:
        plugin_id = plugin_id_of(entry)
        reason = _unusable(entry, plugin_id, candidates.files)
        existing = names.get(f"{plugin_id}.yaml".lower())
        if not reason:
            request = request_of(entry, opened.settings)
            if existing is None:
                fields = schemas.fields("PluginFile")
                candidates.files[plugin_id] = laid_out(request, fields, [line] if line else [])
                candidates.infos[plugin_id] = entry
            elif is_same_json(_request_in(opened, existing), request):
                candidates.present.append(plugin_id)
            else:
                reason = f"{opened.plugin_folder.file(existing)} exists already, and differs"
        if reason:
            candidates.refused.append(RefusedPlugin(plugin_id or "?", reason))
    return candidates


def _request_in(opened: OpenCatalog, name: str) -> JSONObject:
    """Return what a plugin file says, without the fields that a source does not have."""
    return request_of(read(opened.plugin_folder, name).accepted, opened.settings)


def _unusable(entry: JSONObject, plugin_id: str, files: dict[str, bytes]) -> str:
    """Return why an entry can't become a plugin file, "" if it can."""
    unsupported = unsupported_value(entry)
    if unsupported is not None:
        return f"{unsupported.pointer}: {unsupported.message}"
    if not plugin_id:
        return "it has no plugin_id"
    if not is_plugin_id(plugin_id):
        return f"{verbatim(plugin_id)} is not a plugin_id"
    return "it occurs twice: the first one counts" if plugin_id in files else ""


def _by_plugin(
    errors: Sequence[Problem], opened: OpenCatalog, files: dict[str, bytes]
) -> dict[str, tuple[Problem, ...]]:
    """Return the errors of each new plugin.

    If two plugins claim the same thing, the one with the error is at fault, unless it existed
    before; then the other one is.
    """
    plugin_ids = {opened.plugin_folder.file(f"{name}.yaml"): name for name in files}
    by_plugin: dict[str, tuple[Problem, ...]] = {}
    for each in errors:
        plugin_id = plugin_ids.get(each.file) or plugin_ids.get(each.other)
        if plugin_id is not None:
            by_plugin[plugin_id] = (*by_plugin.get(plugin_id, ()), each)
    return by_plugin


def _dates(infos: dict[str, JSONObject], origin: str) -> tuple[dict[str, JSONObject], list[str]]:
    """Return the dates of the imported plugins, and notes on invalid ones."""
    dates: dict[str, JSONObject] = {}
    notes: list[str] = []
    for plugin_id, info in infos.items():
        times: JSONObject = {}
        for name in ("created_at", "updated_at"):
            given = info.get(name)
            moment = parse_time(given) if isinstance(given, str) else None
            if moment is not None:
                times[name] = moment
            elif given is not None:
                notes.append(
                    f"{plugin_id}: {name} {verbatim(str(given))} is not a time, and is left out"
                )
        if "created_at" in times:
            dates[plugin_id] = {**times, "from": origin}
        elif times:
            notes.append(f"{plugin_id}: updated_at is left out, since there is no created_at")
    return dates, notes
