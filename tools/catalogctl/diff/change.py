"""What a difference is made of: one changed file, what it amounts to, and what comes of it all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.diff.fields import Difference
    from catalogctl.diff.templates import SchemaChange
    from catalogctl.jsontypes import JSON, JSONObject


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file, in the order of the calls that it amounts to.

    `file` is relative to the working directory, `place` to the catalog ("" outside of it);
    `plugin_id` is None for a file that is no plugin; `owners` have to approve it. `renamed` is the
    other id of a plugin that was renamed.
    """

    file: str
    place: str
    plugin_id: str | None = None
    calls: tuple[str, ...] = ()
    fields: tuple[Difference, ...] = ()
    owners: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    schemas: tuple[SchemaChange, ...] = ()
    renamed: str = ""
    lines: Mapping[str, int] | None = None

    @property
    def is_refused(self) -> bool:
        """Say whether the change can't be merged as it is."""
        return any(each.severity is Severity.ERROR for each in self.problems)

    def line(self, pointer: str) -> str:
        """Return `FILE:LINE` of a field that changed."""
        known = self.lines or {}
        return f"{self.file}:{known.get(pointer, 1)}"

    def to_json(self) -> JSONObject:
        """Return the change as `diff --format json` prints it (product contract, 4)."""
        fields: JSONObject = {
            each.pointer: {"before": each.before, "after": each.after} for each in self.fields
        }
        problems: list[JSON] = [{**each.to_json()} for each in self.problems]
        made: JSONObject = {
            "file": self.file,
            "plugin_id": self.plugin_id,
            "calls": list(self.calls),
            "fields": fields,
            "owners": list(self.owners),
            "problems": problems,
        }
        if self.schemas:
            made["template"] = [{**each._asdict()} for each in self.schemas]
        if self.renamed:
            made["renamed"] = self.renamed
        return made


@dataclass(frozen=True, slots=True)
class Answers:
    """The published answers that a difference adds, changes and removes, by path.

    `counts` has stat → value → the count before and after, where they differ.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    counts: Mapping[str, Mapping[str, tuple[int, int]]] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a difference may be merged without a maintainer, and each line that spoils it."""

    auto_mergeable: bool
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A whole difference; `labels` are those of its pull request, sorted."""

    base: str
    changes: tuple[FileChange, ...]
    answers: Answers
    verdict: Verdict
    labels: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Say whether a change can't be merged as it is."""
        return any(each.is_refused for each in self.changes)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of every change, sorted."""
        return tuple(sorted(each for change in self.changes for each in change.problems))

    def to_json(self) -> JSONObject:
        """Return the difference as `diff --format json` prints it (product contract, 4)."""
        counts: JSONObject = {
            stat: {name: {"before": one, "after": two} for name, (one, two) in values.items()}
            for stat, values in (self.answers.counts or {}).items()
        }
        return {
            "base": self.base,
            "changes": [each.to_json() for each in self.changes],
            "answers": {
                "added": list(self.answers.added),
                "changed": list(self.answers.changed),
                "removed": list(self.answers.removed),
            },
            "counts": counts,
            "verdict": {
                "auto_mergeable": self.verdict.auto_mergeable,
                "because": list(self.verdict.because),
            },
            "labels": list(self.labels),
        }
