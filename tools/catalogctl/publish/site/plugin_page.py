"""Build the page of a plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.plugin_ids import is_plugin_id
from catalogctl.publish.site import (
    field_rows,
    links,
    options_form,
    plugin_links,
    snippets,
    version_list,
)
from catalogctl.publish.site.avatars import symbols
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.list_rows import common_values
from catalogctl.publish.site.related import PLUGIN_ROOT
from catalogctl.publish.site.shown_documents import shown_documents
from catalogctl.query.plugin_search import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSONObject
    from catalogctl.model.plugin import Plugin
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.related import Neighbours
    from catalogctl.publish.site.site_context import Site
    from catalogctl.publish.site.texts import Texts

_NOT_DEPRECATED = {"reason": "", "successor_id": "", "since": ""}
_FORM = ("json-values", "references", "formats", "check", "form")
"""The scripts that draw and check the form for a plugin's options."""
_FEWEST_JUMPS = 3
"""The number of sections from which on a page has a navigation of its own."""


class Jump(NamedTuple):
    """An entry of the page's navigation; `figure` is shown after its text, if it is not ""."""

    id: str
    text: str
    figure: str = ""


def plugin_page(
    site: Site, plugin: Plugin, disabled_at: str | None = None, upstream_folder: str = ""
) -> File:
    """Return the page of a plugin; `disabled_at` is when a disabled one was, if it is known.

    `upstream_folder` is where the pages of the plugin's upstream are, "" for the catalog's own.
    """
    folder = f"plugins/{plugin.summary.plugin_id}/"
    values = _page_values(site, plugin) | {"disabled_day": site.t.day(disabled_at)}
    if upstream_folder:
        place = f"{PLUGIN_ROOT}{upstream_folder}"
        values |= {"repository_page": place, "badges": False, "plugin_feeds": False}
    return site.page("plugin", folder, values, current="plugins")


def _page_values(site: Site, plugin: Plugin) -> dict[str, Any]:
    """Return the values for `plugin.html`."""
    summary, info, t = plugin.summary, plugin.info, site.t
    neighbours, documents = site.neighbours(summary), shown_documents(site, plugin)
    kind = site.segments.get(("service_type", summary.service_type), "")
    kind_page = f"{PLUGIN_ROOT}service-types/{kind}/" if kind else ""
    values: dict[str, Any] = {
        **common_values(summary, PLUGIN_ROOT, site.image_hosts, t, size="l"),
        **_facts(site, plugin),
        **_deprecation(summary.deprecated, t),
        "page_title": site.titled(f"{short(summary.name, 100)} | {summary.plugin_id}"),
        "page_description": _page_description(summary, t),
        "glyphs": symbols((summary.service_type, *neighbours.service_types)),
        "kind_page": kind_page,
        "repository_page": "",
        "snippets": _snippets(site, plugin),
        "fields": field_rows.rows(info),
        "links_of_page": plugin_links.page_links(summary, info, site.context.settings.site, t),
        "compare": plugin_links.compare_page(info),
        "has_lock": plugin.lock is not None,
        "resolved_at": summary.resolved_at,
        "resolved_day": t.day(summary.resolved_at),
        "versions": version_list.version_list(
            plugin.versions, summary.versions.latest, documents.notes, t
        ),
        "about": documents.about,
        "successor": SafeHtml(neighbours.successor),
        "successor_name": neighbours.successor_name,
        **_options(site, plugin),
    }
    if values["versions"].total and values["snippets"]:
        values["scripts"] = (*values["scripts"], "versions")
    values["related"] = _related(site, neighbours, values)
    values["jumps"] = _jumps(values, t)
    return values


def _facts(site: Site, plugin: Plugin) -> dict[str, Any]:
    """Return the values for the column of facts."""
    summary, info, t, segments = plugin.summary, plugin.info, site.t, site.segments
    provider = summary.provider
    page = links.registry_page(summary.registry_url, summary.image)
    return {
        "provider_segment": segments.get(("provider", provider or ""), ""),
        "labels": [
            (label, segments.get(("labels", label), "")) for label in dict.fromkeys(summary.labels)
        ],
        "image": summary.image,
        "registry_url": summary.registry_url,
        "registry_name": links.registry_name(summary.registry_url, t),
        "registry_page": page[1] if page else None,
        "known_facts": plugin_links.known_facts(info, t),
        "credentials": plugin_links.credentials(info["capability"]),
        "maintainers": [(plugin_links.initials(each), each) for each in summary.maintainers],
        "created_at": summary.created_at,
        "created_day": t.day(summary.created_at),
    }


def _snippets(site: Site, plugin: Plugin) -> list[snippets.Snippet]:
    """Return the snippets that use a plugin, none for one that is disabled."""
    is_enabled = plugin.summary.state == "ENABLED"
    return snippets.snippets(plugin, site.context.base_url) if is_enabled else []


def _options(site: Site, plugin: Plugin) -> dict[str, Any]:
    """Return the sections of a plugin's options, with the number of its own, and the scripts."""
    template = plugin.info["template"]
    templates = options_form.templates(template, site.t) if template else []
    if not templates:
        return {"options": SafeHtml(""), "options_count": "", "scripts": ()}
    enabled = plugin.summary.state == "ENABLED"
    values = {"root": PLUGIN_ROOT, "templates": templates, "enabled": enabled}
    return {
        "options": SafeHtml(site.templates.render("options", values).rstrip("\n")),
        "options_count": templates[0].total,
        "scripts": _FORM,
    }


def _related(site: Site, neighbours: Neighbours, values: dict[str, Any]) -> SafeHtml:
    """Return the section that leads to other plugins, "" if there are none."""
    if not neighbours.others:
        return SafeHtml("")
    given = {
        "root": PLUGIN_ROOT,
        "kind": values["kind"],
        "kind_page": values["kind_page"],
        "others": SafeHtml("".join(neighbours.others)),
    }
    return SafeHtml(site.templates.render("related", given).rstrip("\n"))


def _jumps(values: dict[str, Any], t: Texts) -> list[Jump]:
    """Return the entries of the page's navigation, none if the page has few sections."""
    found = list(_sections(values, t))
    return found if len(found) >= _FEWEST_JUMPS else []


def _sections(values: dict[str, Any], t: Texts) -> Iterator[Jump]:
    """Yield the sections that a page has."""
    if values["successor"]:
        yield Jump("successor", t("successor"))
    if values["snippets"]:
        yield Jump("use", t("use_it"))
    if values["about"]:
        yield Jump("about", t("about"))
    if values["options"]:
        yield Jump("options", t("options"), values["options_count"])
    if total := values["versions"].total:
        yield Jump("versions", t("versions"), t.number(total))
    yield Jump("record", t("record"))


def _page_description(plugin: PluginSummary, t: Texts) -> str:
    """Return the description for search engines; the id at its start keeps it unique."""
    described = plugin.description or t(
        "plugin_without_description", name=plugin.name, service_type=plugin.service_type
    )
    return short(f"{plugin.plugin_id}: {described}")


def _deprecation(deprecated: JSONObject | None, t: Texts) -> dict[str, str]:
    """Return the three parts of `deprecated`; the successor only if it is a valid id."""
    if deprecated is None:
        return _NOT_DEPRECATED
    reason, successor, since = (
        str(deprecated.get(key) or "") for key in ("reason", "successor", "since")
    )
    return {
        "reason": reason if reason.endswith((".", "!", "?")) or not reason else f"{reason}.",
        "successor_id": successor if is_plugin_id(successor) else "",
        "since": t.day(since),
    }
