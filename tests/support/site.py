"""Plugins made by hand, and the tree of a site made of them, without a catalog on disk."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec.structs import replace

from catalogctl.lock import LockedVersion
from catalogctl.model import assemble
from catalogctl.model.assemble import summarize
from catalogctl.model.plugin import Plugin, VersionsSummary
from catalogctl.publish.badges import badge_files
from catalogctl.publish.build_context import BuildContext
from catalogctl.publish.changes import Journal, Tombstone, change_files
from catalogctl.publish.endpoints import LIST
from catalogctl.publish.facets import facet_segments, in_order
from catalogctl.publish.query_files import SavedAnswer
from catalogctl.publish.site.overrides import OwnSite
from catalogctl.publish.site.plugin_page import plugin_page
from catalogctl.publish.site.related import Related
from catalogctl.publish.site.site_context import open_site
from catalogctl.publish.site.site_pages import shared_pages
from catalogctl.query.builtin import BUILT_IN
from catalogctl.source.settings import Settings, SiteSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin import PluginSummary
    from catalogctl.publish.site.text_table import Text

COMMIT = "4f1c2ab09d3e5f60718293a4b5c6d7e8f9012345"
TIME = "2026-11-23T08:30:00.000Z"
TOMBSTONES = (
    Tombstone(
        "plugin-gone", TIME, COMMIT, "<b>Take</b> \u202eit out", "plugin-new", "It was <old>"
    ),
    Tombstone("plugin-old", TIME, COMMIT, "", None),
)
STAT_FIELDS = {
    "by-state": "state",
    "by-service-type": "service_type",
    "by-provider": "provider",
    "by-registry-type": "registry_type",
}


def plugin(plugin_id: str, name: str, /, **given: JSON) -> Plugin:
    """Return a plugin; `given` are fields of PluginInfo, and those of Plugin by their names."""
    info: JSONObject = {
        "plugin_id": plugin_id,
        "name": name,
        "image": f"pyengine/{plugin_id}",
        "registry_url": "registry.hub.docker.com",
        "state": "ENABLED",
        "service_type": "monitoring.Webhook",
        "provider": "aws",
        "registry_type": "DOCKER_HUB",
        "registry_config": {},
        "capability": {},
        "template": {},
        "labels": [],
        "tags": {},
        "repository_info": {
            "repository_id": "repo-123456789012",
            "name": "Marketplace",
            "repository_type": "local",
        },
        "domain_id": "domain-123456789012",
        "created_at": "2022-01-01T08:02:38.000Z",
        "updated_at": "2026-10-30T12:00:00.000Z",
    }
    tags = given.pop("versions", [])
    deprecated = given.pop("deprecated", None)
    lock_note = given.pop("lock_note", "")
    info.update(given)
    info = {key: value for key, value in info.items() if value is not None}
    versions = tuple(
        LockedVersion(
            tag=str(tag),
            digest="sha256:" + hashlib.sha256(str(tag).encode()).hexdigest(),
            first_seen=None,
            media_type=None,
            platforms=("a",),
            prerelease="-" in str(tag),
            pushed_at=TIME,
            size=1,
        )
        for tag in (tags if isinstance(tags, list) else [])
    )
    request: JSONObject = {"deprecated": deprecated, "maintainers": ["@owner"]}
    summary = summarize(
        info,
        request,
        file=f"catalog/plugins/{plugin_id}.yaml",
        resolved_at=TIME if versions else None,
    )
    stable = (each.tag for each in versions if not each.prerelease)
    latest = next(stable, versions[0].tag if versions else None)
    made = assemble.plugin(summary, None, info)
    return replace(
        made,
        summary=replace(summary, versions=VersionsSummary(latest, sha256="0" * 64)),
        versions=versions,
        lock=b"{}\n" if versions else None,
        lock_note=str(lock_note),
    )


def edition(*, base_url: str | None = None, site: SiteSettings | None = None) -> BuildContext:
    """Return what is the same for all files of a build."""
    settings = Settings(
        site=site or SiteSettings(repository_url="https://git.example/acme/plugins")
    )
    return BuildContext(settings, base_url, TIME, COMMIT, TIME, "catalogctl 0.1.0")


def segments(plugins: Iterable[Plugin]) -> dict[tuple[str, str], str]:
    """Return the path segment of each value of each facet."""
    return facet_segments(each.summary for each in plugins)


def answers(rows: Iterable[PluginSummary]) -> list[SavedAnswer]:
    """Return the answers of the built-in stats that count values."""
    all_rows = list(rows)
    made: dict[str, list[JSON]] = {}
    for name, field in STAT_FIELDS.items():
        counts = Counter(getattr(each, field) for each in all_rows).most_common()
        made[name] = [{field: value, "count": count} for value, count in counts]
    labels = Counter(label for each in all_rows for label in each.labels).most_common()
    made["by-label"] = [{"label": value, "count": n} for value, n in labels]
    months = Counter(each.created_at[:7] for each in all_rows)
    made["created-by-month"] = [{"month": value, "count": n} for value, n in sorted(months.items())]
    return [answer(name, results, built_in=True) for name, results in made.items()]


def answer(
    name: str, results: JSON, *, kind: Literal["list", "stat"] = "stat", **given: Any
) -> SavedAnswer:
    """Return the answer of a query, which is a built-in one's where it has that name."""
    request = BUILT_IN.get(name, {"query": {"sort": {"key": "name"}}})
    encoded = msgspec.json.encode({"results": results})
    return SavedAnswer(
        name=name,
        kind=kind,
        title=given.pop("title", name),
        query_id=hashlib.sha256(f"{kind} {name}".encode()).hexdigest(),
        encoded=encoded,
        request=request,
        **given,
    )


def pages(
    plugins: Iterable[Plugin],
    build: BuildContext,
    *,
    saved: Iterable[SavedAnswer] = (),
    own_pages: Mapping[str, str] | None = None,
    own_templates: Mapping[str, str] | None = None,
    own_texts: Mapping[str, Text] | None = None,
) -> dict[str, bytes]:
    """Return the pages of a site by path; `own_pages` are Markdown by name."""
    ordered = sorted(plugins, key=lambda each: (str(each.info["name"]), each.summary.plugin_id))
    related = Related(each.summary for each in ordered)
    own = OwnSite(own_templates or {}, own_pages or {}, own_texts or {})
    site = open_site(build, segments(ordered), related=related, own_site=own)
    files = dict(plugin_page(site, each) for each in ordered)
    rows = [each.summary for each in ordered]
    every = in_order(rows, segments(ordered))
    files.update(shared_pages(site, every, [*answers(rows), *saved], TOMBSTONES))
    return files


def tree(plugins: Iterable[Plugin], build: BuildContext, **given: Any) -> dict[str, bytes]:
    """Return the pages and the files that they ask for or link to."""
    every = list(plugins)
    files = pages(every, build, **given)
    for each in every:
        get = f"repository/v1/plugin/get/{each.summary.plugin_id}.json"
        files[get] = each.summary.encoded + b"\n"
        files[get.replace("/get/", "/get-versions/")] = b'{"results":[],"total_count":0}\n'
        state = str(each.info["state"])
        files.update(badge_files(each.summary.plugin_id, state, each.summary.versions.latest))
        if each.lock:
            files[f"versions/{each.summary.plugin_id}.json"] = each.lock
    files.update(change_files(Journal(tombstones=TOMBSTONES)))
    ordered = sorted(every, key=lambda one: (str(one.info["name"]), one.summary.plugin_id))
    everything = b",".join(each.summary.encoded for each in ordered)
    files[LIST] = b'{"results":[%b],"total_count":%d}\n' % (everything, len(ordered))
    for segment in segments(every).items():
        (field, _value), name = segment
        files[f"repository/v1/plugin/list/by/{field}/{name}.json"] = files[LIST]
    files[LIST.replace("/all.", "/page/1.")] = files[LIST]
    linked = re.compile(rb'"[./]*((?:repository|schemas|index|openapi|manifest)[\w./~-]*\.json)"')
    for path, data in list(files.items()):
        if path.endswith(".html"):
            for link in linked.findall(data):
                files.setdefault(link.decode(), b"{}\n")
    return files
