"""Correct misspelt field names.

A misspelt name is then one problem: its value is not also reported missing (product contract, 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.did_you_mean import MOST_GUESSED, is_slip, nearest
from catalogctl.schemas import fields

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from catalogctl.jsontypes import JSON, JSONObject


_TAGS = frozenset(
    {
        "description",
        "icon",
        "homepage",
        "documentation",
        "source",
        "changelog",
        "support",
        "license",
        "link",
    }
)
"""Tags that the site shows in a way of their own."""


def misplaced(name: str, known: Collection[str]) -> str:
    """Return the hint for a name that is right elsewhere than in a plugin file; "" for any other.

    `known` are the names that are right here.
    """
    if name in known or tuple(known) != fields("PluginFile"):
        return ""
    if name in fields("PluginInfo"):
        return "the catalog fills this in: take it out"
    return f'write it under tags: "tags: {{{name}: …}}"' if name in _TAGS else ""


def misspelt(value: JSONObject, known: Collection[str]) -> dict[str, str]:
    """Return the known names that were meant, each with its misspelling."""
    unknown = [name for name in value if name not in known][:MOST_GUESSED]
    meant: dict[str, str] = {}
    for name in unknown:
        near = None if misplaced(name, known) else nearest(name, known)
        if near is not None and near not in value:
            meant.setdefault(near, name)
    return meant


def slips(value: JSONObject, known: Collection[str]) -> dict[str, str]:
    """Return the known names that were meant without doubt, each with its misspelling."""
    meant = misspelt(value, known)
    return {name: wrong for name, wrong in meant.items() if is_slip(wrong, name)}


def as_meant(value: JSONObject, spelt: Mapping[str, str]) -> JSONObject:
    """Return an object in which each misspelt name is replaced by the one that was meant."""
    right = {wrong: name for name, wrong in spelt.items()}
    return {right.get(name, name): member for name, member in value.items()}


def settings_as_meant(value: JSONObject, schema: JSONObject) -> JSONObject:
    """Return settings with misspelt names corrected at any depth."""
    known = schema.get("properties")
    if not isinstance(known, dict):
        return value
    meant = as_meant(value, slips(value, known))
    return {name: _part(member, known.get(name)) for name, member in meant.items()}


def _part(value: JSON, schema: JSON) -> JSON:
    is_part = isinstance(value, dict) and isinstance(schema, dict)
    return settings_as_meant(value, schema) if is_part else value  # type: ignore[arg-type]
