"""Collect the values of a plugin's page and card; the templates only lay them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from catalogctl.jsontypes import as_object
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.publish.site import field_rows, links, snippets, texts, version_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.build_context import BuildContext
    from catalogctl.publish.site.related import Related
    from catalogctl.publish.site.texts import Texts

_NOT_DEPRECATED = {"reason": "", "successor": "", "since": ""}


class Known(NamedTuple):
    """What a page needs to know of the others: `hosts` may show pictures."""

    segments: Mapping[tuple[str, str], str]
    hosts: tuple[str, ...]
    related: Related


ON_A_CARD = 400
"""Characters of a description on a card, which stands on a page for each of the plugin's labels."""


def card_values(plugin: Plugin, common: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `card.html` shows, the root left as a placeholder."""
    labels = [label for label in _list(plugin.info["labels"]) if isinstance(label, str)]
    said = common["description"]
    description = texts.short(said, ON_A_CARD) if len(said) > ON_A_CARD else said
    return {"root": "\0", "labels": labels, **common, "description": description}


def page_values(
    plugin: Plugin,
    common: Mapping[str, Any],
    edition: BuildContext,
    known: Known,
    say: Texts,
) -> dict[str, Any]:
    """Return what `plugin.html` shows."""
    info, base_url = plugin.info, edition.base_url
    segments = known.segments
    service_type, registry_type = str(info["service_type"]), str(info["registry_type"])
    labels = dict.fromkeys(label for label in _list(info["labels"]) if isinstance(label, str))
    values = dict(common)
    title, provider = edition.settings.site.title, values["provider"]
    edit = _edit(plugin, edition)
    values.update(
        page_title=f"{texts.short(values['name'], 100)} | {plugin.plugin_id} | {title}",
        page_description=_page_description(plugin.plugin_id, values, say),
        service_type_segment=segments["service_type", service_type],
        provider_segment=segments["provider", provider] if provider else "",
        labels=[(label, segments["labels", label]) for label in labels],
        image=info["image"],
        registry_url=info["registry_url"],
        registry_type=links.registry_name(str(info["registry_url"]), say),
        registry_type_segment=segments["registry_type", registry_type],
        snippets=snippets.shown(snippets.snippets(plugin, base_url, say)),
        fields=field_rows.rows(info, say),
        maintainers=", ".join(plugin.maintainers),
        created_at=info["created_at"],
        created_day=say.day(str(info["created_at"])),
        edit=edit,
        outside=_outside(plugin, edition, edit, say),
        has_lock=plugin.lock is not None,
        lock_note=_lock_note(plugin.lock_note, say),
        resolved_at=plugin.resolved_at,
        resolved_day=say.day(plugin.resolved_at),
        capability=_listed(info["capability"]),
        tags=_listed(info["tags"]),
        **_deprecation(plugin.deprecated),
        versions=version_rows.versions(plugin.versions, plugin.latest_version, say),
    )
    return values


def _page_description(plugin_id: str, values: Mapping[str, Any], say: Texts) -> str:
    """Return what search engines show; the id comes first, for two may be described alike."""
    said = values["description"] or say(
        "plugin_without_description", name=values["name"], service_type=values["service_type"]
    )
    return texts.short(f"{plugin_id}: {said}")


def _lock_note(note: str, say: Texts) -> str:
    """Return why a lock is not used, "" where it is or there is none."""
    if note == "stale":
        return say("lock_stale")
    return say("lock_unused", why=note) if note else ""


def common_values(plugin: Plugin, hosts: tuple[str, ...], say: Texts) -> dict[str, Any]:
    """Return what card and page both show."""
    info = plugin.info
    tags = as_object(info["tags"])
    description = tags.get("description")
    updated_at, name = str(info["updated_at"]), str(info["name"])
    return {
        "plugin_id": plugin.plugin_id,
        "name": name,
        "letters": texts.letters(name),
        "picture": picture(plugin, hosts),
        "enabled": info["state"] == "ENABLED",
        "deprecated": plugin.deprecated is not None,
        "description": description if isinstance(description, str) else "",
        "service_type": info["service_type"],
        "colour": texts.colour(str(info["service_type"])),
        "provider": info.get("provider"),
        "latest_version": plugin.latest_version,
        "updated_at": updated_at,
        "updated_day": say.day(updated_at),
    }


def picture(plugin: Plugin, hosts: tuple[str, ...]) -> str | None:
    """Return the address of the plugin's picture when it lies at one of the hosts."""
    return links.picture(as_object(plugin.info["tags"]).get("icon"), hosts) if hosts else None


def _listed(value: JSON) -> list[tuple[str, str, str | None]]:
    """Return (name, text, address or None) of each member that a line can show."""
    found = []
    for name, member in as_object(value).items():
        if name == "description" or member is None or member in ("", [], {}):
            continue
        if isinstance(member, str):
            found.append((name, member, links.web_link(member)))
        elif isinstance(member, list) and all(isinstance(each, str) for each in member):
            found.append((name, ", ".join(map(str, member)), None))
        else:
            found.append((name, msgspec.json.encode(member).decode(), None))
    return found


def _deprecation(deprecated: JSONObject | None) -> dict[str, str]:
    """Return the three parts of `deprecated`; a successor only if it is an id."""
    if deprecated is None:
        return _NOT_DEPRECATED
    given = deprecated
    parts = {key: str(given.get(key) or "") for key in ("reason", "successor", "since")}
    if not is_plugin_id(parts["successor"]):
        parts["successor"] = ""
    parts["reason"] = parts["reason"].rstrip(".")
    return parts


def _edit(plugin: Plugin, edition: BuildContext) -> str | None:
    """Return where the plugin's file can be edited; None where nobody says."""
    site = edition.settings.site
    return links.edit_link(plugin.file, links.web_link(site.repository_url), site.edit_url)


def _outside(
    plugin: Plugin, edition: BuildContext, edit: str | None, say: Texts
) -> list[tuple[str, str]]:
    """Return (text, address) of every link that leads out of the catalog."""
    site, info = edition.settings.site, plugin.info
    page = links.registry_page(str(info["registry_url"]), str(info["image"]))
    own = links.repository_links(
        plugin.file, links.web_link(site.repository_url), edit, edition.commit
    )
    found = [(say("image_at", registry=page[0]), page[1])] if page else []
    return found + [(say(key), address) for key, address in own]


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
