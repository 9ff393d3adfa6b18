"""Editors' side files are passed over in every folder, unless git tracks them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.source.folder import Folder
from catalogctl.source.git import Git
from catalogctl.source.git_diff import changed_files
from support.catalogs import PLUGIN, plugin, write_catalog
from support.commands import run
from support.git import Repository

if TYPE_CHECKING:
    from pathlib import Path

FILE = "plugins/plugin-hyperbilling.yaml"
FOLDERS = {
    "plugins": ".yaml",
    "versions": ".json",
    "queries": ".yaml",
    "site/templates": ".html",
    "site/pages": ".md",
}
SIDE_FILES = [
    *(".{name}.swp", ".{name}.swo", "{name}~", "#{name}#", ".#{name}", "4913"),
    *(".x.swp", ".#link", "##", "~"),
]
OTHER_FILES = [".swp", "x.swp", ".{name}.bak", "{name}.orig", "49130", "#{name}", ".{name}"]


def names(catalog: Path, folder: str) -> list[str]:
    """Return what is told to be stray in a folder."""
    listing = Folder(catalog, folder, "").listing(FOLDERS[folder])
    return sorted(problem.file for problem in listing.problems)


def filled(catalog: Path, folder: str, patterns: list[str]) -> list[str]:
    """Write a file of each name into a folder and return the names."""
    made = [pattern.replace("{name}", f"plugin-b{FOLDERS[folder]}") for pattern in patterns]
    (catalog / folder).mkdir(parents=True, exist_ok=True)
    for name in made:
        (catalog / folder / name).write_bytes(b"b0VIM\0")
    return sorted(made)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("in_git", [True, False])
def test_a_side_file_is_passed_over_until_git_tracks_it(
    tmp_path: Path, folder: str, *, in_git: bool
) -> None:
    catalog = write_catalog(tmp_path / "catalog", {FILE: PLUGIN})
    made = filled(catalog, folder, SIDE_FILES)
    repository = Repository.new(tmp_path) if in_git else None
    assert names(catalog, folder) == []
    if repository is not None:
        repository.git("add", "--force", f"catalog/{folder}/{made[0]}")
        assert names(catalog, folder) == made[:1]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_name_that_only_looks_like_a_side_file_is_told(tmp_path: Path, folder: str) -> None:
    catalog = write_catalog(tmp_path)
    made = filled(catalog, folder, OTHER_FILES)
    endings = FOLDERS[folder]
    assert names(catalog, folder) == [name for name in made if not name.endswith(endings)]


def test_a_lock_of_emacs_that_leads_nowhere_is_passed_over(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path, {FILE: PLUGIN})
    (catalog / "plugins" / ".#plugin-hyperbilling.yaml").symlink_to("ann@host.4711")
    assert run("validate", "--catalog", catalog).code == 0


def test_every_command_works_beside_an_open_editor(tmp_path: Path) -> None:
    files = {FILE: PLUGIN, "plugins/plugin-b.yaml": plugin("plugin-b")}
    catalog = write_catalog(tmp_path / "catalog", files)
    Repository.new(tmp_path).commit("start", {})
    filled(catalog, "plugins", SIDE_FILES)
    for command in (
        ("validate",),
        ("update", "plugin-b", "--name", "Other"),
        ("list",),
        ("fmt", "--check"),
        ("build", "--out", tmp_path / "public", "--allow-shallow"),
        ("diff", "--base", "HEAD"),
        ("register", "--name", "C", "--service-type", "a.B", "--image", "acme/plugin-c"),
        ("deregister", "plugin-b"),
    ):
        done = run(*command, "--catalog", catalog)
        assert done.code == 0, (command, done.err)


def test_an_open_editor_is_no_change_of_the_repository(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path / "catalog", {FILE: PLUGIN})
    repository = Repository.new(tmp_path)
    repository.git("add", ".")
    repository.git("commit", "-qm", "start")
    filled(catalog, "plugins", SIDE_FILES)
    (catalog / "plugins" / "notes.txt").write_text("")
    assert [each.path for each in changed_files(Git(tmp_path), "HEAD")] == [
        "catalog/plugins/notes.txt"
    ]
