"""Change a generated catalog at random and commit each change, as its maintainers would."""

from __future__ import annotations

import json
import random
import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_DESCRIPTION = re.compile(r"(?m)^  description: .*$")
_NAME = re.compile(r"(?m)^name: .*$")
_LABELS = re.compile(r"(?m)^labels:.*(?:\n- .*)*$")
_DISABLED = "state: DISABLED\n"


class EditedCatalog:
    """A generated catalog in git; `plugins` is the number of plugins that it was made with."""

    def __init__(self, catalog: Path, plugins: int, *, seed: int = 0) -> None:
        self.catalog = catalog
        self.chance = random.Random(seed)
        self._added = plugins

    @classmethod
    def clone(cls, catalog: Path, folder: Path, plugins: int) -> EditedCatalog:
        """Return a clone of a catalog's repository in `folder`, to edit."""
        clone = ("git", "clone", "--quiet", "--no-local", catalog.parent, folder)
        subprocess.run(clone, check=True)
        return cls(folder / catalog.name, plugins)

    def change(self, kind: str) -> None:
        """Commit one random change of this kind."""
        CHANGES[kind](self)
        self.commit(kind)

    def commit(self, message: str) -> None:
        """Commit what has changed, if anything has."""
        repository = self.catalog.parent
        git = ("git", "-C", repository, "-c", "user.name=Ann", "-c", "user.email=ann@example.org")
        subprocess.run([*git, "add", "--all"], check=True)
        if subprocess.run([*git, "diff", "--cached", "--quiet"], check=False).returncode:
            subprocess.run([*git, "commit", "--quiet", "-m", message], check=True)

    def plugin_file(self) -> Path:
        """Return the file of a random plugin."""
        return self.chance.choice(sorted(self.catalog.glob("plugins/*.yaml")))

    def edit(self, edited: Callable[[str], str]) -> Path:
        """Edit the file of a random plugin that the edit changes, and return the file."""
        while True:
            file = self.plugin_file()
            text = file.read_text(encoding="utf-8")
            if (new := edited(text)) != text:
                file.write_text(new, encoding="utf-8")
                return file

    def change_text(self) -> Path:
        """Change the description of a random plugin, and return its file."""
        text = f"  description: {self.new_text()}"
        return self.edit(lambda file: _DESCRIPTION.sub(text, file, count=1))

    def new_text(self) -> str:
        """Return a description that no plugin has yet."""
        return f"Says something new, {self.chance.randrange(10**6)}"

    def add_plugin(self) -> None:
        """Register a plugin that is not there yet."""
        from benchmarks.catalogs import GeneratedPlugin

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


def _name(catalog: EditedCatalog) -> None:
    letter = catalog.chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    name = f"name: {letter}nother name {catalog.chance.randrange(10**6)}"
    catalog.edit(lambda file: _NAME.sub(name, file, count=1))


def _labels(catalog: EditedCatalog) -> None:
    """Give a plugin the labels of another one."""
    other = _LABELS.search(catalog.plugin_file().read_text(encoding="utf-8"))
    if other is None:
        raise RuntimeError("a generated plugin has no labels")
    catalog.edit(lambda file: _LABELS.sub(lambda _: other[0], file, count=1))


def _state(catalog: EditedCatalog) -> None:
    catalog.edit(
        lambda file: file.replace(_DISABLED, "") if _DISABLED in file else file + _DISABLED
    )


CHANGES: Mapping[str, Callable[[EditedCatalog], object]] = {
    "a tag's text": EditedCatalog.change_text,
    "new version": EditedCatalog.add_version,
    "labels": _labels,
    "state": _state,
    "name": _name,
    "new plugin": EditedCatalog.add_plugin,
    "plugin gone": EditedCatalog.remove_plugin,
    "a commit beside the catalog": EditedCatalog.commit_beside,
}
"""The kinds of changes."""
