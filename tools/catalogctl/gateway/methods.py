"""Define which methods of SpaceONE's services are answered, and how the others are refused."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from spaceone.api.repository.v1 import plugin_pb2, repository_pb2

from catalogctl.errors import ApiError
from catalogctl.gateway import plugin_calls, repository_calls

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.gateway.plugin_calls import CallContext
    from catalogctl.jsontypes import JSONObject

SERVICES = {
    "Plugin": plugin_pb2.DESCRIPTOR.services_by_name["Plugin"],
    "Repository": repository_pb2.DESCRIPTOR.services_by_name["Repository"],
}
"""The services by their short names, as their package describes them."""


class Method(NamedTuple):
    """A method that is answered: `is_query` if it searches, and does not only look up."""

    name: str
    answer: Callable[[JSONObject, CallContext], JSONObject]
    is_query: bool = False


GET = Method("Plugin.get", plugin_calls.get)
GET_VERSIONS = Method("Plugin.get_versions", plugin_calls.get_versions)
LIST = Method("Plugin.list", partial(plugin_calls.answer, "list"), is_query=True)
STAT = Method("Plugin.stat", partial(plugin_calls.answer, "stat"), is_query=True)
GET_REPOSITORY = Method("Repository.get", repository_calls.get_repository)
LIST_REPOSITORIES = Method("Repository.list", repository_calls.list_repositories, is_query=True)
METHODS = {
    method.name: method
    for method in (GET, GET_VERSIONS, LIST, STAT, GET_REPOSITORY, LIST_REPOSITORIES)
}
UNSUPPORTED = tuple(
    name
    for service, descriptor in SERVICES.items()
    for method in descriptor.methods
    if (name := f"{service}.{method.name}") not in METHODS
)
"""The methods that are not answered: those that write, and Repository.stat."""

_PLUGIN_FILES = {
    "register": "adds the plugin's file",
    "update": "changes the plugin's file",
    "enable": "changes the plugin's state",
    "disable": "changes the plugin's state",
    "deregister": "deletes the plugin's file",
}


def unsupported(name: str) -> ApiError:
    """Return the error of a method that is not answered, with what to do in its place."""
    service, _, method = name.partition(".")
    if service == "Plugin" and method in _PLUGIN_FILES:
        instead = f"open a pull request that {_PLUGIN_FILES[method]}; catalogctl {method} writes it"
    elif method == "stat":
        instead = "list returns all repositories"
    else:
        instead = "open a pull request that changes catalog.yaml, which names the repositories"
    return ApiError("ERROR_UNSUPPORTED_API", f"{name} is not supported: {instead}")
