"""Catalogs with upstreams on disk: the files that `sync` would have written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalogctl.source.upstream_files import (
    UpstreamSource,
    encode_upstream_file,
    taken_plugin,
)
from support.catalogs import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject

NOW = "2026-01-02T00:00:00.000Z"
HASH = "a" * 64


def settings(*names: str, more: str = "", **fields: str) -> str:
    """Return a catalog.yaml with these upstreams; `fields` are added to each of them."""
    lines = "".join(f"    {field}: {text}\n" for field, text in fields.items())
    upstreams = "".join(
        f"  - name: {name}\n    url: https://{name}.example.org/\n    repository_id: repo-{name}\n"
        f"{lines}"
        for name in names
    )
    return f"{SETTINGS}upstreams:\n{upstreams}{more}"


def info(plugin_id: str, repository: str = "one", /, **given: JSON) -> JSONObject:
    """Return the PluginInfo of a plugin as another catalog publishes it."""
    made: JSONObject = {
        "plugin_id": plugin_id,
        "name": f"{plugin_id} of {repository}",
        "image": f"{repository}/{plugin_id}",
        "registry_url": "registry.hub.docker.com",
        "state": "ENABLED",
        "service_type": "monitoring.Webhook",
        "provider": "aws",
        "registry_type": "DOCKER_HUB",
        "registry_config": {},
        "capability": {},
        "template": {},
        "labels": ["shared", repository],
        "tags": {"description": f"What {plugin_id} does", "limit": 4.0},
        "repository_info": {
            "repository_id": f"repo-{repository}",
            "name": f"Catalog {repository}",
            "repository_type": "local",
        },
        "domain_id": "domain-123456789012",
        "created_at": "2022-01-01T08:02:38.000Z",
        "updated_at": "2022-02-01T08:02:38.000Z",
    }
    made.update(given)
    return {name: value for name, value in made.items() if value is not None}


def plugin_file(value: JSONObject, versions: Sequence[str] = ("1.1", "1.0")) -> bytes:
    """Return the file of an upstream's plugin."""
    return encode_upstream_file(taken_plugin(value, versions, get=HASH, get_versions=HASH))


def source_file(name: str, total: int, **given: Any) -> bytes:
    """Return the source.json of an upstream."""
    made = {
        "repository_info": {
            "repository_id": f"repo-{name}",
            "name": f"Catalog {name}",
            "repository_type": "local",
        },
        "url": f"https://{name}.example.org/",
        "commit": "0" * 40,
        "now": NOW,
        "manifest_sha256": HASH,
        "total_count": total,
        **given,
    }
    return encode_upstream_file(UpstreamSource(upstream_version=1, **made))


def files(name: str, plugins: Mapping[str, Sequence[str]], **given: JSON) -> dict[str, bytes]:
    """Return the files of an upstream that has these plugins, with their versions, by path."""
    folder = f"upstream/{name}"
    found = {
        f"{folder}/plugins/{plugin_id}.json": plugin_file(info(plugin_id, name, **given), versions)
        for plugin_id, versions in plugins.items()
    }
    return {**found, f"{folder}/source.json": source_file(name, len(plugins))}
