"""A plugin in, the values of its page and of its card out; the templates only lay them out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from catalogctl.messages import PLUGIN_INFO_FIELDS
from catalogctl.publish.site import fields, links, options, snippets, versions, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.site.related import Other, Related
    from catalogctl.publish.values import Edition

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
    related: Related,
) -> dict[str, Any]:
    """Return what `plugin.html` shows."""
    info, base_url = plugin.info, edition.base_url
    service_type, registry_type = str(info["service_type"]), str(info["registry_type"])
    labels = dict.fromkeys(label for label in _list(info["labels"]) if isinstance(label, str))
    values = _common(plugin, hosts)
    title, provider = edition.settings.site.title, values["provider"]
    values.update(
        page_title=f"{words.short(values['name'], 100)} | {plugin.plugin_id} | {title}",
        # The id first: two plugins may be described alike.
        page_description=words.short(
            f"{plugin.plugin_id}: {values['description'] or values['name'] + ', ' + service_type}"
        ),
        service_type_segment=segments["service_type", service_type],
        provider_segment=segments["provider", provider] if provider else "",
        labels=[(label, segments["labels", label]) for label in labels],
        image=info["image"],
        registry_url=info["registry_url"],
        registry_type=words.SHOWN.get(registry_type, registry_type),
        registry_type_segment=segments["registry_type", registry_type],
        snippets=snippets.shown(snippets.snippets(plugin, base_url)),
        templates=options.templates(info.get("template")),
        fields=fields.rows([_field(field, info.get(field)) for field in PLUGIN_INFO_FIELDS]),
        maintainers=", ".join(plugin.maintainers),
        created_at=info["created_at"],
        created_day=words.day(str(info["created_at"])),
        edit=_edit(plugin, edition),
        outside=_outside(plugin, edition),
        has_lock=plugin.lock is not None,
        lock_note=_NOTES.get(plugin.lock_note)
        or (plugin.lock_note and f"The lock file is not used: {plugin.lock_note}."),
        resolved_at=plugin.resolved_at,
        resolved_day=words.day(plugin.resolved_at),
        capability=_listed(info["capability"]),
        tags=_listed(info["tags"]),
        related=_related(plugin.plugin_id, service_type, provider, segments, related),
        **_deprecation(plugin.deprecated),
        versions=versions.versions(plugin.versions, plugin.latest_version),
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
        "picture": picture(plugin, hosts),
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


def picture(plugin: Plugin, hosts: tuple[str, ...]) -> str | None:
    """Return the address of the plugin's picture when it lies at one of the hosts."""
    return links.picture(_object(plugin.info["tags"]).get("icon"), hosts) if hosts else None


def _listed(value: JSON) -> list[tuple[str, str, str | None]]:
    """Return (name, text, address or None) of each member that a line can show."""
    found = []
    for name, member in _object(value).items():
        if name == "description" or member is None or member in ("", [], {}):
            continue
        if isinstance(member, str):
            found.append((name, member, links.web_link(member)))
        elif isinstance(member, list) and all(isinstance(each, str) for each in member):
            found.append((name, ", ".join(map(str, member)), None))
        else:
            found.append((name, msgspec.json.encode(member).decode(), None))
    return found


def _related(
    plugin_id: str,
    service_type: str,
    provider: str | None,
    segments: Mapping[tuple[str, str], str],
    related: Related,
) -> list[tuple[str, str, int, list[Other]]]:
    """Return (value, its page, how many, the first of them) of provider and service type."""
    found = []
    for field, folder, value in (
        ("provider", "providers", provider),
        ("service_type", "service-types", service_type),
    ):
        if value:
            others, count = related.others(field, value, plugin_id)
            if others:
                found.append((value, f"{folder}/{segments[field, value]}/", count, others))
    return found


def _deprecation(deprecated: JSONObject | None) -> dict[str, str]:
    """Return the three parts of `deprecated`; a successor only if it is an id."""
    given = deprecated or {}
    parts = {key: str(given.get(key) or "") for key in ("reason", "successor", "since")}
    if not _PLUGIN_ID.fullmatch(parts["successor"]):
        parts["successor"] = ""
    parts["reason"] = parts["reason"].rstrip(".")
    return parts


def _field(field: str, value: JSON) -> tuple[str, str, str]:
    """Return (field, text, JSON); a struct has both, the text being its members' names."""
    if isinstance(value, dict) and value:
        return field, words.short(", ".join(value), 80), options.pretty(value)
    if isinstance(value, list) and value:
        if all(isinstance(item, str) for item in value):
            return field, ", ".join(map(str, value)), ""
        return field, words.counted(len(value), "item"), options.pretty(value)
    return field, value if isinstance(value, str) else "", ""


def _edit(plugin: Plugin, edition: Edition) -> str | None:
    """Return where the plugin's file can be edited; None where nobody says."""
    site = edition.settings.site
    return links.edit_link(plugin.file, links.web_link(site.repository_url), site.edit_url)


def _outside(plugin: Plugin, edition: Edition) -> list[tuple[str, str]]:
    """Return (text, address) of every link that leads out of the catalog."""
    site, info = edition.settings.site, plugin.info
    page = links.registry_page(str(info["registry_url"]), str(info["image"]))
    found = [page] if page else []
    found += links.repository_links(
        plugin.file, links.web_link(site.repository_url), site.edit_url, edition.commit
    )
    return found


def _object(value: JSON) -> JSONObject:
    return value if isinstance(value, dict) else {}


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
