"""Find the owners of each plugin file of a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.source.document import read
from catalogctl.source.git import Git, lies_in_git
from catalogctl.source.history import git_root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def owners(catalog: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the maintainers of each plugin file that names any, by path in the repository."""
    opened = open_catalog(catalog)
    folder = catalog.resolve()
    root = git_root(Git(catalog)) if lies_in_git(folder) else folder
    owners_of: dict[str, tuple[str, ...]] = {}
    for name in opened.plugins.names:
        named = read(opened.plugin_folder, name).accepted.get("maintainers")
        if isinstance(named, list) and named:
            path = (folder / "plugins" / name).relative_to(root).as_posix()
            owners_of[path] = tuple(map(str, named))
    return owners_of
