"""Cut PluginInfo down to the paths of `only` (query spec 5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from catalogctl.json_pointer import child
from catalogctl.query.field_paths import FIELDS, Field, Segments, parse
from catalogctl.query.query_errors import bad
from catalogctl.wording import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.query.model import SortKey

MINIMAL = ("plugin_id", "name", "state", "image", "service_type", "registry_type", "provider")
Tree: TypeAlias = "dict[str, Tree]"
"""What to keep, by name; an empty tree keeps everything."""


def read_only(texts: Sequence[str], pointer: str) -> tuple[Segments, ...]:
    """Return the paths, checked; raise ApiError if one is not a path of PluginInfo (D-L3)."""
    found = []
    for position, text in enumerate(texts):
        place = child(pointer, position)
        field, *rest = segments = parse(text, place)
        if field == "repository_id" or (FIELDS[field] is Field.LABELS and rest):
            hint = f'write "{"repository_info" if field == "repository_id" else "labels"}"'
            raise bad(f"a row has no {quote(text)}", place, hint)
        found.append(_kept(segments))
    return tuple(found)


def only_fields(info: JSONObject, only: Sequence[str]) -> JSONObject:
    """Return the fields of a PluginInfo that `get` requests; raise ApiError as a list does.

    No ordering field is added (query spec 5).
    """
    return cut(info, tree(read_only(only, "/only")))


def ordering(keys: Sequence[SortKey]) -> tuple[Segments, ...]:
    """Return the fields that a sort adds to `only`: those of its keys, or the name."""
    found = [_kept(sort_key.segments) for sort_key in keys]
    return tuple(path for path in found if path[0] != "repository_id") if keys else (("name",),)


def _kept(segments: Segments) -> Segments:
    """Return the part of a path that rows are cut by: only objects are cut inside."""
    return segments if FIELDS[segments[0]] is Field.OBJECT else segments[:1]


def minimal(info: JSONObject) -> JSONObject:
    """Return the fields of a minimal row, at most seven: those that the plugin has."""
    return {name: info[name] for name in MINIMAL if name in info}


def tree(segments: Iterable[Segments]) -> Tree:
    """Return the paths as one tree; a path takes precedence over those below it."""
    root: Tree = {}
    for path in sorted(set(segments), key=len, reverse=True):
        node = root
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node[path[-1]] = {}
    return root


def cut(info: JSONObject, kept: Tree) -> JSONObject:
    """Return the members of an object that a tree keeps, in the object's order."""
    found: JSONObject = {}
    for name, value in info.items():
        if name in kept:
            inner = kept[name]
            if not inner:
                found[name] = value
            elif isinstance(value, dict):
                found[name] = cut(value, inner)
            elif isinstance(value, list):
                found[name] = [cut(item, inner) for item in value if isinstance(item, dict)]
    return found
