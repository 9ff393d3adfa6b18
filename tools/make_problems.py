"""The table of codes in, `docs/problems.md` out: what reports, `explain` and the page say is one.

`python tools/make_problems.py` writes it; with `--check`, it exits 1 when the page is not what the
table says.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.codes import CODES, Code, Where
from catalogctl.codes.calls import CALL_CODES
from catalogctl.codes.catalog import CATALOG_CODES
from catalogctl.codes.plugin import PLUGIN_CODES
from catalogctl.codes.reading import READING_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGE = Path(__file__).parents[1] / "docs" / "problems.md"
HEAD = f"""\
# Problems

What `catalogctl validate` reports: {len(CODES)} codes, each with its rule, the source of the rule,
a wrong and a right example. `catalogctl explain CODE` prints the same. Made by
`.venv/bin/python tools/make_problems.py` from the table that the checks use
(`tools/catalogctl/codes/`); a test holds each example to what it shows.

An error stops a build, a warning does not. In a wrong example, `# ^ code` points at the place in
the line above that the report names, `# <- code` at the place above its own `#`. Both are comments
in YAML; a JSON file stands without them. Paths are those in the catalog's folder.
"""
SECTIONS: tuple[tuple[str, Sequence[Code]], ...] = (
    ("Files and YAML", READING_CODES),
    ("Plugin files", PLUGIN_CODES),
    ("Settings, locks, saved queries", CATALOG_CODES),
    ("Changes (`catalogctl diff`)", CALL_CODES),
)
LANGUAGES = {Where.LOCK: "text", Where.IMPORTED: "text", Where.FILES: "text"}


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, *_contents()]
    for title, codes in SECTIONS:
        parts.append(f"\n## {title}\n")
        parts += [f"\n{section}" for section in map(_section, codes)]
    return "".join(parts)


def _contents() -> Iterator[str]:
    """Yield the list of all codes, each a link to its section."""
    for title, codes in SECTIONS:
        links = ", ".join(f"[{code.code}](#{code.code})" for code in codes)
        yield f"\n**{title}**: {links}\n"


def _section(code: Code) -> str:
    """Return what the page says of one code."""
    parts = [f"### {code.code}\n", f"{code.severity.value.capitalize()}. {_text(code.meaning)}"]
    parts.append(f"\nFrom {code.source}.\n")
    for word, example in (("Wrong", code.wrong), ("Right", code.right)):
        if example:
            language = LANGUAGES.get(code.where, "yaml")
            parts.append(f"{word}, {_where(code)}:\n\n```{language}\n{example.rstrip()}\n```\n")
    return "\n".join(parts)


def _text(meaning: str) -> str:
    """Return a sentence as Markdown shows it: an asterisk is an asterisk."""
    return meaning.replace("*", r"\*")


def _where(code: Code) -> str:
    return "in the catalog's folder" if code.where is Where.FILES else f"in `{code.where.value}`"


def main(arguments: list[str]) -> int:
    """Write the page, or with --check only hold it against the table."""
    text = page()
    if arguments == ["--check"]:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        print(f"{PAGE.name} is {'what the table says' if same else 'old: run make_problems.py'}")
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
