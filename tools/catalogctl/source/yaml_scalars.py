"""Read the value of a plain YAML scalar, or find why it can't be used.

A plain scalar is accepted only if YAML 1.1 (as PyYAML reads it) and the YAML 1.2 core schema read
the same value; any other must be quoted (product contract, 8).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from yaml.resolver import Resolver

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON

LARGEST = 2**53
"""Integers beyond ±2^53 lose digits in readers that only have doubles."""

NEVER_SPECIAL = frozenset("abcdeghijklmpqrsuvwxzABCDEGHIJKLMPQRSUVWXZ/_")
"""A plain scalar that starts with one of these is a string in both versions."""

_CORE_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_CORE_BOOL = {t: t.lower() == "true" for t in ("true", "True", "TRUE", "false", "False", "FALSE")}
_CORE_INT = re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
_CORE_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_CORE_INFINITE = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_LONGEST_NUMBER = 400


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The two versions of YAML read different values, described in `old` (1.1) and `new` (1.2)."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """Both versions read a number that JSON can't carry safely; `why` says in words."""

    why: str


Reading: TypeAlias = "tuple[JSON] | Ambiguous | Unusable"


@lru_cache(maxsize=10_000)
def read_plain(text: str) -> Reading:
    """Return the value of a plain scalar in a 1-tuple, or why it can't be used."""
    if text[:1] in NEVER_SPECIAL:
        return (text,)
    old, new = _read_yaml_1_1(text), _read_core(text)
    if type(old) is not type(new) or (old != new and not _both_nan(old, new)):
        return Ambiguous(_words(old), _words(new))
    if isinstance(new, _NoJSON):  # the core schema has nothing else that JSON lacks
        return Unusable("is too long for a number")
    if isinstance(new, float) and not math.isfinite(new):
        return Unusable("is not a finite number")
    if isinstance(new, int) and not isinstance(new, bool) and abs(new) > LARGEST:
        return Unusable("is beyond ±9007199254740992, where readers lose digits")
    return (new,)


def number_text(value: JSON) -> str:
    """Return a number as it is published."""
    return msgspec.json.encode(value).decode()


def is_rewritten(text: str, value: JSON) -> bool:
    """Return whether a plain scalar is a number whose published text differs."""
    return type(value) in {int, float} and text != number_text(value)


@dataclass(frozen=True, slots=True)
class _NoJSON:
    """A value that JSON lacks, or a number with absurdly many digits, in words."""

    words: str


def _read_core(text: str) -> JSON | _NoJSON:
    """Read by the core schema of YAML 1.2.2 (10.3.2)."""
    if text in _CORE_NULL:
        return None
    if text in _CORE_BOOL:
        return _CORE_BOOL[text]
    if _CORE_INT.match(text):
        if len(text) > _LONGEST_NUMBER:
            return _NoJSON(f"the number {text}")
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text[2:] if base != 10 else text, base)  # noqa: PLR2004  (decimal)
    if _CORE_FLOAT.match(text):
        return _NoJSON(f"the number {text}") if len(text) > _LONGEST_NUMBER else float(text)
    if _CORE_INFINITE.match(text):
        return float(text.replace(".", "").lower())
    return text


def _read_yaml_1_1(text: str) -> JSON | _NoJSON:
    """Read by PyYAML's own table of implicit tags."""
    tag = _implicit_tag(text)
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() in {"yes", "true", "on"}
    if tag == "int":
        return _int_1_1(text)
    if tag == "float":
        return _float_1_1(text)
    if tag == "str":
        return text
    return _NoJSON({"timestamp": "a date", "merge": "a merge", "value": "a default"}[tag])


def _implicit_tag(text: str) -> str:
    """Return the last word of the tag that PyYAML gives a plain scalar."""
    for tag, pattern in Resolver.yaml_implicit_resolvers.get(text[:1], ()):
        if pattern.match(text):
            return str(tag).rpartition(":")[2]
    return "str"


def _int_1_1(text: str) -> int | _NoJSON:
    """Return the integer that YAML 1.1 reads: binary, octal, hexadecimal or with underscores.

    Base 60 is recognised, but not converted.
    """
    digits = text.replace("_", "").lstrip("+-")
    sign = -1 if text.startswith("-") else 1
    if len(text) > _LONGEST_NUMBER:
        return _NoJSON(f"the number {text}")
    if ":" in digits:
        return _NoJSON("a number in base 60")
    base = 8 if digits.startswith("0") and digits != "0" else 10
    try:
        return sign * int(digits, 0 if digits.startswith(("0b", "0x")) else base)
    except ValueError:
        return _NoJSON("a broken number")


def _float_1_1(text: str) -> float | _NoJSON:
    """Return the float that YAML 1.1 reads."""
    plain = text.replace("_", "").lower()
    if len(text) > _LONGEST_NUMBER:
        return _NoJSON(f"the number {text}")
    if ":" in plain:
        return _NoJSON("a number in base 60")
    return float(plain.replace(".inf", "inf").replace(".nan", "nan"))


def _both_nan(old: object, new: object) -> bool:
    return all(isinstance(value, float) and math.isnan(value) for value in (old, new))


def _words(value: object) -> str:
    """Return a description of a value for a message."""
    if isinstance(value, _NoJSON):
        return value.words
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "text"
    if value is None:
        return "nothing"
    return f"the number {value}"
