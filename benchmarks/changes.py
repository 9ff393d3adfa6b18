"""Count the published files that one change of a catalog changes, by kind of change and of file.

    python -m benchmarks.changes 10000 FOLDER [--changes 200] [--commits 40]

Generates a catalog with its history in FOLDER, publishes it, then commits and publishes one random
change after another. The changes are drawn evenly from the kinds in `CHANGES`; two manifests in a
row say what differs.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import statistics
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.catalogs import GeneratedPlugin, make

from catalogctl.files import MANIFEST
from catalogctl.pipeline.build import BuildOptions, build
from catalogctl.publish.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from catalogctl.publish.manifest import Listed

FILES = (
    ("plugin's page", r"plugins/[^/]+/index\.html"),
    (
        "page of cards",
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
_DESCRIPTION = re.compile(r"(?m)^  description: .*$")
_NAME = re.compile(r"(?m)^name: .*$")
_LABELS = re.compile(r"(?m)^labels:.*(?:\n- .*)*$")
_DISABLED = "state: DISABLED\n"


class Change(NamedTuple):
    """What one change of a catalog changed: paths, and the bytes of all files that are new."""

    kind: str
    paths: tuple[str, ...]
    size: int


class ChangingCatalog:
    """A generated catalog in git, with one published tree that each change is built to."""

    def __init__(self, folder: Path, plugins: int, *, commits: int, seed: int = 0) -> None:
        self.catalog = make(folder / "repository", plugins, commits=commits)
        self.chance = random.Random(seed)
        self._added = plugins
        self._out = folder / "public"
        self._published = self._build()

    def change(self, kind: str) -> Change:
        """Commit and publish one random change of this kind; return what it changed."""
        CHANGES[kind](self)
        repository = self.catalog.parent
        git = ("git", "-C", repository, "-c", "user.name=Ann", "-c", "user.email=ann@example.org")
        subprocess.run([*git, "add", "--all"], check=True)
        subprocess.run([*git, "commit", "--quiet", "-m", kind], check=True)
        before, self._published = self._published, self._build()
        return difference(kind, before, self._published)

    def plugin_file(self) -> Path:
        """Return the file of a random plugin."""
        return self.chance.choice(sorted(self.catalog.glob("plugins/*.yaml")))

    def edit(self, edited: Callable[[str], str]) -> None:
        """Edit the file of a random plugin that the edit changes."""
        while True:
            file = self.plugin_file()
            text = file.read_text(encoding="utf-8")
            if (new := edited(text)) != text:
                file.write_text(new, encoding="utf-8")
                return

    def add_plugin(self) -> None:
        """Register a plugin that is not there yet."""
        made = GeneratedPlugin(self._added)
        self._added += 1
        file = self.catalog / f"plugins/{made.plugin_id}.yaml"
        file.write_text(made.file(), encoding="utf-8")
        (self.catalog / f"versions/{made.plugin_id}.json").write_text(made.lock(), encoding="utf-8")

    def remove_plugin(self) -> None:
        """Deregister a random plugin."""
        file = self.plugin_file()
        file.unlink()
        (self.catalog / f"versions/{file.stem}.json").unlink()

    def add_version(self) -> None:
        """Add a newest version to the lock of a random plugin."""
        file = self.catalog / f"versions/{self.plugin_file().stem}.json"
        lock = json.loads(file.read_text(encoding="utf-8"))
        newest = {
            **lock["versions"][0],
            "tag": f"9.{self.chance.randrange(10**6)}.0",
            "prerelease": False,
            "digest": f"sha256:{self.chance.getrandbits(256):064x}",
        }
        lock["versions"].insert(0, newest)
        lock["latest"], lock["total_count"] = newest["tag"], len(lock["versions"])
        file.write_text(json.dumps(lock, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    def commit_beside(self) -> None:
        """Change a file next to the catalog."""
        (self.catalog.parent / "README.md").write_text(f"{self.chance.random()}\n")

    def _build(self) -> Mapping[str, Listed]:
        built = build(BuildOptions(self.catalog, self._out, {}, durable=False))
        if not built.published:
            raise RuntimeError("\n".join(map(str, built.problems)))
        return read_manifest((self._out / MANIFEST).read_bytes())


def _tag_text(catalog: ChangingCatalog) -> None:
    text = f"  description: Says something new, {catalog.chance.randrange(10**6)}"
    catalog.edit(lambda file: _DESCRIPTION.sub(text, file, count=1))


def _name(catalog: ChangingCatalog) -> None:
    letter = catalog.chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    name = f"name: {letter}nother name {catalog.chance.randrange(10**6)}"
    catalog.edit(lambda file: _NAME.sub(name, file, count=1))


def _labels(catalog: ChangingCatalog) -> None:
    """Give a plugin the labels of another one."""
    other = _LABELS.search(catalog.plugin_file().read_text(encoding="utf-8"))
    if other is None:
        raise RuntimeError("a generated plugin has no labels")
    catalog.edit(lambda file: _LABELS.sub(lambda _: other[0], file, count=1))


def _state(catalog: ChangingCatalog) -> None:
    catalog.edit(
        lambda file: file.replace(_DISABLED, "") if _DISABLED in file else file + _DISABLED
    )


CHANGES: Mapping[str, Callable[[ChangingCatalog], None]] = {
    "a tag's text": _tag_text,
    "new version": ChangingCatalog.add_version,
    "labels": _labels,
    "state": _state,
    "name": _name,
    "new plugin": ChangingCatalog.add_plugin,
    "plugin gone": ChangingCatalog.remove_plugin,
    "a commit beside the catalog": ChangingCatalog.commit_beside,
}
"""The kinds of changes."""


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
    """Print the table for random changes of a generated catalog."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plugins", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--commits", type=int, default=40)
    given = parser.parse_args()
    shutil.rmtree(given.folder / "public", ignore_errors=True)
    given.folder.mkdir(parents=True, exist_ok=True)
    catalog = ChangingCatalog(given.folder, given.plugins, commits=given.commits)
    kinds = list(CHANGES)
    print(table([catalog.change(kinds[n % len(kinds)]) for n in range(given.changes)]))


if __name__ == "__main__":
    main()
