"""Plugins made by hand, and the pages and trees of them, without a catalog on disk.

Their values need not be those that the checks let pass: the pages must hold against any. Every file
comes from the function of the publish room that a build calls; nothing is made up here.
"""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from catalogctl.files import MANIFEST
from catalogctl.lock import LockedVersion
from catalogctl.model import assemble
from catalogctl.model.assemble import summarize
from catalogctl.model.plugin_documents import plugin_documents
from catalogctl.model.plugin_summary import Release, VersionsSummary
from catalogctl.pipeline.saved_answers import answer_queries, built_in
from catalogctl.publish.build_context import BuildContext, extras, with_bytes
from catalogctl.publish.facets import facet_segments, in_order
from catalogctl.publish.index_files import PublishedLists, index_files
from catalogctl.publish.journal_files import (
    Deprecation,
    Journal,
    JournalEntry,
    Tombstone,
    VersionsEntry,
)
from catalogctl.publish.list_files import lists
from catalogctl.publish.manifest import Listed, manifest
from catalogctl.publish.news import News
from catalogctl.publish.plugin_files import plugin_files
from catalogctl.publish.query_files import SavedAnswer
from catalogctl.publish.shared_files import shared_files
from catalogctl.publish.site.overrides import OwnSite
from catalogctl.publish.site.plugin_page import plugin_page
from catalogctl.publish.site.related import Related
from catalogctl.publish.site.site_context import open_site
from catalogctl.publish.site.site_pages import page_groups
from catalogctl.query import BUILT_IN, base_order
from catalogctl.query.query_documents import Documents
from catalogctl.source.document_folders import TEXTS, PluginFile, ReadDocuments
from catalogctl.source.settings import Settings, SiteSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.journal_files import Entry
    from catalogctl.publish.list_files import PartsOfLists
    from catalogctl.publish.site.own_texts import Text
    from catalogctl.publish.site.site_context import Site
    from catalogctl.publish.upstreams import Upstream

COMMIT = "4f1c2ab09d3e5f60718293a4b5c6d7e8f9012345"
TIME = "2026-11-23T08:30:00.000Z"
TOMBSTONES = (
    Tombstone(
        "plugin-gone", TIME, COMMIT, "<b>Take</b> \u202eit out", "plugin-new", "It was <old>"
    ),
    Tombstone("plugin-old", TIME, COMMIT, "", None),
)


def _entry(time: str, call: str, plugin_id: str) -> JournalEntry:
    return JournalEntry(0, time, COMMIT, call, plugin_id, None, None)


def _release(time: str, plugin_id: str, *tags: str) -> VersionsEntry:
    blobs = (None, COMMIT)
    return VersionsEntry(
        0, time, COMMIT, None, "versions", plugin_id, tags, (), (), tags[0], *blobs
    )


_ENTRIES: Sequence[Entry] = (
    _entry("2026-10-30T12:00:00.000Z", "register", "plugin-options"),
    _entry("2026-10-30T12:00:00.000Z", "register", "plugin-disabled"),
    _release("2026-10-31T12:00:00.000Z", "plugin-options", "1.1", "1.0", "0.9"),
    _entry("2026-11-01T12:00:00.000Z", "disable", "plugin-disabled"),
    _release("2026-11-20T12:00:00.000Z", "plugin-options", "1.2"),
    _entry(TIME, "deregister", "plugin-gone"),
)
JOURNAL = Journal(
    tuple(each._replace(seq=number) for number, each in enumerate(_ENTRIES, start=1)),
    TOMBSTONES,
    (Deprecation("2026-11-21T12:00:00.000Z", "plugin-usual-00"),),
)


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
        summary=replace(summary, versions=_summary(versions, latest)),
        versions=versions,
        lock=b"{}\n" if versions else None,
        lock_note=str(lock_note),
    )


def documented(made: Plugin, files: Mapping[str, str | bytes]) -> Plugin:
    """Return a plugin with documents, pictures and an icon, by their paths in the catalog."""
    plugin_id = made.summary.plugin_id
    read = {
        path: PluginFile(path, path, data if isinstance(data, bytes) else data.encode())
        for path, data in files.items()
    }
    beside = {path.rpartition("/")[2]: each for path, each in read.items()}
    documents = plugin_documents(
        plugin_id,
        ReadDocuments(
            {name: each for name, each in beside.items() if name in TEXTS},
            {
                name: each
                for name, each in beside.items()
                if each.path.startswith("docs/") and name not in TEXTS
            },
            [each for path, each in read.items() if path.startswith("icons/")],
            (),
        ),
    )
    icon = documents.icon.path if documents.icon else ""
    return replace(made, documents=documents, summary=replace(made.summary, icon_path=icon))


def _summary(versions: Sequence[LockedVersion], latest: str | None) -> VersionsSummary:
    releases = [Release(TIME, each.tag, each.prerelease) for each in versions]
    return VersionsSummary(
        latest,
        TIME if versions else None,
        sha256="0" * 64,
        count=len(versions),
        releases=msgspec.json.encode(releases),
        last_release=TIME if versions else None,
        tags=msgspec.json.encode([each.tag for each in versions]),
    )


def context(
    *,
    base_url: str | None = None,
    site: SiteSettings | None = None,
    plugins: int = 0,
    repository_info: Mapping[str, str] | None = None,
    upstreams: Sequence[Upstream] = (),
) -> BuildContext:
    """Return what is the same for all files of a build of so many plugins."""
    settings = Settings(
        repository_info=repository_info or {},
        site=site or SiteSettings(repository_url="https://git.example/acme/plugins"),
    )
    own_files = extras(settings.site, plugins, base_url)
    return BuildContext(
        settings, base_url, TIME, COMMIT, TIME, "catalogctl 0.1.0", own_files, upstreams
    )


def segments(plugins: Iterable[Plugin]) -> dict[tuple[str, str], str]:
    """Return the path segment of each value of each facet."""
    return facet_segments(each.summary for each in plugins)


def answers(plugins: Iterable[Plugin], build: BuildContext) -> list[SavedAnswer]:
    """Return the answers of the built-in stats, as a build has them."""
    documents = Documents(base_order([each.info for each in plugins]))
    repository_id = build.settings.repository_id
    made, problems = answer_queries(
        built_in(), documents, now=build.now, repository_id=repository_id
    )
    assert problems == []
    return made


def answer(
    name: str, results: JSON, *, kind: Literal["list", "stat"] = "stat", **given: Any
) -> SavedAnswer:
    """Return the answer of a query, which is a built-in one's where it has that name."""
    query: JSON = {"sort": {"key": "name"}} if kind == "list" else {"distinct": "name"}
    request = BUILT_IN.get(name, {"query": query})
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


class _Made(NamedTuple):
    """The parts that a build puts together: what is one plugin's, and what they all share."""

    site: Site
    plugins: list[Plugin]
    rows: Rows
    answers: list[SavedAnswer]


def _made(
    plugins: Iterable[Plugin],
    build: BuildContext,
    *,
    saved: Iterable[SavedAnswer] = (),
    own_pages: Mapping[str, str] | None = None,
    own_templates: Mapping[str, str] | None = None,
    own_texts: Mapping[str, Text] | None = None,
) -> _Made:
    ordered = sorted(plugins, key=lambda each: (each.summary.name, each.summary.plugin_id))
    related = Related(each.summary for each in ordered)
    own = OwnSite(own_templates or {}, own_pages or {}, own_texts or {})
    site = open_site(build, segments(ordered), related=related, own_site=own)
    every = in_order([each.summary for each in ordered], segments(ordered))
    return _Made(site, ordered, every, [*answers(ordered, build), *saved])


def pages(plugins: Iterable[Plugin], build: BuildContext, **given: Any) -> dict[str, bytes]:
    """Return the pages of a site by path, and their assets.

    `saved` are answers of saved queries, `own_pages` Markdown, `own_templates` and `own_texts`
    what takes the place of ours, by name.
    """
    made = _made(plugins, build, **given)
    files = dict(plugin_page(made.site, each) for each in made.plugins)
    for group in page_groups(made.site, made.rows, made.answers, _news(made, build)):
        files.update(map(with_bytes, group.files()))
    return files


def _news(made: _Made, build: BuildContext) -> News:
    return News(made.rows.ordered, build, JOURNAL)


def tree(plugins: Iterable[Plugin], build: BuildContext, **given: Any) -> dict[str, bytes]:
    """Return every file of the tree by path: each is made by the function that a build calls."""
    made = _made(plugins, build, **given)
    files = dict(chain.from_iterable(plugin_files(made.site, each) for each in made.plugins))
    parts: PartsOfLists = {}
    files.update(lists(made.rows, build.settings.site, parts, build.upstreams))
    shared = shared_files(made.rows, build, made.answers, site=made.site, journal=JOURNAL)
    files.update(map(with_bytes, shared))
    named = PublishedLists(_listed(files), parts)
    files.update(index_files(made.rows, build, made.answers, named))
    files[MANIFEST] = manifest(map(msgspec.json.encode, _listed(files).values()))
    return files


def _listed(files: Mapping[str, bytes]) -> dict[str, Listed]:
    """Return what a manifest says of files."""
    return {
        path: Listed(path, len(data), hashlib.sha256(data).hexdigest())
        for path, data in files.items()
    }
