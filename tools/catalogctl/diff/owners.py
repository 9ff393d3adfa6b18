"""Find the owners of the files of each plugin of a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl import json_pointer
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.working_tree import CatalogHasProblemsError
from catalogctl.source.document import read
from catalogctl.source.git import Git, lies_in_git
from catalogctl.source.history import git_root
from catalogctl.validate.finding import told_once, visible
from catalogctl.validate.message_schemas import violations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from catalogctl.problem import Problem
    from catalogctl.source.document import Document


def _wrong_maintainers(document: Document) -> Iterator[Problem]:
    """Yield what leaves the maintainers of a file unknown: its syntax, or their own value."""
    for problem in document.problems:
        if not problem.pointer or _is_of_maintainers(problem.pointer):
            yield problem
    for each in violations("PluginFile", document.value):
        if _is_of_maintainers(each.pointer):
            yield from visible(each.code, each, document)


def _is_of_maintainers(pointer: str) -> bool:
    return json_pointer.split(pointer)[:1] == ("maintainers",)


def owners(catalog: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the maintainers of each plugin that names any, by paths in the repository.

    They are those of its file and, as patterns of CODEOWNERS, of its documents and its icon, which
    may be added later. Raise CatalogHasProblemsError if the maintainers of a file can't be told.
    """
    opened = open_catalog(catalog)
    folder = catalog.resolve()
    root = git_root(Git(catalog)) if lies_in_git(folder) else folder
    owners_of: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for name in opened.plugins.names:
        document = read(opened.plugin_folder, name)
        problems += told_once(_wrong_maintainers(document))
        named = document.value.get("maintainers")
        if isinstance(named, list) and named:
            above, stem = folder.relative_to(root).as_posix(), name.removesuffix(".yaml")
            for path in (f"plugins/{name}", f"docs/{stem}/", f"icons/{stem}.*"):
                owners_of[path if above == "." else f"{above}/{path}"] = tuple(map(str, named))
    if problems:
        raise CatalogHasProblemsError(problems)
    return owners_of
