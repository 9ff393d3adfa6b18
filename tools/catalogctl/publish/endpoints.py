"""Define the endpoints of a tree, used by `index.json`, `openapi.json` and the API page.

Placeholders in a template stand for published path segments, so clients insert them unchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

API = "repository/v1/plugin"

GET = f"{API}/get/{{plugin_id}}.json"
GET_VERSIONS = f"{API}/get-versions/{{plugin_id}}.json"
LIST = f"{API}/list/all.json"
LIST_VERSIONS = f"{API}/list/versions.json"
LIST_EVERY = f"{API}/list/every.json"
LIST_PAGE = f"{API}/list/page/{{page}}.json"
LIST_BY = f"{API}/list/by/{{field}}/{{value}}.json"
PARTS = "parts/"
LIST_PART = f"{PARTS}{{sha256}}.json"
LIST_SAVED = f"{API}/list/saved/{{query}}.json"
STAT = f"{API}/stat/{{name}}.json"
ANSWER = f"{API}/answers/{{sha256}}.json"
REPOSITORIES = "repository/v1/repository/list.json"
REPOSITORY = "repository/v1/repository/get/{repository_id}.json"
INDEX = "index.json"
SHARD = "index/{shard}.json"
LOCK = "versions/{plugin_id}.json"
BADGE = "badges/{plugin_id}.json"
BADGE_PICTURE = "badges/{plugin_id}.svg"
SCHEMA = "schemas/{message}.schema.json"
OPENAPI = "openapi.json"
CHANGES_INDEX = "changes/index.json"
CHANGES = "changes/{page}.json"
REMOVED = "removed.json"
RELEASES = "releases.json"
HEALTH = "health.json"
FEED = "feed.atom"
RELEASES_FEED = "releases.atom"
PLUGIN_FEED = "plugins/{plugin_id}/feed.atom"
MANIFEST = "manifest.json"

_ATOM = "application/atom+xml"
_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A kind of file: its URL template, a summary and the message it contains.

    `name` is its name in `index.json`, `operation` the one in `openapi.json`, from which generators
    make the names of functions. `message` names a schema; "" means any JSON value.
    """

    name: str
    operation: str
    template: str
    summary: str
    message: str = ""
    media_type: str = "application/json"
    is_call: bool = False

    @property
    def holes(self) -> tuple[str, ...]:
        """The names of the template's parameters, in order."""
        return tuple(_HOLE.findall(self.template))


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its placeholders filled in."""
    return template.format_map(values)


def of_repository(path: str, repository: str) -> str:
    """Return the path of an upstream's file that is to it as this one is to the catalog.

    `repository` is the path segment of its repository_id. Parts of lists are shared by all.
    """
    rest = path.removeprefix(API)
    return path if rest == path else f"repositories/{repository}/plugin{rest}"


def _call(
    name: str, operation: str, template: str, summary: str, message: str = "PluginsInfo"
) -> Endpoint:
    return Endpoint(name, operation, template, summary, message, is_call=True)


def _of_upstream(
    name: str, operation: str, template: str, summary: str, message: str = "PluginsInfo"
) -> Endpoint:
    path = of_repository(template, "{repository_id}")
    return _call(f"repository_{name}", operation, path, summary, message)


_OF_UPSTREAM = (
    _of_upstream(
        "get",
        "getPluginOfRepository",
        GET,
        "One plugin of an upstream, if an earlier repository answers for its id",
        "PluginInfo",
    ),
    _of_upstream(
        "get_versions",
        "getPluginVersionsOfRepository",
        GET_VERSIONS,
        "The versions of such a plugin, newest first",
        "VersionsInfo",
    ),
    _of_upstream(
        "list", "listPluginsOfRepository", LIST, "Every plugin of an upstream, ordered by name"
    ),
    _of_upstream(
        "list_page",
        "listPluginsOfRepositoryByPage",
        LIST_PAGE,
        "One page of an upstream's plugins; total_count is that of the whole list",
    ),
    _of_upstream(
        "list_versions",
        "listVersionsOfRepository",
        LIST_VERSIONS,
        "The versions of every plugin of an upstream, ordered by plugin_id",
        "VersionsList",
    ),
    _of_upstream(
        "list_by",
        "listPluginsOfRepositoryByField",
        LIST_BY,
        "The plugins of an upstream that have a value in a field",
    ),
    _of_upstream(
        "stat",
        "getStatisticsOfRepository",
        STAT,
        "The answer of a built-in stat query about an upstream",
        "Answer",
    ),
)

ENDPOINTS = (
    _call("get", "getPlugin", GET, "One plugin", "PluginInfo"),
    _call(
        "get_versions",
        "getPluginVersions",
        GET_VERSIONS,
        "The versions of one plugin, newest first",
        "VersionsInfo",
    ),
    _call("list", "listPlugins", LIST, "Every plugin, ordered by name"),
    _call(
        "list_page",
        "listPluginsByPage",
        LIST_PAGE,
        "One page of all plugins; total_count is that of the whole list",
    ),
    _call(
        "list_versions",
        "listVersions",
        LIST_VERSIONS,
        "The versions of every plugin, ordered by plugin_id",
        "VersionsList",
    ),
    _call(
        "list_every",
        "listPluginsOfEveryRepository",
        LIST_EVERY,
        "Every plugin of all repositories: the catalog's own, then those of each upstream, by name",
    ),
    _call("list_by", "listPluginsByField", LIST_BY, "The plugins that have a value in a field"),
    *_OF_UPSTREAM,
    _call("list_saved", "listPluginsBySavedQuery", LIST_SAVED, "The answer of a saved list query"),
    _call("stat", "getStatistics", STAT, "The answer of a built-in or saved stat query", "Answer"),
    _call(
        "answer",
        "getAnswer",
        ANSWER,
        "The answer of a built-in or saved query, by the hash of its canonical query",
        "Answer",
    ),
    Endpoint(
        "repositories",
        "listRepositories",
        REPOSITORIES,
        "The repositories that the catalog answers for, in the order in which they are asked",
        "RepositoriesInfo",
    ),
    Endpoint("repository", "getRepository", REPOSITORY, "One repository", "RepositoryInfo"),
    Endpoint(
        "index",
        "getIndex",
        INDEX,
        "What this catalog holds, with the sha256 of each file it names: read it first",
        "Index",
    ),
    Endpoint(
        "list_part",
        "getListPart",
        LIST_PART,
        "A part of a long list, by the hash of its content: index.json names each list's parts",
        "ListPart",
    ),
    Endpoint(
        "shard",
        "getIndexShard",
        SHARD,
        "A part of the index's plugins, in a large catalog",
        "IndexShard",
    ),
    Endpoint(
        "lock", "getLock", LOCK, "The lock of one plugin, as committed: tags and digests", "Lock"
    ),
    Endpoint(
        "badge", "getBadge", BADGE, "A badge, as shields.io's endpoint format has it", "Badge"
    ),
    Endpoint(
        "badge_picture",
        "getBadgePicture",
        BADGE_PICTURE,
        "The badge as a picture",
        media_type="image/svg+xml",
    ),
    Endpoint(
        "schema",
        "getSchema",
        SCHEMA,
        "The JSON Schema of a message or of one of the catalog's files",
        media_type="application/schema+json",
    ),
    Endpoint("openapi", "getOpenapi", OPENAPI, "This description"),
    Endpoint(
        "changes_index",
        "getChangesIndex",
        CHANGES_INDEX,
        "The pages of the journal: how many calls changed the catalog, and where they are listed",
        "ChangesIndex",
    ),
    Endpoint(
        "changes",
        "getChanges",
        CHANGES,
        "500 entries of the journal, oldest first; entry n stands on page (n - 1) // 500 + 1",
        "Changes",
    ),
    Endpoint(
        "removed",
        "getRemovedPlugins",
        REMOVED,
        "The removed plugins: when, why, what replaces them",
        "Removed",
    ),
    Endpoint(
        "releases",
        "getReleases",
        RELEASES,
        "How many versions were released in each month, and the 50 newest",
        "Releases",
    ),
    Endpoint(
        "health",
        "getHealth",
        HEALTH,
        "The plugins that need care: deprecated, disabled, without a version or a new release",
        "Health",
    ),
    Endpoint(
        "feed",
        "getFeed",
        FEED,
        "The newest calls that changed the catalog, and the newest releases",
        media_type=_ATOM,
    ),
    Endpoint(
        "releases_feed", "getReleasesFeed", RELEASES_FEED, "The newest releases", media_type=_ATOM
    ),
    Endpoint(
        "plugin_feed",
        "getPluginFeed",
        PLUGIN_FEED,
        "The calls that changed one plugin, and its releases",
        media_type=_ATOM,
    ),
    Endpoint(
        "manifest",
        "getManifest",
        MANIFEST,
        "Every published file with its size and sha256",
        "Manifest",
    ),
)

CALLS = {each.name: each.template for each in ENDPOINTS if each.is_call}
"""The URL templates of the calls, by their names in `index.json`."""

OF_UPSTREAMS = frozenset(each.name for each in _OF_UPSTREAM)
"""The names of the calls that only a catalog with upstreams has files for."""
