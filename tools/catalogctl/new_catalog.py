"""Write the files of a new catalog repository.

Their templates are in starter/; two of them have placeholders (`@name@`).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl import resources
from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIN = re.compile(r"https://\S+\.whl#sha256=[0-9a-f]{64}|git\+https://\S+@[0-9a-f]{40}")
"""How the tool is pinned: a wheel by its sha256, a repository by a commit (hardening R-02)."""
PIN_FILE = ".github/catalogctl.txt"
_SCHEMAS = ("PluginFile", "CatalogSettings", "SavedQuery")
_WITH_HOLES = ("catalog/catalog.yaml", "README.md")
_UNPINNED = """\
# Write here, in one line, which catalogctl checks this catalog. Until then each workflow fails at
# its step «Install catalogctl» and says so.
#   catalogctl @ https://…/catalogctl-….whl#sha256=<64 hex digits>
#   catalogctl @ git+https://…@<the 40 hex digits of a commit>
"""


@dataclass(frozen=True, slots=True)
class Start:
    """The names of a new catalog; `tool` is the pin of the catalogctl in its workflows, or ""."""

    name: str
    title: str
    repository_id: str
    domain_id: str
    tool: str = ""


def suggested_id(kind: str, name: str) -> str:
    """Return an id in the API's style, derived from a name, such as `repo-123456789012`."""
    digest = hashlib.sha256(f"{kind} {name}".encode()).hexdigest()
    return f"{kind}-{int(digest, 16) % 10**12:012}"


def pinned(tool: str) -> str:
    """Return a pin unchanged. Raise UsageError if it does not pin anything."""
    if tool and not PIN.fullmatch(tool):
        raise UsageError(
            f"--tool {tool} pins nothing: write https://….whl#sha256=<64 hex digits>"
            " or git+https://…@<40 hex digits>"
        )
    return tool


def installed_from() -> str:
    """Return the pin of the running catalogctl, or "" if it was not installed from one.

    Installers record their source in `direct_url.json` (PEP 610).
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        text = distribution("catalogctl").read_text("direct_url.json")
        value = json.loads(text or "{}")
    except (PackageNotFoundError, ValueError):
        return ""
    url, vcs = str(value.get("url", "")), value.get("vcs_info") or {}
    sha256 = ((value.get("archive_info") or {}).get("hashes") or {}).get("sha256", "")
    pin = f"git+{url}@{vcs.get('commit_id', '')}" if vcs else f"{url}#sha256={sha256}"
    return pin if PIN.fullmatch(pin) else ""


def starter_files(start: Start) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a new catalog repository, sorted by path."""
    folder = resources.folder("starter")
    files: dict[str, bytes] = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    for path in _WITH_HOLES:
        files[path] = _filled(files[path].decode(), start).encode()
    for message in _SCHEMAS:
        name = f"{message}.schema.json"
        files[f".schemas/{name}"] = resources.read_text(f"schemas/{name}").encode()
    files[PIN_FILE] = (f"catalogctl @ {start.tool}\n" if start.tool else _UNPINNED).encode()
    files |= dict.fromkeys(("catalog/versions/.gitkeep", "catalog/queries/.gitkeep"), b"")
    yield from sorted(files.items())


def _filled(text: str, start: Start) -> str:
    """Return a text with its placeholders filled; values are quoted for YAML."""
    values = {
        name: json.dumps(getattr(start, name), ensure_ascii=False)
        for name in ("name", "title", "repository_id", "domain_id")
    }
    values["title_text"] = " ".join(start.title.split())
    return re.sub(r"@(\w+)@", lambda hole: values[hole[1]], text)


def write_starter(folder: Path, start: Start) -> int:
    """Write a new catalog repository into an empty folder; return the number of files written.

    Raise UsageError if the folder contains anything other than `.git`, OutsideError if it can't be
    created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = sorted(path.name for path in folder.iterdir() if path.name != ".git")
    except OSError as error:
        raise OutsideError(f"can't make {folder}: {(error.strerror or '').lower()}") from error
    if there:
        raise UsageError(f"{folder} is not empty ({there[0]}): name a new folder")
    count = 0
    for path, data in starter_files(start):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / path, data)
        count += 1
    return count
