"""Which code, and which status of gRPC and of HTTP, answers what can't be answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from catalogctl.gateway.gateway_options import MAX_REQUEST
from support.gateway import POSTS, V1
from support.waiting import wait_until

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from support.gateway import RunningGateway


def _filter(key: str, value: JSON, operator: str) -> JSONObject:
    return {"query": {"filter": [{"key": key, "value": value, "operator": operator}]}}


INVALID, INTERNAL = ("INVALID_ARGUMENT", 400), ("INTERNAL", 500)
ERRORS: list[tuple[str, JSONObject, tuple[str, int], str]] = [
    ("Plugin.get", {"plugin_id": "plugin-x"}, INVALID, "ERROR_NO_PLUGIN"),
    ("Plugin.get", {"plugin_id": "x" * 3000}, INVALID, "ERROR_NO_PLUGIN"),
    ("Plugin.get", {"plugin_id": "a", "repository_id": "x"}, INVALID, "ERROR_NO_PLUGIN"),
    ("Plugin.get", {}, INVALID, "ERROR_REQUIRED_PARAMETER"),
    ("Plugin.get", {"plugin_id": "plugin-a", "only": ["x"]}, INTERNAL, "ERROR_DB_QUERY"),
    ("Plugin.get_versions", {"plugin_id": "plugin-x"}, INVALID, "ERROR_NO_PLUGIN"),
    ("Plugin.get_versions", {}, INVALID, "ERROR_REQUIRED_PARAMETER"),
    ("Plugin.list", {"repository_id": "repo-x"}, INVALID, "ERROR_NOT_FOUND"),
    ("Plugin.list", _filter("name", "x", "equals"), INTERNAL, "ERROR_DB_QUERY"),
    ("Plugin.list", _filter("colour", "x", "eq"), INTERNAL, "ERROR_DB_QUERY"),
    ("Plugin.list", _filter("name", "x", "in"), INVALID, "ERROR_OPERATOR_LIST_VALUE_TYPE"),
    ("Plugin.list", _filter("name", ["x"], "eq"), INVALID, "ERROR_OPERATOR_VALUE_TYPE"),
    ("Plugin.list", _filter("name", 1, "exists"), INVALID, "ERROR_OPERATOR_BOOLEAN_TYPE"),
    ("Plugin.list", _filter("tags", 1, "match"), INVALID, "ERROR_OPERATOR_DICT_VALUE_TYPE"),
    ("Plugin.list", {"query": {"sort": {"keys": [{}]}}}, INVALID, "ERROR_REQUIRED_PARAMETER"),
    ("Plugin.stat", {}, INVALID, "ERROR_REQUIRED_PARAMETER"),
    ("Plugin.stat", {"query": {"keyword": "x"}}, INVALID, "ERROR_REQUIRED_PARAMETER"),
    ("Plugin.stat", {"query": {"distinct": "x"}, "repository_id": "x"}, INVALID, "ERROR_NOT_FOUND"),
    ("Repository.get", {"repository_id": "repo-x"}, INVALID, "ERROR_NOT_FOUND"),
    ("Repository.get", {}, INVALID, "ERROR_REQUIRED_PARAMETER"),
    ("Repository.list", _filter("colour", "x", "eq"), INTERNAL, "ERROR_DB_QUERY"),
    ("Repository.list", {"query": {"only": ["name", "x"]}}, INTERNAL, "ERROR_DB_QUERY"),
    ("Repository.get", {"repository_id": "repo-own", "only": ["x"]}, INTERNAL, "ERROR_DB_QUERY"),
]


@pytest.mark.parametrize(("call", "request_", "statuses", "code"), ERRORS)
def test_an_error_has_its_code_in_both_protocols(
    served: RunningGateway, call: str, request_: JSONObject, statuses: tuple[str, int], code: str
) -> None:
    refused = served.refusal(call, request_)
    status, answer = served.ask("POST", POSTS[call], request_)
    assert ((refused.status, status), refused.code) == (statuses, code)
    assert answer == {"detail": {"code": code, "message": refused.message}}
    assert len(refused.message) < 500
    wait_until(lambda: [code, code] == [json.loads(line)["code"] for line in served.log[-2:]])


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("nmae", 'did you mean "name"?'),
        ("repository_info.name", 'did you mean "name"?'),
        ("repository_info", 'did you mean "repository_id"?'),
        ("tags", "write repository_id, name or repository_type"),
    ],
)
def test_only_of_a_repository_says_which_field_was_meant(
    served: RunningGateway, name: str, hint: str
) -> None:
    request: JSONObject = {"query": {"only": ["name", name]}}
    expected = f'a repository has no "{name}" ({hint})'
    assert served.refusal("Repository.list", request).message == expected


BODIES: dict[str, tuple[str, bytes, str]] = {
    "not JSON": ("Plugin.list", b"{", "can't be read"),
    "not an object": ("Plugin.list", b"[]", "the body is a list, not an object"),
    "not text": ("Plugin.get", b"\xff\xfe", "can't be read"),
    "too deep": ("Plugin.list", b'{"query": ' * 150 + b"1" + b"}" * 150, "can't be read"),
    "an unknown member": (
        "Plugin.get",
        b'{"plugin_id": "plugin-a", "plugin": 1}',
        'the request has no member "plugin"',
    ),
    "an unknown member of a list": ("Plugin.list", b'{"plugins": 1}', 'no member "plugins"'),
    "a number for a text": ("Plugin.get", b'{"plugin_id": 1}', "plugin_id is a number, not a"),
    "a number for a repository": ("Plugin.list", b'{"repository_id": 1}', "is a number, not a"),
    "a text for a list": (
        "Plugin.get",
        b'{"plugin_id": "plugin-a", "only": "name"}',
        "only is a string, not a list of strings",
    ),
    "a number in a list": ("Repository.get", b'{"only": ["name", 1]}', "only.1 is a number"),
    "a text for a query": ("Repository.list", b'{"query": "x"}', "query is a string, not an"),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_is_no_request_is_an_invalid_parameter(
    served: RunningGateway, what: str
) -> None:
    call, body, message = BODIES[what]
    status, answer = served.ask("POST", POSTS[call], body)
    assert (status, answer["detail"]["code"]) == (400, "ERROR_INVALID_PARAMETER")
    assert message in answer["detail"]["message"]


def test_an_empty_body_is_an_empty_request(served: RunningGateway) -> None:
    assert served.ask("POST", POSTS["Plugin.list"]) == served.ask("POST", POSTS["Plugin.list"], {})


@pytest.mark.parametrize("query", ["plugin_id=plugin-b", "repository_id=a&repository_id=b", "x=1"])
def test_a_parameter_that_is_there_twice_or_unknown_is_invalid(
    served: RunningGateway, query: str
) -> None:
    status, answer = served.ask("GET", f"{V1}/plugins/plugin-a?{query}")
    assert (status, answer["detail"]["code"]) == (400, "ERROR_INVALID_PARAMETER")


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/", 404, None),
        ("GET", f"{V1}/plugin", 404, None),
        ("GET", f"{V1}/plugins/", 404, None),
        ("POST", f"{V1}/plugin/get/plugin-a", 404, None),
        ("GET", f"{V1}/plugin/list", 405, {"POST"}),
        ("DELETE", f"{V1}/plugins", 405, {"GET", "HEAD", "POST"}),
        ("POST", "/check", 405, {"GET", "HEAD"}),
    ],
)
def test_a_path_or_method_that_is_not_served(
    served: RunningGateway, method: str, path: str, status: int, allowed: set[str] | None
) -> None:
    response = served.request(method, path)
    assert response.status == status
    assert set(response.json()["detail"]) == {"code", "message"}
    given = response.headers.get("allow")
    assert (set(given.split(", ")) if given else None) == allowed


def test_a_request_that_is_too_large_is_refused(served: RunningGateway) -> None:
    """Q-44: by its length, and as it arrives."""
    body = b'{"plugin_id": "' + b"x" * MAX_REQUEST + b'"}'
    for sent in (body, iter([body])):
        response = served.request("POST", POSTS["Plugin.get"], sent)
        assert response.status == 413
    refused = served.refusal("Plugin.get", {"plugin_id": "x" * MAX_REQUEST})
    assert refused.status == "RESOURCE_EXHAUSTED"
    assert served.call("Plugin.get", {"plugin_id": "plugin-a"})


@pytest.mark.parametrize("host", ["plugins.example.org", "127.0.0.1.example.org:8080", "", "x:y:z"])
def test_on_loopback_no_other_host_is_answered(served: RunningGateway, host: str) -> None:
    """R-47: a page whose name leads here must not read what is only for this machine."""
    for path in ("/check", "/metrics", f"{V1}/plugins"):
        response = served.request("GET", path, headers={"Host": host})
        assert response.status == 421
        assert b"plugin-a" not in response.data


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "[::1]:8080"])
def test_its_own_names_are_answered(served: RunningGateway, host: str) -> None:
    response = served.request("GET", "/check", headers={"Host": host})
    assert (response.status, response.json()) == (200, {"status": "SERVING"})
    assert "access-control-allow-origin" not in response.headers
    assert response.headers["x-content-type-options"] == "nosniff"
