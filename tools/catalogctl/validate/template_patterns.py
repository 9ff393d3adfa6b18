r"""Check the regular expressions of a template in time linear in their length.

A pattern is parsed by the grammar of ECMA-262, as JSON Schema requires, and not compiled: compiling
`(\p{L}{1,30}){1,30}` takes as long as a thousand plugins. A pattern that is not ECMA-262 is
compiled by Python, within a budget for each file.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import TYPE_CHECKING

import jsonschema_rs

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PATTERNS = 500
"""Most patterns in the templates of one file."""
MAX_CHARACTERS, MAX_SETS = 20_000, 200
"""The budget for compiling in Python, per file; sets in brackets take the longest."""

_FLAGS = re.compile(r"\A\(\?[aimsu]+\)")
_ESCAPE = re.compile(r"\\(?:[pP]\{(?P<property>[^{}]*)\}|.)", re.DOTALL)


class PatternReader:
    """Checks the patterns of one file."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._characters = self._sets = 0

    def flaw(self, pattern: str) -> str:
        """Return what is wrong with a pattern, or "" if it is a regular expression."""
        if pattern not in self._known:
            self._known[pattern] = self._read(pattern)
        return self._known[pattern]

    def _read(self, pattern: str) -> str:
        if _is_ecma(_FLAGS.sub("", pattern)):
            unknown = next((name for name in _properties(pattern) if not _is_property(name)), None)
            return "" if unknown is None else f'the pattern has an unknown property "{unknown}"'
        self._characters += len(pattern)
        self._sets += pattern.count("[")
        if self._characters > MAX_CHARACTERS or self._sets > MAX_SETS:
            return "too many of this file's patterns are not written as in ECMA-262"
        return "" if _is_python(pattern) else "the pattern is not a regular expression"


def _is_ecma(pattern: str) -> bool:
    """Return whether a pattern is valid in ECMA-262."""
    return _grammar().is_valid(pattern)


@cache
def _grammar() -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator({"format": "regex"}, validate_formats=True)


def _properties(pattern: str) -> Iterator[str]:
    r"""Yield the text between the braces of each `\p{…}` and `\P{…}`."""
    return (found["property"] for found in _ESCAPE.finditer(pattern) if found["property"])


@cache
def _is_property(name: str) -> bool:
    """Return whether Unicode has a property or script of this name."""
    try:
        jsonschema_rs.Draft7Validator({"pattern": f"\\p{{{name}}}"})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


def _is_python(pattern: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # «possible nested set» does not help an author
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True
