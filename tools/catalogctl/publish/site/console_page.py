"""Build the query console page, with this catalog's queries and examples for its script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from catalogctl.publish.endpoints import INDEX, LIST
from catalogctl.publish.list_files import in_parts, linked
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.statistics import title
from catalogctl.query.operators import OPERATORS
from catalogctl.query.stages import GROUP_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.site_context import SharedValues, Site

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


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the console page."""
    values = {
        "sheets": ("stats.css", "console.css"),
        "scripts": ("complete", "query-snippets", "answer-table", "console"),
        "console": _console_data(site, shared),
        "all_plugins": linked(LIST, len(shared.rows), site.edition.settings.site),
        "page_title": site.titled(site.t("console")),
        "page_description": site.t("console_description"),
    }
    yield site.page("console", "api/console/", values, current="console")


def _console_data(site: Site, shared: SharedValues) -> SafeHtml:
    """Return the data for the console's script, as JSON that is safe inside HTML (R-41).

    The script reads what changes with each build in `index.json`.
    """
    examples: list[JSON] = [
        {"name": "", "title": site.t(key), "kind": kind, "request": request, "path": ""}
        for key, (kind, request) in _FIRST_STEPS.items()
    ]
    examples += [
        {
            "name": answer.name,
            "title": title(answer, site.t),
            "kind": answer.kind,
            "request": answer.request,
            "path": answer.path,
        }
        for answer in shared.answers
        if answer.request
    ]
    data: JSONObject = {
        "index": INDEX,
        "all": linked(LIST, len(shared.rows), site.edition.settings.site),
        "in_parts": in_parts(len(shared.rows), site.edition.settings.site),
        "repository_id": site.edition.settings.repository_id,
        "base_url": site.edition.base_url,
        "operators": list(OPERATORS),
        "accumulators": list(GROUP_OPERATORS),
        "examples": examples,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # The escapes prevent it from ending the script element or starting a comment.
    return SafeHtml("".join(_ESCAPED.get(letter, letter) for letter in text))
