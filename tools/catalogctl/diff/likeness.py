"""Find, for each new name, one that is there already and that it could be taken for (R-08).

Alike are two names that differ by case, by hyphens and blanks, or by one edit: a character more, a
character less, another character, or two neighbours that changed places. Compared are the first
100 characters. Only new names are indexed, some at a time, so memory stays small however large the
catalog is.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPARED = 100
"""Characters of a name that are compared."""
_AT_ONCE = 2000


def similar(
    new: Mapping[str, str], there: Mapping[str, str], but: Mapping[str, str]
) -> dict[str, str]:
    """Return, by plugin_id, the first of the texts there that a new one is like, but not the same.

    Both are by plugin_id; `but` names, for a new plugin, another one that does not count.
    """
    known = sorted(there.items(), key=lambda each: each[1]) if new else []
    wanted = iter(new.items() if known else ())
    found: dict[str, str] = {}
    while some := dict(islice(wanted, _AT_ONCE)):
        found |= _similar(some, known, but)
    return found


def _similar(
    new: Mapping[str, str], known: list[tuple[str, str]], but: Mapping[str, str]
) -> dict[str, str]:
    plain = {plugin_id: _plain(text) for plugin_id, text in new.items()}
    index: dict[str, list[str]] = {}
    for plugin_id, text in plain.items():
        for key in _keys(text):
            index.setdefault(key, []).append(plugin_id)
    found: dict[str, str] = {}
    for other_id, other in known:
        text = _plain(other)
        for plugin_id in {each for key in _keys(text) & index.keys() for each in index[key]}:
            is_other = other_id not in {plugin_id, but.get(plugin_id)} and other != new[plugin_id]
            if is_other and plugin_id not in found and _is_alike(plain[plugin_id], text):
                found[plugin_id] = other
    return found


def _plain(name: str) -> str:
    return "".join(each for each in name.casefold() if each not in " -_.")[:COMPARED]


def _keys(plain: str) -> set[str]:
    """Return a plain name, and it without each one of its characters."""
    return {plain, *(plain[:at] + plain[at + 1 :] for at in range(len(plain)))}


def _is_alike(one: str, other: str) -> bool:
    """Return whether at most one edit leads from one text to the other."""
    if one == other:
        return True
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    first, second = one[start:], other[start:]
    return (
        first[1:] == second[1:]
        or first[1:] == second
        or first == second[1:]
        or (first[:2] == second[1::-1] and first[2:] == second[2:])
    )
