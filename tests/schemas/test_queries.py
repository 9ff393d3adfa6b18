from __future__ import annotations

import pytest

from catalogctl.query.message_shapes import SHAPES, Member, ShapeKind
from support.schemas import MESSAGES, schema, validators

INLINE = {"Unwind": "unwind", "Group": "group", "Count": "count", "Project": "project"}
"""The messages of a query that stand inside Stage's schema."""


@pytest.mark.parametrize("shape", SHAPES)
def test_the_schema_of_a_query_has_the_members_that_are_read(shape: str) -> None:
    owner = schema(shape if shape in MESSAGES else "Stage")
    properties = owner["properties"]
    assert isinstance(properties, dict)
    if shape in INLINE:
        inner = properties[INLINE[shape]]
        assert isinstance(inner, dict)
        properties = inner["properties"]
        assert isinstance(properties, dict)
    spelled = set(SHAPES[shape]) | {each.short for each in SHAPES[shape].values()}
    assert set(properties) == spelled - {""}


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape in MESSAGES])
def test_a_value_of_the_wrong_kind_is_refused_by_the_schema_too(shape: str) -> None:
    required = schema(shape).get("required", [])
    assert isinstance(required, list)
    for name, member in SHAPES[shape].items():
        if member.kind is not ShapeKind.ANY:
            assert not validators(shape).accept({name: _wrong(member)}), name
        if name not in required and not required:
            assert validators(shape).accept({name: None}), name


def _wrong(member: Member) -> bool | str:
    return "true" if member.kind is ShapeKind.FLAG else True
