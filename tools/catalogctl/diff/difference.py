"""Describe a difference: changed files and their calls, changed answers, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.diff.field_changes import FieldChange
    from catalogctl.diff.lock_changes import LockChange
    from catalogctl.diff.template_changes import SchemaChange
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem


_FILES = {"catalog.yaml": "settings", "imported.json": "dates"}
_FOLDERS = {
    "plugins": ("plugin", ".yaml"),
    "versions": ("lock", ".json"),
    "queries": ("query", ".yaml"),
}
_TREES = {"docs": "documentation", "icons": "icon", "upstream": "upstream", "site": "site"}
OPEN_KINDS = frozenset({"plugin", "lock", "query", "documentation", "icon", "upstream", "stray"})
"""The kinds of files that anybody's pull request may change; others need a maintainer (R-02)."""

DOCUMENT_KINDS = frozenset({"documentation", "icon"})
"""The kinds of files that are shown on the page of their plugin."""


def kind_of(place: str) -> str:
    """Return the kind of a file by its path in the catalog ("" outside of it).

    "stray" is a file that does not belong where it lies, "hidden" one that says how git or a
    program treats the others, "other" one that is not part of the catalog.
    """
    folder, _, name = place.partition("/")
    if place.rpartition("/")[2].startswith("."):
        return "hidden"
    if folder in _FOLDERS and name:
        kind, ending = _FOLDERS[folder]
        return kind if "/" not in name and name.endswith(ending) else "stray"
    return _TREES.get(folder, "other") if name else _FILES.get(place, "other")


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file, with the calls that it amounts to, in order.

    `file` is relative to the working directory, `place` to the catalog ("" outside of it).
    `plugin_id` is None for a file that is not a plugin's own file, document or icon; `owners` have
    to approve the change.
    `renamed` is the other id of a renamed plugin, `length` the number of lines of a new plugin
    file, `kind` the result of `kind_of`, `versions` the changes of a lock's versions, and `page` is
    the path of the page that shows a document or an icon. `event` says what a change is that is no
    call: of an upstream's file, with its `repository_id`; `is_small` is one of tags, labels and new
    versions only.
    """

    file: str
    place: str
    plugin_id: str | None = None
    calls: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    owners: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    schemas: tuple[SchemaChange, ...] = ()
    renamed: str = ""
    lines: Mapping[str, int] | None = None
    kind: str = "other"
    length: int | None = None
    versions: LockChange | None = None
    page: str = ""
    event: str = ""
    repository_id: str = ""
    is_small: bool = False

    def line(self, pointer: str) -> str:
        """Return `FILE:LINE` of a changed field."""
        known = self.lines or {}
        return f"{self.file}:{known.get(pointer, 1)}"

    def to_json(self) -> JSONObject:
        """Return the change as `diff --format json` prints it (product contract, 4)."""
        fields: JSONObject = {
            each.pointer: {"before": each.before, "after": each.after} for each in self.fields
        }
        problems: list[JSON] = [{**each.to_json()} for each in self.problems]
        members: JSONObject = {
            "file": self.file,
            "plugin_id": self.plugin_id,
            "calls": list(self.calls),
            "fields": fields,
            "owners": list(self.owners),
            "problems": problems,
        }
        if self.kind != "plugin":
            members["kind"] = self.kind
        if self.event:
            members |= {"event": self.event, "repository_id": self.repository_id}
        if self.page:
            members["page"] = self.page
        if self.schemas:
            members["template"] = [{**each._asdict()} for each in self.schemas]
        if self.renamed:
            members["renamed"] = self.renamed
        if self.length is not None:
            members["lines"] = self.length
        if self.versions is not None:
            members["versions"] = self.versions.to_json()
        return members


@dataclass(frozen=True, slots=True)
class ChangedAnswers:
    """The paths of the published answers that a difference adds, changes, and removes.

    `counts` maps stat → value → the counts before and after, if they differ.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    counts: Mapping[str, Mapping[str, tuple[int, int]]] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a difference may be merged without a maintainer, and the reasons if not."""

    auto_mergeable: bool
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A complete difference; `labels` are the sorted labels of its pull request.

    `answers` is None if they can't be computed. `notes` explain why the comparison is unreliable.
    """

    base: str
    changes: tuple[FileChange, ...]
    answers: ChangedAnswers | None
    verdict: Verdict
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of every change, sorted."""
        return tuple(sorted(each for change in self.changes for each in change.problems))

    def to_json(self) -> JSONObject:
        """Return the difference as `diff --format json` prints it (product contract, 4)."""
        answers, counts = _answers_json(self.answers)
        members: JSONObject = {
            "base": self.base,
            "changes": [each.to_json() for each in self.changes],
            "answers": answers,
            "counts": counts,
            "verdict": {
                "auto_mergeable": self.verdict.auto_mergeable,
                "because": list(self.verdict.because),
            },
            "labels": list(self.labels),
        }
        if self.answers is None:
            members["not_computed"] = "the catalog has errors"
        return members


def _answers_json(answers: ChangedAnswers | None) -> tuple[JSONObject | None, JSONObject]:
    """Return the changed answers and the changed counts as JSON."""
    if answers is None:
        return None, {}
    counts: JSONObject = {
        stat: {name: {"before": one, "after": two} for name, (one, two) in values.items()}
        for stat, values in (answers.counts or {}).items()
    }
    listed: JSONObject = {
        "added": list(answers.added),
        "changed": list(answers.changed),
        "removed": list(answers.removed),
    }
    return listed, counts
