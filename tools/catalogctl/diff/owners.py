"""Find the owners of the files of each plugin of a catalog."""

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
    """Return the maintainers of each plugin that names any, by paths in the repository.

    They are those of its file and, as patterns of CODEOWNERS, of its documents and its icon, which
    may be added later.
    """
    opened = open_catalog(catalog)
    folder = catalog.resolve()
    root = git_root(Git(catalog)) if lies_in_git(folder) else folder
    owners_of: dict[str, tuple[str, ...]] = {}
    for name in opened.plugins.names:
        named = read(opened.plugin_folder, name).accepted.get("maintainers")
        if isinstance(named, list) and named:
            above, stem = folder.relative_to(root).as_posix(), name.removesuffix(".yaml")
            for path in (f"plugins/{name}", f"docs/{stem}/", f"icons/{stem}.*"):
                owners_of[path if above == "." else f"{above}/{path}"] = tuple(map(str, named))
    return owners_of
