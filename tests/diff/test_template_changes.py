"""Which change of a template's schema may break a stored configuration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from catalogctl.diff.template_changes import schema_changes

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

COMPATIBLE, BREAKING = False, True


def changes(before: str, after: str) -> list[tuple[str, bool]]:
    sides: list[JSONObject] = [
        {"template": {"options": {"schema": json.loads(text)}}} for text in (before, after)
    ]
    return [
        (each.pointer.removeprefix("/template/options/schema"), each.breaking)
        for each in schema_changes(*sides)
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{}", "{}", []),
        ('{"required": ["a"]}', '{"required": ["a", "b"]}', [("/required", BREAKING)]),
        ('{"required": ["a"]}', "{}", [("/required", COMPATIBLE)]),
        ('{"properties": {"a": {}}}', '{"properties": {}}', [("/properties/a", BREAKING)]),
        ("{}", '{"properties": {"a": {}}}', [("/properties/a", COMPATIBLE)]),
        ('{"type": "string"}', '{"type": "integer"}', [("/type", BREAKING)]),
        ('{"type": "string"}', '{"type": ["string", "null"]}', [("/type", COMPATIBLE)]),
        ('{"type": "number"}', '{"type": "integer"}', [("/type", BREAKING)]),
        ('{"type": "integer"}', '{"type": "number"}', [("/type", COMPATIBLE)]),
        ("{}", '{"type": "string"}', [("/type", BREAKING)]),
        ('{"type": "string"}', "{}", [("/type", COMPATIBLE)]),
        ('{"enum": [1, 2]}', '{"enum": [1]}', [("/enum", BREAKING)]),
        ('{"enum": [1]}', '{"enum": [1, 2]}', [("/enum", COMPATIBLE)]),
        ('{"minimum": 1}', '{"minimum": 2}', [("/minimum", BREAKING)]),
        ('{"minimum": 2}', '{"minimum": 1}', [("/minimum", COMPATIBLE)]),
        ('{"maxLength": 9}', '{"maxLength": 5}', [("/maxLength", BREAKING)]),
        ("{}", '{"pattern": "a"}', [("/pattern", BREAKING)]),
        ('{"pattern": "a"}', "{}", [("/pattern", COMPATIBLE)]),
        ("{}", '{"additionalProperties": false}', [("/additionalProperties", BREAKING)]),
        ('{"additionalProperties": false}', "{}", [("/additionalProperties", COMPATIBLE)]),
        ('{"additionalProperties": true}', "{}", []),
        (
            '{"additionalProperties": false}',
            '{"additionalProperties": {"type": "string"}}',
            [("/additionalProperties", COMPATIBLE)],
        ),
        (
            "{}",
            '{"additionalProperties": {"type": "string"}}',
            [("/additionalProperties/type", BREAKING)],
        ),
        (
            '{"additionalProperties": {"type": "string"}}',
            '{"additionalProperties": {"type": "integer"}}',
            [("/additionalProperties/type", BREAKING)],
        ),
        (
            '{"additionalProperties": {"type": "string"}}',
            '{"additionalProperties": true}',
            [("/additionalProperties/type", COMPATIBLE)],
        ),
        (
            '{"patternProperties": {"^x-": {}}, "additionalProperties": false}',
            '{"additionalProperties": false}',
            [("/patternProperties", BREAKING)],
        ),
        (
            '{"patternProperties": {"^x-": {"type": "null"}}}',
            "{}",
            [("/patternProperties", COMPATIBLE)],
        ),
        (
            '{"prefixItems": [{}], "items": false}',
            '{"items": false}',
            [("/prefixItems", BREAKING)],
        ),
        ('{"prefixItems": [{"type": "null"}]}', "{}", [("/prefixItems", COMPATIBLE)]),
        ('{"contains": {}, "minContains": 0}', '{"contains": {}}', [("/minContains", BREAKING)]),
        ('{"contains": {}, "minContains": 2}', '{"contains": {}}', [("/minContains", COMPATIBLE)]),
        ('{"title": "a"}', '{"title": "b", "default": 1}', []),
        (
            '{"properties": {"a": {"items": {"type": "string"}}}}',
            '{"properties": {"a": {"items": {"type": "null"}}}}',
            [("/properties/a/items/type", BREAKING)],
        ),
    ],
    ids=str,
)
def test_a_change_of_a_schema_is_compatible_or_breaking(
    before: str, after: str, expected: list[tuple[str, bool]]
) -> None:
    assert changes(before, after) == expected


def test_the_types_are_named_as_the_schema_names_them() -> None:
    before: JSONObject = {"template": {"options": {"schema": {"type": "number"}}}}
    after: JSONObject = {"template": {"options": {"schema": {"type": ["string", "number"]}}}}
    [change] = schema_changes(before, after)
    assert change.message == "the type was number and is number or string"


def test_a_schema_that_goes_breaks_and_one_that_demands_nothing_does_not() -> None:
    full: JSONObject = {"template": {"a": {"schema": {}}, "b": {"schema": {"required": ["x"]}}}}
    assert [each.breaking for each in schema_changes(full, {})] == [True, True]
    assert [each.breaking for each in schema_changes({}, full)] == [False, True]
