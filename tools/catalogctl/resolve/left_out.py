"""Find tags that look like versions but are left out, and a pattern that would match them.

A maintainer who writes `2.0.0.Final` means a version. Not reported are tags that repeat a version
already included or another such tag (`1.0.1-alpine` next to `1.0.1`), builds between two versions
(`1.0.1-4-g1a2b3c4`) and moving tags (`1.0.x`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.resolve.version_order import numbers, versions, without_zeros

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.resolve.version_order import Version

_LOOK = re.compile(
    r"(?P<before>(?:[a-z]+[-_.])*(?:v(?:er(?:sion)?)?|r(?:el(?:ease)?)?)?)"
    r"(?P<number>[0-9]++(?>(?:\.[0-9]+)+))(?P<early>[abc][0-9]+(?![a-z]))?"
    r"(?P<after>(?:[a-z][a-z0-9]*)?(?:[-_.]+[a-z0-9]+)*)",
    re.IGNORECASE | re.ASCII,
)
_BUILD = re.compile(r"-[0-9]+-g[0-9a-f]{7,40}")
_SEPARATOR = re.compile(r"[-_.]")
_DIGITS = re.compile(r"[0-9]+")
_NUMBER = r"[0-9]+(?:\.[0-9]+)+"
_EARLY = r"(?:[abcABC][0-9]+)?"
_ANYTHING = r"[-_.A-Za-z0-9]*"
_MOST_FORMS = 6


class _Look(NamedTuple):
    """A tag that looks like a version: its numbers and the text before and after them.

    `early` is a one-letter pre-release such as `b2`, recognized only directly after the numbers.
    """

    before: str
    number: str
    early: str | None
    after: str


def left_out(tags: Iterable[str], taken: Iterable[Version]) -> list[str]:
    """Return the tags that look like distinct versions but are not among the versions taken."""
    every = list(taken)
    names = {version.tag for version in every}
    released = {_release(version.tag) for version in every if not version.prerelease}
    found = [
        tag
        for tag in tags
        if tag not in names
        and (look := _look(tag)) is not None
        and _release(tag) not in released
        and not _BUILD.search(look.after)
        and not look.after.lower().endswith(".x")
        and not _repeats(tag, names)
    ]
    every_found = set(found)
    return [tag for tag in found if not _repeats(tag, every_found)]


def pattern_for(tags: Iterable[str]) -> str | None:
    """Return a pattern that matches all these tags, or None if no pattern of ours does.

    Digits around the version stand for any digits.
    """
    every = list(tags)
    looks = [look for tag in every if (look := _look(tag)) is not None]
    before = _one_of(look.before for look in looks)
    after = _one_of(look.after for look in looks)
    number = f"{_NUMBER}{_EARLY}" if any(look.early for look in looks) else _NUMBER
    for ending in (after, _ANYTHING):
        pattern = f"{before}(?P<version>{number}){ending}"
        if every and len(versions(every, pattern)) == len(every):
            return pattern
    return None


def _look(tag: str) -> _Look | None:
    match = _LOOK.fullmatch(tag)
    return None if match is None else _Look(*match.group("before", "number", "early", "after"))


def _release(tag: str) -> tuple[int, ...] | None:
    """Return the numbers of the version that a tag looks like, without trailing zeros."""
    look = _look(tag)
    return None if look is None else without_zeros(numbers(look.number))


def _repeats(tag: str, names: set[str]) -> bool:
    """Return whether a tag is one of the names, which has the same numbers, with a suffix.

    The suffix has a letter: `.1` after `2.1-ubi8` is a new build, not a variant.
    """
    end = len(tag.rstrip("-_.0123456789"))
    starts = (tag[: match.start()] for match in _SEPARATOR.finditer(tag, 0, end))
    return any(start in names and _release(start) == _release(tag) for start in starts)


def _one_of(texts: Iterable[str]) -> str:
    """Return a pattern that matches any of these texts, which may include the empty one."""
    forms = sorted({_DIGITS.sub("[0-9]+", re.escape(text).replace(r"\-", "-")) for text in texts})
    not_empty = [form for form in forms if form]
    if len(not_empty) > _MOST_FORMS:
        return _ANYTHING
    if not not_empty:
        return ""
    joined = not_empty[0] if len(not_empty) == 1 else f"(?:{'|'.join(not_empty)})"
    if len(forms) == len(not_empty):
        return joined
    return f"{joined}?" if len(joined) == 1 or len(not_empty) > 1 else f"(?:{joined})?"
