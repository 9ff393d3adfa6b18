"""Values as SpaceONE's messages: there and back, and what has no such form."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spaceone.api.repository.v1 import plugin_pb2, repository_pb2

from catalogctl.cli.main import main
from catalogctl.spaceone_grpc.messages import (
    UnfitValueError,
    from_message,
    plugin_info,
    read_message,
    to_message,
    to_struct,
)
from support.gateway import plugin

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(TEXTS, each, max_size=3),
    max_leaves=8,
)  # fmt: skip
OBJECTS = st.dictionaries(TEXTS, JSON, max_size=3)


@given(OBJECTS, OBJECTS, st.lists(TEXTS, max_size=3), TEXTS)
def test_a_plugin_comes_back_as_it_was(
    tags: JSONObject, template: JSONObject, labels: list[Any], name: str
) -> None:
    info = plugin("plugin-a", name=name or "x", tags=tags, template=template, labels=labels)
    info["repository_info"] = {"repository_id": "r", "name": "R", "repository_type": "local"}
    message = to_message(info, plugin_pb2.PluginInfo)
    read = read_message(message.SerializeToString(), plugin_pb2.PluginInfo)
    assert plugin_info(read) == info


@given(OBJECTS)
def test_an_object_comes_back_as_it_was(value: JSONObject) -> None:
    assert from_message(to_struct(value)) == value


def test_fields_that_a_message_does_not_know_are_left_out() -> None:
    repository: JSONObject = {"repository_id": "r", "colour": "red"}
    info: JSONObject = {**plugin("plugin-a"), "colour": "red", "repository_info": {**repository}}
    message = to_message(info, plugin_pb2.PluginInfo)
    assert from_message(message.repository_info) == {"repository_id": "r"}
    assert to_message({"repository_id": "r", "name": None}, repository_pb2.RepositoryInfo)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": 5},
        {"state": "BROKEN"},
        {"name": "\ud800"},
        {"tags": {"n": 10**400}},
        {"repository_info": "x"},
    ],
)
def test_a_value_of_another_type_has_no_form_as_a_message(wrong: JSONObject) -> None:
    with pytest.raises(UnfitValueError):
        to_message({**plugin("plugin-a"), **wrong}, plugin_pb2.PluginInfo)


def test_bytes_that_are_not_a_message_are_refused() -> None:
    with pytest.raises(UnfitValueError, match="not a PluginQuery"):
        read_message(b"\xff\xff", plugin_pb2.PluginQuery)
    infinite = plugin_pb2.PluginInfo()
    infinite.tags["n"] = float("inf")
    with pytest.raises(UnfitValueError):
        from_message(infinite)


def test_without_its_packages_the_command_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "grpc" else found(name)
    )
    assert main(["gateway", "--from", "public"]) == 2
    assert "pip install 'catalogctl[gateway]'" in capsys.readouterr().err
