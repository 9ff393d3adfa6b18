from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from support import schemas
from support.schemas import MESSAGES, schema, subschemas, validators

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

ALONE = ("CatalogSettings", "CreatePluginRequest", "Imported", "Lock", "PluginFile", "SavedQuery")
WRITTEN_BY_PEOPLE = ("CatalogSettings", "PluginFile", "SavedQuery")
OF_THE_API = (
    *("CreatePluginRequest", "UpdatePluginRequest", "PluginRequest", "GetRepositoryPluginRequest"),
    *("RepositoryPluginRequest", "PluginQuery", "PluginStatQuery", "PluginInfo", "PluginsInfo"),
    *("VersionsInfo", "RepositoryInfo", "Query", "StatisticsQuery", "State", "PublicRegistryType"),
    *("Empty", "Struct"),
)
OF_OUR_FILES = ("CatalogSettings", "PluginFile", "Lock", "SavedQuery", "Imported", "Index")
EVERY = pytest.mark.parametrize("message", MESSAGES)


def test_every_message_and_every_file_has_a_schema() -> None:
    assert {*OF_THE_API, *OF_OUR_FILES, "IndexShard", "Manifest"} <= set(MESSAGES)


@EVERY
def test_each_is_a_valid_schema_of_its_dialect(message: str) -> None:
    assert schema(message)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "$id" not in schema(message), "an address is given when a tree is published"
    jsonschema.Draft202012Validator.check_schema(schema(message))
    validators(message)


@EVERY
def test_each_says_what_it_is_and_what_each_member_is(message: str) -> None:
    assert schema(message)["title"]
    silent = [
        f"{pointer}/{name}"
        for pointer, part in subschemas(schema(message))
        for name, member in _properties(part).items()
        if "/if" not in pointer and "/then" not in pointer
        if not (isinstance(member, dict) and _is_described(member, message))
    ]
    assert schema(message)["description"]
    assert silent == []


def _is_described(member: JSONObject, message: str) -> bool:
    reference = member.get("$ref")
    if "description" in member or not isinstance(reference, str):
        return "description" in member
    file, _, pointer = reference.partition("#/$defs/")
    owner = schema(file.removesuffix(schemas.SUFFIX) or message)
    definitions = owner["$defs"] if pointer else {"": owner}
    assert isinstance(definitions, dict)
    target = definitions[pointer]
    return isinstance(target, dict) and "description" in target


@EVERY
def test_each_example_is_valid(message: str) -> None:
    examples = schema(message)["examples"]
    assert isinstance(examples, list)
    assert examples
    for example in examples:
        assert list(validators(message).explaining.iter_errors(example)) == []
        assert validators(message).accept(example)


@EVERY
def test_an_example_of_a_member_is_valid(message: str) -> None:
    for _pointer, part in subschemas(schema(message)):
        examples = part.get("examples")
        if "$ref" not in part and isinstance(examples, list) and part is not schema(message):
            single = {**part, "$defs": schema(message).get("$defs", {})}
            for example in examples:
                if not any("$ref" in each for _, each in subschemas(part)):
                    jsonschema.Draft202012Validator(single).validate(example)


@EVERY
def test_no_reference_leads_out_of_the_folder(message: str) -> None:
    for pointer, part in subschemas(schema(message)):
        reference = part.get("$ref")
        if isinstance(reference, str):
            file, _, name = reference.partition("#")
            target = schema(file.removesuffix(schemas.SUFFIX)) if file else schema(message)
            definitions = target.get("$defs", {})
            assert isinstance(definitions, dict)
            assert not name or name.removeprefix("/$defs/") in definitions, pointer


@pytest.mark.parametrize("message", ALONE)
def test_what_editors_and_validators_load_stands_alone(message: str) -> None:
    references = [part.get("$ref", "#") for _pointer, part in subschemas(schema(message))]
    assert [each for each in references if not str(each).startswith("#")] == []


@EVERY
def test_unknown_members_are_refused_outside_the_structs(message: str) -> None:
    for pointer, part in subschemas(schema(message)):
        if "properties" in part and "/if" not in pointer and "/then" not in pointer:
            assert part.get("additionalProperties") is False, pointer


@EVERY
def test_patterns_mean_the_same_in_python_rust_and_javascript(message: str) -> None:
    """No `$` (Python takes it before a last line feed), no look-around, no \\d and \\w."""
    for pointer, part in subschemas(schema(message)):
        pattern = part.get("pattern")
        if isinstance(pattern, str):
            re.compile(pattern)
            assert not re.search(r"\$|\(\?|\\[dwbDWB1-9pP]", pattern), pointer


@pytest.mark.parametrize(
    "blank", ["", " ", "\t \n", "\u00a0", "\u2003", "\u3000", "\ufeff", "\x1c"]
)
@pytest.mark.parametrize("field", ["name", "service_type", "image", "domain_id"])
def test_a_blank_text_is_none(field: str, blank: str) -> None:
    request: JSONObject = {
        "name": "A",
        "service_type": "monitoring.Webhook",
        "image": "acme/a",
        "domain_id": "domain-1",
    }
    assert validators("CreatePluginRequest").accept(request)
    assert not validators("CreatePluginRequest").accept({**request, field: blank})


@pytest.mark.parametrize("message", WRITTEN_BY_PEOPLE)
def test_null_stands_for_a_member_that_may_be_left_out(message: str) -> None:
    for pointer, part in subschemas(schema(message)):
        if "/if" in pointer or "/then" in pointer or pointer.endswith(("/Stage", "/count")):
            continue
        required = part.get("required", [])
        assert isinstance(required, list)
        for name, member in _properties(part).items():
            if name not in required and name not in {"v", "value"} and isinstance(member, dict):
                assert _takes_null(member, message), f"{pointer}/{name}"


def _takes_null(member: JSONObject, message: str) -> bool:
    alone: JSONObject = {**member, "$defs": schema(message).get("$defs", {})}
    return jsonschema.Draft202012Validator(alone).is_valid(None)


def test_the_request_and_the_file_describe_their_fields_alike() -> None:
    request, file = (
        _properties(schema(message)) for message in ("CreatePluginRequest", "PluginFile")
    )
    assert set(request) < set(file)
    for name, member in request.items():
        ours = file[name]
        assert isinstance(member, dict)
        assert isinstance(ours, dict)
        for keyword in ("examples", "default", "items", "pattern"):
            assert member.get(keyword) == ours.get(keyword), name
        assert str(ours["description"]).startswith(str(member["description"])), name


def test_a_saved_query_takes_the_queries_of_the_api() -> None:
    definitions = schema("SavedQuery")["$defs"]
    assert isinstance(definitions, dict)
    for name, definition in definitions.items():
        assert isinstance(definition, dict)
        ours = _properties(definition)
        assert _with_files(ours) == _properties(schema(name)), name


def _with_files(value: JSON) -> JSON:
    """Return a schema with references to its own definitions turned into those to files."""
    text = json.dumps(value)
    turned: JSON = json.loads(re.sub(r'"#/\$defs/(\w+)"', r'"\1.schema.json"', text))
    return turned


def _properties(part: JSONObject) -> JSONObject:
    found = part.get("properties", {})
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("message", WRITTEN_BY_PEOPLE)
def test_an_editor_offers_no_null_among_the_words_of_a_field(message: str) -> None:
    """It is allowed, as «not given», and is nothing that one would choose."""
    whole: dict[str, Any] = schema(message)
    fields: list[Any] = [part for _, part in subschemas(whole)]
    assert [
        each for each in fields if isinstance(each, dict) and None in each.get("enum", ())
    ] == []
    example = whole["examples"][0]
    for name, part in whole["properties"].items():
        if {"type": "null"} in part.get("anyOf", ()):
            assert validators(message).accept({**example, name: None}), name
