"""Format a difference between two states of a catalog as a pull request comment.

Everything that an author wrote is inline code on one line: links, mentions, images and HTML are
only text there, and no value starts another line (hardening R-05).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from catalogctl.report.body_length import shortened_body
from catalogctl.report.difference_text import (
    Style,
    answers_of,
    at_most,
    by_kind,
    counts_of,
    details,
    notes,
    other_phrase,
    phrase,
    subject,
)
from catalogctl.report.inline_code import code
from catalogctl.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

MARK = "<!-- catalogctl diff -->"
"""The first line of a comment, by which the workflow finds its own comment."""
_MOST_PATHS = 20


def render(difference: JSONObject) -> str:
    """Return the comment, truncated at a line end if it is too long."""
    return shortened_body(_lines(difference), "…and more: `catalogctl diff` shows all of it.")


def _value(value: JSON) -> str:
    return "nothing" if value is None else code(json.dumps(value, ensure_ascii=False))


_STYLE = Style(
    code,
    _value,
    "→",
    "  - ",
    {"+": "added {}:", "-": "removed {}:", "~": "moved {}:"},
    "**breaking**",
)


def _lines(difference: Any) -> Iterator[str]:
    yield MARK
    problems = (problem for change in difference["changes"] for problem in change["problems"])
    refused = any(problem["severity"] == "error" for problem in problems)
    yield "### " + ("This can't be merged yet" if refused else "What this changes")
    yield ""
    detailed, others = by_kind(difference["changes"])
    for change in detailed:
        yield from _change(change)
    for kind, files in others.items():
        yield f"- {other_phrase(kind)}: {first_of([*map(code, files)], _MOST_PATHS)}"
    if not difference["changes"]:
        yield "No file changes."
    yield ""
    yield from _answers(difference)
    yield ""
    verdict = difference["verdict"]
    if verdict["auto_mergeable"]:
        yield "**Auto-mergeable.** The policy lets this through without a maintainer."
    else:
        yield "**Not auto-mergeable**, because"
        yield ""
        yield from (f"- {line}" for line in at_most(verdict["because"], _MOST_PATHS, code))


def _change(change: Any) -> Iterator[str]:
    """Yield what a change does, its file and owners, its problems, and what differs."""
    about = "; ".join([code(change["file"]), *notes(change, _STYLE)])
    yield f"- **{phrase(change)}**{subject(change, _STYLE)}: {about}"
    for problem in change["problems"]:
        line = f"line {problem['line']}"
        hint = f" ({code(problem['hint'])})" if problem["hint"] else ""
        yield f"  - {problem['severity']}, {line}: {code(problem['message'])}{hint}"
    yield from details(change, _STYLE)


def _answers(difference: Any) -> Iterator[str]:
    answers = answers_of(difference)
    if answers is None:
        yield f"Published answers: not computed ({code(difference.get('not_computed', ''))})."
        return
    yield f"Published answers: {answers.counts}."
    yield from (f"- {line}" for line in counts_of(difference, _STYLE))
    if answers.listed or answers.by_hash:
        yield ""
        yield "<details><summary>Which</summary>"
        yield ""
        paths = at_most(answers.listed, _MOST_PATHS, lambda row: f"{row[0]} {code(row[1])}")
        yield from (f"- {line}" for line in paths)
        if answers.by_hash:
            yield f"- and {answers.by_hash} by the hash of their query"
        yield ""
        yield "</details>"
