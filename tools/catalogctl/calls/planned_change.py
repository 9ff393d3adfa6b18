"""Describe the change of a write call: a plugin's files, with their bytes before and after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from catalogctl import json_pointer, schemas
from catalogctl.client.unknown_names import not_found
from catalogctl.errors import ApiError
from catalogctl.files import Replacement
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.problem import Problem, Severity
from catalogctl.source.document import Document, parse
from catalogctl.source.folder import IMPORTED_FILE, MAX_IMPORTED_SIZE, MAX_YAML_SIZE, Folder
from catalogctl.validate import check_plugin
from catalogctl.validate.effective_request import effective
from catalogctl.validate.finding import place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.settings import Settings
    from catalogctl.validate.finding import Finding


class WriteRequest(NamedTuple):
    """The fields of a request, and the document that they were read from, if that is YAML."""

    fields: JSONObject
    document: Document | None = None

    @property
    def is_flawed(self) -> bool:
        """Whether the YAML has problems."""
        return self.document is not None and bool(self.document.problems)

    def refuse_flawed(
        self, file: JSONObject, settings: Settings, fixed: Sequence[Finding] = ()
    ) -> None:
        """Raise RefusedCallError if the YAML has problems.

        `file` is the plugin file that the request would make: what `validate` would find in it is
        reported, too, as far as the request has it. `fixed` are the fields that the call may not
        change: of those that exist, only this is reported, whatever else is wrong with them.
        """
        if self.document is None or not self.document.problems:
            return
        stem = str(effective(file, settings).get("plugin_id", self.document.stem))
        meant = replace(self.document, stem=stem, value=file)
        known = {f"/{name}" for name in self.fields if name in schemas.fields("PluginFile")}
        refused = {each.pointer: each for each in fixed if each.pointer in known}
        problems = {
            each
            for each in check_plugin(meant, settings)[1]
            if each in self.document.problems or self._is_about(each)
            if json_pointer.join(json_pointer.split(each.pointer)[:1]) not in refused
        }
        problems.update(place("not-updatable", each, meant) for each in refused.values())
        raise RefusedCallError(tuple(sorted(problems)), {self.document.file: self.document.data})

    def _is_about(self, problem: Problem) -> bool:
        """Return whether an error is about the whole request, or a field that it has."""
        names = json_pointer.split(problem.pointer)[:1]
        return problem.severity is Severity.ERROR and all(name in self.fields for name in names)


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """The change of a call: its plugin, and the files in the order of writing."""

    plugin_id: str
    files: tuple[Replacement, ...]

    @property
    def overlay(self) -> dict[str, bytes | None]:
        """The new bytes of files by path in the catalog; None means no file."""
        return {each.path: each.after for each in self.files}


class RefusedCallError(ApiError):
    """Raised if the catalog would have errors after a call; `problems` are those of `validate`.

    `overlay` contains what the problems point into: the files as they would be, or the request.
    """

    def __init__(
        self,
        problems: tuple[Problem, ...],
        overlay: Mapping[str, bytes | None] = MappingProxyType({}),
    ) -> None:
        first = next(each for each in problems if each.severity is Severity.ERROR)
        message = f"{first.file}:{first.line}: {first.message}"
        super().__init__("ERROR_INVALID_PARAMETER", message, first.pointer, hint=first.hint)
        self.problems = problems
        self.overlay = overlay


def plugin_path(plugin_id: str) -> str:
    """Return the path of a plugin's file in its catalog."""
    return f"plugins/{plugin_id}.yaml"


def plugin_bytes(opened: OpenCatalog, plugin_id: str) -> bytes:
    """Return the bytes of a plugin's file.

    Raise ApiError if there is no such plugin, or if only an upstream has it.
    """
    name = f"{plugin_id}.yaml"
    if not is_plugin_id(plugin_id) or name not in opened.plugins.names:
        _refuse_of_upstream(opened, plugin_id)
        raise not_found(plugin_id, opened.plugin_ids)
    return existing_bytes(opened.plugin_folder, name, MAX_YAML_SIZE)


def _refuse_of_upstream(opened: OpenCatalog, plugin_id: str) -> None:
    """Raise ApiError if a plugin is that of an upstream, whose files sync alone writes."""
    for each in opened.upstreams.folders:
        if f"{plugin_id}.json" in each.names:
            message = f"plugin {plugin_id} is that of upstream {each.name}, and not changed here"
            hint = "call the repository that it was taken from"
            raise ApiError("ERROR_PERMISSION_DENIED", message, "/plugin_id", hint=hint)


def read_plugin(opened: OpenCatalog, plugin_id: str) -> Document:
    """Return a plugin's file. Raise ApiError for an unknown one, RefusedCallError for errors."""
    data = plugin_bytes(opened, plugin_id)
    document = parse(opened.plugin_folder.file(f"{plugin_id}.yaml"), plugin_id, data)
    if document.problems:
        raise RefusedCallError(document.problems)
    return document


def rewritten(plugin_id: str, before: bytes, after: bytes) -> PlannedChange:
    """Return the change of a plugin's file; it has no files if the bytes are the same."""
    file = Replacement(plugin_path(plugin_id), before, after)
    return PlannedChange(plugin_id, (file,) if before != after else ())


def imported_dates(opened: OpenCatalog, dates: Mapping[str, JSONObject]) -> tuple[Replacement, ...]:
    """Return the change of imported.json to these dates; without dates, the file is removed."""
    if dates == opened.imported:
        return ()
    before = None
    if opened.top_folder.has(IMPORTED_FILE):
        before = existing_bytes(opened.top_folder, IMPORTED_FILE, MAX_IMPORTED_SIZE)
    text = json.dumps(dict(sorted(dates.items())), indent=2, ensure_ascii=False) + "\n"
    return (Replacement(IMPORTED_FILE, before, text.encode() if dates else None),)


def existing_bytes(folder: Folder, name: str, limit: int) -> bytes:
    """Return the bytes of a file that a call replaces; raise RefusedCallError if unreadable."""
    data = folder.read(name, limit)
    if isinstance(data, Problem):
        raise RefusedCallError((data,))
    return data
