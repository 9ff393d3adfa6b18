"""A word that nobody knows and the words that are known in, the one that was meant out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 60
"""Characters of a word that are compared: what is longer was meant otherwise."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like another one, whatever its case; None if none is."""
    from difflib import get_close_matches

    spelled = {each.lower(): each for each in known}
    near = get_close_matches(word.lower()[:LONGEST], list(spelled), n=1, cutoff=0.6)
    return spelled[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return the hint that names the nearest known word, or another hint when none is near."""
    near = nearest(word, known)
    return f'did you mean "{near}"?' if near is not None else otherwise


def did_you_mean_id(name: str, known: Iterable[str]) -> str:
    """Return the hint that names the nearest of some ids: one that contains it, or is like it."""
    ids = list(known)
    part = f"-{name.lower().strip('-')}-"
    containing = [each for each in ids if part != "--" and part in f"-{each.lower()}-"]
    near = min(containing, key=lambda each: (len(each), each), default=None)
    return f'did you mean "{near}"?' if near is not None else did_you_mean(name, ids)
