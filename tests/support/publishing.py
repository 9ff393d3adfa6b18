"""Small trees as `build` would write them, and what a destination should hold after publishing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from catalogctl.files.tree_paths import row
from catalogctl.publish.headers import host_files
from catalogctl.publish.manifest import manifest
from support.published import edition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RECORDS = ".catalogctl/"


def tree_of(
    number: int,
    *,
    plugins: tuple[str, ...] = ("plugin-a", "plugin-b"),
    repository_id: str = "repo-1",
) -> dict[str, bytes]:
    """Return the files of one edition of a catalog of a few plugins, each kind of file in it."""
    files = edition(number, plugins=plugins, repository_id=repository_id)
    script = f"// edition {number}".encode()
    part = b'{"edition":%d}' % number
    name = hashlib.sha256(part).hexdigest()[:16]
    files[f"assets/site.{hashlib.sha256(script).hexdigest()[:8]}.js"] = script
    files[f"search/{name}.json"] = part
    files["search/index.json"] = b'{"parts":["%s"]}' % name.encode()
    files["index.html"] = b"<title>%d</title>" % number
    for plugin in plugins:
        files[f"plugins/{plugin}/index.html"] = f"<title>{plugin} {number}</title>".encode()
        files[f"badges/{plugin}.svg"] = b"<svg/>"
    return complete(files, [f"search/{name}.json"])


def complete(files: Mapping[str, bytes], hashed: list[str] | None = None) -> dict[str, bytes]:
    """Return files with what a build adds for hosts, and the manifest."""
    whole = {**files, **dict(host_files("default-src 'none'", hashed or []))}
    whole["manifest.json"] = manifest([row(path, data) for path, data in whole.items()])
    return whole


def write_tree(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a tree into a new folder."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def files_in(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder, but for what publishing remembers there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).as_posix().startswith(RECORDS)
    }
