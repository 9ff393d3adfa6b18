"""A value and the name of a message in, findings out: what its JSON Schema says against it.

A compiled validator answers yes or no; only a value that it refuses is explained, by `jsonschema`,
which is 100 times slower. Where the two differ the value is refused, with a code of its own.
Neither may fetch anything: both get a registry without a way out.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import jsonschema_rs

from catalogctl import resources
from catalogctl.nearest import did_you_mean
from catalogctl.source.positions import escape, unescape
from catalogctl.validate import words
from catalogctl.validate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError

    from catalogctl.jsontypes import JSON, JSONObject

MAX_EXPLAINED = 500
"""Errors of one schema that are told of one file, as of its text: more than that is noise."""

MOST_GUESSED = 50
"""Unknown fields of one mapping for which a known name like theirs is looked for."""


class Violation(NamedTuple):
    """A finding with the code of its problem."""

    code: str
    finding: Finding


@cache
def schema(message: str) -> JSONObject:
    """Return the JSON Schema of a message, by its name (`PluginFile`, `Lock`, …)."""
    text = resources.read_text(f"schemas/{message}.schema.json")
    loaded: JSONObject = json.loads(text)
    return loaded


def _refuse_to_fetch(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is not fetched")


@cache
def compiled(message: str) -> jsonschema_rs.Draft202012Validator:
    """Return the compiled validator of a message's schema."""
    return jsonschema_rs.Draft202012Validator(schema(message), retriever=_refuse_to_fetch)


def violations(message: str, value: JSON) -> list[Violation]:
    """Return what the schema of a message says against a value; [] when it is valid."""
    if compiled(message).is_valid(value):
        return []
    found = sorted(set(islice(_explain(message, value), MAX_EXPLAINED)))
    return found or [
        Violation(
            "validators-disagree",
            Finding(
                "",
                f"one validator refuses this {message}, another one accepts it",
                "please report it, with this file",
            ),
        )
    ]


def _explain(message: str, value: JSON) -> Iterator[Violation]:
    import jsonschema
    from referencing import Registry

    validator = jsonschema.Draft202012Validator(schema(message), registry=Registry())
    for error in validator.iter_errors(value):
        yield from _translate(error)


def _translate(error: ValidationError) -> Iterator[Violation]:
    """Yield one violation for each thing that one error of `jsonschema` is about."""
    if error.context:
        # That null is allowed too, as «not given», helps nobody who gave something.
        parts = [part for part in error.context if part.validator_value != "null"]
        deepest = max(len(part.absolute_path) for part in parts)
        for part in parts:
            if len(part.absolute_path) == deepest:
                yield from _translate(part)
        return
    pointer = "".join("/" + escape(step) for step in error.absolute_path)
    keyword = str(error.validator)
    instance: Any = error.instance
    if keyword == "required":
        missing = error.message.split("'")[1] if "'" in error.message else ""
        hint = f'write "{missing}: …"'
        yield Violation("missing-field", Finding(pointer, f"{missing} is required", hint))
    elif keyword in {"additionalProperties", "unevaluatedProperties"}:
        yield from _unknown_fields(error, pointer)
    else:
        yield _wrong_value(keyword, error.validator_value, instance, pointer)


def _unknown_fields(error: ValidationError, pointer: str) -> Iterator[Violation]:
    owner: Any = error.schema
    known = list(owner.get("properties", {}))
    instance: Any = error.instance
    allowed = f"allowed are {words.listed(known)}"
    unknown = [name for name in instance if name not in known]
    for number, name in enumerate(unknown):
        nearest = did_you_mean(name, known, allowed) if number < MOST_GUESSED else allowed
        message = f"unknown field {words.shown(name)}"
        finding = Finding(f"{pointer}/{escape(name)}", message, nearest, at_key=True)
        yield Violation("unknown-field", finding)


def _wrong_value(keyword: str, limit: Any, value: Any, pointer: str) -> Violation:
    """Return the violation of a keyword that is about the value itself."""
    name = _named(pointer)
    if keyword == "type" and value is None:
        hint = f"write {words.type_names(limit)} after the colon"
        return Violation("missing-field", Finding(pointer, f"{name} has no value", hint))
    if keyword == "type":
        message = f"{name} is {words.kind(value)}; {words.type_names(limit)} is expected"
        quoted = _is_number(value) and "string" in limit
        hint = "put it in quotes" if quoted else f"write {words.type_names(limit)}"
        return Violation("wrong-type", Finding(pointer, message, hint))
    if keyword in {"enum", "const"}:
        allowed = [
            str(each)
            for each in (limit if keyword == "enum" else [limit])
            if each not in {None, ""}
        ]
        said = words.shown(value) if isinstance(value, str) else str(value)
        message = f"{name} is {said}; allowed is {words.listed(allowed)}"
        hint = did_you_mean(str(value), allowed, f"write {words.listed(allowed)}")
        return Violation("unknown-value", Finding(pointer, message, hint))
    if keyword in {"pattern", "minLength"} and not str(value).strip():
        return Violation(
            "blank", Finding(pointer, f"{name} is blank", "write something, or take it out")
        )
    what, hint = _limit(keyword, limit)
    return Violation("invalid-value", Finding(pointer, f"{name} {what}", hint))


def _named(pointer: str) -> str:
    """Return the name of a value for a message: `labels[2]` for an element of a list."""
    if not pointer:
        return "the document"
    steps = [unescape(step) for step in pointer.split("/")[1:]]
    name = ""
    while len(steps) > 1 and steps[-1].isdecimal():
        name = f"[{steps.pop()}]{name}"
    return steps[-1] + name


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _limit(keyword: str, limit: Any) -> tuple[str, str]:
    """Return in words the limit that a value breaks, and how to keep it."""
    phrases = {
        "minimum": (f"is below {limit}", f"write {limit} or more"),
        "maximum": (f"is above {limit}", f"write {limit} or less"),
        "minItems": (f"has fewer than {limit} elements", "add what is missing"),
        "maxItems": (f"has more than {limit} elements", "take some of them out"),
        "minProperties": (f"has fewer than {limit} members", "add what is missing"),
        "maxLength": (f"has more than {limit} characters", "shorten it"),
        "uniqueItems": ("holds one value twice", "take one of the two out"),
        "pattern": (f"does not match {limit}", "write it in that form"),
    }
    otherwise = ("does not have the form that is expected", "catalogctl explain invalid-value")
    return phrases.get(keyword, otherwise)
