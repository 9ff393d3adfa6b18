"""Write a difference between two states of a catalog as a pull request's comment.

Whatever an author wrote stands in inline code, in one line: there a link, a mention, a picture or
HTML is only text, and no value begins another line (hardening R-05).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from catalogctl.report.cleaning import clean
from catalogctl.report.difference_text import (
    answers_of,
    file_note,
    no_call_note,
    other_phrase,
    parted,
    phrase,
    renamed_note,
    shown_fields,
    subject,
    tags,
    tags_note,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

MARK = "<!-- catalogctl diff -->"
"""The first line of a comment: by it the workflow finds its own comment again."""
LONGEST = 60_000
"""Characters of a comment; GitHub takes 65,536."""
_LONGEST_VALUE = 200
_MOST_PATHS = 20
_TICKS = re.compile("`+")


def render(difference: JSONObject) -> str:
    """Return the comment, cut at a line where it would be too long."""
    text = ""
    for line in _lines(difference):
        if len(text) + len(line) > LONGEST:
            return f"{text}\n…and more: `catalogctl diff` shows all of it.\n"
        text += f"{line}\n"
    return text


def code(text: str) -> str:
    """Return any text as inline code in one line; its fence is longer than any in the text."""
    shown = clean(text) or " "
    if len(shown) > _LONGEST_VALUE:
        shown = shown[:_LONGEST_VALUE] + "…"
    fence = "`" * (max(map(len, _TICKS.findall(shown)), default=0) + 1)
    pad = " " if "`" in shown or shown.strip() != shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _value(given: JSON) -> str:
    return "nothing" if given is None else code(json.dumps(given, ensure_ascii=False))


def _lines(difference: Any) -> Iterator[str]:
    yield MARK
    refused = any(
        problem["severity"] == "error"
        for change in difference["changes"]
        for problem in change["problems"]
    )
    yield "### " + ("This can't be merged yet" if refused else "What this changes")
    yield ""
    told, others = parted(difference["changes"])
    for change in told:
        yield from _change(change)
    for kind, files in others.items():
        more = len(files) - _MOST_PATHS
        shown = ", ".join(map(code, files[:_MOST_PATHS]))
        yield f"- {other_phrase(kind)}: {shown}" + (f" and {more} more" if more > 0 else "")
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
        because = verdict["because"]
        yield from (f"- {code(line)}" for line in because[:_MOST_PATHS])
        if len(because) > _MOST_PATHS:
            yield f"- and {len(because) - _MOST_PATHS} more"


def _change(change: Any) -> Iterator[str]:
    """Yield what a change does, its file and owners, what is wrong, and what differs."""
    about = subject(change)
    way, other = renamed_note(change)
    does = f"**{phrase(change)}**" + (f" {code(about)}" if about is not None else "")
    renamed = f" (renamed {way} {code(other)})" if way else ""
    notes = [code(change["file"]), file_note(change), no_call_note(change), tags_note(change)]
    owners = ", ".join(map(code, change["owners"]))
    notes.append(f"owners: {owners}" if owners else "")
    yield f"- {does}{renamed}: " + "; ".join(note for note in notes if note)
    for problem in change["problems"]:
        line = f"line {problem['line']}"
        hint = f" ({code(problem['hint'])})" if problem["hint"] else ""
        yield f"  - {problem['severity']}, {line}: {code(problem['message'])}{hint}"
    for pointer, each in shown_fields(change).items():
        before = f"{_value(each['before'])} → " if pointer[:1] == "/" else ""
        yield f"  - {code(pointer)}: {before}{_value(each['after'])}"
    yield from _tags(change)
    for each in change.get("template", ()):
        effect = "**breaking**" if each["breaking"] else "compatible"
        yield f"  - {effect}: {code(each['pointer'])}: {code(each['message'])}"


def _tags(change: Any) -> Iterator[str]:
    """Yield the versions of a lock that were added, removed and moved, with their digests."""
    rows, more = tags(change)
    words = {"+": "added", "-": "removed", "~": "moved"}
    for sign, tag, before, after in rows:
        digests = [code(each or "unknown") for each in (before, after)]
        told = " → ".join(digests) if sign == "~" else digests[sign == "+"]
        yield f"  - {words[sign]} {code(tag)}: {told}"
    if more:
        yield f"  - and {more} more versions"


def _answers(difference: Any) -> Iterator[str]:
    answers = answers_of(difference)
    if answers is None:
        yield f"Published answers: not computed ({code(difference.get('not_computed', ''))})."
        return
    yield f"Published answers: {answers.counts}."
    for stat, values in difference["counts"].items():
        for name, each in values.items():
            yield f"- {code(stat)}: {code(name)} {each['before']} → {each['after']}"
    if answers.listed or answers.by_hash:
        yield ""
        yield "<details><summary>Which</summary>"
        yield ""
        yield from (f"- {kind} {code(path)}" for kind, path in answers.listed[:_MOST_PATHS])
        if len(answers.listed) > _MOST_PATHS:
            yield f"- and {len(answers.listed) - _MOST_PATHS} more"
        if answers.by_hash:
            yield f"- and {answers.by_hash} by the hash of their query"
        yield ""
        yield "</details>"
