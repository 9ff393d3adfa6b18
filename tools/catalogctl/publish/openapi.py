"""Build `openapi.json` (3.1) from the endpoint table and the schemas.

It only describes endpoints that exist in this tree. Each parameter has a working example, except
the hash of a part: it changes whenever the part does, and would change this file as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from catalogctl.plugin_ids import PLUGIN_ID
from catalogctl.publish import endpoints
from catalogctl.publish.facets import FIELDS
from catalogctl.publish.json_bytes import json_file
from catalogctl.publish.list_files import has_every, has_pages, in_parts
from catalogctl.publish.published_schemas import components

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.endpoints import Endpoint
    from catalogctl.publish.published_schemas import Schemas
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.source.settings import SiteSettings

OPENAPI_VERSION = "3.1.0"
API_VERSION = "v1"

_SEGMENT = {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,120}$"}
_NAME = {"type": "string", "pattern": "^[a-z0-9-]{1,64}$"}
_PARAMETERS: Mapping[str, tuple[str, JSONObject]] = {
    "plugin_id": ("The plugin's id", {"type": "string", "pattern": f"^{PLUGIN_ID}$"}),
    "repository_id": ("The id of a repository, as a path segment", {**_SEGMENT}),
    "page": ("The page, counted from 1", {"type": "integer", "minimum": 1}),
    "field": ("The field to list by", {"type": "string", "enum": list(FIELDS)}),
    "value": (
        (
            "The value as a path segment: letters, digits, `.`, `_` and `-` stand for themselves, "
            "every other byte is `~XX`; index.json names the exact path of each"
        ),
        {**_SEGMENT},
    ),
    "query": ("The name of a saved list query", {**_NAME}),
    "name": ("The name of a built-in or saved stat query", {**_NAME}),
    "sha256": (
        (
            "For an answer, the sha256 of the canonical query (`catalogctl query-id` prints it); "
            "for a part of a list, that of its content, which index.json names"
        ),
        {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    ),
    "shard": ("The number of the shard", {"type": "string", "pattern": "^[0-9]{3,}$"}),
    "message": ("The message's name", {"type": "string", "pattern": "^[A-Za-z]+$"}),
}

_TAGS: Sequence[JSON] = (
    {"name": "plugins", "description": "The API's calls: get, get_versions, list and stat"},
    {"name": "catalog", "description": "The catalog as a whole: its index, changes and files"},
)
_ALWAYS = ("index", "openapi", "manifest", "changes_index", "removed", "releases", "health")
_STRUCT: JSONObject = {"type": "object", "additionalProperties": True}


def openapi(
    rows: Sequence[PluginSummary],
    context: BuildContext,
    answers: Iterable[SavedAnswer],
    schemas: Schemas,
    *,
    has_changes: bool = False,
) -> File:
    """Return the OpenAPI file; `has_changes` is true if the journal has at least one page."""
    examples = examples_in(rows, context, answers, schemas)
    examples |= {"changes": {"page": "1"}} if has_changes else {}
    # No answer with counts: this file would then change with every plugin.
    shown = {"get": msgspec.json.decode(rows[0].encoded)} if rows else {}
    document: JSONObject = {
        "openapi": OPENAPI_VERSION,
        "info": _info(context),
        "security": [],
        "servers": [{"url": (context.base_url or ".").rstrip("/") or "/"}],
        "tags": [*_TAGS],
        "paths": {
            f"/{each.template}": {
                "get": _operation(each, examples[each.name], shown.get(each.name), schemas)
            }
            for each in endpoints.ENDPOINTS
            if each.name in examples
        },
        "components": {
            "schemas": components(schemas),
            "responses": {"NotFound": {"description": "There is no such file in this catalog."}},
        },
    }
    return endpoints.OPENAPI, json_file(document)


def examples_in(
    rows: Sequence[PluginSummary],
    context: BuildContext,
    answers: Iterable[SavedAnswer],
    schemas: Schemas,
) -> dict[str, dict[str, str]]:
    """Return working example parameters for each endpoint that exists in this tree."""
    site = context.settings.site
    found: dict[str, dict[str, str]] = {
        **{name: {} for name in _ALWAYS},
        **_examples_of_lists(rows, site),
        **_examples_of_upstreams(len(rows), context),
    }
    for answer in answers:
        found.setdefault("answer", {"sha256": answer.query_id})
        hole = "query" if answer.kind == "list" else "name"
        found.setdefault("list_saved" if answer.kind == "list" else "stat", {hole: answer.name})
    if rows:
        first = {"plugin_id": rows[0].plugin_id}
        found |= dict.fromkeys(("get", "get_versions"), first)
        found |= dict.fromkeys(("badge", "badge_picture") if context.extras.badges else (), first)
        found |= dict.fromkeys(("plugin_feed",) if context.extras.feeds else (), first)
    locked = next((row.plugin_id for row in rows if row.versions.latest is not None), None)
    if locked is not None:
        found["lock"] = {"plugin_id": locked}
    if len(rows) > site.index_shard_size:
        found["shard"] = {"shard": "001"}
    if schemas:
        found["schema"] = {"message": next(iter(schemas))}
    if context.base_url:
        found |= {"feed": {}, "releases_feed": {}}
    return found


def _examples_of_lists(
    rows: Sequence[PluginSummary], site: SiteSettings
) -> dict[str, dict[str, str]]:
    """Return example parameters for the lists; a part is named by content, so it has none."""
    found: dict[str, dict[str, str]] = {
        **({"list_part": {}} if in_parts(len(rows), site) else {"list": {}, "list_versions": {}}),
        **({"list_page": {"page": "1"}} if has_pages(len(rows), site) else {}),
    }
    enabled = sum(row.state == "ENABLED" for row in rows)
    for value, count in (("ENABLED", enabled), ("DISABLED", len(rows) - enabled)):
        if not in_parts(count, site):
            found.setdefault("list_by", {"field": "state", "value": value})
    return found


def _examples_of_upstreams(total: int, context: BuildContext) -> dict[str, dict[str, str]]:
    """Return example parameters for the files of upstreams, where there are such files."""
    found: dict[str, dict[str, str]] = {}
    if has_every(total, context):
        found["list_every"] = {}
    for each in context.upstreams:
        own = {"repository_id": each.segment}
        found |= {"repositories": {}, "repository": own}
        for name, parameters in _examples_of_lists(each.plugins, context.settings.site).items():
            if name != "list_part":
                found.setdefault(f"repository_{name}", {**own, **parameters})
        if shadowed := sorted(each.shadowed):
            example = {**own, "plugin_id": shadowed[0]}
            found.setdefault("repository_get", example)
            found.setdefault("repository_get_versions", example)
        if each.stats:
            found.setdefault("repository_stat", {**own, "name": each.stats[0].name})
    return found


def _info(context: BuildContext) -> JSONObject:
    site = context.settings.site
    described = f"{site.description}\n\n" if site.description else ""
    return {
        "title": site.title,
        "version": API_VERSION,
        "description": (
            f"{described}A plugin repository of static files: every answer is one GET. "
            "index.json names what there is, and the sha256 of each file."
        ),
    }


def _operation(
    endpoint: Endpoint, example: Mapping[str, str], content: JSON, known: Schemas
) -> JSONObject:
    media: JSONObject = {}
    if endpoint.message in known:
        media["schema"] = {"$ref": f"#/components/schemas/{endpoint.message}"}
    elif endpoint.media_type.endswith("json"):
        media["schema"] = dict(_STRUCT)
    else:
        media["schema"] = {"type": "string"}
    if content is not None:
        media["example"] = content
    responses: JSONObject = {
        "200": {"description": endpoint.summary, "content": {endpoint.media_type: media}}
    }
    operation: JSONObject = {
        "operationId": endpoint.operation,
        "tags": ["plugins" if endpoint.is_call else "catalog"],
        "summary": endpoint.summary,
    }
    if endpoint.holes:
        operation["parameters"] = [_parameter(hole, example.get(hole)) for hole in endpoint.holes]
        responses["404"] = {"$ref": "#/components/responses/NotFound"}
    operation["responses"] = responses
    return operation


def _parameter(name: str, example: str | None) -> JSONObject:
    description, schema = _PARAMETERS[name]
    parameter: JSONObject = {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }
    if example is not None:
        parameter["example"] = int(example) if schema["type"] == "integer" else example
    return parameter
