"""Build the query console page, with this catalog's queries and examples for its script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.every_repository import EVERY
from catalogctl.publish.endpoints import INDEX, LIST, LIST_EVERY, of_repository
from catalogctl.publish.list_files import has_every, in_parts, linked
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.statistics import title
from catalogctl.query.operators import OPERATORS
from catalogctl.query.stages import GROUP_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.build_context import File
    from catalogctl.publish.query_files import SavedAnswer
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
_ESCAPED = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


class _Asked(NamedTuple):
    """A repository that can be asked, or all; `all` is the path of the list of its plugins."""

    repository_id: str
    name: str
    all: str
    in_parts: bool

    def to_json(self) -> JSONObject:
        """Return what the console's script needs."""
        return {"repository_id": self.repository_id, "all": self.all, "in_parts": self.in_parts}


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the console page."""
    repositories = _repositories(site, len(shared.rows))
    values = {
        "sheets": ("stats.css", "console.css"),
        "scripts": ("complete", "json-values", "query-snippets", "answer-table", "console"),
        "console": _console_data(site, shared, repositories),
        "repositories": repositories,
        "all_plugins": linked(LIST, len(shared.rows), site.context.settings.site),
        "page_title": site.titled(site.t("console")),
        "page_description": site.t("console_description"),
    }
    yield site.page("console", "api/console/", values, current="console")


def _repositories(site: Site, total: int) -> Sequence[_Asked]:
    """Return what can be asked, none if there is one repository; `total` are its plugins."""
    context = site.context
    if not context.upstreams:
        return ()
    own, layout = context.settings.repository_info, context.settings.site
    lists = [(own, LIST, total)]
    for each in context.upstreams:
        path = of_repository(LIST, each.segment)
        lists.append((each.repository_info, path, len(each.plugins)))
    asked = [
        _Asked(
            info["repository_id"],
            info["name"],
            linked(path, count, layout),
            in_parts(count, layout),
        )
        for info, path, count in lists
    ]
    is_file = has_every(total, context)
    every = LIST_EVERY if is_file else INDEX
    return (*asked, _Asked(EVERY, site.t("all_repositories"), every, in_parts=not is_file))


def _console_data(site: Site, shared: SharedValues, repositories: Sequence[_Asked]) -> SafeHtml:
    """Return the data for the console's script, as JSON that is safe inside HTML (R-41).

    The script reads what changes with each build in `index.json`.
    """
    data: JSONObject = {
        "index": INDEX,
        "all": linked(LIST, len(shared.rows), site.context.settings.site),
        "in_parts": in_parts(len(shared.rows), site.context.settings.site),
        "repository_id": site.context.settings.repository_id,
        **({"repositories": [each.to_json() for each in repositories]} if repositories else {}),
        "base_url": site.context.base_url,
        "operators": list(OPERATORS),
        "accumulators": list(GROUP_OPERATORS),
        "examples": [*_examples(site, shared)],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # The escapes prevent it from ending the script element or starting a comment.
    return SafeHtml(text.translate(_ESCAPED))


def _examples(site: Site, shared: SharedValues) -> Iterator[JSON]:
    """Yield the first steps, the catalog's queries, and the statistics of each upstream."""
    for key, (kind, request) in _FIRST_STEPS.items():
        yield {"name": "", "title": site.t(key), "kind": kind, "request": request, "path": ""}
    answers = [answer for answer in shared.answers if answer.request]
    for answer in answers:
        yield _example(answer, answer.path, answer.repository_id, site)
    for upstream in site.context.upstreams:
        for answer in answers:
            if answer.built_in and answer.is_named:
                path = of_repository(answer.path, upstream.segment)
                yield _example(answer, path, upstream.repository_id, site)


def _example(answer: SavedAnswer, path: str, repository_id: str, site: Site) -> JSONObject:
    example: JSONObject = {
        "name": answer.name,
        "title": title(answer, site.t),
        "kind": answer.kind,
        "request": answer.request,
        "path": path,
    }
    return {**example, "repository_id": repository_id} if repository_id else example
