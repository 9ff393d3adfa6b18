"""Small catalogs on disk, for tests: files by their names, and carets that expect problems."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.codes import all_codes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SETTINGS = """\
repository:
  repository_id: repo-123456789012
  name: Marketplace
  repository_type: local
defaults:
  domain_id: domain-123456789012
"""

PLUGIN = """\
name: Hyperbilling
service_type: cost_analysis.DataSource
image: acme/plugin-hyperbilling
"""

LOCK = all_codes()["lock-broken"].right
"""The lock of that plugin."""

_CARET = re.compile(r"^\s*#(?:\s*\^| <-) (?P<code>[a-z0-9-]+)$")


def write_catalog(
    folder: Path, files: Mapping[str, str | bytes] | None = None, settings: str = SETTINGS
) -> Path:
    """Write a catalog with these files (by path in it) and return its folder."""
    for path, text in {"catalog.yaml": settings, **(files or {})}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "plugins").mkdir(exist_ok=True, parents=True)
    return folder


def plugin(plugin_id: str, /, **fields: str) -> str:
    """Return a valid plugin file; `fields` are added as YAML text."""
    lines = {
        "name": f"The {plugin_id}",
        "service_type": "monitoring.Webhook",
        "image": f"acme/{plugin_id}",
        **fields,
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def carets(text: str, *, in_file: bool = True) -> list[tuple[int, int, str]]:
    """Return (line, column, code) for each caret line: it points at the last line that is none.

    `# <- code` points at the column where it begins. `in_file` False: the file is JSON, which is
    written without these lines, so they do not count.
    """
    found: list[tuple[int, int, str]] = []
    real_line = count = 0
    for number, line in enumerate(text.splitlines(), start=1):
        match = _CARET.match(line)
        if match:
            column = line.index("^" if "^" in line else "#") + 1
            found.append((real_line, column, match["code"]))
        else:
            count += 1
            real_line = number if in_file else count
    return sorted(found)


def without_carets(text: str) -> str:
    """Return a text without its caret lines."""
    return "".join(
        line for line in text.splitlines(keepends=True) if not _CARET.match(line.strip())
    )
