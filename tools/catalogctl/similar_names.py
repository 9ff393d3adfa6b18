"""Find names that could be mistaken for one another (hardening R-08).

Two names look the same if they differ only in invisible characters, or in letters that are drawn
alike: Latin, Cyrillic and Greek ones, full-width ones, `0` and `O`, `1` and `l`. Two names are
similar if they may also differ in case, in hyphens and blanks, and by one edit: an extra, a missing
or a different character, or two adjacent characters swapped.
"""

from __future__ import annotations

import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from catalogctl.invisible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LONGEST = 100
"""Limit of the characters of a name that are compared."""
_AT_ONCE = 2000
"""Number of new names that are indexed at a time, so that memory use stays small."""

_ALIKE = (
    ("\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422", "ABEKMHOPCT"),
    ("\u0423\u0425\u0406\u0408\u0405\u050c\u051a\u051c\u0474\u04c0", "YXlJSGQWVl"),
    ("\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455", "aeopcyxijs"),
    ("\u04bb\u0501\u051b\u051d\u0475\u04cf\u043a", "hdqwvlk"),
    ("\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f", "ABEZHlKMNO"),
    ("\u03a1\u03a4\u03a5\u03a7", "PTYX"),
    ("\u03bf\u03b1\u03bd\u03b9\u03c1\u03c5\u03ba", "oavipuk"),
    ("\u0131\u0251\u0261015I|", "iagOlSll"),
)
"""Letters of other alphabets, and digits, with the Latin letters that they look like."""
_DRAWN_ALIKE = {
    ord(one): other for ones, others in _ALIKE for one, other in zip(ones, others, strict=True)
}


def look(name: str) -> str:
    """Return how a name looks, equal for two names that a reader can't tell apart."""
    seen = visible(name[: 2 * LONGEST])[:LONGEST]
    if not seen.isascii():
        seen = unicodedata.normalize("NFKC", seen)
    return seen.translate(_DRAWN_ALIKE).strip()


class SimilarNames:
    """An index of names, to find those that are similar to another one, but not equal."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, list[str]] = {}
        for name in sorted(set(names)):
            for key in _keys(plain(name)):
                self._names.setdefault(key, []).append(name)

    def find(self, name: str) -> set[str]:
        """Return all names in the index that are similar to this one."""
        wanted = plain(name)
        return {
            other
            for key in _keys(wanted)
            for other in self._names.get(key, ())
            if other != name and _is_alike(wanted, plain(other))
        }


def similar(
    new: Mapping[str, str], there: Mapping[str, str], but: Mapping[str, str]
) -> dict[str, str]:
    """Return, by plugin_id, the first existing text that a new one is similar, but not equal to.

    `new` and `there` are by plugin_id; `but` maps a new plugin to another one that does not count.
    """
    known = sorted(there.items(), key=lambda item: item[1]) if new else []
    remaining = iter(new.items() if known else ())
    similar_texts: dict[str, str] = {}
    while some := dict(islice(remaining, _AT_ONCE)):
        names = SimilarNames(some.values())
        by_text: dict[str, list[str]] = {}
        for plugin_id, text in some.items():
            by_text.setdefault(text, []).append(plugin_id)
        for other_id, other in known:
            for plugin_id in (each for text in names.find(other) for each in by_text[text]):
                if other_id not in {plugin_id, but.get(plugin_id)}:
                    similar_texts.setdefault(plugin_id, other)
    return similar_texts


def plain(name: str) -> str:
    """Return how a name looks, ignoring case and separators."""
    return "".join(each for each in look(name).casefold() if each not in " -_.").replace("i", "l")


def _keys(plain_name: str) -> Iterator[str]:
    """Yield a name, and the name without each one of its characters in turn."""
    yield plain_name
    for position in range(len(plain_name)):
        yield plain_name[:position] + plain_name[position + 1 :]


def _is_alike(one: str, other: str) -> bool:
    """Return whether two texts differ by at most one edit."""
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
