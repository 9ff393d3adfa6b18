"""Generate hints about what to write instead of a value of the wrong type."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from catalogctl.jsontypes import as_object
from catalogctl.source import character_names
from catalogctl.source.yaml_scalars import LARGEST, number_text, read_plain
from catalogctl.validate.template_schemas import DRAFT_7, TYPES
from catalogctl.wording import LONGEST, listed, type_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jsonschema import ValidationError

    from catalogctl.jsontypes import JSON, JSONObject

_LONGEST_ELEMENT = 30
_FIRST_WORD = re.compile(r"[^\s:]*")
_WORD = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_. /-]*[A-Za-z0-9_])?")
_DASH = re.compile(r"-[^\s-]")
_BOOLEANS = {
    **dict.fromkeys(("yes", "on", "true", "y"), "true"),
    **dict.fromkeys(("no", "off", "false", "n"), "false"),
}
_NUMBER = re.compile(r"[-+]?(?:0|[1-9](?:_?[0-9]){0,20})(?:\.[0-9]{1,20})?(?:[eE][-+]?[0-9]{1,2})?")


def type_hint(error: ValidationError, name: str) -> str:
    """Return the hint for a value of the wrong type; `name` is its name in messages."""
    value: Any = error.instance
    allowed: Any = error.validator_value
    schema: Any = error.schema
    types = [allowed] if isinstance(allowed, str) else list(allowed)
    field, bracket, _ = name.partition("[")
    start = "write " if bracket else f"write {field}: "
    only = value[0] if isinstance(value, list) and len(value) == 1 else None
    if isinstance(only, str) and "string" in types and only in schema.get("enum", [only]):
        return f"{start}{_element(only)}"
    if "enum" in schema:
        return f"write {listed(option_names(schema['enum']))}"
    if isinstance(value, int | float) and not isinstance(value, bool) and "string" in types:
        return "put it in quotes"
    if isinstance(value, str) and (hint := _hint_for_text(value, types)):
        return hint
    if "array" in types:
        return f"{start}{_as_list(field, value)}"
    if "object" in types:
        return f"{start}{_as_mapping(value, schema)}"
    return f"write {type_names(types)}"


def option_names(options: Iterable[JSON]) -> list[str]:
    """Return the values that an enum allows, without those that stand for no value."""
    return [each if isinstance(each, str) else json.dumps(each) for each in options if each]


def _hint_for_text(text: str, types: Sequence[str]) -> str:
    """Return the hint for a text that is another kind of value with a slip, or ""."""
    if "boolean" in types and text.lower() in _BOOLEANS:
        return f"write {_BOOLEANS[text.lower()]}"
    if {"integer", "number"} & {*types} and (number := _number(text, types)):
        return f"write {number}"
    if "array" in types and _DASH.match(text):
        return 'write "- ", with a space, before each element, one on a line'
    return _lookalike(text, types)


def _number(text: str, types: Sequence[str]) -> str:
    """Return the number that a text is meant as, such as 1000 for 1e3, or ""."""
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    if abs(number) > LARGEST:
        return ""
    if number.is_integer():
        return str(int(number))
    return number_text(number) if "number" in types else ""


def _lookalike(text: str, types: Sequence[str]) -> str:
    """Return the hint about a character that only looks like the syntax of a collection."""
    signs = ("[]-," if "array" in types else "") + ("{}:" if "object" in types else "")
    for match in character_names.LOOKALIKE.finditer(text):
        meant, before = character_names.meant(match[0]), text[: match.start()]
        what = character_names.character_name(match[0])
        if meant == " " and (not before or before[-1] in signs):
            return f"write {'a space' if before else 'spaces'} instead of {what}"
        if meant in signs and not (meant == "-" and before):
            return f"write {meant} in place of {what}"
    return ""


def _as_list(field: str, value: JSON) -> str:
    """Return a single value as the expected list: `[Monitoring]`."""
    texts = [""]
    if isinstance(value, str):
        texts = [part.strip() for part in value.split(",") if part.strip()]
    elif isinstance(value, bool):
        texts = [json.dumps(value)]
    elif isinstance(value, int | float):  # which may be written in another way, such as 1.10
        return '["…"], with the number in quotes'
    if field == "maintainers":
        texts = [f"@{text}" if text and "@" not in text else text for text in texts]
    inside = ", ".join(_element(text) for text in texts)
    return f"[{inside if 0 < len(inside) <= LONGEST else '…'}]"


def _as_mapping(value: JSON, schema: JSONObject) -> str:
    """Return the expected mapping with what the author wrote in its place: `{reason: …}`."""
    known = as_object(schema.get("properties"))
    required: Any = schema.get("required")
    if schema.get("$id") == DRAFT_7[1]:
        return f"{{type: {value if value in TYPES else 'string'}}}"
    if isinstance(value, str) and (first := _FIRST_WORD.match(value)) and first[0] in known:
        return f"{{{first[0]}: …}}: a colon and a space are missing"
    if required and len(required) == 1 and isinstance(value, str):
        return f"{{{required[0]}: {_element(value)}}}"
    members = required or list(known)[:1]
    if members:
        return f"{{{', '.join(f'{member}: …' for member in members)}}}"
    if "$ref" in as_object(schema.get("additionalProperties")):
        names = value if isinstance(value, list) else [value]
        texts = [_element(each) for each in names if isinstance(each, str)]
        return f"{{{', '.join(f'{text}: {{}}' for text in texts) or 'key: {}'}}}"
    has_words = isinstance(value, str) and _FIRST_WORD.fullmatch(value) is None
    return "{key: value}" + (", with a colon and a space after the key" if has_words else "")


def _element(text: str) -> str:
    """Return a text as YAML, in quotes if necessary; a long one is left out."""
    if not text or len(text) > _LONGEST_ELEMENT:
        return "…"
    is_plain = _WORD.fullmatch(text) and read_plain(text) == (text,)
    return text if is_plain else json.dumps(text, ensure_ascii=False)
