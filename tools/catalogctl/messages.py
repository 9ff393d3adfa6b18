"""The messages of the API and of our own files, as types: what the schemas say, in Python.

Made by `tools/make_messages.py` from `schemas/`: change the schema, then run that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypeAlias, TypedDict

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject


State: TypeAlias = Literal["ENABLED", "DISABLED"]
PublicRegistryType: TypeAlias = Literal["DOCKER_HUB", "AWS_PUBLIC_ECR"]


class RepositoryInfo(TypedDict):
    """The repository that a plugin is in."""

    repository_id: str
    name: str
    repository_type: Literal["local", "remote"]


class PluginInfo(TypedDict):
    """A plugin as the API answers with it.

    provider and project_id are absent where the plugin has none.
    """

    plugin_id: str
    name: str
    image: str
    registry_url: str
    state: State
    service_type: str
    provider: NotRequired[str]
    registry_type: PublicRegistryType
    registry_config: JSONObject
    capability: JSONObject
    template: JSONObject
    labels: list[str]
    tags: JSONObject
    repository_info: RepositoryInfo
    project_id: NotRequired[str]
    domain_id: str
    created_at: str
    updated_at: str


class PluginsInfo(TypedDict):
    """The answer of list."""

    results: list[PluginInfo | JSONObject]
    total_count: int


class VersionsInfo(TypedDict):
    """The answer of get_versions."""

    version: NotRequired[str]
    total_count: int
    results: list[str]


class StatResult(TypedDict):
    """The answer of stat."""

    results: list[JSON]
    total_count: NotRequired[int]


class CreatePluginRequest(TypedDict):
    """The request of register: what a new plugin is.

    A plugin file, with the catalog's defaults filled in, has to be one.
    """

    name: str
    service_type: str
    image: str
    provider: NotRequired[str]
    registry_type: NotRequired[Literal["DOCKER_HUB", "AWS_PUBLIC_ECR"]]
    registry_config: NotRequired[JSONObject]
    capability: NotRequired[JSONObject]
    template: NotRequired[JSONObject]
    labels: NotRequired[list[str]]
    tags: NotRequired[JSONObject]
    project_id: NotRequired[str]
    domain_id: str


class UpdatePluginRequest(TypedDict):
    """The request of update.

    Each field that is given replaces the plugin's own whole; null takes it out.
    """

    plugin_id: str
    name: NotRequired[str]
    capability: NotRequired[JSONObject | None]
    template: NotRequired[JSONObject | None]
    labels: NotRequired[list[str] | None]
    tags: NotRequired[JSONObject | None]
    domain_id: str


class PluginRequest(TypedDict):
    """The request of enable, disable and deregister."""

    plugin_id: str
    domain_id: str


class RepositoryPluginRequest(TypedDict):
    """The request of get_versions."""

    plugin_id: str
    domain_id: str
    repository_id: NotRequired[str | None]


class GetRepositoryPluginRequest(TypedDict):
    """The request of get."""

    plugin_id: str
    domain_id: str
    repository_id: NotRequired[str | None]
    only: NotRequired[list[str] | None]


class PluginFileVersions(TypedDict):
    """Which of the image's tags are versions, where the usual rule does not fit.

    Not published.
    """

    pattern: NotRequired[str | None]


class PluginFileDeprecated(TypedDict):
    """Says that the plugin should no longer be taken up.

    Shown on the site and in index.json.
    """

    reason: str
    successor: NotRequired[str | None]
    since: NotRequired[str | None]


class PluginFile(TypedDict):
    """A file of plugins/: one plugin of the catalog.

    It holds the request of register and six fields of the catalog's own; null means the same as
    leaving a field out.
    """

    plugin_id: NotRequired[str | None]
    name: str
    service_type: str
    image: str
    provider: NotRequired[str | None]
    registry_type: NotRequired[Literal["DOCKER_HUB", "AWS_PUBLIC_ECR"] | None]
    registry_url: NotRequired[str | None]
    registry_config: NotRequired[JSONObject | None]
    capability: NotRequired[JSONObject | None]
    template: NotRequired[JSONObject | None]
    labels: NotRequired[list[str] | None]
    tags: NotRequired[JSONObject | None]
    project_id: NotRequired[str | None]
    domain_id: NotRequired[str | None]
    state: NotRequired[Literal["ENABLED", "DISABLED"] | None]
    versions: NotRequired[PluginFileVersions | None]
    maintainers: NotRequired[list[str] | None]
    deprecated: NotRequired[PluginFileDeprecated | None]


class LockSource(TypedDict):
    """A registry and an image in it."""

    registry_type: Literal["DOCKER_HUB", "AWS_PUBLIC_ECR"]
    registry_url: str
    image: str


class LockVersion(TypedDict):
    """A tag that is a version.

    Only `tag` need be known.
    """

    tag: str
    digest: NotRequired[str | None]
    media_type: NotRequired[str | None]
    pushed_at: NotRequired[str | None]
    first_seen: NotRequired[str | None]
    prerelease: NotRequired[bool]
    size: NotRequired[int | None]
    platforms: NotRequired[list[str] | None]


class LockRemoved(TypedDict):
    """A version that vanished."""

    tag: str
    digest: NotRequired[str | None]
    last_seen: NotRequired[str | None]


LockMoved = TypedDict(
    "LockMoved",
    {
        "tag": str,
        "from": NotRequired[str | None],
        "to": NotRequired[str | None],
        "at": NotRequired[str | None],
    },
)


class Lock(TypedDict):
    """versions/<plugin_id>.json: the versions of a plugin's image, as `resolve` found them.

    Its bytes are those that `resolve` writes: sorted keys, two spaces, a line feed at the end, no
    key twice; no time of the check, so that a run without news changes nothing.
    """

    lock_version: Literal[1]
    plugin_id: str
    source: LockSource
    resolved_via: Literal["hub", "oci", "manual"]
    latest: str | None
    total_count: int
    versions: list[LockVersion]
    other_tags: NotRequired[dict[str, str | None]]
    removed: NotRequired[list[LockRemoved]]
    history: NotRequired[list[LockMoved]]


class IndexSource(TypedDict):
    """The commit that was published."""

    commit: str | None
    commit_time: str | None


class IndexFacet(TypedDict):
    """A value of a field: how many plugins have it, and their list."""

    count: int
    path: str
    size: int
    sha256: str


class IndexFile(TypedDict):
    """A published file."""

    path: str
    size: int
    sha256: str


class IndexDeprecated(TypedDict):
    """Present where the plugin should no longer be taken up."""

    reason: str
    successor: NotRequired[str]
    since: NotRequired[str]


class IndexPlugin(TypedDict):
    """A plugin in short."""

    plugin_id: str
    name: str
    state: State
    image: str
    service_type: str
    registry_type: PublicRegistryType
    provider: NotRequired[str]
    labels: list[str]
    latest_version: str | None
    released_at: str | None
    updated_at: str
    deprecated: NotRequired[IndexDeprecated]
    path: str
    sha256: str
    versions_sha256: str


class IndexPart(TypedDict):
    """A part of the index."""

    count: int
    path: str
    size: int
    sha256: str


class Index(TypedDict):
    """index.json: what a published catalog holds, and where.

    It has the sha256 of each file it points at. Later versions of this layout may add members.
    """

    schema_version: Literal[1]
    repository_info: RepositoryInfo
    source: IndexSource
    now: str
    total_count: int
    facets: dict[str, dict[str, IndexFacet]]
    lists: dict[str, IndexFile]
    stats: dict[str, IndexFile]
    saved: dict[str, IndexFile]
    endpoints: dict[str, str]
    plugins: NotRequired[list[IndexPlugin]]
    shards: NotRequired[list[IndexPart]]


class IndexShard(TypedDict):
    """index/<n>.json: a part of a large index."""

    plugins: list[IndexPlugin]


class ManifestFile(TypedDict):
    """A published file."""

    path: str
    size: int
    sha256: str


class Manifest(TypedDict):
    """manifest.json: the files of a published tree.

    It leaves out itself, `_headers` and files whose names begin with a dot.
    """

    schema_version: Literal[1]
    files: list[ManifestFile]


STATE_VALUES = (
    "ENABLED",
    "DISABLED",
)
PUBLIC_REGISTRY_TYPE_VALUES = (
    "DOCKER_HUB",
    "AWS_PUBLIC_ECR",
)
REPOSITORY_INFO_FIELDS = (
    "repository_id",
    "name",
    "repository_type",
)
PLUGIN_INFO_FIELDS = (
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
    "project_id",
    "domain_id",
    "created_at",
    "updated_at",
)
PLUGINS_INFO_FIELDS = (
    "results",
    "total_count",
)
VERSIONS_INFO_FIELDS = (
    "version",
    "total_count",
    "results",
)
STAT_RESULT_FIELDS = (
    "results",
    "total_count",
)
CREATE_PLUGIN_REQUEST_FIELDS = (
    "name",
    "service_type",
    "image",
    "provider",
    "registry_type",
    "registry_config",
    "capability",
    "template",
    "labels",
    "tags",
    "project_id",
    "domain_id",
)
UPDATE_PLUGIN_REQUEST_FIELDS = (
    "plugin_id",
    "name",
    "capability",
    "template",
    "labels",
    "tags",
    "domain_id",
)
PLUGIN_REQUEST_FIELDS = (
    "plugin_id",
    "domain_id",
)
REPOSITORY_PLUGIN_REQUEST_FIELDS = (
    "plugin_id",
    "domain_id",
    "repository_id",
)
GET_REPOSITORY_PLUGIN_REQUEST_FIELDS = (
    "plugin_id",
    "domain_id",
    "repository_id",
    "only",
)
PLUGIN_FILE_FIELDS = (
    "plugin_id",
    "name",
    "service_type",
    "image",
    "provider",
    "registry_type",
    "registry_url",
    "registry_config",
    "capability",
    "template",
    "labels",
    "tags",
    "project_id",
    "domain_id",
    "state",
    "versions",
    "maintainers",
    "deprecated",
)
LOCK_FIELDS = (
    "lock_version",
    "plugin_id",
    "source",
    "resolved_via",
    "latest",
    "total_count",
    "versions",
    "other_tags",
    "removed",
    "history",
)
INDEX_FIELDS = (
    "schema_version",
    "repository_info",
    "source",
    "now",
    "total_count",
    "facets",
    "lists",
    "stats",
    "saved",
    "endpoints",
    "plugins",
    "shards",
)
INDEX_SHARD_FIELDS = ("plugins",)
MANIFEST_FIELDS = (
    "schema_version",
    "files",
)
