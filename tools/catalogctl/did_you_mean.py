"""Guess which known word an unknown one was meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 60
"""Limit of the characters of a word that are compared: no longer word is meant as a known one."""


MOST_GUESSED = 50
"""Limit of the unknown words that are compared; each one is compared with all known words."""


class Guesses:
    """Guesses of what unknown words were meant to be, for only the first `MOST_GUESSED` of them."""

    def __init__(self, known: Iterable[str]) -> None:
        self._spelled = {each.lower(): each for each in known}
        self._near: dict[str, list[str]] = {}

    def nearest(self, word: str, besides: str = "") -> str | None:
        """Return the known word most similar to `word`, ignoring case, or None if none is.

        The word `besides` is not meant.
        """
        from difflib import get_close_matches

        wanted = word.lower()[:LONGEST]
        if wanted not in self._near and len(self._near) < MOST_GUESSED:
            near = get_close_matches(wanted, self._spelled, n=2, cutoff=0.6)
            self._near[wanted] = [self._spelled[each] for each in near]
        return next((each for each in self._near.get(wanted, ()) if each != besides), None)

    def hint(self, word: str, fallback: str = "", besides: str = "") -> str:
        """Return a hint that names the nearest known word, or `fallback` if none is near."""
        near = self.nearest(word, besides)
        return f'did you mean "{near}"?' if near is not None else fallback


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most similar to `word`, ignoring case, or None if none is."""
    return Guesses(known).nearest(word)


def did_you_mean(word: str, known: Iterable[str], fallback: str = "") -> str:
    """Return a hint that names the nearest known word, or `fallback` if none is near."""
    return Guesses(known).hint(word, fallback)


def is_slip(word: str, known: str) -> bool:
    """Return whether a word is a known one with a typo: one edit, or up to two in a long word.

    An edit is an extra, a missing or a different letter, or two swapped ones. Case, and whether
    parts of a name are joined by "-" or "_", do not count.
    """
    left, right = (each.lower().replace("-", "_")[:LONGEST] for each in (word, known))
    limit = 1 if len(known) < _LONG else 2
    edits = edits_to_beginnings(left, right, limit)
    return bool(edits) and edits[-1] <= limit


_LONG = 6


def edits_to_beginnings(word: str, other: str, limit: int) -> list[int]:
    """Return the edit distances from a word to each prefix of another, the empty one first.

    An edit is an extra, a missing or a different letter, or two swapped ones (optimal string
    alignment). The list is empty if all distances are above the limit.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and wanted == word[i - 2]:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return []
    return row


def did_you_mean_id(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known id: one that contains the name or is like it."""
    ids = list(known)
    part = f"-{name.lower().strip('-')}-"
    containing = [each for each in ids if part != "--" and part in f"-{each.lower()}-"]
    near = min(containing, key=lambda each: (len(each), each), default=None)
    return f'did you mean "{near}"?' if near is not None else did_you_mean(name, ids)
