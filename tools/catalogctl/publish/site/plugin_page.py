"""Build the page of a plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from catalogctl.jsontypes import as_object
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.publish.site import field_rows, links, options_form, snippets, texts, version_rows
from catalogctl.publish.site.avatars import symbols
from catalogctl.publish.site.documents import shown_documents
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.list_rows import common_values
from catalogctl.publish.site.related import PLUGIN_ROOT

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin import Plugin
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.site.site_context import Site
    from catalogctl.publish.site.texts import Texts

_NOT_DEPRECATED = {"reason": "", "successor": "", "since": ""}
_FOLDERS = {"provider": "providers", "service_type": "service-types"}
"""The folders of the pages of the fields that related plugins share."""
_FORM = ("references", "formats", "check", "form")
"""The scripts that draw and check the form for a plugin's options."""


def plugin_page(site: Site, plugin: Plugin) -> File:
    """Return the page of a plugin."""
    folder = f"plugins/{plugin.summary.plugin_id}/"
    return site.page("plugin", folder, _page_values(site, plugin), current="plugins")


def _page_values(site: Site, plugin: Plugin) -> dict[str, Any]:
    """Return the values for `plugin.html`."""
    summary, info, t, segments = plugin.summary, plugin.info, site.t, site.segments
    provider = summary.provider
    edit = _edit(summary.file, site.edition)
    options = _options(site, info["template"])
    return {
        **common_values(summary, PLUGIN_ROOT, site.image_hosts, t, size="l"),
        "glyphs": symbols((summary.service_type,)),
        "updated_at": summary.updated_at,
        "updated_day": t.day(summary.updated_at),
        "page_title": site.titled(f"{texts.short(summary.name, 100)} | {summary.plugin_id}"),
        "page_description": _page_description(summary, t),
        "service_type_segment": segments["service_type", summary.service_type],
        "provider_segment": segments["provider", provider] if provider else "",
        "labels": [(label, segments["labels", label]) for label in dict.fromkeys(summary.labels)],
        "image": summary.image,
        "registry_url": summary.registry_url,
        "registry_type": links.registry_name(summary.registry_url, t),
        "registry_type_segment": segments["registry_type", summary.registry_type],
        "snippets": snippets.snippets(plugin, site.edition.base_url, t),
        "fields": field_rows.rows(info, t),
        "maintainers": ", ".join(summary.maintainers),
        "created_at": summary.created_at,
        "created_day": t.day(summary.created_at),
        "edit": edit,
        "outside": _outside(summary, site.edition, edit, t),
        "has_lock": plugin.lock is not None,
        "lock_note": _lock_note(plugin.lock_note, t),
        "resolved_at": summary.resolved_at,
        "resolved_day": t.day(summary.resolved_at),
        "capability": _listed(info["capability"]),
        "tags": _listed(info["tags"]),
        "versions": version_rows.versions(plugin.versions, summary.versions.latest, t),
        "options": options,
        "scripts": _FORM if options else (),
        "related": _related(site, summary),
        **shown_documents(site, plugin)._asdict(),
        **_deprecation(summary.deprecated),
    }


def _options(site: Site, template: JSON) -> SafeHtml:
    """Return the panels of a plugin's options, or "" if it has none."""
    if not template:
        return SafeHtml("")
    values = {"root": PLUGIN_ROOT, "templates": options_form.templates(template, site.t)}
    return SafeHtml(site.templates.render("options", values).rstrip("\n"))


def _related(site: Site, plugin: PluginSummary) -> SafeHtml:
    """Return the panels that link to other plugins of the same provider and type."""
    panels = []
    for field, value, others, has_more in site.neighbours(plugin):
        values = {
            "root": PLUGIN_ROOT,
            "value": value,
            "page": f"{_FOLDERS[field]}/{site.segments[field, value]}/",
            "others": SafeHtml(others),
            "has_more": has_more,
        }
        panels.append(site.templates.render("related", values).rstrip("\n"))
    return SafeHtml("\n".join(panels))


def _page_description(plugin: PluginSummary, t: Texts) -> str:
    """Return the description for search engines; the id at its start keeps it unique."""
    described = plugin.description or t(
        "plugin_without_description", name=plugin.name, service_type=plugin.service_type
    )
    return texts.short(f"{plugin.plugin_id}: {described}")


def _lock_note(note: str, t: Texts) -> str:
    """Return why a lock is not used, or "" if it is used or missing."""
    if note == "stale":
        return t("lock_stale")
    return t("lock_unused", why=note) if note else ""


def _listed(value: JSON) -> list[tuple[str, str, str | None]]:
    """Return (name, text, address or None) of each member that can be shown on one line."""
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
    """Return the three parts of `deprecated`; the successor only if it is a valid id."""
    if deprecated is None:
        return _NOT_DEPRECATED
    given = deprecated
    parts = {key: str(given.get(key) or "") for key in ("reason", "successor", "since")}
    if not is_plugin_id(parts["successor"]):
        parts["successor"] = ""
    parts["reason"] = parts["reason"].rstrip(".")
    return parts


def _edit(file: str, edition: BuildContext) -> str | None:
    """Return the address for editing the plugin's file, or None if not configured."""
    site = edition.settings.site
    return links.edit_link(file, links.web_link(site.repository_url), site.edit_url)


def _outside(
    plugin: PluginSummary, edition: BuildContext, edit: str | None, t: Texts
) -> list[tuple[str, str]]:
    """Return (text, address) of every link to a page outside the catalog."""
    site = edition.settings.site
    page = links.registry_page(plugin.registry_url, plugin.image)
    own = links.repository_links(plugin.file, links.web_link(site.repository_url), edit)
    found = [(t("image_at", registry=page[0]), page[1])] if page else []
    return found + [(t(key), address) for key, address in own]
