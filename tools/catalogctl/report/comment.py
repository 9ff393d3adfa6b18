"""A difference between two states of a catalog in, as JSON; a pull request's comment out.

Whatever an author wrote stands in inline code, in one line: there a link, a mention, a picture or
HTML is only text, and no value begins another line (hardening R-05).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from catalogctl.report.cleaning import clean
from catalogctl.report.difference import parted

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
    if others:
        more = len(others) - _MOST_PATHS
        shown = ", ".join(map(code, others[:_MOST_PATHS]))
        yield f"- no call: {shown}" + (f" and {more} more" if more > 0 else "")
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
    calls = ", ".join(f"**{call}**" for call in change["calls"]) or "no call"
    if "renamed" in change:
        way = "renamed to" if "deregister" in change["calls"] else "renamed from"
        calls += f" ({way} {code(change['renamed'])})"
    owners = ", ".join(map(code, change["owners"]))
    yield f"- {code(change['file'])}: {calls}" + (f"; owners: {owners}" if owners else "")
    for problem in change["problems"]:
        place = f"line {problem['line']}"
        hint = f" ({code(problem['hint'])})" if problem["hint"] else ""
        yield f"  - {problem['severity']}, {place}: {code(problem['message'])}{hint}"
    fields = {} if "deregister" in change["calls"] else change["fields"]
    for pointer, each in fields.items():
        yield f"  - {code(pointer)}: {_value(each['before'])} → {_value(each['after'])}"
    for each in change.get("template", ()):
        kind = "**breaking**" if each["breaking"] else "compatible"
        yield f"  - {kind}: {code(each['pointer'])}: {code(each['message'])}"


def _answers(difference: Any) -> Iterator[str]:
    answers = difference["answers"]
    counted = ", ".join(f"{len(answers[kind])} {kind}" for kind in ("added", "changed", "removed"))
    yield f"Published answers: {counted}."
    for stat, values in difference["counts"].items():
        for name, each in values.items():
            yield f"- {code(stat)}: {code(name)} {each['before']} → {each['after']}"
    listed = [(kind, path) for kind in ("added", "changed", "removed") for path in answers[kind]]
    if listed:
        yield ""
        yield "<details><summary>Which</summary>"
        yield ""
        yield from (f"- {kind} {code(path)}" for kind, path in listed[:_MOST_PATHS])
        if len(listed) > _MOST_PATHS:
            yield f"- and {len(listed) - _MOST_PATHS} more"
        yield ""
        yield "</details>"
