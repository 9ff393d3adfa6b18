"""A catalog in a work tree and a branch in; the difference between them, judged, out."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.diff.change import Answers, Comparison, FileChange
from catalogctl.diff.files import Sides, file_changes
from catalogctl.diff.published import Published, published
from catalogctl.diff.verdict import judge, labels
from catalogctl.errors import UsageError
from catalogctl.pipeline.dating import Dating
from catalogctl.pipeline.opening import open_catalog
from catalogctl.source.changed import changed_files, merge_base, write_committed
from catalogctl.source.folder import label_of
from catalogctl.source.git import Git, lies_in_git
from catalogctl.source.history import History, history_at, work_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.problem import Problem


@dataclass(frozen=True, slots=True)
class Asked:
    """What to compare: the catalog in a folder, with where it went off the branch `base`.

    `actor` is who asks for the change (`@handle`); reports name files relative to `working`.
    """

    catalog: Path
    base: str
    actor: str | None = None
    working: Path | None = None
    jobs: int | None = None


def compare(asked: Asked) -> Comparison:
    """Return what the work tree changes. UsageError, OutsideError: what to do is in the message."""
    if not lies_in_git(asked.catalog.resolve()):
        raise UsageError(f"{asked.catalog} lies in no git repository: there is no base to compare")
    git = Git(asked.catalog)
    root = work_tree(git)
    base = merge_base(git, asked.base)
    with tempfile.TemporaryDirectory(prefix="catalogctl-") as folder:
        write_committed(git, base, Path(folder))
        return _compare(asked, git, root, base, Path(folder))


def _compare(asked: Asked, git: Git, root: Path, base: str, folder: Path) -> Comparison:
    working = asked.working or Path.cwd()
    old, new = open_catalog(folder, folder), open_catalog(asked.catalog, working)
    at_base, at_head = history_at(git, base), history_at(git, "HEAD")
    sides = Sides(
        git,
        root,
        asked.catalog.resolve(),
        label_of(asked.catalog, working),
        working.resolve(),
        old,
        new,
        old.settings if (folder / "catalog.yaml").exists() else new.settings,
        at_base,
    )
    files = changed_files(git, base)
    changes = file_changes(sides, files)
    new = replace(new, touched={sides.place(each.path): 1 if each.before else 2 for each in files})
    if not any(change.place for change in changes):
        verdict = judge(changes, sides.policy, asked.actor)
        return Comparison(base, tuple(changes), Answers(), verdict, labels(changes))
    now = at_head.commit_time or ""
    was = published(old, Dating(at_base, old.imported, now, folder), now=now, jobs=asked.jobs)
    merged = _dates_kept(at_base, at_head, changes)
    dating = Dating(merged, new.imported, now, asked.catalog)
    will_be = published(new, dating, now=now, jobs=asked.jobs)
    changes = _with_problems(sides, changes, was.problems, will_be.problems)
    changes = [sides.judged(change, was.names) for change in changes]
    verdict = judge(changes, sides.policy, asked.actor)
    return Comparison(base, tuple(changes), _answers(was, will_be), verdict, labels(changes))


def _dates_kept(at_base: History, at_head: History, changes: Sequence[FileChange]) -> History:
    """Return the later history, in which what no call changed keeps its dates.

    Otherwise a comment would change every list by a date.
    """
    called = {change.place for change in changes if change.calls}
    kept = {path: dates for path, dates in at_base.dates.items() if path not in called}
    return replace(at_head, dates={**at_head.dates, **kept})


def _answers(was: Published, will_be: Published) -> Answers:
    """Return what is published otherwise; a catalog with errors publishes nothing new."""
    if will_be.has_errors:
        return Answers()
    before, after = was.answers, will_be.answers
    counts = {
        stat: dict(_moved(was.counts.get(stat, {}), values))
        for stat, values in will_be.counts.items()
    }
    return Answers(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(path for path in after.keys() & before.keys() if after[path] != before[path])),
        tuple(sorted(before.keys() - after.keys())),
        {stat: values for stat, values in counts.items() if values},
    )


def _moved(
    before: Mapping[str, int], after: Mapping[str, int]
) -> Iterator[tuple[str, tuple[int, int]]]:
    for value in sorted(before.keys() | after.keys()):
        counts = before.get(value, 0), after.get(value, 0)
        if counts[0] != counts[1]:
            yield value, counts


def _with_problems(
    sides: Sides,
    changes: Sequence[FileChange],
    was: Sequence[Problem],
    will_be: Sequence[Problem],
) -> list[FileChange]:
    """Return the changes with the problems of their files, and files whose problems are new."""
    known = {(each.file, each.code, each.pointer) for each in was}
    by_file: dict[str, list[Problem]] = {}
    for problem in will_be:
        by_file.setdefault(problem.file, []).append(problem)
    changed = [
        replace(change, problems=(*by_file.pop(change.file, ()), *change.problems))
        for change in changes
    ]
    for file, problems in by_file.items():
        place = os.path.relpath(file, sides.label) if sides.label else file
        new = [each for each in problems if (place, each.code, each.pointer) not in known]
        if new:
            changed.append(FileChange(file, place, sides.plugin_id(place), problems=tuple(new)))
    return sorted(changed, key=lambda each: each.file)
