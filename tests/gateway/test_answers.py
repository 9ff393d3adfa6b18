"""What the gateway answers: the same values by gRPC and by HTTP, whichever repository has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from catalogctl.gateway.methods import UNSUPPORTED
from catalogctl.gateway.rest import PATHS
from support.gateway import POSTS, V1

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject
    from support.gateway import RunningGateway

OWN: JSONObject = {"repository_id": "repo-own"}
OTHER: JSONObject = {"repository_id": "repo-other"}
EVERY = ["Beta", "The plugin-a", "Shadowed", "The plugin-c"]
COUNT: JSONObject = {"aggregate": [{"count": {"name": "n"}}]}

NAMES: dict[str, tuple[str, JSONObject, list[Any]]] = {
    "every repository in turn": ("Plugin.list", {}, EVERY),
    "every repository, named": ("Plugin.list", {"repository_id": "*"}, EVERY),
    "the catalog's own": ("Plugin.list", {**OWN}, EVERY[:2]),
    "another one": ("Plugin.list", {**OTHER}, EVERY[2:]),
    "a page of all": ("Plugin.list", {"query": {"page": {"start": 2, "limit": 2}}}, EVERY[1:3]),
    "sorted over all": ("Plugin.list", {"query": {"sort": {"key": "name"}}}, sorted(EVERY)),
    "by a field": ("Plugin.list", {"provider": "aws"}, ["The plugin-a"]),
    "by a state": ("Plugin.list", {"state": "DISABLED"}, ["Beta"]),
    "by a keyword": ("Plugin.list", {"query": {"keyword": "shadow"}}, ["Shadowed"]),
    "a domain is no condition": ("Plugin.list", {"domain_id": "domain-9", **OWN}, EVERY[:2]),
    "the count of all": ("Plugin.list", {"query": {"count_only": True}}, []),
    "a number is a double": (
        "Plugin.list",
        {"query": {"filter": [{"k": "tags.tier", "v": 4, "o": "eq"}]}},
        ["The plugin-a"],
    ),
    "repositories in order": ("Repository.list", {}, ["own", "other"]),
    "repositories by type": ("Repository.list", {"repository_type": "remote"}, ["other"]),
    "repositories by a filter": (
        "Repository.list",
        {"query": {"filter": [{"key": "repository_type", "value": "local", "operator": "eq"}]}},
        ["own"],
    ),
    "repositories by name": (
        "Repository.list",
        {"query": {"sort": {"keys": [{"key": "name"}]}, "page": {"limit": 1}}},
        ["other"],
    ),
}


def both(served: RunningGateway, call: str, request: JSONObject) -> JSONObject:
    """Return the answer, which both protocols must have alike."""
    by_grpc = served.call(call, request)
    status, by_http = served.ask("POST", POSTS[call], request)
    assert (status, by_http) == (200, {"results": [], **by_grpc} if "list" in call else by_grpc)
    return by_grpc


@pytest.mark.parametrize("case", NAMES)
def test_a_list_has_the_rows_in_the_order_of_the_repositories(
    served: RunningGateway, case: str
) -> None:
    call, request, names = NAMES[case]
    answer = both(served, call, request)
    results: Any = answer.get("results", [])
    assert [row["name"] for row in results] == names


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ({}, "The plugin-a"),
        ({"repository_id": ""}, "The plugin-a"),
        ({**OWN}, "The plugin-a"),
        ({**OTHER}, "Shadowed"),
        ({"domain_id": "domain-9"}, "The plugin-a"),
    ],
)
def test_get_returns_the_plugin_of_the_first_repository_that_has_it(
    served: RunningGateway, request_: JSONObject, name: str
) -> None:
    answer = both(served, "Plugin.get", {"plugin_id": "plugin-a", **request_})
    assert answer["name"] == name
    versions = both(served, "Plugin.get_versions", {"plugin_id": "plugin-a", **request_})
    expected = ["9.9"] if name == "Shadowed" else ["2.0", "1.0"]
    assert versions == {"results": expected, "total_count": len(expected)}


def test_a_plugin_of_the_second_repository_alone_is_found(served: RunningGateway) -> None:
    answer: Any = both(served, "Plugin.get", {"plugin_id": "plugin-c"})
    assert answer["repository_info"]["repository_id"] == "repo-other"


def test_get_returns_the_fields_that_only_names(served: RunningGateway) -> None:
    request: JSONObject = {"plugin_id": "plugin-a", "only": ["plugin_id", "tags.tier"]}
    assert both(served, "Plugin.get", request) == {"plugin_id": "plugin-a", "tags": {"tier": 4.0}}


def test_stat_counts_over_all_repositories_or_over_one(served: RunningGateway) -> None:
    every = both(served, "Plugin.stat", {"query": COUNT})
    own = both(served, "Plugin.stat", {"query": COUNT, **OWN})
    assert (every, own) == ({"results": [{"n": 4.0}]}, {"results": [{"n": 2.0}]})


def test_a_repository_is_found_by_its_id(served: RunningGateway) -> None:
    expected = {"repository_id": "repo-other", "name": "other", "repository_type": "remote"}
    assert both(served, "Repository.get", {**OTHER}) == expected
    assert both(served, "Repository.get", {**OTHER, "only": ["name"]}) == {"name": "other"}


GETS = {
    "/plugins": ("Plugin.list", {}),
    "/plugins?provider=aws&repository_id=repo-own": ("Plugin.list", {"provider": "aws", **OWN}),
    "/plugins/plugin-a": ("Plugin.get", {"plugin_id": "plugin-a"}),
    "/plugins/plugin-a?repository_id=repo-other": (
        "Plugin.get",
        {"plugin_id": "plugin-a", **OTHER},
    ),
    "/plugins/plugin-a?only=name&only=state": (
        "Plugin.get",
        {"plugin_id": "plugin-a", "only": ["name", "state"]},
    ),
    "/plugins/plugin-c/versions": ("Plugin.get_versions", {"plugin_id": "plugin-c"}),
    "/repositories": ("Repository.list", {}),
    "/repositories?name=own": ("Repository.list", {"name": "own"}),
    "/repositories/repo-own": ("Repository.get", {**OWN}),
}


@pytest.mark.parametrize("path", GETS)
def test_the_paths_of_spaceone_1_10_answer_the_same(served: RunningGateway, path: str) -> None:
    call, request = GETS[path]
    assert served.ask("GET", V1 + path) == served.ask("POST", POSTS[call], request)


@pytest.mark.parametrize(
    ("path", "call"),
    [("plugins/search", "Plugin.list"), ("plugins/stat", "Plugin.stat"),
     ("repositories/search", "Repository.list")],
)  # fmt: skip
def test_so_do_those_that_take_a_query(served: RunningGateway, path: str, call: str) -> None:
    request: JSONObject = {"query": COUNT if call.endswith("stat") else {"page": {"limit": 1}}}
    assert served.ask("POST", f"{V1}/{path}", request) == served.ask("POST", POSTS[call], request)


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_call_that_writes_is_refused_with_what_to_do(served: RunningGateway, name: str) -> None:
    refused = served.refusal(name, {})
    assert (refused.status, refused.code) == ("UNIMPLEMENTED", "ERROR_UNSUPPORTED_API")
    for path, methods in PATHS.items():
        for method, what in methods.items():
            if what == name:
                filled = V1 + path.format(plugin_id="plugin-a", repository_id="repo-own")
                status, answer = served.ask(method, filled, {} if method != "DELETE" else None)
                assert status == 501
                assert answer["detail"] == {"code": refused.code, "message": refused.message}
    if name.startswith("Plugin."):
        assert f"catalogctl {name.partition('.')[2]} writes it" in refused.message


def test_every_path_is_answered_or_refused_by_a_method_of_the_services() -> None:
    answered = {
        getattr(what, "name", what) for methods in PATHS.values() for what in methods.values()
    }
    assert answered == {*POSTS, *UNSUPPORTED}


def test_unreadable_bytes_are_an_error_of_the_request(served: RunningGateway) -> None:
    call = served.raw("/spaceone.api.repository.v1.Plugin/get")
    with pytest.raises(grpc.RpcError) as caught:
        call(b"\xff\xff\xff")
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert str(caught.value.details()).startswith("ERROR_INVALID_PARAMETER: ")
