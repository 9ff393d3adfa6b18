"""New names in; the names that are there already and could be taken for them, out (hardening R-08).

Alike are two names that differ by case, by hyphens and blanks, or by one edit: a character more, a
character less, another character, or two neighbours that changed places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Alike:
    """An index of names, asked for those that are like another one, but not the same."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, list[str]] = {}
        for name in sorted(set(names)):
            for key in _keys(name):
                self._names.setdefault(key, []).append(name)

    def to(self, name: str) -> str | None:
        """Return the first of the names that is like this one."""
        found = {
            other
            for key in _keys(name)
            for other in self._names.get(key, ())
            if other != name and _is_alike(_plain(name), _plain(other))
        }
        return min(found, default=None)


def _plain(name: str) -> str:
    return "".join(each for each in name.casefold() if each not in " -_.")


def _keys(name: str) -> Iterator[str]:
    """Yield a name and the name without each one of its characters."""
    plain = _plain(name)
    yield plain
    for position in range(len(plain)):
        yield plain[:position] + plain[position + 1 :]


def _is_alike(one: str, other: str) -> bool:
    """Tell whether at most one edit leads from one text to the other."""
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
