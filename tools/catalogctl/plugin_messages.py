"""The messages of the Python API as types: what `Catalog` answers, and what `list` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypeAlias, TypedDict

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

State: TypeAlias = Literal["ENABLED", "DISABLED"]
RegistryType: TypeAlias = Literal["DOCKER_HUB", "AWS_PUBLIC_ECR"]


class RepositoryInfo(TypedDict):
    """The repository that a plugin is in."""

    repository_id: str
    name: str
    repository_type: Literal["local", "remote"]


class PluginInfo(TypedDict):
    """A plugin as the API answers with it; times are ISO 8601 in UTC."""

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
    """The answer of list: with `only`, each result has the fields that it names alone."""

    results: list[PluginInfo | JSONObject]
    total_count: int


class VersionsInfo(TypedDict):
    """The answer of get_versions: `results` newest first, `version` the latest, if any."""

    version: NotRequired[str]
    total_count: int
    results: list[str]


class ListFields(TypedDict, total=False):
    """The fields of the request of list beside its query."""

    repository_id: str
    plugin_id: str
    name: str
    state: str
    service_type: str
    registry_type: str
    provider: str
    domain_id: str
