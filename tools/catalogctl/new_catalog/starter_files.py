"""Yield the files of a catalog repository, made from the templates in starter/.

Some belong to the catalog's people from the start, the others to the tool, which brings them up to
date with `init --update`. Of the templates, those in maintainers/ are a section of the README, one
for each kind of CI.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from catalogctl import resources
from catalogctl.schemas import editor_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.new_catalog.tool_pin import ToolPin

TOOL_FOLDER = ".github/catalogctl"
"""Where a catalog has what installs the tool, whichever CI it uses."""
REQUIREMENTS = f"{TOOL_FOLDER}/requirements.txt"
_OWN = ("catalog/catalog.yaml", "catalog/plugins/plugin-example.yaml", "README.md")
_CODEOWNERS = ".github/CODEOWNERS"
_EMPTY = ("catalog/versions/.gitkeep", "catalog/queries/.gitkeep")
_HEADER = """\
# What checks this catalog, and everything that it needs, held to their hashes. Written by
# `catalogctl init`; `catalogctl init --update` brings it up to the catalogctl that runs it.
"""
_TRUST_HEADER = """\
# What signs and checks catalogs, besides requirements.txt. Written by `catalogctl init`.
"""


class CI(StrEnum):
    """What runs the checks of a catalog."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Start:
    """The names of a new catalog."""

    name: str
    title: str
    repository_id: str
    domain_id: str


def suggested_id(kind: str, name: str) -> str:
    """Return an id in the API's style, derived from a name, such as `repo-123456789012`."""
    digest = hashlib.sha256(os.fsencode(f"{kind} {name}")).hexdigest()
    return f"{kind}-{int(digest, 16) % 10**12:012}"


def tool_files(ci: CI, pin: ToolPin) -> dict[str, bytes]:
    """Return the files that `init --update` brings up to date, by path, in their order."""
    files = {path: data for path, data in _templates() if _is_tools(path, ci)}
    files |= editor_schemas()
    lock = resources.read_text("requirements.txt")
    files[REQUIREMENTS] = f"{_HEADER}{pin.requirement}\n{lock}".encode()
    further = resources.read_text("requirements-trust.txt")
    files[f"{TOOL_FOLDER}/requirements-trust.txt"] = f"{_TRUST_HEADER}{further}".encode()
    if pin.wheel is not None:
        files[f"{TOOL_FOLDER}/{pin.wheel.name}"] = pin.wheel.data
    return dict(sorted(files.items()))


def own_files(ci: CI, start: Start) -> dict[str, bytes]:
    """Return the files that belong to the catalog's people from the start, by path."""
    templates = dict(_templates())
    maintainers = templates[f"maintainers/{ci}.md"].decode()
    files = {path: _filled(templates[path].decode(), start, maintainers).encode() for path in _OWN}
    if ci is CI.GITHUB:
        files[_CODEOWNERS] = templates[_CODEOWNERS]
    return files | dict.fromkeys(_EMPTY, b"")


def _templates() -> Iterator[tuple[str, bytes]]:
    folder = resources.folder("starter")
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _is_tools(path: str, ci: CI) -> bool:
    """Return whether a template is a file of the tool in a catalog with this CI."""
    if path in _OWN or path.startswith("maintainers/"):
        return False
    if path == ".gitlab-ci.yml":
        return ci is CI.GITLAB
    if path.startswith(".github/") and path != f"{TOOL_FOLDER}/install.sh":
        return ci is CI.GITHUB and path != _CODEOWNERS
    return True


def _filled(text: str, start: Start, maintainers: str) -> str:
    """Return a text with its placeholders (`@name@`) filled; values are quoted for YAML."""
    values = {
        name: json.dumps(getattr(start, name), ensure_ascii=False)
        for name in ("name", "title", "repository_id", "domain_id")
    }
    values["title_text"] = " ".join(start.title.split())
    values["maintainers"] = maintainers
    return re.sub(r"@(\w+)@", lambda hole: values[hole[1]], text)
