"""A plugin in, the values of its page and of its card out; the templates only lay them out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from catalogctl.publish.site import links, options, snippets, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin import Plugin, Version
    from catalogctl.publish.values import Edition

FIELDS = (
    "plugin_id",
    "name",
    "image",
    "registry_url",
    "state",
    "service_type",
    "provider",
    "registry_type",
    "registry_config",
    "capability",
    "template",
    "labels",
    "tags",
    "repository_info",
    "domain_id",
    "project_id",
    "created_at",
    "updated_at",
)
"""Every field of PluginInfo, in the seed's order."""
UNFOLDED_VERSIONS = 30
_NOTES = {
    "stale": "The lock file was resolved for another image or registry than the plugin has now, "
    "so its versions are not used."
}
_PLUGIN_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")


def card_values(plugin: Plugin, hosts: tuple[str, ...]) -> dict[str, Any]:
    """Return what `card.html` shows, the root left as a placeholder."""
    info = plugin.info
    return {
        "root": "\0",
        "labels": [label for label in _list(info["labels"]) if isinstance(label, str)],
        **_common(plugin, hosts),
    }


def page_values(
    plugin: Plugin,
    edition: Edition,
    segments: Mapping[tuple[str, str], str],
    hosts: tuple[str, ...],
) -> dict[str, Any]:
    """Return what `plugin.html` shows."""
    info, base_url = plugin.info, edition.base_url
    service_type, registry_type = str(info["service_type"]), str(info["registry_type"])
    labels = dict.fromkeys(label for label in _list(info["labels"]) if isinstance(label, str))
    values = _common(plugin, hosts)
    title, provider = edition.settings.site.title, values["provider"]
    values.update(
        page_title=f"{values['name']} · {plugin.plugin_id} · {title}",
        page_description=words.short(values["description"] or f"{values['name']}: {service_type}"),
        page_path=f"plugins/{plugin.plugin_id}/",
        service_type_segment=segments["service_type", service_type],
        provider_segment=segments["provider", provider] if provider else "",
        labels=[(label, segments["labels", label]) for label in labels],
        image=info["image"],
        registry_url=info["registry_url"],
        registry_type=words.SHOWN.get(registry_type, registry_type),
        registry_type_segment=segments["registry_type", registry_type],
        snippets=snippets.snippets(plugin, base_url),
        templates=options.templates(info.get("template")),
        fields=[_field(field, info.get(field)) for field in FIELDS],
        maintainers=", ".join(plugin.maintainers),
        created_at=info["created_at"],
        created_day=words.day(str(info["created_at"])),
        outside=_outside(plugin, edition),
        has_lock=plugin.lock is not None,
        lock_note=_NOTES.get(plugin.lock_note)
        or (plugin.lock_note and f"The lock file is not used: {plugin.lock_note}."),
        resolved_at=plugin.resolved_at,
        resolved_day=words.day(plugin.resolved_at),
        **_deprecation(plugin.deprecated),
        **_versions(plugin.versions),
    )
    return values


def _common(plugin: Plugin, hosts: tuple[str, ...]) -> dict[str, Any]:
    """Return what card and page both show."""
    info = plugin.info
    tags = _object(info["tags"])
    description = tags.get("description")
    updated_at, name = str(info["updated_at"]), str(info["name"])
    return {
        "plugin_id": plugin.plugin_id,
        "name": name,
        "letters": words.letters(name),
        "picture": links.picture(tags.get("icon"), hosts) if hosts else None,
        "enabled": info["state"] == "ENABLED",
        "deprecated": plugin.deprecated is not None,
        "description": description if isinstance(description, str) else "",
        "service_type": info["service_type"],
        "colour": words.colour(str(info["service_type"])),
        "provider": info.get("provider"),
        "latest_version": plugin.latest_version,
        "updated_at": updated_at,
        "updated_day": words.day(updated_at),
    }


def _deprecation(deprecated: JSONObject | None) -> dict[str, str]:
    """Return the three parts of `deprecated`; a successor only if it is an id."""
    given = deprecated or {}
    parts = {key: str(given.get(key) or "") for key in ("reason", "successor", "since")}
    if not _PLUGIN_ID.fullmatch(parts["successor"]):
        parts["successor"] = ""
    parts["reason"] = parts["reason"].rstrip(".")
    return parts


def _versions(versions: tuple[Version, ...]) -> dict[str, Any]:
    """Return the rows of the versions, and which columns any of them has something in."""
    rows = [
        (version.tag, version.digest, words.day(version.pushed_at), ", ".join(version.platforms))
        for version in versions
    ]
    tables = [rows[:UNFOLDED_VERSIONS], rows[UNFOLDED_VERSIONS:]]
    return {
        "versions": rows,
        "version_tables": [table for table in tables if table],
        "has_digest": any(version.digest for version in versions),
        "has_time": any(version.pushed_at for version in versions),
        "has_platforms": any(version.platforms for version in versions),
    }


def _field(field: str, value: JSON) -> tuple[str, str, str]:
    """Return (field, text, JSON); a struct has both, the text being its members' names."""
    if isinstance(value, dict) and value:
        return field, words.short(", ".join(value), 80), options.pretty(value)
    if isinstance(value, list) and value:
        if all(isinstance(item, str) for item in value):
            return field, ", ".join(map(str, value)), ""
        return field, words.counted(len(value), "item"), options.pretty(value)
    return field, value if isinstance(value, str) else "", ""


def _outside(plugin: Plugin, edition: Edition) -> list[tuple[str, str, str]]:
    """Return (text, address, rel) of every link that leads out of the catalog."""
    site, info = edition.settings.site, plugin.info
    page = links.registry_page(str(info["registry_url"]), str(info["image"]))
    found = [(*page, links.OWN)] if page else []
    found += links.repository_links(
        plugin.file, links.web_link(site.repository_url), site.edit_url, edition.commit
    )
    tags = [(key, value) for key, value in _object(info["tags"]).items() if key != "icon"]
    named = [(key, url, links.FOREIGN) for key, value in tags if (url := links.web_link(value))]
    return [*found, *named]


def _object(value: JSON) -> JSONObject:
    return value if isinstance(value, dict) else {}


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
