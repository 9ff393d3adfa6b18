"""Tags in, the versions among them out, newest first. Pure: no registry, no clock.

A version has numbers joined by dots, at least two of them: without a dot a hash or a bare date
would pass for one. Its text is kept as it is; only the order looks at its parts (registries, 5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    import re2

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
_DIGITS = re.compile(r"([0-9]+)", re.ASCII)
_VARIANT = re.compile(r"v?[0-9]+(?:\.[0-9]+)*(?P<variant>[-_.]?[a-z].*)", re.IGNORECASE | re.ASCII)

Numbers: TypeAlias = "tuple[int, ...]"
Order: TypeAlias = "tuple[object, ...]"


@dataclass(frozen=True, slots=True)
class Version:
    """A tag that is a version. A greater `order` is newer; equal ones are the same tag."""

    tag: str
    order: Order
    prerelease: bool


def is_version(tag: str) -> bool:
    """Say whether a tag is a version by the usual rule (registries, 5)."""
    return _VERSION.fullmatch(tag) is not None


def versions(tags: Iterable[str], pattern: str | None = None) -> list[Version]:
    """Return the versions among the tags, newest first.

    With a `pattern` (RE2) a tag is a version when all of it matches; its group `version`, else the
    tag, gives the order (product contract, 6).
    """
    compiled = _compiled(pattern) if pattern is not None else None
    found = []
    for tag in tags:
        text = _part_to_order(compiled, tag) if compiled is not None else tag
        version = _version(tag, text, strict=compiled is None) if text is not None else None
        if version is not None:
            found.append(version)
    return sorted(found, key=lambda version: version.order, reverse=True)


def latest(newest_first: Iterable[Version]) -> str | None:
    """Return the first version that is no pre-release, else the first (registries, 5)."""
    every = list(newest_first)
    return next(
        (each.tag for each in every if not each.prerelease), every[0].tag if every else None
    )


def variants(tags: Iterable[str]) -> dict[str, int]:
    """Count the endings of tags that begin like a version and go on, such as `-ubi8`."""
    counts: dict[str, int] = {}
    for tag in tags:
        match = _VARIANT.fullmatch(tag)
        if match and not is_version(tag):
            counts[match["variant"]] = counts.get(match["variant"], 0) + 1
    return counts


def _version(tag: str, text: str, *, strict: bool) -> Version | None:
    """Return a tag's place in the order; text outside the grammar comes last, or is none."""
    match = _VERSION.fullmatch(text)
    if match is not None:
        order = (1, *_order(match), *_ties(match, tag))
        return Version(tag, order, _is_prerelease(match))
    return (
        None if strict else Version(tag, (0, _natural(text), _natural(tag), tag), prerelease=False)
    )


def _order(match: re.Match[str]) -> Order:
    """Return what makes one version newer: numbers, then dev < alpha < beta < rc < final < build.

    The order within one release is that of PEP 440: a dev version comes before what it leads to.
    """
    release = _numbers(match["release"])
    dev = _padded(match["dev"])
    build = _padded(match["build"] if match["build"] is not None else match["revision"])
    rank = _RANK[match["kind"].lower()] if match["kind"] else _RELEASED
    if match["kind"] is None and build is None and dev is not None:
        rank = _BEFORE_ALPHA
    return (
        _without_zeros(release),
        rank,
        _padded(match["pre"]) or (),
        (0, ()) if build is None else (1, build),
        (1, ()) if dev is None else (0, dev),
    )


def _ties(match: re.Match[str], tag: str) -> Order:
    """Return what orders versions that are equal: more components, no "v", then the text."""
    parts = (match[name] for name in ("release", "pre", "build", "revision", "dev"))
    counts = tuple(len(_numbers(part)) for part in parts)
    return (counts, match["v"] is None, tag)


def _is_prerelease(match: re.Match[str]) -> bool:
    return match["kind"] is not None or match["dev"] is not None


def _numbers(text: str | None) -> Numbers:
    """Return the numbers in a text; of any length, for a stamp may have fourteen digits."""
    return tuple(int(digits) for digits in _DIGITS.findall(text or ""))


def _padded(text: str | None) -> Numbers | None:
    """Return the numbers of a part that is there, where none count as 0."""
    return None if text is None else _without_zeros(_numbers(text))


def _without_zeros(numbers: Numbers) -> Numbers:
    """Return numbers without the zeros at their end: a missing one is 0."""
    end = len(numbers)
    while end and numbers[end - 1] == 0:
        end -= 1
    return numbers[:end]


def _natural(text: str) -> tuple[str | int, ...]:
    """Return a text as its parts, digits as numbers: text and number take turns."""
    return tuple(int(part) if index % 2 else part for index, part in enumerate(_DIGITS.split(text)))


@cache
def _compiled(pattern: str) -> re2._Regexp:
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _part_to_order(compiled: re2._Regexp, tag: str) -> str | None:
    """Return the part of a tag that gives its order; None when the tag is no version."""
    match = compiled.fullmatch(tag)
    if match is None:
        return None
    part = match["version"] if "version" in compiled.groupindex else tag
    return part or tag
