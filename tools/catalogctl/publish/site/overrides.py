"""Read a catalog's own templates, pages and texts, and collect their problems."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogctl.device_names import is_device_name
from catalogctl.problem import Problem
from catalogctl.publish.site.own_texts import own_texts
from catalogctl.source.document import parse
from catalogctl.source.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catalogctl.publish.site.own_texts import Text

TEMPLATES = "site/templates"
PAGES = "site/pages"
STRINGS = "strings.yaml"
_PAGE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\.md")


@dataclass(frozen=True, slots=True)
class OwnSite:
    """The content of a catalog's `site/`: templates by file name, Markdown by page name, texts."""

    templates: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Text] = field(default_factory=dict)


NOTHING = OwnSite()


def read_own_site(catalog: Path, label: str) -> tuple[OwnSite, list[Problem], int]:
    """Return the content of a catalog's `site/`, every problem, and the number of files read.

    `label` is the name of the catalog's folder in reports. Links are not followed (R-12).
    """
    below = f"{label}/" if label else ""
    site = Folder(catalog, "site", f"{below}site")
    other = site.wrong_type_problem()
    if other is not None:
        return NOTHING, [other], 0
    templates, template_problems = _texts(Folder(catalog, TEMPLATES, below + TEMPLATES), ".html")
    folder = Folder(catalog, PAGES, below + PAGES)
    pages, page_problems = _texts(folder, ".md")
    hint = "rename it: lower-case letters, digits and hyphens, and no device of Windows"
    odd = [
        folder.problem(name, "stray-file", "no page can have this name", hint)
        for name in pages
        if not _PAGE.fullmatch(name) or is_device_name(name)
    ]
    texts, text_problems, count = _strings(site)
    markdown = {name.removesuffix(".md"): text for name, text in pages.items()}
    problems = [*template_problems, *page_problems, *odd, *text_problems]
    return OwnSite(templates, markdown, texts), problems, len(templates) + len(pages) + count


def _strings(folder: Folder) -> tuple[Mapping[str, Text], list[Problem], int]:
    """Return the catalog's own texts, their problems, and the number of files read."""
    if not folder.has(STRINGS):
        return {}, [], 0
    data = folder.read(STRINGS)
    if isinstance(data, Problem):
        return {}, [data], 0
    return *own_texts(parse(folder.file(STRINGS), "strings", data)), 1


def _texts(folder: Folder, ending: str) -> tuple[dict[str, str], list[Problem]]:
    """Return the texts of a folder's files by name, and the problems of the others."""
    listing = folder.listing(ending)
    problems = list(listing.problems)
    texts: dict[str, str] = {}
    for name in listing.names:
        data = folder.read(name)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        try:
            texts[name] = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            message, hint = "this is not UTF-8", "save it as UTF-8"
            problems.append(folder.problem(name, "refused-character", message, hint))
    return texts, problems
