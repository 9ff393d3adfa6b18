"""References inside a template's schema, as Draft 7 resolves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.validate.rules.template import broken_refs
from catalogctl.validate.template_schemas import searched

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

TREE = "http://acme.example/tree"
NODE: JSONObject = {"$id": "node", "type": "string"}

FOLLOWED: dict[str, JSONObject] = {
    "the root": {"properties": {"a": {"$ref": "#"}}},
    "a pointer": {"$ref": "#/definitions/a", "definitions": {"a": {}}},
    "a pointer with escapes": {"$ref": "#/definitions/a~1b%25", "definitions": {"a/b%": True}},
    "a pointer to an element": {"$ref": "#/allOf/1", "allOf": [True, {}]},
    "a relative id": {
        "$id": TREE,
        "properties": {"n": {"$ref": "node"}},
        "definitions": {"n": NODE},
    },
    "a relative id without a base": {"items": {"$ref": "node"}, "definitions": {"n": NODE}},
    "a whole id": {
        "$id": TREE,
        "items": {"$ref": "http://acme.example/node"},
        "definitions": {"n": NODE},
    },
    "its own id": {"$id": TREE, "items": {"$ref": TREE}},
    "its own id and a pointer": {
        "$id": TREE,
        "items": {"$ref": "tree#/definitions/n"},
        "definitions": {"n": {}},
    },
    "a name": {"items": {"$ref": "#port"}, "definitions": {"p": {"$id": "#port"}}},
    "a name below an id": {
        "$id": TREE,
        "items": {"$ref": "node#port"},
        "definitions": {"n": {"$id": "node", "definitions": {"p": {"$id": "#port"}}}},
    },
    "a name of a whole address": {
        "items": {"$ref": f"{TREE}#port"},
        "definitions": {"p": {"$id": f"{TREE}#port"}},
    },
    "a pointer from the nearest id": {
        "$id": TREE,
        "definitions": {
            "n": {"$id": "node", "items": {"$ref": "#/definitions/i"}, "definitions": {"i": {}}}
        },
    },
    "a URN": {
        "$id": "urn:uuid:1",
        "items": {"$ref": "#/definitions/n"},
        "definitions": {"n": {"$ref": "urn:uuid:1"}},
    },
    "a folder's id": {
        "$id": "http://acme.example/",
        "items": {"$ref": "a/b"},
        "definitions": {"b": {"$id": "a/", "definitions": {"c": {"$id": "b"}}}},
    },
}

BROKEN: dict[str, tuple[JSONObject, str, str]] = {
    "a pointer to nothing": ({"$ref": "#/definitions/a"}, "/$ref", "points at nothing"),
    "a pointer to data": ({"$ref": "#/title", "title": "x"}, "/$ref", "points at nothing"),
    "a pointer to a list of schemas": (
        {"$ref": "#/allOf", "allOf": [{}]},
        "/$ref",
        "points at nothing",
    ),
    "a pointer to a number": (
        {"items": {"$ref": "#/minItems"}, "minItems": 1},
        "/items/$ref",
        "points at nothing",
    ),
    "a pointer past the last element": (
        {"$ref": "#/allOf/1", "allOf": [{}]},
        "/$ref",
        "points at nothing",
    ),
    "a pointer to an element by name": (
        {"$ref": "#/allOf/first", "allOf": [{}]},
        "/$ref",
        "points at nothing",
    ),
    "a pointer to an element of 5,000 digits": (
        {"$ref": f"#/allOf/{'9' * 5000}", "allOf": [{}]},
        "/$ref",
        "points at nothing",
    ),
    "a name that none has": ({"$ref": "#port"}, "/$ref", "points at nothing"),
    "another host": ({"items": {"$ref": "https://example.org/a.json"}}, "/items/$ref", "remote"),
    "a file": ({"items": {"$ref": "a.json"}}, "/items/$ref", "remote"),
    "an id elsewhere": ({"$id": TREE, "items": {"$ref": "leaf"}}, "/items/$ref", "remote"),
    "the metaschema": (
        {"$ref": "http://json-schema.org/draft-07/schema#"},
        "/$ref",
        "remote",
    ),
    "an id in data": ({"const": NODE, "items": {"$ref": "node"}}, "/items/$ref", "remote"),
    "an id beside a reference": (
        {"definitions": {"n": {"$ref": "#", "$id": "node"}}, "items": {"$ref": "node"}},
        "/items/$ref",
        "remote",
    ),
    "a pointer past the nearest id": (
        {
            "$id": TREE,
            "items": {"$id": "node", "items": {"$ref": "#/definitions/n"}},
            "definitions": {"n": {}},
        },
        "/items/items/$ref",
        "points at nothing",
    ),
    "brackets that are no address": ({"$ref": "http://[x"}, "/$ref", "remote"),
}


@pytest.mark.parametrize("schema", FOLLOWED.values(), ids=FOLLOWED)
def test_a_reference_inside_the_document_is_followed(schema: JSONObject) -> None:
    assert list(broken_refs(searched("", schema))) == []


@pytest.mark.parametrize(("schema", "at", "words"), BROKEN.values(), ids=BROKEN)
def test_a_reference_that_leads_nowhere_is_told(schema: JSONObject, at: str, words: str) -> None:
    (finding,) = broken_refs(searched("", schema))
    assert finding.pointer == at
    assert words in finding.message
