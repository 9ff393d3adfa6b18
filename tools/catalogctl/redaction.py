"""Recognise secrets, and show at most four characters of each (R-14).

Credentials of known services are recognised by their form, wherever they are, and so is the
password of a login in an address. All output goes through `redacted`; only rules work on the
complete text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject

Span: TypeAlias = "tuple[int, int]"
"""Where a part of a text begins and ends."""


class Line(NamedTuple):
    """A line of a file, and which of its characters belong to secrets."""

    text: str
    hidden: tuple[Span, ...] = ()


SHOWN = 4
"""Number of characters of a secret that are shown."""
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
"""Words in the names of secrets, ignoring case, hyphens and underscores (product contract, 8)."""
CONFIG = "registry_config"
"""The field in which secrets are recognised by the names of members."""
HOST_FIELDS = ("registry_url", "registries")
"""Fields of hosts, in which more is taken for a login than elsewhere."""
SIGN = "\N{HORIZONTAL ELLIPSIS}"

_KEY_BEGIN = r"-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----"
_WORD = r"[A-Za-z0-9_-]"
_KEY_ID = "(?:AKIA|ASIA)[0-9A-Z]"
_SERVICES = (
    ("gh[pousr]_", "[A-Za-z0-9]", 20),
    ("github_pat_", "[A-Za-z0-9_]", 20),
    ("glpat-", "[A-Za-z0-9_-]", 20),
    ("dckr_(?:pat|oat)_", "[A-Za-z0-9_-]", 20),
    ("xox[abprs]-", "[A-Za-z0-9-]", 10),
)
"""The prefix of a service's tokens, the characters that follow, and their minimum number."""
_PREFIX = re.compile("|".join(prefix for prefix, _, _ in _SERVICES))
# No part restarts inside a run of characters that it has rejected, so each pattern reads a text a
# fixed number of times. The head of a JWT is searched once in each run of its characters.
_TOKEN = re.compile(
    "|".join(
        (
            rf"{_KEY_ID}{{16}}",
            *(rf"{prefix}{sign}{{{least},}}+" for prefix, sign, least in _SERVICES),
            rf"(?<!{_WORD})(?={_WORD}*?eyJ{_WORD}{{8}}){_WORD}++\.eyJ{_WORD}{{8,}}+\.{_WORD}{{8,}}+",
            _KEY_BEGIN,
        )
    )
)
_BEGINNING = re.compile(
    "|".join(
        (
            rf"{_KEY_ID}{{8,}}+",
            *(rf"{prefix}{sign}++" for prefix, sign, _ in _SERVICES),
            rf"eyJ{_WORD}{{2,}}+(?>(?:\.{_WORD}*+)*)",
            _KEY_BEGIN,
        )
    )
)
"""Like `_TOKEN`, but also matches what is left of a token in a message that was cut."""
_KEY_END = re.compile(r"-----END [A-Z ]{0,32}PRIVATE KEY-----")
_BETWEEN_LINES = r"(?>(?:\\[nrt]|[^A-Za-z0-9+/=]){0,99})"
_KEY_LINES = re.compile(
    rf"(?>(?:{_BETWEEN_LINES}[A-Za-z0-9+/=]{{20,}}+)*)(?>(?:{_BETWEEN_LINES}[A-Za-z0-9+/=]++)?)"
)
"""What may be the lines of a private key, complete or cut off, in YAML, JSON or a comment."""

_AUTHORITY = re.compile(r"(?>(?P<slashes>//)?)(?P<text>[^\s/\"<>`]++)")
"""What may be the part of an address with a login, and whether it stands after a scheme."""
_DOMAIN = re.compile(
    r"(?:[\w.-]*\.[^\W\d_]{2,}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|localhost|\[[0-9A-Fa-f:.]+\])(?![\w.])"
)
_MAIL = re.compile(r"(?i:[^:]*(?<![\w+.-])(?:mailto|sips?|xmpp|acct):)+")
"""Text up to the last scheme whose addresses begin with a user, but have no slashes."""
_PORT = re.compile(rf"[0-9]{{1,5}}[?#{SIGN}]")
"""A port with which the host ends, so that what follows is no password."""
_MINUTES = re.compile(r"[0-9]{2}(?::[0-9]{2})?")


def is_secret_name(key: str) -> bool:
    """Return whether the name of a member of `registry_config` means a secret."""
    bare = key.lower().replace("-", "").replace("_", "")
    return any(word in bare for word in WORDS)


def tokens(text: str) -> list[Span]:
    """Return the spans of the credentials of known services in a text."""
    return list(_whole(_TOKEN, text))


def is_example(token: str) -> bool:
    """Return whether a text in the form of a credential can't be one, and so shows the form only.

    Behind its prefix it has only x, or it names itself, as `EXAMPLE` does in the documents of AWS,
    or it is the first line of a private key without the key.
    """
    if token.startswith("-----BEGIN"):
        return re.search(r"[A-Za-z0-9+/=]{20}", token) is None
    prefix = _PREFIX.match(token)
    rest = token[prefix.end() :].lower() if prefix else token.lower()
    return rest.strip("x_-") == "" or "example" in rest or "your" in rest.split("-")


def has_token(text: str) -> bool:
    """Return whether a text contains a credential of a known service."""
    return _TOKEN.search(text) is not None


def logins(text: str, *, of_host: bool = False) -> list[Span]:
    """Return the spans of the passwords in addresses such as https://user:password@host.

    Without a scheme the host must be a domain or an IP address. If the text is `of_host`, it may be
    any name, and with a scheme whatever stands alone before the @ is a password, too: a token. In a
    message that was cut, the end of an address may be missing.
    """
    if not (of_host or ":" in text) or not ("@" in text or SIGN in text):
        return []
    found = (_password(match, of_host=of_host) for match in _AUTHORITY.finditer(text))
    return [span for span in found if span is not None]


def _password(match: re.Match[str], *, of_host: bool) -> Span | None:
    """Return the span of the password in what may be the host of an address, or None."""
    text, has_slashes = match["text"], match["slashes"] is not None
    mail = None if has_slashes else _MAIL.match(text)
    start = mail.end() if mail else 0
    login, at, host = text[start:].rpartition("@")
    if has_slashes and not at:
        login, at, host = text.rpartition(SIGN)
    user, colon, password = login.partition(":")
    if colon:
        start += len(user) + len(colon)
    elif of_host and has_slashes and at == "@":
        password = login
    if not password or _PORT.match(text, start):
        return None
    if not has_slashes:
        is_login = user and (of_host or _DOMAIN.match(host))
        if not is_login or _MINUTES.fullmatch(password):
            return None
    return match.start("text") + start, match.start("text") + start + len(password)


def redacted(text: str) -> str:
    """Return the text with only the beginning of each credential."""
    if spans := logins(text):
        text = redacted_spans(text, spans)
    if _BEGINNING.search(text) is None:
        return text
    return redacted_spans(text, _whole(_BEGINNING, text))


def redacted_spans(text: str, spans: Iterable[Span]) -> str:
    """Return the text with only the beginning of each of these spans."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], shortened(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


def shortened(secret: str) -> str:
    """Return the part of a secret that is shown: its first `SHOWN` characters if it has more."""
    return f"{secret[:SHOWN]}{SIGN}" if len(secret) > SHOWN else SIGN


def redacted_json(value: JSON, known: Container[str] = ()) -> JSON:
    """Return a value with every key and text redacted; `known` are further secrets."""
    if isinstance(value, dict):
        return dict(_redacted_members(value, known))
    if isinstance(value, list):
        return [redacted_json(each, known) for each in value]
    if not isinstance(value, str):
        return shortened(str(value)) if str(value) in known else value
    return shortened(value) if value in known else redacted(value)


def _redacted_members(members: JSONObject, known: Container[str]) -> Iterator[tuple[str, JSON]]:
    """Yield members with their names redacted; names that are then equal are numbered."""
    seen: set[str] = set()
    for key, value in members.items():
        unique = name = shortened(key) if key in known else redacted(key)
        while unique in seen:
            unique = f"{name} ({len(seen) + 1})"
        seen.add(unique)
        yield unique, redacted_json(value, known)


def secrets_in(value: JSON, steps: Sequence[str] = ()) -> Iterator[str]:
    """Yield the secrets of `registry_config` in `value`, the part of a plugin file at `steps`.

    They are recognised by the names of members, not by their form.
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


def as_quoted(secrets: Iterable[str]) -> frozenset[str]:
    """Return secrets in each way that they may stand elsewhere.

    That is as a whole, without the blanks around it, and line by line.
    """
    return frozenset(
        part
        for text in secrets
        for part in (text, text.strip(), *map(str.strip, text.splitlines()))
    )


def by_beginning(secrets: Iterable[str]) -> dict[str, str]:
    """Return secrets by their first characters, for `redacted_values`; the longest wins."""
    longest_last = sorted(secrets, key=lambda secret: (len(secret), secret))
    return {each[:_QUOTED]: each for each in longest_last if len(each) > SHOWN}


def redacted_values(text: str, secrets: Mapping[str, str]) -> str:
    """Return a message with only the beginning of each of these secrets.

    A message may quote only the first part of a long value, so that part is recognised, too.
    """
    lengths = sorted({len(beginning) for beginning in secrets}, reverse=True)
    return redacted_spans(text, _quoted(text, secrets, lengths)) if lengths else text


_QUOTED = 12
"""Number of first characters by which a secret is recognised in a message."""


def _quoted(text: str, secrets: Mapping[str, str], lengths: Sequence[int]) -> Iterator[Span]:
    """Yield the spans of secrets or of their first parts; they don't overlap."""
    done = 0
    for start in range(len(text)):
        for length in lengths if start >= done else ():
            secret = secrets.get(text[start : start + length])
            if secret is not None:
                done = start + _common(text[start : start + len(secret)], secret)
                yield start, done
                break


def _common(text: str, other: str) -> int:
    """Return the length of the common prefix of two texts."""
    pairs = enumerate(zip(text, other, strict=False))
    differing = (number for number, (one, two) in pairs if one != two)
    return next(differing, min(len(text), len(other)))


def _whole(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Yield the spans of the matches; that of a private key includes all of its lines."""
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
    """Return where a private key ends: at its END line, else after what looks like its lines."""
    other = text.find("-----BEGIN", begun, end_of_key) if end_of_key > 0 else -1
    if end_of_key > 0 and other < 0:
        return end_of_key
    lines = _KEY_LINES.match(text, begun)
    return lines.end() if lines else begun
