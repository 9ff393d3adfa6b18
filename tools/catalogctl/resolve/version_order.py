"""Find the versions among tags and sort them, newest first. Pure: no registry, no clock.

A version has at least two numbers joined by dots; without this rule, a hash or a plain date would
count as a version. Its text is kept unchanged, and only sorting looks at its parts (registries, 5).
A plugin's own pattern may match any tag. The text that determines the order is compared by the
same rule where possible, and the text around it part by part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from catalogctl.regexps import compiled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.regexps import Regexp

_NUMBERS = r"(?:[-_.]?[0-9]+(?:\.[0-9]+)*)?"
_VERSION = re.compile(
    r"(?P<v>v)?(?P<release>[0-9]+(?:\.[0-9]+)+)"
    rf"(?:[-_.]?(?P<kind>alpha|a|beta|b|preview|pre|rc|c)(?P<pre>{_NUMBERS}))?"
    rf"(?:(?:[-_](?P<build>[0-9]+(?:\.[0-9]+)*))|(?:[-_.](?:post|rev|r)(?P<revision>{_NUMBERS})))?"
    rf"(?:[-_.](?:dev|snapshot|nightly)(?P<dev>{_NUMBERS}))?",
    re.IGNORECASE | re.ASCII,
)
_RANK = {"a": 1, "alpha": 1, "b": 2, "beta": 2, "c": 3, "rc": 3, "pre": 3, "preview": 3}
_BEFORE_ALPHA, _RELEASED = 0, 4
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_EARLY = {
    **dict.fromkeys(("dev", "snapshot", "nightly"), _BEFORE_ALPHA),
    **{word: rank for word, rank in _RANK.items() if len(word) > 1},
}
"""The words that mark any tag as a pre-release, and their order."""
_PARTS = re.compile(
    rf"[-_.]*(?<![a-z])(?P<early>{'|'.join(_EARLY)})(?![a-z])(?:[-_.]+(?=[0-9]))?"
    r"|(?P<number>[0-9]+)|(?P<text>[-_.]+|[^-_.0-9]+)",
    re.IGNORECASE | re.ASCII,
)
_END = (1, 0)
_VARIANT = re.compile(r"v?[0-9]+(?:\.[0-9]+)*(?P<variant>[-_.]?[a-z].*)", re.IGNORECASE | re.ASCII)

Numbers: TypeAlias = "tuple[int, ...]"
Order: TypeAlias = "tuple[object, ...]"


@dataclass(frozen=True, slots=True)
class Version:
    """A tag that is a version. A greater `order` is newer; an equal one is the same tag."""

    tag: str
    order: Order
    prerelease: bool


def is_version(tag: str) -> bool:
    """Return whether a tag is a version under the default rule (registries, 5)."""
    return _VERSION.fullmatch(tag) is not None


def versions(tags: Iterable[str], pattern: str | None = None) -> list[Version]:
    """Return the versions among the tags, newest first.

    With a `pattern` (RE2), a tag is a version if it matches completely. The group `version`, or
    else the whole tag, determines the order, and the text around the group breaks ties (product
    contract, 6).
    """
    regexp = compiled(pattern) if pattern is not None else None
    each = (_usual(tag) if regexp is None else _matched(regexp, tag) for tag in tags)
    return sorted(filter(None, each), key=lambda version: version.order, reverse=True)


def latest(newest_first: Iterable[Version]) -> str | None:
    """Return the first version that is not a pre-release, else the first (registries, 5)."""
    every = list(newest_first)
    return next(
        (each.tag for each in every if not each.prerelease), every[0].tag if every else None
    )


def variants(tags: Iterable[str]) -> dict[str, int]:
    """Count the suffixes of tags that start like a version, such as `-ubi8`."""
    counts: dict[str, int] = {}
    for tag in tags:
        match = _VARIANT.fullmatch(tag)
        if match and not is_version(tag):
            counts[match["variant"]] = counts.get(match["variant"], 0) + 1
    return counts


def _usual(tag: str) -> Version | None:
    """Return a tag's version and order, or None if it is not a version under the default rule."""
    match = _VERSION.fullmatch(tag)
    if match is None:
        return None
    return Version(tag, (*_order(match), *_ties(match), tag), _is_prerelease(match))


def _matched(regexp: Regexp[str], tag: str) -> Version | None:
    """Return a tag's version and order, or None if the pattern does not match it.

    Texts outside the default grammar come last.
    """
    match = regexp.fullmatch(tag)
    if match is None:
        return None
    start, end = match.span(regexp.groupindex.get("version", 0))
    if start >= end:  # the group is empty or did not take part in the match
        start, end = 0, len(tag)
    text, before, after = tag[start:end], tag[:start], tag[end:]
    around = (_natural("" if before in {"v", "V"} else before), _natural(after))
    usual = _VERSION.fullmatch(text)
    if usual is None:
        return Version(tag, (0, _natural(text), *around, tag), _names_a_prerelease(tag))
    order = (1, *_order(usual), *around, *_ties(usual), not before, tag)
    return Version(tag, order, _is_prerelease(usual) or _names_a_prerelease(tag))


def _order(match: re.Match[str]) -> Order:
    """Return the sort key: numbers, then dev < alpha < beta < rc < final < build.

    Within one release, the order is that of PEP 440: a dev version precedes its target version.
    """
    release = numbers(match["release"])
    dev = _padded(match["dev"])
    build = _padded(match["build"] if match["build"] is not None else match["revision"])
    rank = _RANK[match["kind"].lower()] if match["kind"] else _RELEASED
    if match["kind"] is None and build is None and dev is not None:
        rank = _BEFORE_ALPHA
    return (
        without_zeros(release),
        rank,
        _padded(match["pre"]) or (),
        (0, ()) if build is None else (1, build),
        (1, ()) if dev is None else (0, dev),
    )


def _ties(match: re.Match[str]) -> Order:
    """Return the key that breaks ties: more components, then no "v" (the tag itself follows)."""
    parts = (match[name] for name in ("release", "pre", "build", "revision", "dev"))
    counts = tuple(len(numbers(part)) for part in parts)
    return (counts, match["v"] is None)


def _is_prerelease(match: re.Match[str]) -> bool:
    return match["kind"] is not None or match["dev"] is not None


def numbers(text: str | None) -> Numbers:
    """Return the numbers in a text, of any length: a timestamp may have 14 digits."""
    return tuple(int(digits) for digits in _DIGITS.findall(text or ""))


def _padded(text: str | None) -> Numbers | None:
    """Return the numbers of a part, without trailing zeros, or None if the part is missing."""
    return None if text is None else without_zeros(numbers(text))


def without_zeros(every: Numbers) -> Numbers:
    """Return the numbers without trailing zeros, as a missing number counts as 0."""
    end = len(every)
    while end and every[end - 1] == 0:
        end -= 1
    return every[:end]


def _natural(text: str) -> Order:
    """Return the sort key of a text, part by part, with digits compared as numbers.

    A pre-release word sorts before the end of the text, so `-rc.1` is older than no suffix. All
    other parts sort after it, so `-ubi8` is newer than no suffix.
    """
    return (*map(_part, _PARTS.finditer(text)), _END)


def _part(match: re.Match[str]) -> tuple[int, int | str]:
    if match["early"]:
        return 0, _EARLY[match["early"].lower()]
    return (3, int(match["number"])) if match["number"] else (2, match["text"])


def _names_a_prerelease(tag: str) -> bool:
    return any(match["early"] for match in _PARTS.finditer(tag))
