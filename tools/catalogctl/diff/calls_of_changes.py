"""Find the calls that changed files amount to, and the problems of each."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from catalogctl.diff.call_rules import (
    Earlier,
    for_maintainers,
    lookalikes,
    mirrored,
    refusals,
    reused,
)
from catalogctl.diff.difference import FileChange, kind_of
from catalogctl.diff.field_changes import field_changes
from catalogctl.diff.lock_changes import lock_change
from catalogctl.diff.template_changes import schema_changes
from catalogctl.diff.upstream_changes import upstream_change
from catalogctl.model.calls_between_versions import calls_between
from catalogctl.similar_names import similar
from catalogctl.source.blobs import read_blobs
from catalogctl.source.document import Document, parse, read
from catalogctl.source.document_folders import plugin_id_of
from catalogctl.source.git_log import read_log
from catalogctl.source.history import moment
from catalogctl.validate.effective_request import effective

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.diff.states import ComparedPlace
    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.checked_upstreams import CheckedUpstreams
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem
    from catalogctl.source.git_diff import ChangedFile
    from catalogctl.source.git_log import Commit
    from catalogctl.source.history import History
    from catalogctl.source.settings import Settings

_LOOKED_BACK = 20
"""How many earlier states of a file are searched for an image."""

_MANY = 50
"""The number of new files above which git is queried for the whole folder."""


@dataclass(frozen=True, slots=True)
class _Looks:
    """What new plugins could be mistaken for.

    `ids` and `names` map a plugin_id to the similar plugin_id or name; `earlier` maps a file to an
    image that it once named.
    """

    ids: Mapping[str, str]
    names: Mapping[str, str]
    earlier: Mapping[str, Earlier]


@dataclass(frozen=True, slots=True)
class Sides:
    """Both states of the catalog at `where`: `old` is the merge base, `new` the state to judge.

    `policy` are the settings that decide what is allowed: those of the base, if it has any.
    `upstreams` are those of both states.
    """

    where: ComparedPlace
    working: Path
    old: OpenCatalog
    new: OpenCatalog
    policy: Settings
    history: History
    upstreams: tuple[CheckedUpstreams, CheckedUpstreams]

    def place(self, path: str) -> str:
        """Return a path in the repository relative to the catalog, "" if it is outside."""
        return self.where.below(path)

    def file(self, path: str) -> str:
        """Return the name of a file of the repository in reports."""
        place, label = self.place(path), self.where.label
        if place:
            shown = f"{label}/{place}" if label else place
        else:
            shown = os.path.relpath(self.where.root / path, self.working)
        return os.fsencode(shown).decode("utf-8", "backslashreplace")

    def known_as(self, problem: Problem) -> tuple[str, str, str]:
        """Return the key of a problem that both sides share: file, code, and pointer."""
        label = self.where.label
        file = os.path.relpath(problem.file, label) if label else problem.file
        return file, problem.code, problem.pointer

    @staticmethod
    def plugin_id(place: str) -> str | None:
        """Return the id of the plugin in a file of the catalog, None if it is not a plugin file."""
        folder, _, name = place.partition("/")
        if folder != "plugins" or "/" in name or not name.endswith(".yaml") or name == ".yaml":
            return None
        return os.fsencode(name.removesuffix(".yaml")).decode("utf-8", "backslashreplace")

    def judged(self, changes: Sequence[FileChange], names: Mapping[str, str]) -> list[FileChange]:
        """Return the changes with the problems of their calls.

        `names` are the names of the base's plugins by plugin_id.
        """
        new = {each.plugin_id: each for each in changes if "register" in each.calls}
        renamed = {stem: each.renamed for stem, each in new.items() if stem is not None}
        looks = _Looks(
            ids=similar({stem: stem for stem in renamed}, {stem: stem for stem in names}, renamed),
            names=similar({stem: _name(new[stem]) for stem in renamed}, names, renamed),
            earlier=self._earlier({each.place for each in new.values()}),
        )
        return [self._judged(change, looks) for change in changes]

    def _judged(self, change: FileChange, looks: _Looks) -> FileChange:
        problems = list(mirrored(change.file, change.calls, self.policy))
        if change.kind == "lock":
            versions = lock_change(self.old, self.new, change.place.removeprefix("versions/"))
            problems.extend(versions.problems)
            change = replace(change, versions=versions, fields=versions.fields)
        if change.kind == "plugin" and change.plugin_id is not None:
            problems.extend(self._problems(change, change.plugin_id, looks))
        return replace(change, problems=tuple(sorted({*change.problems, *problems})))

    def _problems(self, change: FileChange, plugin_id: str, looks: _Looks) -> Iterator[Problem]:
        name = change.place.removeprefix("plugins/")
        before = _read_plugin(self.old, name) if "register" not in change.calls else None
        after = _read_plugin(self.new, name) if "deregister" not in change.calls else None
        if after is None or after.problems:
            return
        request = effective(after.value, self.new.settings)
        if before is not None and not before.problems:
            was = effective(before.value, self.old.settings)
            if "update" in change.calls:
                yield from refusals(after, was, request, self.policy)
            yield from for_maintainers(after, was, request)
        if "register" in change.calls:
            known = {each.code for each in change.problems}
            like = looks.ids.get(plugin_id), looks.names.get(plugin_id)
            # `validate` has already reported identical-looking names
            yield from (each for each in lookalikes(after, *like) if each.code not in known)
            yield from reused(after, str(request.get("image", "")), looks.earlier.get(change.place))

    def _earlier(self, places: Collection[str]) -> dict[str, Earlier]:
        """Return the last image in each file before the file was deleted."""
        states: dict[str, list[tuple[Commit, str]]] = {place: [] for place in places}
        revision = self.history.commit or "HEAD"
        paths = sorted(places) if len(places) <= _MANY else ["plugins"]
        for commit in read_log(self.where.git, (revision,), paths) if places else ():
            for change in commit.changes:
                known = states.get(change.path)
                if known is not None and change.before is not None and len(known) < _LOOKED_BACK:
                    known.append((commit, change.before))
        blobs_of = [(place, *state) for place, known in states.items() for state in known]
        images: dict[str, Earlier] = {}
        blobs = read_blobs(self.where.git, [blob for _, _, blob in blobs_of])
        for (place, commit, _), data in zip(blobs_of, blobs, strict=True):
            image = "" if place in images else parse(place, "", data or b"").text("image")
            if image:
                images[place] = Earlier(image, commit.id, moment(commit.time))
        return images


def _read_plugin(opened: OpenCatalog, name: str) -> Document | None:
    """Return a plugin file as a document; None if it is missing or not a regular file."""
    return read(opened.plugin_folder, name) if name in opened.plugins.names else None


def file_changes(sides: Sides, files: Sequence[ChangedFile]) -> list[FileChange]:
    """Return the change of each file, sorted by file; most problems are added later."""
    changes = [_change(sides, each) for each in files]
    return sorted(_renames(changes), key=lambda each: each.file)


def _change(sides: Sides, changed: ChangedFile) -> FileChange:
    file, place = sides.file(changed.path), sides.place(changed.path)
    plugin_id = sides.plugin_id(place)
    if plugin_id is None:
        return _other_change(sides, file, place)
    name = place.removeprefix("plugins/")
    before = _read_plugin(sides.old, name) if changed.before is not None else None
    after = _read_plugin(sides.new, name) if changed.exists else None
    was = _request(before, sides.old.settings)
    will_be = _request(after, sides.new.settings)
    change = FileChange(
        file,
        place,
        plugin_id,
        calls_between(was, will_be),
        owners=maintainers((will_be if was is None else was) or {}),
        kind="plugin",
        length=len(after.data.splitlines()) if before is None and after is not None else None,
    )
    if after is not None and after.problems:
        return change
    fields = field_changes(was or {}, will_be or {})
    schemas = schema_changes(was, will_be) if was and will_be else ()
    pointers = [each.pointer for changes in (fields, schemas) for each in changes]
    lines = {each: after.locate(each).line for each in pointers} if after is not None else {}
    return replace(change, fields=fields, schemas=schemas, lines=lines)


def _other_change(sides: Sides, file: str, place: str) -> FileChange:
    """Return the change of a file that is not a plugin file; documents and icons have an id."""
    change = FileChange(file, place, plugin_id_of(place), kind=kind_of(place))
    if change.kind == "upstream":
        return upstream_change(sides.old, sides.new, change)
    if change.plugin_id is None:
        return change
    name = f"{change.plugin_id}.yaml"
    after = _read_plugin(sides.new, name)
    document = _read_plugin(sides.old, name) or after
    return replace(
        change,
        owners=maintainers({} if document is None else document.accepted),
        page="" if after is None else f"plugins/{change.plugin_id}/",
    )


def maintainers(request: JSONObject) -> tuple[str, ...]:
    """Return the maintainers of a plugin, who may approve its changes."""
    named = request.get("maintainers")
    return tuple(map(str, named)) if isinstance(named, list) else ()


def _request(document: Document | None, settings: Settings) -> JSONObject | None:
    """Return the effective request of a document; {} if it has problems."""
    if document is None:
        return None
    return {} if document.problems else effective(document.value, settings)


def _renames(changes: Sequence[FileChange]) -> Iterator[FileChange]:
    """Yield the changes, each half of a rename (a name removed and added) with the other's id."""
    gone = {_name(each): each for each in changes if "deregister" in each.calls}
    come = {_name(each): each for each in changes if "register" in each.calls}
    for each in changes:
        others = come if "deregister" in each.calls else gone if "register" in each.calls else {}
        other = others.get(_name(each)) if _name(each) else None
        yield replace(each, renamed=other.plugin_id or "") if other is not None else each


def _name(change: FileChange) -> str:
    named = next((each for each in change.fields if each.pointer == "/name"), None)
    return "" if named is None else str(named.after or named.before or "")
