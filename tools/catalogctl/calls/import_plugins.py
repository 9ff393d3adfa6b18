"""PluginInfo of another repository in; plugin files, the dates they bring, what is refused, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.calls.call_errors import RefusedError
from catalogctl.calls.import_check import differences
from catalogctl.calls.import_dates import dates_change
from catalogctl.calls.import_entries import plugin_id_of, request_of
from catalogctl.calls.perform import refuse_unless_local
from catalogctl.calls.plugin_path import plugin_path
from catalogctl.calls.register import schema_line
from catalogctl.calls.unsupported_values import flaw_of
from catalogctl.edit.canonical_layout import laid_out
from catalogctl.files import Replacement, replace_files
from catalogctl.messages import PLUGIN_FILE_FIELDS
from catalogctl.pipeline.check import check_opened
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.times import parse_time
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem


@dataclass(frozen=True, slots=True)
class Refused:
    """A plugin that is not taken over, and why: problems of the file it would be, or words."""

    plugin_id: str
    reason: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: plugin_ids, what was refused, and what is not as it was there.

    `instead` has the files as they would be, refused ones too: problems point into them.
    """

    added: tuple[str, ...]
    present: tuple[str, ...]
    refused: tuple[Refused, ...]
    notes: tuple[str, ...]
    instead: dict[str, bytes | None]


def import_plugins(
    path: Path,
    entries: Sequence[JSONObject],
    origin: str,
    *,
    working: Path | None = None,
    write: bool = True,
) -> Imported:
    """Take plugins over into the catalog in a folder; `origin` says where they are from.

    One that this catalog can't have is refused, the others are written; what is there already as
    it would be written is left alone. RefusedError when the catalog has errors of its own.
    """
    opened = open_catalog(path, working)
    refuse_unless_local(opened)
    files, refused, present = _candidates(opened, entries)
    every = dict(files)
    while files:
        instead = _paths(files)
        survey = check_opened(open_catalog(path, working, instead=instead))
        wrong = _by_plugin(survey.errors, opened, files)
        if survey.has_errors and not wrong:
            raise RefusedError(survey.errors, instead)
        if not wrong:
            break
        for plugin_id, problems in wrong.items():
            refused.append(Refused(plugin_id, _reason(problems[0], plugin_id), problems))
            del files[plugin_id]
    infos = {plugin_id_of(entry): entry for entry in reversed(entries)}
    infos = {plugin_id: infos[plugin_id] for plugin_id in files}
    dates, date_notes = _dates(infos, origin)
    changes = [*dates_change(opened, {**opened.imported, **dates}), *_plugin_files(files)]
    after = {each.path: each.after for each in changes}
    notes = [*date_notes, *differences(path, after, infos)]
    if write and changes:
        replace_files(path, changes)
    return Imported(tuple(files), tuple(present), tuple(refused), tuple(notes), _paths(every))


def _reason(problem: Problem, plugin_id: str) -> str:
    """Return why a plugin is refused; where another file would be wrong then, it is named."""
    if problem.file.endswith(f"/{plugin_id}.yaml"):
        return problem.message
    return f"{problem.file}:{problem.line} would be wrong: {problem.message}"


def _paths(files: dict[str, bytes]) -> dict[str, bytes | None]:
    return {plugin_path(plugin_id): data for plugin_id, data in files.items()}


def _candidates(
    opened: OpenCatalog, entries: Sequence[JSONObject]
) -> tuple[dict[str, bytes], list[Refused], list[str]]:
    """Return the file for each plugin, those that can't have one, and those that have it."""
    files: dict[str, bytes] = {}
    refused: list[Refused] = []
    present: list[str] = []
    line = schema_line(opened)
    names = {name.lower(): name for name in opened.plugins.names}
    for entry in entries:
        plugin_id = plugin_id_of(entry)
        flaw = flaw_of(entry)
        if flaw is not None:
            refused.append(Refused(plugin_id or "?", f"{flaw.pointer}: {flaw.message}"))
            continue
        data = laid_out(
            request_of(entry, opened.settings), PLUGIN_FILE_FIELDS, [line] if line else []
        )
        there = names.get(f"{plugin_id}.yaml".lower())
        if not is_plugin_id(plugin_id):
            what = (
                "it has no plugin_id" if not plugin_id else f"{verbatim(plugin_id)} is no plugin_id"
            )
            refused.append(Refused(plugin_id or "?", what))
        elif plugin_id in files:
            refused.append(Refused(plugin_id, "it is there twice: the first one counts"))
        elif there is None:
            files[plugin_id] = data
        elif opened.plugin_folder.read(there) == data:
            present.append(plugin_id)
        else:
            file = opened.plugin_folder.file(there)
            refused.append(Refused(plugin_id, f"{file} is there already, and is other"))
    return files, refused, present


def _by_plugin(
    errors: Sequence[Problem], opened: OpenCatalog, files: dict[str, bytes]
) -> dict[str, tuple[Problem, ...]]:
    """Return the errors of each plugin that is new.

    Of two that claim one thing the one where the error stands is at fault; where that one was
    there before, the other one is.
    """
    made = {opened.plugin_folder.file(f"{name}.yaml"): name for name in files}
    found: dict[str, list[Problem]] = {}
    for each in errors:
        blamed = made.get(each.file) or made.get(each.other)
        if blamed is not None:
            found.setdefault(blamed, []).append(each)
    return {plugin_id: tuple(problems) for plugin_id, problems in found.items()}


def _dates(infos: dict[str, JSONObject], origin: str) -> tuple[dict[str, JSONObject], list[str]]:
    """Return the dates that the plugins bring, and what is wrong with some of them."""
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
                notes.append(f"{plugin_id}: {name} {verbatim(str(given))} is no time, and left out")
        if "created_at" in times:
            dates[plugin_id] = {**times, "from": origin}
        elif times:
            notes.append(f"{plugin_id}: updated_at is left out, for there is no created_at")
    return dates, notes


def _plugin_files(files: dict[str, bytes]) -> Iterator[Replacement]:
    for plugin_id, data in files.items():
        yield Replacement(plugin_path(plugin_id), None, data)
