"""Choose a WWW-Authenticate challenge that can be answered (RFC 9110, 11.6.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  (a word of the grammar)
_PART = re.compile(
    rf"[\s,]*(?:(?P<name>{_TOKEN})\s*=\s*(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<plain>[^\s,\"]*))"
    rf"|(?P<scheme>{_TOKEN})(?=\s|,|$))"
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A lowercase scheme and its parameters; repeated `scope` values are joined with spaces."""

    scheme: str
    parameters: Mapping[str, str]


def best_challenge(headers: Iterable[str]) -> Challenge | None:
    """Return the first Bearer challenge, else the first Basic one, else None.

    One header may contain several challenges. Anything that can't be parsed is skipped.
    """
    challenges = [each for header in headers for each in _parse(header)]
    usable = (each for kind in ("bearer", "basic") for each in challenges if each.scheme == kind)
    return next(usable, None)


def _parse(header: str) -> list[Challenge]:
    challenges: list[Challenge] = []
    parameters: dict[str, str] = {}
    position = 0
    while match := _PART.match(header, position):
        position = match.end()
        if match["scheme"]:
            parameters = {}
            challenges.append(Challenge(match["scheme"].lower(), parameters))
        elif challenges:
            value = match["plain"]
            if match["quoted"] is not None:
                value = re.sub(r"\\(.)", r"\1", match["quoted"])
            name = match["name"].lower()
            before = f"{parameters[name]} " if name == "scope" and name in parameters else ""
            parameters[name] = before + (value or "")
    return challenges
