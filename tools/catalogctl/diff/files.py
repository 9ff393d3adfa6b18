"""Changed files and both states of a catalog in; the calls that they amount to out."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from catalogctl.diff.change import FileChange
from catalogctl.diff.fields import Difference, differences, whole
from catalogctl.diff.judging import Earlier, lookalikes, mirrored, refusals, reused
from catalogctl.diff.templates import schema_changes
from catalogctl.likeness import Alike
from catalogctl.model.calls import calls_between
from catalogctl.problem import Problem
from catalogctl.source.blobs import read_blobs
from catalogctl.source.document import Document, parse
from catalogctl.source.history import moment
from catalogctl.validate.requests import effective

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.opening import Opened
    from catalogctl.source.changed import ChangedFile
    from catalogctl.source.git import Git
    from catalogctl.source.history import History
    from catalogctl.source.settings import Settings

_LOOKED_BACK = 20
"""How many earlier states of a file are asked for their image."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both states of a catalog: `old` is the base's, `new` the work tree's.

    `root` is the top of the repository, `label` how reports name the catalog, `policy` the
    settings that say what is allowed: the base's, where there were any.
    """

    git: Git
    root: Path
    catalog: Path
    label: str
    working: Path
    old: Opened
    new: Opened
    policy: Settings
    history: History

    def place(self, path: str) -> str:
        """Return a path of the repository as one of the catalog, "" where it is outside."""
        above = self.catalog.relative_to(self.root).as_posix()
        if above == ".":
            return path
        return path.removeprefix(f"{above}/") if path.startswith(f"{above}/") else ""

    def file(self, path: str) -> str:
        """Return how reports name a file of the repository."""
        place = self.place(path)
        if place:
            shown = f"{self.label}/{place}" if self.label else place
        else:
            shown = os.path.relpath(self.root / path, self.working)
        return os.fsencode(shown).decode("utf-8", "backslashreplace")

    @staticmethod
    def plugin_id(place: str) -> str | None:
        """Return the plugin that a file of the catalog is, None when it is none."""
        folder, _, name = place.partition("/")
        if folder != "plugins" or "/" in name or not name.endswith(".yaml") or name == ".yaml":
            return None
        return os.fsencode(name.removesuffix(".yaml")).decode("utf-8", "backslashreplace")

    def judged(self, change: FileChange, names: Mapping[str, str]) -> FileChange:
        """Return a change with what stands against it as the calls that it is.

        `names` are the names of the base's plugins by plugin_id.
        """
        found = list(mirrored(change.file, change.calls, self.policy))
        if change.plugin_id is not None:
            found.extend(self._found(change, names))
        return replace(change, problems=tuple(sorted({*change.problems, *found})))

    def _found(self, change: FileChange, names: Mapping[str, str]) -> Iterator[Problem]:
        name = change.place.removeprefix("plugins/")
        before = read_document(self.old, name) if "register" not in change.calls else None
        after = read_document(self.new, name) if "deregister" not in change.calls else None
        if after is None or after.problems:
            return
        request = effective(after.value, self.new.settings)
        if "update" in change.calls and before is not None and not before.problems:
            was = effective(before.value, self.old.settings)
            yield from refusals(after, was, request, self.policy)
        if "register" in change.calls:
            others = {key: value for key, value in names.items() if key != change.plugin_id}
            gone = change.renamed
            others.pop(gone, None)
            called = str(request.get("name", ""))
            known = {each.code for each in change.problems}
            for problem in lookalikes(after, called, Alike(others), Alike(others.values())):
                if problem.code not in known:  # of a name that looks the same, `validate` told
                    yield problem
            yield from reused(after, str(request.get("image", "")), self._earlier(change.place))

    def _earlier(self, place: str) -> Earlier | None:
        """Return the last image that a file named before it was deleted."""
        found = [
            (commit, change.before)
            for commit in self.history.line
            for change in commit.changes[0]
            if change.path == place and change.before is not None
        ][:_LOOKED_BACK]
        blobs = read_blobs(self.git, [name for _, name in found])
        for (commit, _), data in zip(found, blobs, strict=True):
            document = parse(place, "", data or b"")
            if document.text("image"):
                return Earlier(document.text("image"), commit.id, moment(commit.time))
        return None


def read_document(opened: Opened, name: str) -> Document | None:
    """Return a plugin file as a document; None when it is not there or is no plain file."""
    if name not in opened.plugins.names:
        return None
    data = opened.plugin_folder.read(name)
    file = opened.plugin_folder.file(name)
    if isinstance(data, Problem):
        return Document(file, name.removesuffix(".yaml"), {}, b"", (data,))
    return parse(file, name.removesuffix(".yaml"), data)


def file_changes(sides: Sides, files: Sequence[ChangedFile]) -> list[FileChange]:
    """Return what each changed file amounts to, sorted by file; problems are found later."""
    changes = [_change(sides, each) for each in files]
    return sorted(_renames(changes), key=lambda each: each.file)


def _change(sides: Sides, changed: ChangedFile) -> FileChange:
    file, place = sides.file(changed.path), sides.place(changed.path)
    plugin_id = sides.plugin_id(place)
    if plugin_id is None:
        return FileChange(file, place)
    name = place.removeprefix("plugins/")
    before = read_document(sides.old, name) if changed.before is not None else None
    after = read_document(sides.new, name) if changed.exists else None
    was = _request(before, sides.old.settings)
    will_be = _request(after, sides.new.settings)
    is_broken = after is not None and bool(after.problems)
    fields = () if is_broken else _fields(was, will_be)
    schemas = schema_changes(was, will_be) if was and will_be and not is_broken else ()
    pointers = [*(each.pointer for each in fields), *(each.pointer for each in schemas)]
    lines = {each: after.locate(each).line for each in pointers} if after is not None else {}
    owner = was if was is not None else will_be
    maintainers = (owner or {}).get("maintainers")
    return FileChange(
        file=file,
        place=place,
        plugin_id=plugin_id,
        calls=calls_between(was, will_be),
        fields=fields,
        owners=tuple(map(str, maintainers)) if isinstance(maintainers, list) else (),
        schemas=schemas,
        lines=lines,
    )


def _request(document: Document | None, settings: Settings) -> JSONObject | None:
    """Return the effective request of a document; of one with problems, an empty one."""
    if document is None:
        return None
    return {} if document.problems else effective(document.value, settings)


def _fields(before: JSONObject | None, after: JSONObject | None) -> tuple[Difference, ...]:
    if before is None:
        return whole(after or {}, added=True)
    if after is None:
        return whole(before, added=False)
    return differences(before, after)


def _renames(changes: Sequence[FileChange]) -> Iterator[FileChange]:
    """Yield the changes, each half of a rename with the other's id: the same name went and came."""
    gone = {_name(each): each for each in changes if "deregister" in each.calls}
    come = {_name(each): each for each in changes if "register" in each.calls}
    for each in changes:
        others = come if "deregister" in each.calls else gone if "register" in each.calls else {}
        other = others.get(_name(each)) if _name(each) else None
        yield replace(each, renamed=other.plugin_id or "") if other is not None else each


def _name(change: FileChange) -> str:
    named = next((each for each in change.fields if each.pointer == "/name"), None)
    return "" if named is None else str(named.after or named.before or "")
