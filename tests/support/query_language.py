"""The tables of the query language that the JavaScript engine carries: made from Python's.

`make golden` writes site/js/query/language.js anew.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from catalogctl.query import query_limits
from catalogctl.query.field_paths import FIELDS, INFO_NAMES
from catalogctl.query.message_shapes import SHAPES, Member
from catalogctl.query.operators import COMPARISONS, LIST_HINTS, OPERATORS, SYNONYMS, Operator
from catalogctl.query.stages import GROUP_OPERATORS

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

_HEAD = """\
// The tables of the query language (docs/query.md): made from Python's by
// tests/support/query_language.py, so that both engines know the same one.

/**
 * What one member of a message takes: its kind, its message, its other spelling, its words.
 * @typedef {{kind: string, shape?: string, short?: string, words?: readonly string[]}} Member
 * What an operator tests, whether it takes a list, whether it is the complement.
 * @typedef {{name: string, family: string, takesList: boolean, negated: boolean,
 *   comparison: string}} Operator
 */
"""


def tables() -> str:
    """Return the text of language.js."""
    limits: JSONObject = {
        name: value for name, value in vars(query_limits).items() if re.fullmatch("[A-Z_]+", name)
        and isinstance(value, int) and name != "REGEX_BYTES"
    }  # fmt: skip
    fields: list[JSON] = [[name, kind.value] for name, kind in FIELDS.items()]
    shapes: JSONObject = {
        shape: {name: _member(member) for name, member in members.items()}
        for shape, members in SHAPES.items()
    }
    parts = [
        _exported("LIMITS", limits),
        _exported("FIELDS", fields, "[string, string][]"),
        _exported("INFO_NAMES", [*INFO_NAMES], "string[]"),
        _exported("SHAPES", shapes, "Record<string, Record<string, Member>>"),
        _exported("COMPARISONS", [*COMPARISONS], "string[]"),
        _exported("OPERATORS", [*map(_operator, OPERATORS.values())], "Operator[]"),
        _exported("LIST_HINTS", {**LIST_HINTS}, "Record<string, string>"),
        _exported("SYNONYMS", [[*each] for each in SYNONYMS.items()], "[string, string][]"),
        _exported("GROUP_OPERATORS", [*GROUP_OPERATORS], "string[]"),
    ]
    return _HEAD + "".join(parts)


def _exported(name: str, value: JSON, type_: str = "") -> str:
    comment = f"/** @type {{{type_}}} */\n" if type_ else ""
    rows = json.dumps(value, indent=2) if len(json.dumps(value)) < 90 else _rows(value)
    return f"\n{comment}export const {name} = {rows};\n"


def _rows(value: JSON) -> str:
    """Return a table with a line for each of its rows."""
    if isinstance(value, list):
        return "[\n" + "".join(f"  {json.dumps(row)},\n" for row in value) + "]"
    rows = value.items() if isinstance(value, dict) else ()
    return "{\n" + "".join(f"  {name}: {json.dumps(row)},\n" for name, row in rows) + "}"


def _member(member: Member) -> JSONObject:
    given: JSONObject = {"kind": member.kind.value}
    if member.shape:
        given["shape"] = member.shape
    if member.short:
        given["short"] = member.short
    return given | ({"words": [*member.words]} if member.words else {})


def _operator(operator: Operator) -> JSONObject:
    return {
        "name": operator.name,
        "family": operator.family.name.lower(),
        "takesList": operator.takes_list,
        "negated": operator.negated,
        "comparison": operator.comparison,
    }
