"""Define the message types of the Python API: what `Catalog` returns, and what `list` accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypeAlias, TypedDict

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

State: TypeAlias = Literal["ENABLED", "DISABLED"]
RegistryType: TypeAlias = Literal["DOCKER_HUB", "AWS_PUBLIC_ECR"]


class RepositoryInfo(TypedDict):
    """The repository of a plugin."""

    repository_id: str
    name: str
    repository_type: Literal["local", "remote"]


class RepositoriesInfo(TypedDict):
    """The repositories that a catalog answers for, in the order in which they are asked."""

    results: list[RepositoryInfo]
    total_count: int


class PluginInfo(TypedDict):
    """A plugin in the API's answers; times are ISO 8601 in UTC."""

    plugin_id: str
    name: str
    image: str
    registry_url: str
    state: State
    service_type: str
    provider: NotRequired[str]
    registry_type: RegistryType
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
    """The answer of list; with `only`, each result has only the fields that it names."""

    results: list[PluginInfo]
    total_count: int


class VersionsInfo(TypedDict):
    """The answer of get_versions: `results` are newest first, `version` is the latest, if any."""

    version: NotRequired[str]
    total_count: int
    results: list[str]


class StatResult(TypedDict):
    """The answer of stat: its rows, and how many there are if the query asks for a page.

    A row is an object with the fields that the query names, or a value for `distinct`.
    """

    results: list[Any]
    total_count: NotRequired[int]


class StatFields(TypedDict, total=False):
    """The fields of a stat request other than its query."""

    repository_id: str
    domain_id: str


class ListFields(StatFields, total=False):
    """The fields of a list request other than its query."""

    plugin_id: str
    name: str
    state: State
    service_type: str
    registry_type: RegistryType
    provider: str
