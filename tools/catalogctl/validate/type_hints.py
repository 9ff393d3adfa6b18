"""Generate hints about what to write instead of a value of the wrong type."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from catalogctl.source import character_names
from catalogctl.source.yaml_scalars import read_plain
from catalogctl.wording import LONGEST, type_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jsonschema import ValidationError

    from catalogctl.jsontypes import JSON

_LONGEST_ELEMENT = 30
_KEY = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]{0,39})(?::|\s)")
_WORD = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_. /-]*[A-Za-z0-9_])?")


def type_hint(error: ValidationError, name: str) -> str:
    """Return the hint for a value of the wrong type; `name` is its name in messages."""
    value: Any = error.instance
    allowed: Any = error.validator_value
    types = [allowed] if isinstance(allowed, str) else list(allowed)
    key, bracket, _ = name.partition("[")
    if isinstance(value, int | float) and not isinstance(value, bool) and "string" in types:
        return "put it in quotes"
    if isinstance(value, str) and value and (hint := _lookalike(value, types)):
        return hint
    match value:
        case [str(only)] if "string" in types:
            return f"write {key}: {_element(only)}"
    if "array" in types and not bracket:
        return f"write {_as_list(key, value)}"
    if "object" in types and not bracket:
        schema: Any = error.schema
        members = schema.get("required") or list(schema.get("properties", {}))[:1]
        return _mapping_hint(key, value, members)
    return f"write {type_names(types)}"


def _lookalike(text: str, types: Sequence[str]) -> str:
    """Return the hint about a character that only looks like the syntax of a collection."""
    signs = ("[]-," if "array" in types else "") + ("{}:" if "object" in types else "")
    if character_names.BLANK.match(text):
        return f"write spaces instead of {character_names.character_name(text[0])}"
    for match in character_names.LOOKALIKE.finditer(text):
        meant = character_names.meant(match[0])
        if meant in signs:
            return f"write {meant} in place of {character_names.character_name(match[0])}"
    return ""


def _as_list(name: str, value: JSON) -> str:
    """Return a single value as the expected list: `labels: [Monitoring]`."""
    texts = [""]
    if isinstance(value, str):
        texts = [part.strip() for part in value.split(",") if part.strip()]
    elif isinstance(value, int | float):
        texts = [json.dumps(value)]
    inside = ", ".join(_element(text) for text in texts)
    return f"{name}: [{inside if 0 < len(inside) <= LONGEST else '…'}]"


def _mapping_hint(name: str, value: JSON, members: Sequence[str]) -> str:
    """Return the hint that shows the expected mapping: `deprecated: {reason: …}`.

    A text may be a key and a value with the colon missing.
    """
    key = _KEY.match(value) if isinstance(value, str) else None
    if key is not None:
        return f"write {name}: {{{key[1]}: …}}: a colon and a space are missing"
    inside = ", ".join(f"{member}: …" for member in members) or "key: value"
    return f"write {name}: {{{inside}}}"


def _element(text: str) -> str:
    """Return a text as YAML, in quotes if necessary; a long one is left out."""
    if not text or len(text) > _LONGEST_ELEMENT:
        return "…"
    is_plain = _WORD.fullmatch(text) and read_plain(text) == (text,)
    return text if is_plain else json.dumps(text, ensure_ascii=False)
