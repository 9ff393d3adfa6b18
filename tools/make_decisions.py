"""Make `docs/decisions/README.md`, the index of all decisions with the status of each.

`python tools/make_decisions.py` writes it; with `--check`, it exits 1 when the page is out of date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[1] / "docs" / "decisions"
INDEX = FOLDER / "README.md"
HEAD = """\
# Decisions

What a later reader would question, and why it is so. Each page begins with its status: a decision
that no longer holds says which one took its place. Made by
`.venv/bin/python tools/make_decisions.py` from the pages; a test says when it is out of date.

| | decision | status |
| --- | --- | --- |
"""
_PAGE = re.compile(r"# (?P<number>\d+)\. (?P<title>.+)\n\nStatus: (?P<status>[^#]+?)\n\n")


def index() -> str:
    """Return the whole page; ValueError for a decision without a number, a title or a status."""
    return HEAD + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for path in sorted(FOLDER.glob("[0-9]*.md")):
        page = _PAGE.match(path.read_text(encoding="utf-8"))
        if page is None or int(page["number"]) != int(path.name.partition("-")[0]):
            raise ValueError(f'{path.name} does not begin with "# N. Title" and "Status: …"')
        status, _, _ = page["status"].replace("\n", " ").partition(". ")
        yield f"| {page['number']} | [{page['title']}]({path.name}) | {status.rstrip('.')} |"


def main(arguments: list[str]) -> int:
    """Write the page, or with --check only compare it."""
    text = index()
    if arguments == ["--check"]:
        is_current = INDEX.exists() and INDEX.read_text(encoding="utf-8") == text
        print(f"{INDEX.name} is {'up to date' if is_current else 'old: run make_decisions.py'}")
        return 0 if is_current else 1
    INDEX.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
