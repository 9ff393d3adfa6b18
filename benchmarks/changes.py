"""Count the published files that one change of a catalog changes, by kind of change and of file.

    python -m benchmarks.changes 10000 FOLDER [--changes 200] [--commits 40] [--json]

Generates a catalog with its history in FOLDER, publishes it, then commits and publishes one random
change after another. The changes are drawn evenly from the kinds in `edits.CHANGES`; two manifests
in a row say what differs.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.catalogs import make
from benchmarks.edits import CHANGES, EditedCatalog

from catalogctl.files import MANIFEST
from catalogctl.pipeline.build import BuildOptions, build
from catalogctl.publish.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalogctl.publish.manifest import Listed

FILES = (
    ("plugin's page", r"plugins/[^/]+/index\.html"),
    (
        "page of rows",
        r"(|(page|service-types|providers|labels|states|registry-types)/.+/)index\.html",
    ),
    ("other page", r".*\.html"),
    ("plugin's answers", r"repository/v1/plugin/get(-versions)?/.*"),
    ("lock, badge", r"(versions|badges)/.*"),
    ("list", r"repository/v1/plugin/list/.*"),
    ("stat, answer", r"repository/v1/plugin/(stat|answers)/.*"),
    ("index", r"index(\.json|/.*)"),
    ("search", r"search/.*"),
    ("journal, feed", r"changes/.*|removed\.json|.*feed\.atom"),
    ("other file", r".*"),
)
"""Kinds of published files: the first whose pattern matches a whole path."""


class Change(NamedTuple):
    """What one change of a catalog changed: paths, and the bytes of all files that are new."""

    kind: str
    paths: tuple[str, ...]
    size: int


class ChangingCatalog(EditedCatalog):
    """A generated catalog with one published tree that each change is built to."""

    def __init__(self, folder: Path, plugins: int, *, commits: int, seed: int = 0) -> None:
        super().__init__(make(folder / "repository", plugins, commits=commits), plugins, seed=seed)
        self._out, self._cache = folder / "public", folder / "cache"
        self._published = self._build()

    def publish(self, kind: str) -> Change:
        """Commit and publish one random change of this kind; return what it changed."""
        self.change(kind)
        before, self._published = self._published, self._build()
        return difference(kind, before, self._published)

    def _build(self) -> Mapping[str, Listed]:
        options = BuildOptions(self.catalog, self._out, {}, durable=False, cache=self._cache)
        built = build(options)
        if not built.published:
            raise RuntimeError("\n".join(map(str, built.problems)))
        return read_manifest((self._out / MANIFEST).read_bytes())


def difference(kind: str, before: Mapping[str, Listed], after: Mapping[str, Listed]) -> Change:
    """Return which files differ, appear or disappear between two manifests."""
    changed = [path for path, file in after.items() if before.get(path) != file]
    gone = [path for path in before if path not in after]
    return Change(kind, (*changed, *gone), sum(after[path].size for path in changed))


def table(changes: Sequence[Change]) -> str:
    """Return the changed files by kind of change: median and maximum, medians by kind of file."""
    kinds = [kind for kind in CHANGES if any(each.kind == kind for each in changes)]
    heads = ("", "files", "most", "kB", "most", *(name for name, _ in FILES))
    lines = ["| " + " | ".join(heads) + " |", "| --- " + "| ---: " * (len(heads) - 1) + "|"]
    for kind in kinds:
        own = [each for each in changes if each.kind == kind]
        counts, sizes = [len(each.paths) for each in own], [each.size / 1000 for each in own]
        by_file = [_by_kind_of_file(each.paths) for each in own]
        cells = (
            kind,
            *_median_and_most(counts),
            *_median_and_most(sizes),
            *(f"{statistics.median(each[name] for each in by_file):.0f}" for name, _ in FILES),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _median_and_most(figures: Sequence[float]) -> tuple[str, str]:
    return f"{statistics.median(figures):,.0f}", f"{max(figures):,.0f}"


def _by_kind_of_file(paths: Iterable[str]) -> Counter[str]:
    return Counter(
        next(name for name, pattern in FILES if re.fullmatch(pattern, path)) for path in paths
    )


def main() -> None:
    """Print the table for random changes of a generated catalog, or all changes as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plugins", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--commits", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="print the numbers of each change")
    given = parser.parse_args()
    for name in ("public", "cache"):
        shutil.rmtree(given.folder / name, ignore_errors=True)
    given.folder.mkdir(parents=True, exist_ok=True)
    catalog = ChangingCatalog(given.folder, given.plugins, commits=given.commits)
    kinds = list(CHANGES)
    changes = [catalog.publish(kinds[n % len(kinds)]) for n in range(given.changes)]
    if given.json:
        print(json.dumps([(each.kind, len(each.paths), each.size) for each in changes]))
    else:
        print(table(changes))


if __name__ == "__main__":
    main()
