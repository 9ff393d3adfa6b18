"""The types of the Python API say what the schemas say."""

from __future__ import annotations

from typing import NotRequired, get_origin, get_type_hints

import pytest

import catalogctl
from catalogctl import plugin_messages
from catalogctl.schemas import fields
from support.schemas import schema

ANSWERS = {
    "RepositoryInfo": plugin_messages.RepositoryInfo,
    "PluginInfo": plugin_messages.PluginInfo,
    "PluginsInfo": plugin_messages.PluginsInfo,
    "StatResult": plugin_messages.StatResult,
    "VersionsInfo": plugin_messages.VersionsInfo,
}
LOCAL = {"JSONObject": dict}
STATES = {"state": plugin_messages.State, "registry_type": plugin_messages.RegistryType}


@pytest.mark.parametrize("message", ANSWERS)
def test_a_type_has_the_fields_of_its_message_and_requires_the_same(message: str) -> None:
    hints = get_type_hints(ANSWERS[message], localns=LOCAL, include_extras=True)
    assert set(hints) == set(fields(message))
    optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    required = schema(message).get("required", [])
    assert isinstance(required, list)
    assert set(hints) - optional == set(required)


REQUESTS = {
    "PluginQuery": plugin_messages.ListFields,
    "PluginStatQuery": plugin_messages.StatFields,
}


@pytest.mark.parametrize("message", REQUESTS)
def test_a_call_takes_every_field_of_its_request_but_the_query(message: str) -> None:
    hints = get_type_hints(REQUESTS[message])
    assert set(hints) == {*fields(message)} - {"query"}
    assert {name: hint for name, hint in hints.items() if hint is not str} == {
        name: hint for name, hint in STATES.items() if name in hints
    }


def test_the_package_names_all_that_the_python_api_returns() -> None:
    for message, made in ANSWERS.items():
        assert getattr(catalogctl, message) is made
    assert all(hasattr(catalogctl, name) for name in catalogctl.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Plugin'"):
        _ = catalogctl.Plugin
