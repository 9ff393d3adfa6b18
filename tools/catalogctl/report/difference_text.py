"""Format a difference between two states of a catalog as text for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from catalogctl.report.cells import ellipsis
from catalogctl.report.cleaning import ascii_only, clean
from catalogctl.report.counts import many
from catalogctl.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject

Item = TypeVar("Item")
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
    "stray": "changes files that do not belong where they are",
    "other": "changes files outside the catalog",
    "lock": "changes locks",
    "plugin": "makes no call",
}
_NEW = ("name", "image", "service_type")


class Style(NamedTuple):
    """How the parts of a difference are formatted.

    `code` formats a text that an author wrote, `value` a value of a file. A detail starts with
    `item`; `versions` has the formats of a tag that was added "+", removed "-" or moved "~".
    """

    code: Callable[[str], str]
    value: Callable[[JSON], str]
    arrow: str
    item: str
    versions: Mapping[str, str]
    breaking: str


class PublishedAnswers(NamedTuple):
    """The published answers that differ: counts, kinds and paths, and the number named by hash."""

    counts: str
    listed: list[tuple[str, str]]
    by_hash: int


def render(difference: JSONObject, *, unicode: bool) -> str:
    """Return the text: calls, fields and owners of each changed file, answers, and verdict."""
    style = Style(
        clean,
        lambda value: _value(value, unicode=unicode),
        "→" if unicode else "->",
        "  ",
        {"+": "+ {}", "-": "- {}", "~": "~ {}"},
        "breaking",
    )
    text = "".join(f"{line}\n" for line in _lines(difference, style))
    return text if unicode else ascii_only(text)


def _value(value: JSON, *, unicode: bool) -> str:
    """Return a value as JSON on one line, truncated if it is long."""
    if value is None:
        return "none"
    text = clean(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + ellipsis(unicode=unicode)


def by_kind(changes: Any) -> tuple[list[Any], dict[str, list[str]]]:
    """Return the changes that have details, and the files of all others by kind."""
    detailed: list[Any] = []
    others: dict[str, list[str]] = {}
    for each in changes:
        is_shown = each.get("versions") or _is_of_plugin(each)
        if each["calls"] or each["fields"] or each["problems"] or is_shown:
            detailed.append(each)
        else:
            others.setdefault(_kind(each), []).append(each["file"])
    return detailed, others


def _kind(change: Any) -> str:
    """Return the kind of a changed file: "plugin", or the change's own `kind`."""
    return str(change.get("kind", "plugin" if change["plugin_id"] is not None else "other"))


def _is_of_plugin(change: Any) -> bool:
    """Return whether a change is that of a plugin's document or icon."""
    return change["plugin_id"] is not None and _kind(change) != "plugin"


def phrase(change: Any) -> str:
    """Return what a change does: the words before its subject."""
    if change["calls"]:
        return " and ".join(_VERBS[call] for call in change["calls"])
    if _kind(change) == "plugin":
        return "changes"
    if _kind(change) == "upstream" and change["plugin_id"] is not None:
        return "changes upstream plugin"
    if _kind(change) == "lock" or _is_of_plugin(change):
        return f"changes the {_kind(change)} of"
    return other_phrase(_kind(change))


def subject(change: Any, style: Style) -> str:
    """Return a change's subject after a blank: the plugin's id, and the other id if renamed."""
    plugin_id = change["plugin_id"]
    if change.get("kind") == "lock":
        plugin_id = change["file"].rpartition("/")[2].removesuffix(".json")
    text = "" if plugin_id is None else f" {style.code(str(plugin_id))}"
    if "renamed" in change:
        way = "to" if "deregister" in change["calls"] else "from"
        text += f" (renamed {way} {style.code(str(change['renamed']))})"
    return text


def other_phrase(kind: str) -> str:
    """Return what a change to files of one kind does."""
    return _OTHERS.get(kind, _OTHERS["other"])


def notes(change: Any, style: Style) -> list[str]:
    """Return what happened to the file and to a lock's versions, and the file's owners."""
    texts: list[str] = []
    if "register" in change["calls"]:
        lines = change.get("lines")
        texts.append("new" if lines is None else f"new, {many(lines, 'line')}")
    elif "deregister" in change["calls"]:
        texts.append("deleted")
    if change["plugin_id"] is not None and not change["calls"]:
        texts.append("no call")
    if "page" in change:
        texts.append(f"shown on {style.code(change['page'])}")
    versions = change.get("versions")
    if versions is not None:
        counts = [
            f"{len(versions[kind])} {kind}"
            for kind in ("added", "removed", "moved")
            if versions[kind]
        ]
        none = "no version added, removed or moved"
        texts.append(f"versions: {', '.join(counts)}" if counts else none)
    if change["owners"]:
        texts.append(f"owners: {', '.join(map(style.code, change['owners']))}")
    return texts


def details(change: Any, style: Style) -> Iterator[str]:
    """Yield what differs in a file: fields, a lock's versions, members of an options form."""
    for pointer, sides in _fields(change).items():
        before = f"{style.value(sides['before'])} {style.arrow} " if pointer[:1] == "/" else ""
        yield f"{style.item}{style.code(pointer)}: {before}{style.value(sides['after'])}"
    yield from _versions(change, style)
    for each in change.get("template", ()):
        effect = style.breaking if each["breaking"] else "compatible"
        yield f"{style.item}{effect}: {style.code(each['pointer'])}: {style.code(each['message'])}"


def _fields(change: Any) -> dict[str, Any]:
    """Return the fields to show by pointer or, for a new plugin, its identifying ones by name."""
    fields: dict[str, Any] = change["fields"]
    if "deregister" in change["calls"]:
        return {}
    if "register" in change["calls"]:
        return {name: fields[f"/{name}"] for name in _NEW if f"/{name}" in fields}
    return fields


def _versions(change: Any, style: Style) -> Iterator[str]:
    """Yield the versions of a lock that were moved, added and removed, with their digests."""
    versions = change.get("versions") or {"moved": (), "added": (), "removed": ()}
    rows = [
        *(("~", each["tag"], each["before"], each["after"]) for each in versions["moved"]),
        *(("+", each["tag"], None, each["digest"]) for each in versions["added"]),
        *(("-", each["tag"], each["digest"], None) for each in versions["removed"]),
    ]
    most = max(_MOST_TAGS, len(versions["moved"]))
    for sign, tag, before, after in rows[:most]:
        digests = [style.code(each or "unknown") for each in (before, after)]
        digest = f" {style.arrow} ".join(digests) if sign == "~" else digests[sign == "+"]
        yield f"{style.item}{style.versions[sign].format(style.code(tag))} {digest}"
    if len(rows) > most:
        yield f"{style.item}and {len(rows) - most} more versions"


def answers_of(difference: Any) -> PublishedAnswers | None:
    """Return the published answers that differ, or None if they are not computed."""
    answers = difference["answers"]
    if answers is None:
        return None
    kinds = ("added", "changed", "removed")
    listed = [(kind, path) for kind in kinds for path in answers[kind]]
    return PublishedAnswers(
        ", ".join(f"{len(answers[kind])} {kind}" for kind in kinds),
        [(kind, path) for kind, path in listed if not path.startswith(_BY_HASH)],
        sum(path.startswith(_BY_HASH) for _, path in listed),
    )


def counts_of(difference: Any, style: Style) -> Iterator[str]:
    """Yield the numbers of the built-in statistics that differ."""
    for stat, values in difference["counts"].items():
        for name, each in values.items():
            numbers = f"{each['before']} {style.arrow} {each['after']}"
            yield f"{style.code(stat)}: {style.code(name)} {numbers}"


def at_most(items: Sequence[Item], most: int, line: Callable[[Item], str]) -> Iterator[str]:
    """Yield a line for each of the first items, and the number of the others."""
    yield from map(line, items[:most])
    if len(items) > most:
        yield f"and {len(items) - most} more"


def _lines(difference: Any, style: Style) -> Iterator[str]:
    detailed, others = by_kind(difference["changes"])
    for change in detailed:
        yield f"{phrase(change)}{subject(change, style)}"
        said = "; ".join(notes(change, style))
        yield f"  {clean(change['file'])}{f': {said}' if said else ''}"
        yield from details(change, style)
    for kind, files in others.items():
        yield f"{other_phrase(kind)}: {first_of([*map(clean, files)], _MOST_PATHS)}"
    if not difference["changes"]:
        yield "no file changes"
    yield ""
    yield from _answers(difference, style)
    yield ""
    verdict = difference["verdict"]
    yield "auto-mergeable: " + ("yes" if verdict["auto_mergeable"] else "no, because")
    yield from (f"  {line}" for line in at_most(verdict["because"], _MOST_REASONS, clean))


def _answers(difference: Any, style: Style) -> Iterator[str]:
    answers = answers_of(difference)
    if answers is None:
        yield f"published answers: not computed ({clean(difference.get('not_computed', ''))})"
        return
    yield f"published answers: {answers.counts}"
    signs = {"added": "+", "changed": "~", "removed": "-"}
    paths = at_most(answers.listed, _MOST_PATHS, lambda row: f"{signs[row[0]]} {clean(row[1])}")
    yield from (f"  {line}" for line in paths)
    if answers.by_hash:
        yield f"  and {answers.by_hash} by the hash of their query (answers/)"
    yield from (f"  {line}" for line in counts_of(difference, style))
