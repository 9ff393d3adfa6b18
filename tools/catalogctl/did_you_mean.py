"""Guess which known word was meant by an unknown one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 60
"""Characters of a word that are compared: a longer one was not meant as one of them."""


MOST_GUESSED = 50
"""Unknown words of one kind for which a known one is looked for: each look reads all of them."""


class Guesses:
    """What was meant by unknown words, guessed for the first of them alone."""

    def __init__(self, known: Iterable[str]) -> None:
        self._spelled = {each.lower(): each for each in known}
        self._near: dict[str, str | None] = {}

    def nearest(self, word: str) -> str | None:
        """Return the known word that is most like another one, whatever its case; None if none."""
        from difflib import get_close_matches

        wanted = word.lower()[:LONGEST]
        if wanted not in self._near and len(self._near) < MOST_GUESSED:
            near = get_close_matches(wanted, self._spelled, n=1, cutoff=0.6)
            self._near[wanted] = self._spelled[near[0]] if near else None
        return self._near.get(wanted)

    def hint(self, word: str, fallback: str = "") -> str:
        """Return the hint that names the nearest known word, or another hint when none is near."""
        near = self.nearest(word)
        return f'did you mean "{near}"?' if near is not None else fallback


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like another one, whatever its case; None if none is."""
    return Guesses(known).nearest(word)


def did_you_mean(word: str, known: Iterable[str], fallback: str = "") -> str:
    """Return the hint that names the nearest known word, or another hint when none is near."""
    return Guesses(known).hint(word, fallback)


def is_slip(word: str, known: str) -> bool:
    """Return whether a word is another one but for a slip: one letter, or two of a long word.

    A letter too many, one too few, another one, or two that changed places; case, and how the
    parts of a name are joined, do not count.
    """
    left, right = (each.lower().replace("-", "_")[:LONGEST] for each in (word, known))
    limit = 1 if len(known) < _LONG else 2
    edits = edits_to_beginnings(left, right, limit)
    return bool(edits) and edits[-1] <= limit


_LONG = 6


def edits_to_beginnings(word: str, other: str, limit: int) -> list[int]:
    """Return how many edits lead from a word to each beginning of another, from none to all of it.

    An edit is one letter more, less or other, or two that are swapped (optimal string alignment).
    The list is empty where all of them are above the limit.
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
    """Return the hint that names the nearest of some ids: one that contains it, or is like it."""
    ids = list(known)
    part = f"-{name.lower().strip('-')}-"
    containing = [each for each in ids if part != "--" and part in f"-{each.lower()}-"]
    near = min(containing, key=lambda each: (len(each), each), default=None)
    return f'did you mean "{near}"?' if near is not None else did_you_mean(name, ids)
