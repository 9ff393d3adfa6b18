"""The types of the Python API say what the schemas say."""

from __future__ import annotations

from typing import NotRequired, get_origin, get_type_hints

import pytest

from catalogctl import plugin_messages
from catalogctl.schemas import fields
from support.schemas import schema

ANSWERS = {
    "RepositoryInfo": plugin_messages.RepositoryInfo,
    "PluginInfo": plugin_messages.PluginInfo,
    "PluginsInfo": plugin_messages.PluginsInfo,
    "VersionsInfo": plugin_messages.VersionsInfo,
}


@pytest.mark.parametrize("message", ANSWERS)
def test_a_type_has_the_fields_of_its_message_and_requires_the_same(message: str) -> None:
    hints = get_type_hints(ANSWERS[message], localns={"JSONObject": dict}, include_extras=True)
    assert set(hints) == set(fields(message))
    optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    required = schema(message).get("required", [])
    assert isinstance(required, list)
    assert set(hints) - optional == set(required)


def test_list_takes_every_field_of_its_request_but_the_query() -> None:
    assert set(plugin_messages.ListFields.__annotations__) == {*fields("PluginQuery")} - {"query"}
