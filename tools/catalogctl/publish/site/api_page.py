"""Collect what the API page and the query console show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.publish.endpoints import ENDPOINTS, LIST, Endpoint
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.options_form import pretty
from catalogctl.publish.site.snippets import curl
from catalogctl.publish.site.statistics import title
from catalogctl.query.operators import OPERATORS
from catalogctl.query.stages import GROUP_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.build_context import BuildContext, PluginSummary
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.site.shared import Facet
    from catalogctl.publish.site.texts import Texts

LINES = 14
"""Lines of an example answer before it is cut."""
_FIRST_STEPS: Mapping[str, tuple[str, JSONObject]] = {
    "first_newest": (
        "list",
        {
            "query": {
                "filter": [{"key": "service_type", "value": "inventory", "operator": "contain"}],
                "only": ["plugin_id", "name", "provider", "updated_at"],
                "sort": {"key": "updated_at", "desc": True},
                "page": {"limit": 10},
            }
        },
    ),
    "first_names": (
        "list",
        {"query": {"only": ["plugin_id", "name"], "sort": {"key": "name"}}},
    ),
    "first_icons": (
        "list",
        {
            "query": {
                "filter": [{"key": "tags.icon", "value": False, "operator": "exists"}],
                "minimal": True,
            }
        },
    ),
    "first_types": (
        "stat",
        {
            "query": {
                "aggregate": [
                    {
                        "group": {
                            "keys": [{"key": "provider", "name": "provider"}],
                            "fields": [
                                {
                                    "name": "service_types",
                                    "key": "service_type",
                                    "operator": "add_to_set",
                                }
                            ],
                        }
                    },
                    {"sort": {"key": "provider"}},
                ]
            }
        },
    ),
}
_ESCAPED = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


class Call(NamedTuple):
    """One kind of file: its parts as the page shows them; `example` and `answer` may be ""."""

    endpoint: Endpoint
    example: str
    curl: str
    answer: str


def calls(
    rows: Sequence[PluginSummary],
    facets: Sequence[Facet],
    answers: Sequence[SavedAnswer],
    edition: BuildContext,
) -> list[Call]:
    """Return each call with an example from this very catalog, where it has one."""
    known = _known(rows, facets, answers)
    found = []
    for endpoint in ENDPOINTS:
        if not endpoint.is_call:
            continue
        example = ""
        if all(hole in known for hole in endpoint.holes):
            example = endpoint.path(**{hole: known[hole] for hole in endpoint.holes})
        command = curl(example or endpoint.template, edition.base_url)
        found.append(Call(endpoint, example, command, _answer(endpoint, rows, answers)))
    return found


def _known(
    rows: Sequence[PluginSummary], facets: Sequence[Facet], answers: Sequence[SavedAnswer]
) -> dict[str, str]:
    """Return something to put into each hole of a template."""
    known = {"page": "1", "field": "state", "value": "ENABLED"}
    named = next((row for row in rows if row.latest_version), rows[0] if rows else None)
    if named is not None:
        known["plugin_id"] = named.plugin_id
    for facet in facets:
        if facet.kind.field == "provider" and facet.found:
            known["field"], known["value"] = "provider", facet.found[0].segment
    for answer in answers:
        if answer.kind == "stat":
            known.setdefault("name", answer.name)
            known.setdefault("sha256", answer.query_id)
        else:
            known.setdefault("query", answer.name)
    return known


def _answer(
    endpoint: Endpoint, rows: Sequence[PluginSummary], answers: Sequence[SavedAnswer]
) -> str:
    """Return the start of the example's answer, "" where it can't be told from rows alone."""
    value: JSON = None
    if endpoint.name == "get" and rows:
        named = next((row for row in rows if row.latest_version), rows[0])
        value = msgspec.json.decode(named.info)
    elif endpoint.name in ("stat", "answer"):
        first = next((answer for answer in answers if answer.kind == "stat"), None)
        value = msgspec.json.decode(first.encoded) if first is not None else None
    if value is None:
        return ""
    lines = pretty(value).split("\n")
    return "\n".join(lines if len(lines) <= LINES else [*lines[:LINES], "  …"])


def list_size(rows: Sequence[PluginSummary]) -> int:
    """Return about how many bytes the list of all plugins has, which the console fetches."""
    return sum(len(row.info) + 1 for row in rows)


def console_values(
    answers: Sequence[SavedAnswer], rows: Sequence[PluginSummary], edition: BuildContext, say: Texts
) -> SafeHtml:
    """Return what the console's script is told, as JSON that may stand in a page (R-41)."""
    examples: list[JSON] = [
        {"name": "", "title": say(key), "kind": kind, "request": request, "path": ""}
        for key, (kind, request) in _FIRST_STEPS.items()
    ]
    examples += [
        {
            "name": answer.name,
            "title": title(answer, say),
            "kind": answer.kind,
            "request": answer.request,
            "path": answer.path,
        }
        for answer in answers
        if answer.request
    ]
    told: JSONObject = {
        "all": LIST,
        "size": list_size(rows),
        "now": edition.now,
        "repository_id": edition.settings.repository_id,
        "base_url": edition.base_url,
        "operators": list(OPERATORS),
        "accumulators": list(GROUP_OPERATORS),
        "examples": examples,
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    # Nothing in it can end the script element or start a comment there.
    return SafeHtml("".join(_ESCAPED.get(letter, letter) for letter in text))
