"""The page of a plugin, and its card on lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from catalogctl.jsontypes import as_object
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.publish.build_context import RenderedPlugin
from catalogctl.publish.site import field_rows, links, options_form, snippets, texts, version_rows
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.related import PLUGIN_ROOT, SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.build_context import BuildContext
    from catalogctl.publish.site.site_context import Site
    from catalogctl.publish.site.texts import Texts

_NOT_DEPRECATED = {"reason": "", "successor": "", "since": ""}
_FORM = ("references", "formats", "check", "form")
"""The scripts that draw and check the form of a plugin's options."""
_RELATED_BY = (("provider", "providers"), ("service_type", "service-types"))

ON_A_CARD = 400
"""Characters of a description on a card, which stands on a page for each of the plugin's labels."""


def rendered_plugin(site: Site, plugin: Plugin) -> RenderedPlugin:
    """Return the page and the card of a plugin."""
    common = _common_values(plugin, site.image_hosts, site.say)
    card = site.templates.render("card", _card_values(plugin, common))
    values = _page_values(site, plugin, common)
    page = site.page("plugin", f"plugins/{plugin.plugin_id}/", values, current="plugins")
    return RenderedPlugin(page, card, common["picture"])


def _card_values(plugin: Plugin, common: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `card.html` shows, the root left as a placeholder."""
    labels = [label for label in _list(plugin.info["labels"]) if isinstance(label, str)]
    said = common["description"]
    description = texts.short(said, ON_A_CARD) if len(said) > ON_A_CARD else said
    return {"root": "\0", "labels": labels, **common, "description": description}


def _page_values(site: Site, plugin: Plugin, common: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `plugin.html` shows."""
    info, say, segments = plugin.info, site.say, site.segments
    provider = common["provider"]
    labels = dict.fromkeys(label for label in _list(info["labels"]) if isinstance(label, str))
    edit = _edit(plugin, site.edition)
    options = _options(site, info["template"])
    return {
        **common,
        "page_title": site.titled(f"{texts.short(common['name'], 100)} | {plugin.plugin_id}"),
        "page_description": _page_description(plugin.plugin_id, common, say),
        "service_type_segment": segments["service_type", str(info["service_type"])],
        "provider_segment": segments["provider", provider] if provider else "",
        "labels": [(label, segments["labels", label]) for label in labels],
        "image": info["image"],
        "registry_url": info["registry_url"],
        "registry_type": links.registry_name(str(info["registry_url"]), say),
        "registry_type_segment": segments["registry_type", str(info["registry_type"])],
        "snippets": snippets.shown(snippets.snippets(plugin, site.edition.base_url, say)),
        "fields": field_rows.rows(info, say),
        "maintainers": ", ".join(plugin.maintainers),
        "created_at": info["created_at"],
        "created_day": say.day(str(info["created_at"])),
        "edit": edit,
        "outside": _outside(plugin, site.edition, edit, say),
        "has_lock": plugin.lock is not None,
        "lock_note": _lock_note(plugin.lock_note, say),
        "resolved_at": plugin.resolved_at,
        "resolved_day": say.day(plugin.resolved_at),
        "capability": _listed(info["capability"]),
        "tags": _listed(info["tags"]),
        "versions": version_rows.versions(plugin.versions, plugin.latest_version, say),
        "options": options,
        "scripts": _FORM if options else (),
        "related": _related(site, plugin),
        **_deprecation(plugin.deprecated),
    }


def _options(site: Site, template: JSON) -> SafeHtml:
    """Return the panels of a plugin's options, "" without one."""
    if not template:
        return SafeHtml("")
    values = {"root": PLUGIN_ROOT, "templates": options_form.templates(template, site.say)}
    return SafeHtml(site.templates.render("options", values).rstrip("\n"))


def _related(site: Site, plugin: Plugin) -> SafeHtml:
    """Return the panels that lead to other plugins of the same provider and type."""
    panels = []
    for field, folder in _RELATED_BY:
        value = plugin.info.get(field)
        if not isinstance(value, str) or not value:
            continue
        others, count = site.related.others(field, value, plugin.plugin_id)
        if others:
            # The value's page counts the plugin itself, too, if it is one of those.
            whole = count + (plugin.info["state"] == "ENABLED") if count > SHOWN else 0
            values = {
                "root": PLUGIN_ROOT,
                "value": value,
                "page": f"{folder}/{site.segments[field, value]}/",
                "number": site.say.number(whole) if whole else "",
                "others": SafeHtml(others),
            }
            panels.append(site.templates.render("related", values).rstrip("\n"))
    return SafeHtml("\n".join(panels))


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


def _common_values(plugin: Plugin, hosts: tuple[str, ...], say: Texts) -> dict[str, Any]:
    """Return what card and page both show."""
    info = plugin.info
    tags = as_object(info["tags"])
    description = tags.get("description")
    updated_at, name = str(info["updated_at"]), str(info["name"])
    return {
        "plugin_id": plugin.plugin_id,
        "name": name,
        "letters": texts.letters(name),
        "picture": _picture(plugin, hosts),
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


def _picture(plugin: Plugin, hosts: tuple[str, ...]) -> str | None:
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
