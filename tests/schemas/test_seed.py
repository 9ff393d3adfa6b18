from __future__ import annotations

import pytest

from catalogctl.schemas import fields
from support import seed
from support.schemas import schema, validators

MESSAGES = seed.read("messages")
OPTIONAL_HERE = {"PluginQuery": {"domain_id"}, "PluginStatQuery": {"domain_id"}}
"""query spec 2, D-Q1: the API marks it as required, and its own example leaves it out."""


@pytest.mark.parametrize("call", seed.REQUESTS)
def test_each_request_of_the_api_is_valid(call: str) -> None:
    assert validators(seed.REQUESTS[call]).accept(seed.request(call))


@pytest.mark.parametrize("call", seed.RESPONSES)
def test_each_response_of_the_api_is_valid(call: str) -> None:
    assert validators(seed.RESPONSES[call]).accept(seed.read(f"{call}-response"))


def test_the_request_of_register_is_a_plugin_file() -> None:
    """It has no domain_id: the defaults of a catalog give one."""
    assert validators("PluginFile").accept(seed.read("register-request"))
    assert not validators("CreatePluginRequest").accept(seed.read("register-request"))


@pytest.mark.parametrize("call", seed.REQUESTS)
def test_a_request_without_a_required_field_is_refused(call: str) -> None:
    message = seed.REQUESTS[call]
    required = schema(message)["required"]
    assert isinstance(required, list)
    assert required
    for name in required:
        request = {key: value for key, value in seed.request(call).items() if key != name}
        assert not validators(message).accept(request), name


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_has_the_fields_of_the_api_in_its_order(message: str) -> None:
    fields = MESSAGES[message]
    assert isinstance(fields, list)
    names = [field["name"] for field in fields if isinstance(field, dict)]
    properties = schema(message)["properties"]
    assert isinstance(properties, dict)
    assert list(properties) == names
    required = {
        field["name"] for field in fields if isinstance(field, dict) and field.get("required")
    }
    if any(isinstance(field, dict) and "required" in field for field in fields):
        expected = required - OPTIONAL_HERE.get(message, set())
        found = schema(message)["required"]
        assert isinstance(found, list)
        assert set(found) == expected


def test_the_order_of_fields_is_the_apis() -> None:
    response = seed.read("register-response")
    given = [name for name in fields("PluginInfo") if name in response]
    assert given == list(response)
