"""Recognise secrets, and show no more than four characters of one (R-14).

Credentials of known services are recognised by their form, wherever they stand. Whatever is printed
goes through `cut`; only what a rule looks for needs the whole of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject

Span: TypeAlias = "tuple[int, int]"
"""Where a part of a text begins, and where it ends."""


class Line(NamedTuple):
    """A line of a file, and which of its characters belong to secrets."""

    text: str
    hidden: tuple[Span, ...] = ()


SHOWN = 4
"""Characters of a secret that are shown."""
WORDS = (
    "password",
    "passwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
)
"""What the name of a secret contains, case, hyphens and underscores aside."""
CONFIG = "registry_config"
"""The field in which the names of members tell secrets."""
SIGN = "\N{HORIZONTAL ELLIPSIS}"

_KEY_BEGIN = r"-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----"
_WORD = r"[A-Za-z0-9_-]"
# No part starts inside a run that it has given up: each pattern reads a text a fixed number of
# times. The head of a JWT is looked for once in each run of its characters.
_TOKEN = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}+|github_pat_[A-Za-z0-9_]{20,}+"
    r"|glpat-[A-Za-z0-9_-]{20,}+"
    r"|dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}+"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}+"
    rf"|(?<!{_WORD})(?={_WORD}*?eyJ{_WORD}{{8}}){_WORD}++\.eyJ{_WORD}{{8,}}+\.{_WORD}{{8,}}+"
    rf"|{_KEY_BEGIN}"
)
_BEGINNING = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{8,}+"
    r"|gh[pousr]_[A-Za-z0-9]++|github_pat_[A-Za-z0-9_]++"
    r"|glpat-[A-Za-z0-9_-]++"
    r"|dckr_(?:pat|oat)_[A-Za-z0-9_-]++"
    r"|xox[abprs]-[A-Za-z0-9-]++"
    rf"|eyJ{_WORD}{{2,}}+(?:\.{_WORD}*+)*+"
    rf"|{_KEY_BEGIN}"
)
"""The same, and what is left of them in a message that was cut somewhere."""
_KEY_END = re.compile(r"-----END [A-Z ]{0,32}PRIVATE KEY-----")
_BETWEEN_LINES = r"(?:\\[nrt]|[^A-Za-z0-9+/=]){0,99}+"
_KEY_LINES = re.compile(
    rf"(?:{_BETWEEN_LINES}[A-Za-z0-9+/=]{{20,}}+)*+(?:{_BETWEEN_LINES}[A-Za-z0-9+/=]++)?+"
)
"""What may be the lines of a private key, whole or broken off, in YAML, in JSON or in a comment."""


def is_secret_name(key: str) -> bool:
    """Return whether a member of `registry_config` is named like a secret."""
    bare = key.lower().replace("-", "").replace("_", "")
    return any(word in bare for word in WORDS)


def tokens(text: str) -> list[Span]:
    """Return where the credentials of known services stand in a text."""
    return list(_whole(_TOKEN, text))


def has_token(text: str) -> bool:
    """Return whether a text holds the credential of a known service."""
    return _TOKEN.search(text) is not None


def cut(text: str) -> str:
    """Return the text with no more than the beginning of each credential."""
    if _BEGINNING.search(text) is None:
        return text
    return cut_spans(text, _whole(_BEGINNING, text))


def cut_spans(text: str, spans: Iterable[Span]) -> str:
    """Return the text with no more than the beginning of each of some parts."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], shortened(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


def shortened(secret: str) -> str:
    """Return what is shown of a secret; nothing of one that is no longer than that."""
    return f"{secret[:SHOWN]}{SIGN}" if len(secret) > SHOWN else SIGN


def cut_json(value: JSON, known: Container[str] = ()) -> JSON:
    """Return a value in which every text, key or member, is cut; `known` are secrets too."""
    if isinstance(value, dict):
        return dict(_cut_members(value, known))
    if isinstance(value, list):
        return [cut_json(each, known) for each in value]
    if not isinstance(value, str):
        return shortened(str(value)) if str(value) in known else value
    return shortened(value) if value in known else cut(value)


def _cut_members(members: JSONObject, known: Container[str]) -> Iterator[tuple[str, JSON]]:
    """Yield members with their names cut; two that are then alike are numbered."""
    seen: set[str] = set()
    for key, value in members.items():
        shown = name = shortened(key) if key in known else cut(key)
        while shown in seen:
            shown = f"{name} ({len(seen) + 1})"
        seen.add(shown)
        yield shown, cut_json(value, known)


def secrets_in(value: JSON, steps: Sequence[str] = ()) -> Iterator[str]:
    """Yield the secrets of `registry_config` in the member of a plugin file where `steps` lead.

    They are told by the names of members, not by their form.
    """
    below = steps[steps.index(CONFIG) + 1 :] if CONFIG in steps else ()
    is_secret = any(map(is_secret_name, below))
    if isinstance(value, dict):
        for key, member in value.items():
            if is_secret:
                yield key
            yield from secrets_in(member, [*steps, key])
    elif isinstance(value, list):
        for element in value:
            yield from secrets_in(element, steps)
    elif is_secret and value is not None:
        yield str(value)


def by_beginning(secrets: Iterable[str]) -> dict[str, str]:
    """Return secrets by their first characters, for `cut_values`; of several alike the longest."""
    longest_last = sorted(secrets, key=lambda secret: (len(secret), secret))
    return {each[:_QUOTED]: each for each in longest_last if len(each) > SHOWN}


def cut_values(text: str, secrets: Mapping[str, str]) -> str:
    """Return a message with no more than the beginning of each of some secrets.

    A message may quote a long value as far as there is room: its first part is a secret too.
    """
    lengths = sorted({len(beginning) for beginning in secrets}, reverse=True)
    return cut_spans(text, _quoted(text, secrets, lengths)) if lengths else text


_QUOTED = 12
"""Characters of a secret by which it is recognised in a message."""


def _quoted(text: str, secrets: Mapping[str, str], lengths: Sequence[int]) -> Iterator[Span]:
    """Yield where secrets stand, or their first parts; one does not begin within another."""
    done = 0
    for start in range(len(text)):
        for length in lengths if start >= done else ():
            secret = secrets.get(text[start : start + length])
            if secret is not None:
                done = start + _common(text[start : start + len(secret)], secret)
                yield start, done
                break


def _common(text: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginnings."""
    pairs = enumerate(zip(text, other, strict=False))
    differing = (number for number, (one, two) in pairs if one != two)
    return next(differing, min(len(text), len(other)))


def _whole(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Yield where the matches stand: of a private key the lines too, not its first one alone."""
    done, end_of_key = 0, 0
    for match in pattern.finditer(text):
        start, end = match.span()
        if end <= done:
            continue
        if match[0].startswith("-----BEGIN"):
            if 0 <= end_of_key < end:
                last_line = _KEY_END.search(text, end)
                end_of_key = last_line.end() if last_line else -1
            end = _key_to(text, end, end_of_key)
        done = end
        yield start, end


def _key_to(text: str, begun: int, end_of_key: int) -> int:
    """Return where a private key ends: at its last line, or with what looks like its lines."""
    other = text.find("-----BEGIN", begun, end_of_key) if end_of_key > 0 else -1
    if end_of_key > 0 and other < 0:
        return end_of_key
    lines = _KEY_LINES.match(text, begun)
    return lines.end() if lines else begun
