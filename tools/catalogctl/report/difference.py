"""A difference between two states of a catalog in, as JSON; text for people out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from catalogctl.report.cells import ellipsis
from catalogctl.report.cleaning import ascii_only, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

_LONGEST = 120
_MOST_PATHS = 10
_MOST_REASONS = 20


def render(difference: JSONObject, *, unicode: bool) -> str:
    """Return the calls, fields and owners of each changed file, the answers, and the verdict."""
    text = "".join(f"{line}\n" for line in _lines(difference, unicode=unicode))
    return text if unicode else ascii_only(text)


def value(given: JSON, *, unicode: bool = True) -> str:
    """Return a value as JSON in one line, cut where it is long; null stands for what is absent."""
    text = clean(json.dumps(given, ensure_ascii=False))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + ellipsis(unicode=unicode)


def _lines(difference: Any, *, unicode: bool) -> Iterator[str]:
    arrow = "→" if unicode else "->"
    told, others = parted(difference["changes"])
    for change in told:
        yield _heading(change)
        fields = {} if "deregister" in change["calls"] else change["fields"]
        for pointer, each in fields.items():
            one, other = (
                value(each["before"], unicode=unicode),
                value(each["after"], unicode=unicode),
            )
            yield f"  {clean(pointer)}: {one} {arrow} {other}"
        for each in change.get("template", ()):
            kind = "breaking" if each["breaking"] else "compatible"
            yield f"  {kind}: {clean(each['pointer'])}: {clean(each['message'])}"
    if others:
        yield f"no call: {_some(others)}"
    if not difference["changes"]:
        yield "no file changes"
    yield ""
    yield from _answers(difference, arrow)
    yield ""
    yield from _verdict(difference["verdict"])


def parted(changes: Any) -> tuple[list[Any], list[str]]:
    """Return the changes that there is something to say of, and the files of all others."""
    told = [each for each in changes if _is_told(each)]
    return told, [each["file"] for each in changes if not _is_told(each)]


def _is_told(change: Any) -> bool:
    return change["plugin_id"] is not None or bool(change["problems"])


def _some(files: list[str]) -> str:
    more = len(files) - _MOST_PATHS
    shown = ", ".join(map(clean, files[:_MOST_PATHS]))
    return shown + (f" and {more} more" if more > 0 else "")


def _heading(change: Any) -> str:
    """Return the line for a file: its calls, its other half when it was renamed, its owners."""
    calls = ", ".join(change["calls"]) or "no call"
    if "renamed" in change:
        way = "renamed to" if "deregister" in change["calls"] else "renamed from"
        calls += f" ({way} {clean(change['renamed'])})"
    owners = ", ".join(clean(owner) for owner in change["owners"])
    whose = f", owners: {owners}" if owners else ""
    return f"{clean(change['file'])}: {calls}{whose}"


def _answers(difference: Any, arrow: str) -> Iterator[str]:
    answers = difference["answers"]
    counted = ", ".join(f"{len(answers[kind])} {kind}" for kind in ("added", "changed", "removed"))
    yield f"published answers: {counted}"
    for sign, kind in (("+", "added"), ("~", "changed"), ("-", "removed")):
        paths = answers[kind]
        yield from (f"  {sign} {clean(path)}" for path in paths[:_MOST_PATHS])
        if len(paths) > _MOST_PATHS:
            yield f"  {sign} and {len(paths) - _MOST_PATHS} more"
    for stat, values in difference["counts"].items():
        for name, each in values.items():
            yield f"  {clean(stat)}: {clean(name)} {each['before']} {arrow} {each['after']}"


def _verdict(verdict: Any) -> Iterator[str]:
    yield "auto-mergeable: " + ("yes" if verdict["auto_mergeable"] else "no, because")
    because = verdict["because"]
    yield from (f"  {clean(line)}" for line in because[:_MOST_REASONS])
    if len(because) > _MOST_REASONS:
        yield f"  and {len(because) - _MOST_REASONS} more"
