"""Build the API page: each call with an example from this catalog and its response."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.publish.endpoints import ENDPOINTS, INDEX, RELEASES, RELEASES_FEED, Endpoint, filled
from catalogctl.publish.index_files import calls
from catalogctl.publish.list_files import in_parts
from catalogctl.publish.site.options_form import pretty
from catalogctl.publish.site.snippets import curl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.site_context import SharedValues, Site
    from catalogctl.source.settings import SiteSettings

LINES = 14
"""The maximum number of lines in an example response."""


GROUPS = {
    "read_one": ("get", "get_versions"),
    "read_many": ("list", "list_page", "list_by", "list_versions", "list_every", "list_saved"),
    "count": ("stat", "answer"),
}
"""The calls of each group on the page, by the name of its title in the texts."""
PARAMETERS = {
    "plugin_id": "hole_plugin_id",
    "page": "hole_page",
    "field": "hole_field",
    "value": "hole_value",
    "query": "hole_query",
    "name": "hole_name",
    "sha256": "hole_sha256",
}
"""The names of the texts that say what to write for a parameter of a URL template."""


class Call(NamedTuple):
    """One kind of file as shown on the page; `example` and `answer` may be ""."""

    endpoint: Endpoint
    example: str
    curl: str
    answer: str


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the API page."""
    known = _known(shared, site.context.settings.site)
    published = calls(len(shared.rows), site.context)
    calls_by_name = {
        each.name: _call(each, known, shared, site.context.base_url)
        for each in ENDPOINTS
        if each.name in published
    }
    values = {
        "scripts": ("try-it",),
        "sheets": ("console.css",),
        "groups": [
            (group, [calls_by_name[name] for name in names if name in calls_by_name])
            for group, names in GROUPS.items()
        ],
        "parameters": PARAMETERS,
        "steps": _steps(calls_by_name["get"], site.context.base_url),
        "pin": _pin(site.context.root_sha256, site.context.base_url, known),
        "page_title": site.titled(site.t("api")),
        "page_description": site.t("api_description"),
    }
    yield site.page("api", "api/", values, current="api")


def _steps(get: Call, base_url: str | None) -> list[tuple[str, str, str]]:
    """Return how a program starts: the names of each step's texts, and its command."""
    index = curl(INDEX, base_url)
    changed = index.replace("curl -fsS", "curl -fsS --etag-compare etag --etag-save etag", 1)
    releases = RELEASES_FEED if base_url else RELEASES
    return [
        ("step_get", "step_get_lead", get.curl),
        ("step_changed", "step_changed_lead", changed),
        ("step_releases", "step_releases_lead", curl(releases, base_url)),
    ]


def _pin(root_sha256: str | None, base_url: str | None, known: dict[str, str]) -> str:
    """Return the command that reads a signed catalog for the first time, "" without a root."""
    if root_sha256 is None:
        return ""
    plugin_id = known.get("plugin_id", "PLUGIN_ID")
    return f"catalogctl get {plugin_id} --from {base_url or 'URL'} --trust sha256:{root_sha256}"


def _call(
    endpoint: Endpoint, known: dict[str, str], shared: SharedValues, base_url: str | None
) -> Call:
    """Return a call, with an example if this catalog has one."""
    has_example = all(hole in known for hole in endpoint.holes)
    example = filled(endpoint.template, known) if has_example else ""
    command = curl(example or endpoint.template, base_url)
    return Call(endpoint, example, command, _answer(endpoint, shared))


def _named(rows: Sequence[PluginSummary]) -> PluginSummary | None:
    """Return the plugin for examples: the first with a version, else the first."""
    return next((row for row in rows if row.versions.latest), rows[0] if rows else None)


def _known(shared: SharedValues, settings: SiteSettings) -> dict[str, str]:
    """Return example values for the placeholders of the templates."""
    known = {"page": "1"}
    if (named := _named(shared.rows)) is not None:
        known["plugin_id"] = named.plugin_id
    kinds = {facet.kind.field: facet.found for facet in shared.facets}
    for field in ("provider", "state"):
        whole = [each for each in kinds[field] if not in_parts(len(each.rows), settings)]
        if whole and "field" not in known:
            known |= {"field": field, "value": whole[0].segment}
    for answer in shared.answers:
        if answer.kind == "stat":
            known.setdefault("name", answer.name)
            known.setdefault("sha256", answer.query_id)
        else:
            known.setdefault("query", answer.name)
    return known


def _answer(endpoint: Endpoint, shared: SharedValues) -> str:
    """Return the start of the example's response, or "" if it would change with every plugin."""
    named = _named(shared.rows) if endpoint.name == "get" else None
    if named is None:
        return ""
    lines = pretty(msgspec.json.decode(named.encoded)).split("\n")
    return "\n".join(lines if len(lines) <= LINES else [*lines[:LINES], "  …"])
