"""Every kind of bad file, in every command that reads it: in time, in memory, and in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from catalogctl.source.folder import MAX_YAML_SIZE
from support.catalogs import PLUGIN, SETTINGS, plugin, write_catalog
from support.git import Repository
from support.hostile_files import (
    IMPORTED,
    LOCKS,
    PLUGINS,
    QUERIES,
    SETTINGS_FILES,
    TEXTS,
    fields_full_of,
    plugin_fields,
)
from support.measuring import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SECONDS = 5.0
"""CPU time that a command may take over one hostile file."""
PEAK = 400 * 1024
"""KiB of memory that a command may take."""
ADDED = 32 << 20
"""Bytes that one accepted file may add to the tree."""
ID = "plugin-hyperbilling"
COMMANDS: dict[str, tuple[str, ...]] = {
    "validate": ("validate", "--format", "json"),
    "build": ("build", "--out", "../public", "--quiet"),
    "fmt": ("fmt", "--check"),
    "update": ("update", ID, "--set", "tags.zz=1"),
    "diff": ("diff", "--base", "HEAD"),
}
PLACES: dict[str, tuple[str, bytes | Callable[[], bytes]]] = {
    **{kind: (f"plugins/{ID}.yaml", make(MAX_YAML_SIZE)) for kind, make in PLUGINS.items()},
    **{kind: ("catalog.yaml", data) for kind, data in SETTINGS_FILES.items()},
    **{kind: ("queries/saved.yaml", data) for kind, data in QUERIES.items()},
    **{kind: ("imported.json", data) for kind, data in IMPORTED.items()},
    **{kind: (f"versions/{ID}.json", make) for kind, make in LOCKS.items()},
}


def committed(folder: Path) -> Path:
    """Return a small catalog in git."""
    repository = Repository.new(folder / "repository")
    files = {f"plugins/{ID}.yaml": PLUGIN, "plugins/plugin-b.yaml": plugin("plugin-b")}
    catalog = write_catalog(repository.folder / "catalog", files)
    repository.commit("start")
    return catalog


def check(catalog: Path, files: int) -> None:
    """Run each command over a catalog with so many hostile files; tell what went wrong."""
    told: Mapping[str, object] = {}
    wrong: list[str] = []
    for command, arguments in COMMANDS.items():
        done = measure(arguments, cwd=catalog, scratch=catalog.parent.parent)
        if command == "validate" and done.code in (0, 1):
            told = json.loads(done.out)
        if done.code not in (0, 1, 2):
            wrong.append(f"{command}: exit {done.code}: {done.err[-300:]}")
        if "Traceback" in done.err + done.out:
            wrong.append(f"{command}: {done.err[-600:]}")
        if done.seconds > SECONDS + files - 1:
            wrong.append(f"{command}: {done.seconds:.1f} s")
        if done.peak > PEAK:
            wrong.append(f"{command}: {done.peak // 1024} MiB")
    public = catalog.parent / "public"
    if public.exists() and (
        size := sum(f.stat().st_size for f in public.rglob("*") if f.is_file())
    ) > (ADDED * files):
        wrong.append(f"build: a tree of {size >> 20} MiB")
    assert wrong == [], told


@pytest.mark.parametrize("kind", PLACES)
def test_a_hostile_file_ends_in_time_and_in_words(tmp_path: Path, kind: str) -> None:
    """R-10, R-17: five seconds, 400 MB and no traceback, in each command that reads the file."""
    path, data = PLACES[kind]
    catalog = committed(tmp_path)
    file = catalog / path
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data())
    check(catalog, 1)


@pytest.mark.parametrize("text", TEXTS)
def test_a_field_full_of_a_hostile_text_ends_in_time_and_in_words(
    tmp_path: Path, text: str
) -> None:
    """R-10, R-17: each field of the schema, 256 KiB of each text, a second a file in all."""
    catalog = committed(tmp_path)
    files = dict(fields_full_of(TEXTS[text]))
    for name, data in files.items():
        (catalog / f"plugins/plugin-{name.replace('_', '-')}.yaml").write_bytes(data)
    assert len(files) > len(plugin_fields())
    check(catalog, len(files))


def test_at_least_sixty_kinds_are_tried() -> None:
    """R-10."""
    assert len(PLACES) + len(TEXTS) * len(plugin_fields()) >= 60
    assert SETTINGS
