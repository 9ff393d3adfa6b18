"""The form's check of options, held against jsonschema: the same verdict, or «can't be told»."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from catalogctl.validate.template_references import References
from support.form_check import form_check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from support.form_check import FormCheck

REF = "#/definitions/x"


@pytest.fixture(scope="module")
def checker() -> Iterator[FormCheck]:
    with form_check() as checking:
        yield checking


def document(part: JSON, **definitions: Any) -> JSONObject:
    """Return a schema whose member `a` is held against a part, beside definitions."""
    return {"properties": {"a": part}, "definitions": definitions}


CASES: dict[str, tuple[JSONObject, list[JSON], list[JSON]]] = {
    # keyword: schema, what fits, what does not
    "type, several": ({"type": ["string", "null"]}, ["", None], [1, {}, []]),
    "type, integer": ({"type": "integer"}, [1, 1.0, -0.0, 1e20], [1.5, "1", True]),
    "type, number": ({"type": "number"}, [1, 1.5], ["1", True, None]),
    "const, object": ({"const": {"a": [1, None]}}, [{"a": [1, None]}], [{"a": [1]}, {}]),
    "const, false is not 0": ({"const": False}, [False], [0, "", None]),
    "const, null": ({"const": None}, [None], [0, False]),
    "enum": ({"enum": [1, "a", [2], None]}, [1, 1.0, "a", [2], None], [2, "b", True, [2, 2]]),
    "not": ({"not": {"type": "string"}}, [1, None], ["a"]),
    "not true": ({"not": True}, [], [1, "a", {}]),
    "anyOf": ({"anyOf": [{"minimum": 5}, {"type": "string"}]}, [5, "a", None], [4]),
    "oneOf": ({"oneOf": [{"minimum": 5}, {"maximum": 7}]}, [4, 8], [6, "a"]),
    "allOf": ({"allOf": [{"minimum": 5}, {"maximum": 7}]}, [5, 7, "a"], [4, 8]),
    "if, then, else": (
        {"if": {"minimum": 5}, "then": {"multipleOf": 2}, "else": {"const": 1}},
        [1, 6],
        [3, 7],
    ),
    "then without if": ({"then": {"const": 0}}, [1], []),
    "if without then": ({"if": {"const": 1}, "else": {"const": 2}}, [1, 2], [3]),
    "minLength in letters": ({"minLength": 2}, ["ab", "\U0001f600\U0001f601"], ["\U0001f600"]),
    "minLength 2.0": ({"minLength": 2.0}, ["ab", 1], ["a"]),
    "maxLength": ({"maxLength": 2}, ["ab", "\U0001f600\U0001f601", 123], ["abc"]),
    "pattern": ({"pattern": "^a+$"}, ["a", 1], ["b"]),
    "multipleOf": ({"multipleOf": 3}, [0, 3, -6, "a"], [1, 4.5]),
    "multipleOf 0.01": ({"multipleOf": 0.01}, [0.07, 19.99, 1.1, 4, 1e22], [0.075, 1e-9]),
    "multipleOf 0.0001": ({"multipleOf": 0.0001}, [0.0075], [0.00751]),
    "multipleOf 1e-8": ({"multipleOf": 1e-8}, [12391239123], [1e-9]),
    "limits": ({"exclusiveMinimum": 1, "exclusiveMaximum": 3}, [2, 1.5, "a"], [1, 3]),
    "items": ({"items": {"type": "string"}}, [["a"], [], {"0": 1}], [["a", 1]]),
    "items false": ({"items": False}, [[]], [[1]]),
    "items, a list": ({"items": [{"type": "string"}, False]}, [["a"], []], [[1], ["a", 1]]),
    "additionalItems": (
        {"items": [{}], "additionalItems": {"type": "string"}},
        [[1, "a"], [1]],
        [[1, 2]],
    ),
    "additionalItems false": ({"items": [{}], "additionalItems": False}, [[1]], [[1, 2]]),
    "additionalItems alone": ({"additionalItems": False}, [[1, 2]], []),
    "contains": ({"contains": {"minimum": 5}}, [[1, 5], {}], [[], [1]]),
    "contains false": ({"contains": False}, [{}], [[], [1]]),
    "uniqueItems": ({"uniqueItems": True}, [[1, True, "1"], [{}, []]], [[1, 1.0], [{}, {}]]),
    "uniqueItems, deep": (
        {"uniqueItems": True},
        [[{"a": [1]}, {"a": [True]}]],
        [[{"a": 1, "b": 2}, {"b": 2, "a": 1}]],
    ),
    "items, counted": ({"minItems": 1, "maxItems": 2}, [[1], [1, 2]], [[], [1, 2, 3]]),
    "members, counted": ({"minProperties": 1, "maxProperties": 1}, [{"a": 1}, []], [{}]),
    "required": ({"required": ["a", "toString"]}, [{"a": 1, "toString": 1}, []], [{"a": 1}]),
    "required, __proto__": ({"required": ["__proto__"]}, [{"__proto__": 1}], [{}]),
    "additionalProperties": (
        {"properties": {"a": {}}, "additionalProperties": {"type": "string"}},
        [{"a": 1}, {"b": "x"}],
        [{"b": 1}],
    ),
    "additionalProperties false beside patterns": (
        {"patternProperties": {"^a": {}}, "additionalProperties": False},
        [{"ab": 1}],
        [{"b": 1}],
    ),
    "patternProperties": (
        {"patternProperties": {"^a": {"maxLength": 2}, "b$": {"minLength": 2}}},
        [{"a": "x"}, {"ab": "xy"}, {"c": "long"}],
        [{"a": "long"}, {"ab": "x"}],
    ),
    "patternProperties beside properties": (
        {"properties": {"ab": {"minLength": 2}}, "patternProperties": {"^a": {"maxLength": 3}}},
        [{"ab": "xyz"}],
        [{"ab": "x"}, {"ab": "long"}],
    ),
    "patternProperties false": ({"patternProperties": {"^a": False}}, [{"b": 1}], [{"a": 1}]),
    "propertyNames": ({"propertyNames": {"maxLength": 2}}, [{"ab": 1}, {}], [{"abc": 1}]),
    "propertyNames false": ({"propertyNames": False}, [{}, 1], [{"a": 1}]),
    "dependencies": ({"dependencies": {"a": ["b"]}}, [{"a": 1, "b": 1}, {"b": 1}], [{"a": 1}]),
    "dependencies, none": ({"dependencies": {"a": []}}, [{"a": 1}, {}], []),
    "dependencies, a schema": (
        {"dependencies": {"a": {"properties": {"b": {"type": "string"}}}}},
        [{"a": 1}, {"b": 1}, {"a": 1, "b": ""}],
        [{"a": 1, "b": 1}],
    ),
    "dependencies false": ({"dependencies": {"a": False}}, [{"b": 1}], [{"a": 1}]),
    "$ref": (document({"$ref": REF}, x={"type": "string"}), [{"a": ""}], [{"a": 1}]),
    "$ref to false": (document({"$ref": REF}, x=False), [{}], [{"a": 1}]),
    "$ref to true": (document({"$ref": REF}, x=True), [{"a": 1}], []),
    "$ref, what stands beside it": (
        document({"$ref": REF, "maxLength": 1}, x={"type": "string"}),
        [{"a": "long"}],
        [{"a": 1}],
    ),
    "$ref, a chain": (
        document({"$ref": REF}, x={"$ref": "#/definitions/y"}, y={"const": 1}),
        [{"a": 1}],
        [{"a": 2}],
    ),
    "$ref to the root": (
        {"properties": {"a": {"$ref": "#"}, "b": {"type": "string"}}},
        [{"a": {"a": {"b": ""}}}, {"a": 1}],
        [{"a": {"a": {"b": 1}}}],
    ),
    "$ref, escapes": (
        document({"$ref": "#/definitions/a~1b~0c%25%22"}, **{'a/b~c%"': {"const": 1}}),
        [{"a": 1}],
        [{"a": 2}],
    ),
    "$ref, a broken escape": (
        document({"$ref": "#/definitions/%zz~2%"}, **{"%zz~2%": {"const": 1}}),
        [{"a": 1}],
        [{"a": 2}],
    ),
    "$ref, letters of many bytes": (
        document({"$ref": "#/definitions/%ED%95%9C글"}, 한글={"const": 1}),
        [{"a": 1}],
        [{"a": 2}],
    ),
    "$ref into a list": (
        {"items": [{"const": 1}, {"$ref": "#/items/0"}]},
        [[1, 1]],
        [[1, 2]],
    ),
    "$ref named $ref": (
        {"properties": {"$ref": {"type": "string"}}},
        [{"$ref": "a"}],
        [{"$ref": 1}],
    ),
    "$id, a name": (
        document({"$ref": "#port"}, p={"$id": "#port", "maximum": 9}),
        [{"a": 9}],
        [{"a": 10}],
    ),
    "$id, a relative address": (
        document({"$ref": "node"}, n={"$id": "node", "maximum": 9}),
        [{"a": 9}],
        [{"a": 10}],
    ),
    "$id, an address and a pointer": (
        document(
            {"$ref": "node.json#/definitions/y"},
            n={"$id": "node.json", "definitions": {"y": {"const": 1}}},
        ),
        [{"a": 1}],
        [{"a": 2}],
    ),
    "$id, a base of its own": (
        {
            "$id": "http://catalog.example/root.json",
            "properties": {"a": {"$ref": "folder/leaf.json"}, "b": {"$ref": "#leaf"}},
            "definitions": {
                "f": {
                    "$id": "folder/",
                    "definitions": {"l": {"$id": "leaf.json", "const": 1}},
                },
                "g": {"$id": "#leaf", "const": 2},
            },
        },
        [{"a": 1, "b": 2}],
        [{"a": 2}, {"b": 1}],
    ),
    "$id of the root": (
        {"$id": "http://catalog.example/r", "properties": {"a": {"$ref": "r"}, "b": {"const": 1}}},
        [{"a": {"a": {"b": 1}}}],
        [{"a": {"b": 2}}],
    ),
    "$id in data is no name": (
        {
            "properties": {"a": {"$ref": "#x"}},
            "enum": [{"$id": "#x", "type": "null"}, {"a": 1}, {"a": None}],
            "definitions": {"x": {"$id": "#x", "const": 1}},
        },
        [{"a": 1}],
        [{"a": None}],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_keyword_rules_what_draft_7_says(checker: FormCheck, name: str) -> None:
    schema, right, wrong = CASES[name]
    Draft7Validator.check_schema(schema)
    for value in right:
        assert checker.fits(schema, value) is True, (value, checker.findings(schema, value))
    for value in wrong:
        assert checker.fits(schema, value) is False, value


CAN_NOT_BE_TOLD: dict[str, tuple[JSONObject, JSON]] = {
    "a pattern of another language": ({"pattern": "(?P<n>^[0-9]+$)"}, "zzz"),
    "such a pattern of names": ({"patternProperties": {"(?P<n>a)": False}}, {"a": 1}),
    "such a pattern beside no others": (
        {"patternProperties": {"(?P<n>a)": {}}, "additionalProperties": False},
        {"a": 1},
    ),
    "such a pattern, ruled out": ({"not": {"pattern": "(?P<n>a)"}}, "a"),
    "such a pattern, one of two": ({"oneOf": [{"pattern": "(?P<n>a)"}, {"type": "string"}]}, "a"),
    "such a pattern, contained": ({"contains": {"pattern": "(?P<n>a)"}}, ["a"]),
    "such a pattern, asked first": (
        {"if": {"pattern": "(?P<n>a)"}, "then": {"maxLength": 1}},
        "aa",
    ),
    "a format of nobody": ({"format": "shoe-size"}, "44"),
    "a format that is too long for a page": ({"format": "uri-template"}, "{x"),
    "a content": ({"contentMediaType": "application/json"}, "{"),
    "a reference elsewhere": (document({"$ref": "http://elsewhere.example/x"}), {"a": 1}),
    "a reference to nothing": (document({"$ref": "#/definitions/none"}), {"a": 1}),
    "a reference to no schema": (
        document({"$ref": "#/definitions/x/const"}, x={"const": 1}),
        {"a": 1},
    ),
    "a name of nothing": (document({"$ref": "#none"}), {"a": 1}),
    "an address that is none": (document({"$ref": "http://[x"}), {"a": 1}),
    "a reference to itself": (document({"$ref": REF}, x={"$ref": REF}), {"a": 1}),
    "a circle of two": (
        document({"$ref": REF}, x={"$ref": "#/definitions/y"}, y={"$ref": REF}),
        {"a": 1},
    ),
    "the root in the root": ({"allOf": [{"$ref": "#"}]}, {"a": 5}),
    "the root, ruled out in it": ({"not": {"$ref": "#"}}, {"a": 5}),
    "the root in its condition": ({"if": {"$ref": "#"}, "then": False}, {}),
    "a dependency on the root": ({"dependencies": {"a": {"$ref": "#"}}}, {"a": 1}),
}


@pytest.mark.parametrize("name", CAN_NOT_BE_TOLD)
def test_what_can_not_be_told_is_not_called_right(checker: FormCheck, name: str) -> None:
    schema, value = CAN_NOT_BE_TOLD[name]
    assert checker.fits(schema, value) is None


def test_what_is_wrong_anyway_is_wrong_beside_what_can_not_be_told(checker: FormCheck) -> None:
    pattern: JSONObject = {"pattern": "(?P<n>a)"}
    assert checker.fits({**pattern, "maxLength": 1}, "aa") is False
    assert checker.fits({"anyOf": [pattern, True]}, "aa") is True
    assert checker.fits({"oneOf": [pattern, True, True]}, "aa") is False
    assert checker.fits({"not": {"anyOf": [pattern, True]}}, "aa") is False


def test_a_schema_without_end_is_given_up(checker: FormCheck) -> None:
    """R-45: each level asks itself twice more; a page would never be done."""
    node: JSONObject = {"items": {"allOf": [{"$ref": "#"}, {"$ref": "#/definitions/again"}]}}
    schema: JSONObject = {**node, "definitions": {"again": {"allOf": [{"$ref": "#"}]}}}
    value: JSON = []
    for _ in range(60):
        value = [value]
    assert checker.fits(schema, value) is None


def test_what_is_wrong_is_told_at_its_member(checker: FormCheck) -> None:
    schema: JSONObject = {
        "dependencies": {"user": ["password2"]},
        "propertyNames": {"maxLength": 9},
        "patternProperties": {"^u": {"maxLength": 2}},
    }
    assert checker.findings(schema, {"user": "ann", "a/b~c long": 1}) == [
        ["/user", "has_letters 3 2"],
        ["/a~1b~0c long", "about_name has_letters 10 9"],
        ["/password2", "is_needed_beside user"],
    ]


FORMATS: dict[str, tuple[list[str], list[str]]] = {
    "date": (
        ["2024-02-29", "1999-12-31"],
        ["2023-02-29", "2024-04-31", "2024-1-1", "24-01-01", ""],
    ),
    "time": (["08:30:06Z", "08:30:06.28+09:00"], ["08:30:06", "24:00:00Z", "8:30:06Z"]),
    "date-time": (
        ["1963-06-19T08:30:06.283Z", "2024-02-29t00:00:00-08:00"],
        ["1990-02-31T15:59:59Z", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00", "2024-01-01"],
    ),
    "email": (
        ["joe.bloggs@example.com", "a+b@localhost"],
        ["2962", "@x", "a@", "a b@x.y", ".a@x.y"],
    ),
    "hostname": (
        ["www.example.com", "a-b", "1.2.3.4"],
        ["-a", "a-", "a_b", "a..b", "", "x" * 64, "a b"],
    ),
    "ipv4": (["127.0.0.1", "0.0.0.0"], ["127.0.0.256", "1.2.3", "01.2.3.4", "1.2.3.4 ", "a.b.c.d"]),
    "ipv6": (
        ["::1", "::", "2001:db8::ff00:42:8329", "::ffff:192.168.0.1"],
        ["5", "12345::", "1:1:1:1:1:1:1:1:1", "1::2::3", "::laptop", "fe80::a%eth1", "1.2.3.4", ""],
    ),
    "uri": (
        ["http://foo.bar/?q=Test%20a#x", "urn:oasis:names", "mailto:a@b.c"],
        ["//foo.bar", "/abs", "a b", "http:// x", "http://x/%zz", "\\\\WINDOWS\\x", "http://x/<>"],
    ),
    "uri-reference": (["/abc", "#frag", "http://x/"], ["\\\\x", "a b", "#frag\\ment"]),
    "iri": (["http://x/"], ["/x"]),
    "json-pointer": (["", "/foo/bar~0/baz~1/%a", "/"], ["a", "/~", "/~2", "#/a"]),
    "relative-json-pointer": (["1", "0/foo", "2#", "0"], ["/foo", "-1/a", "0##", "01/a", ""]),
    "uuid": (["2EB8AA08-AA98-11EA-B4AA-73B441D16380"], ["2eb8-aa08", ""]),
    "password": (["", "anything"], []),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_checked_as_its_standard_says(checker: FormCheck, name: str) -> None:
    right, wrong = FORMATS[name]
    assert [checker.tell(format=name, text=text) for text in right] == [True] * len(right)
    assert [checker.tell(format=name, text=text) for text in wrong] == [False] * len(wrong)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("email", '"a b"@x.y'),
        ("email", "a@[127.0.0.1]"),
        ("hostname", "xn--x"),
        ("idn-hostname", "실례.테스트"),
        ("iri", "http://ƒøø.ßår/"),
        ("time", "23:59:60Z"),
        ("uri", "http://[::1]/"),
        ("regex", "(?P<n>a)"),
        ("uri-template", "x"),
        ("nobody's", "x"),
    ],
)
def test_a_format_that_can_not_be_told_is_left_open(
    checker: FormCheck, name: str, text: str
) -> None:
    assert checker.tell(format=name, text=text) is None


# ---- Schemas that nobody wrote

NAMES = st.sampled_from(["a", "ab", "b", "c", "__proto__"])
PATTERNS = st.sampled_from(["^a", "b$", "^[ab]+$", "c|aa", ""])
SMALL = st.integers(0, 3)
NUMBERS = st.integers(-3, 6) | st.sampled_from([0.5, 1.5, 2.0, 2.25])
TEXTS = st.sampled_from(["", "a", "ab", "abb", "c", "\U0001f600"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
REFERENCES = st.sampled_from(
    ["#", "#/definitions/x", "#/definitions/y%7E1z", "#named", "node", "node#/properties/a"]
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return schemas of every keyword, whose parts are others."""
    some = st.lists(inner, min_size=1, max_size=3)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
        "const": VALUES,
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "minLength": SMALL,
        "maxLength": SMALL,
        "pattern": PATTERNS,
        "minimum": NUMBERS,
        "maximum": NUMBERS,
        "exclusiveMinimum": NUMBERS,
        "exclusiveMaximum": NUMBERS,
        "multipleOf": st.sampled_from([1, 2, 3, 0.5]),
        "items": inner | some,
        "additionalItems": inner,
        "contains": inner,
        "minItems": SMALL,
        "maxItems": SMALL,
        "uniqueItems": st.booleans(),
        "properties": st.dictionaries(NAMES, inner, max_size=3),
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
        "additionalProperties": inner,
        "propertyNames": inner,
        "required": st.lists(NAMES, max_size=2, unique=True),
        "minProperties": SMALL,
        "maxProperties": SMALL,
        "dependencies": st.dictionaries(NAMES, inner | st.lists(NAMES, max_size=2, unique=True)),
        **dict.fromkeys(("allOf", "anyOf", "oneOf"), some),
        **dict.fromkeys(("not", "if", "then", "else"), inner),
        "$ref": REFERENCES,
    }
    chosen = st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({n: keywords[n] for n in names}))


SCHEMAS: st.SearchStrategy[Any] = st.recursive(st.booleans() | st.just({}), schemas, max_leaves=8)


@st.composite
def documents(draw: st.DrawFn) -> JSONObject:
    """Return a schema with parts that references lead to."""
    root: JSONObject = draw(schemas(SCHEMAS))
    root.pop("$ref", None)
    part = draw(schemas(SCHEMAS))
    root["definitions"] = {
        "x": draw(SCHEMAS),
        "y/z": draw(SCHEMAS),
        "named": {"$id": "#named", "allOf": [draw(SCHEMAS)]},
        "node": {"$id": "node", "properties": {"a": part}, "definitions": {
            "x": draw(SCHEMAS), "y/z": False, "named": {"$id": "#named", "type": "string"}}},
    }  # fmt: skip
    return root


def for_jsonschema(schema: Any) -> Any:
    """Return a schema that means the same, without what jsonschema fails at.

    It looks for an `$id` in lists of dependencies, and counts the `items` that `additionalItems`
    stands beside, even if they are a boolean and `additionalItems` has no meaning.
    """
    if isinstance(schema, list):
        return [for_jsonschema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: for_jsonschema(part) for name, part in schema.items()}
    if isinstance(schema.get("items"), bool):
        plain.pop("additionalItems", None)
    for name, needs in schema.get("dependencies", {}).items():
        if isinstance(needs, list):
            plain["dependencies"][name] = {"required": needs}
    return plain


def verdict(reference: Draft7Validator, value: JSON) -> bool | None:
    """Return whether a value is valid, None if jsonschema follows references without end.

    Its table of references is written in Rust, where the end of the stack is a panic.
    """
    try:
        return reference.is_valid(value)
    except BaseException as error:
        if "RecursionError" not in repr(error):
            raise
        return None


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schema=documents(), values=st.lists(VALUES, min_size=4, max_size=4))
def test_any_schema_gets_the_verdict_of_jsonschema_or_none(
    checker: FormCheck, schema: JSONObject, values: list[JSON]
) -> None:
    reference = Draft7Validator(for_jsonschema(schema))
    for value in values:
        fits, expected = checker.fits(schema, value), verdict(reference, value)
        why = (value, checker.findings(schema, value))
        assert None in {fits, expected} or fits is expected, why


@pytest.mark.parametrize(
    ("at", "schema"),
    [
        ("/properties/a", schema)
        for schema, *_ in (*CASES.values(), *CAN_NOT_BE_TOLD.values())
        if "$ref" in str(schema.get("properties", {}).get("a"))  # type: ignore[union-attr]
    ],
)
def test_the_table_and_the_form_follow_a_reference_alike(
    checker: FormCheck, at: str, schema: Any
) -> None:
    followed = checker.tell(follow=schema, at=at)
    lost = isinstance(followed, dict) and "lost" in followed
    found = References(schema).follow(schema["properties"]["a"])
    assert found in ({}, 1) if lost else found == followed
