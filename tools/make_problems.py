"""Make `docs/problems.md` from the table of codes, which reports and `explain` read too.

`python tools/make_problems.py` writes it; with `--check`, it exits 1 when the page is not what the
table says.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.codes import Code, ExampleFile, all_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "docs" / "problems.md"
COUNT = len(all_codes())
HEAD = f"""\
# Problems

What `catalogctl validate` reports: {COUNT} codes, each with its rule, the source of the rule,
a wrong and a right example. `catalogctl explain CODE` prints the same. Made by
`.venv/bin/python tools/make_problems.py` from the table that the checks use
(`codes/`); a test holds each example to what it shows.

An error stops a build, a warning does not. In a wrong example, `# ^ code` points at the place in
the line above that the report names, `# <- code` at the place above its own `#`. Both are comments
in YAML; a JSON file stands without them. Paths are those in the catalog's folder.
"""
SECTIONS = {
    "reading": "Files and YAML",
    "plugin": "Plugin files",
    "catalog": "Settings, locks, saved queries",
    "change": "Changes (`catalogctl diff`)",
}


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, *_contents()]
    for section, title in SECTIONS.items():
        parts.append(f"\n## {title}\n")
        parts += [f"\n{_entry(code)}" for code in _codes(section)]
    return "".join(parts)


def _contents() -> Iterator[str]:
    """Yield the list of all codes, each a link to its section."""
    for section, title in SECTIONS.items():
        links = ", ".join(f"[{code.code}](#{code.code})" for code in _codes(section))
        yield f"\n**{title}**: {links}\n"


def _codes(section: str) -> Iterator[Code]:
    return (code for code in all_codes().values() if code.section == section)


def _entry(code: Code) -> str:
    """Return what the page says of one code."""
    parts = [f"### {code.code}\n", f"{code.severity.value.capitalize()}. {_text(code.meaning)}"]
    parts.append(f"\nFrom {code.source}.\n")
    for word, example in (("Wrong", code.wrong), ("Right", code.right)):
        if example:
            language = "yaml" if code.file.is_yaml else "text"
            parts.append(f"{word}, {_where(code)}:\n\n```{language}\n{example.rstrip()}\n```\n")
    return "\n".join(parts)


def _text(meaning: str) -> str:
    """Return a sentence as Markdown shows it: an asterisk is an asterisk."""
    return meaning.replace("*", r"\*")


def _where(code: Code) -> str:
    return (
        "in the catalog's folder" if code.file is ExampleFile.FILES else f"in `{code.file.value}`"
    )


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
