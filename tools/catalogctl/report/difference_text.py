"""Print a difference between two states of a catalog as text for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.report.cells import ellipsis
from catalogctl.report.cleaning import ascii_only, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.jsontypes import JSON, JSONObject

_LONGEST = 120
_MOST_PATHS = 10
_MOST_REASONS = 20
_MOST_TAGS = 20
_BY_HASH = "repository/v1/plugin/answers/"
_VERBS = {
    "register": "registers",
    "update": "updates",
    "enable": "enables",
    "disable": "disables",
    "deregister": "deregisters",
}
_OTHERS = {
    "settings": "changes the catalog's settings",
    "dates": "changes the dates of imported plugins",
    "query": "changes saved queries",
    "documentation": "changes the documentation of plugins",
    "icon": "changes the icons of plugins",
    "upstream": "changes plugins of other repositories",
    "site": "changes the site's own templates and pages",
    "hidden": "changes hidden files of the catalog",
    "stray": "changes files that do not belong where they lie",
    "other": "changes files outside the catalog",
    "lock": "changes locks",
    "plugin": "makes no call",
}
_NEW = ("name", "image", "service_type")


class Parted(NamedTuple):
    """The changes that there is something to say of, and the files of all others by their kind."""

    told: list[Any]
    others: dict[str, list[str]]


class Answers(NamedTuple):
    """The published answers that differ: their counts, kinds and paths, and how many by hash."""

    counts: str
    listed: list[tuple[str, str]]
    by_hash: int


def render(difference: JSONObject, *, unicode: bool) -> str:
    """Return the calls, fields and owners of each changed file, the answers, and the verdict."""
    text = "".join(f"{line}\n" for line in _lines(difference, unicode=unicode))
    return text if unicode else ascii_only(text)


def value(given: JSON, *, unicode: bool = True) -> str:
    """Return a value as JSON in one line, cut where it is long."""
    if given is None:
        return "none"
    text = clean(json.dumps(given, ensure_ascii=False))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + ellipsis(unicode=unicode)


def parted(changes: Any) -> Parted:
    """Return the changes that there is something to say of, and the files of all others."""
    told = [each for each in changes if _is_told(each)]
    others: dict[str, list[str]] = {}
    for each in changes:
        if not _is_told(each):
            others.setdefault(_kind(each), []).append(each["file"])
    return Parted(told, others)


def _kind(change: Any) -> str:
    """Return what a file is; one that is no plugin says so itself."""
    return "plugin" if change["plugin_id"] is not None else str(change.get("kind", "other"))


def _is_told(change: Any) -> bool:
    return bool(change["calls"] or change["fields"] or change["problems"] or change.get("versions"))


def phrase(change: Any) -> str:
    """Return what a change does, as it stands before what it is about."""
    if change["calls"]:
        return " and ".join(_VERBS[call] for call in change["calls"])
    if change["plugin_id"] is not None:
        return "changes"
    return "changes the lock of" if _kind(change) == "lock" else other_phrase(_kind(change))


def subject(change: Any) -> str | None:
    """Return what a change is about: a plugin's id, None for a file that is about no plugin."""
    if change.get("kind") == "lock":
        return str(change["file"].rpartition("/")[2].removesuffix(".json"))
    return None if change["plugin_id"] is None else str(change["plugin_id"])


def other_phrase(kind: str) -> str:
    """Return what a change of files of one kind does."""
    return _OTHERS.get(kind, _OTHERS["other"])


def file_note(change: Any) -> str:
    """Return what happened to the file, where that is not its contents alone."""
    if "register" in change["calls"]:
        lines = change.get("lines")
        if lines is None:
            return "new"
        return f"new, {lines} line" + ("" if lines == 1 else "s")
    return "deleted" if "deregister" in change["calls"] else ""


def no_call_note(change: Any) -> str:
    """Return that a change of a plugin's file is no call of the API, where it is none."""
    return "no call" if change["plugin_id"] is not None and not change["calls"] else ""


def renamed_note(change: Any) -> tuple[str, str]:
    """Return "to" or "from" and the other id of a plugin that was renamed; empty otherwise."""
    if "renamed" not in change:
        return "", ""
    return ("to" if "deregister" in change["calls"] else "from"), str(change["renamed"])


def shown_fields(change: Any) -> dict[str, Any]:
    """Return the fields to be shown by pointer; of a new plugin what identifies it, by name."""
    fields: dict[str, Any] = change["fields"]
    if "deregister" in change["calls"]:
        return {}
    if "register" in change["calls"]:
        return {name: fields[f"/{name}"] for name in _NEW if f"/{name}" in fields}
    return fields


def tags(change: Any) -> tuple[list[tuple[str, str, Any, Any]], int]:
    """Return sign, tag, digest before and after of a lock's versions, and how many are left out.

    Those that moved come first.
    """
    versions = change.get("versions") or {"moved": (), "added": (), "removed": ()}
    rows = [
        *(("~", each["tag"], each["before"], each["after"]) for each in versions["moved"]),
        *(("+", each["tag"], None, each["digest"]) for each in versions["added"]),
        *(("-", each["tag"], each["digest"], None) for each in versions["removed"]),
    ]
    most = max(_MOST_TAGS, len(versions["moved"]))
    return rows[:most], max(0, len(rows) - most)


def tags_note(change: Any) -> str:
    """Return how many versions of a lock were added, removed and moved."""
    versions = change.get("versions")
    if versions is None:
        return ""
    counts = [
        f"{len(versions[kind])} {kind}" for kind in ("added", "removed", "moved") if versions[kind]
    ]
    return f"versions: {', '.join(counts)}" if counts else "no version added, removed or moved"


def answers_of(difference: Any) -> Answers | None:
    """Return which published answers differ; None where they are not computed."""
    answers = difference["answers"]
    if answers is None:
        return None
    kinds = ("added", "changed", "removed")
    listed = [(kind, path) for kind in kinds for path in answers[kind]]
    return Answers(
        ", ".join(f"{len(answers[kind])} {kind}" for kind in kinds),
        [(kind, path) for kind, path in listed if not path.startswith(_BY_HASH)],
        sum(path.startswith(_BY_HASH) for _, path in listed),
    )


def _lines(difference: Any, *, unicode: bool) -> Iterator[str]:
    told, others = parted(difference["changes"])
    for change in told:
        yield from _change(change, unicode=unicode)
    for kind, files in others.items():
        yield f"{other_phrase(kind)}: {_some(files)}"
    if not difference["changes"]:
        yield "no file changes"
    yield ""
    yield from _answers(difference, unicode=unicode)
    yield ""
    yield from _verdict(difference["verdict"])


def _some(files: list[str]) -> str:
    more = len(files) - _MOST_PATHS
    shown = ", ".join(map(clean, files[:_MOST_PATHS]))
    return shown + (f" and {more} more" if more > 0 else "")


def _change(change: Any, *, unicode: bool) -> Iterator[str]:
    """Yield what a change does, its file and owners, and each member that differs."""
    way, other = renamed_note(change)
    renamed = f" (renamed {way} {clean(other)})" if way else ""
    about = subject(change)
    yield f"{phrase(change)} {clean(about)}{renamed}" if about is not None else phrase(change)
    notes = [file_note(change), no_call_note(change), tags_note(change)]
    if change["owners"]:
        notes.append("owners: " + ", ".join(clean(owner) for owner in change["owners"]))
    yield f"  {clean(change['file'])}{_joined(notes)}"
    arrow = "→" if unicode else "->"
    for pointer, each in shown_fields(change).items():
        before, after = (value(each[side], unicode=unicode) for side in ("before", "after"))
        yield f"  {clean(pointer)}: {f'{before} {arrow} {after}' if pointer[:1] == '/' else after}"
    rows, more = tags(change)
    for sign, tag, before, after in rows:
        digests = [clean(each or "unknown") for each in (before, after)]
        told = f" {arrow} ".join(digests) if sign == "~" else digests[sign == "+"]
        yield f"  {sign} {clean(tag)} {told}"
    if more:
        yield f"  and {more} more versions"
    for each in change.get("template", ()):
        effect = "breaking" if each["breaking"] else "compatible"
        yield f"  {effect}: {clean(each['pointer'])}: {clean(each['message'])}"


def _joined(notes: Iterable[str]) -> str:
    said = "; ".join(note for note in notes if note)
    return f": {said}" if said else ""


def _answers(difference: Any, *, unicode: bool) -> Iterator[str]:
    answers = answers_of(difference)
    if answers is None:
        yield f"published answers: not computed ({clean(difference.get('not_computed', ''))})"
        return
    yield f"published answers: {answers.counts}"
    signs = {"added": "+", "changed": "~", "removed": "-"}
    yield from (f"  {signs[kind]} {clean(path)}" for kind, path in answers.listed[:_MOST_PATHS])
    if len(answers.listed) > _MOST_PATHS:
        yield f"  and {len(answers.listed) - _MOST_PATHS} more"
    if answers.by_hash:
        yield f"  and {answers.by_hash} by the hash of their query (answers/)"
    for stat, values in difference["counts"].items():
        for name, each in values.items():
            arrow = "→" if unicode else "->"
            yield f"  {clean(stat)}: {clean(name)} {each['before']} {arrow} {each['after']}"


def _verdict(verdict: Any) -> Iterator[str]:
    yield "auto-mergeable: " + ("yes" if verdict["auto_mergeable"] else "no, because")
    because = verdict["because"]
    yield from (f"  {clean(line)}" for line in because[:_MOST_REASONS])
    if len(because) > _MOST_REASONS:
        yield f"  and {len(because) - _MOST_REASONS} more"
