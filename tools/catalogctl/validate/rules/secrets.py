"""Rules that keep secrets out of git; what they find is never shown whole."""

from __future__ import annotations

import re
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from catalogctl.source.positions import escape
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.validate.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    import re2

    from catalogctl.jsontypes import JSON
    from catalogctl.source.settings import Settings

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
SHOWN = 4
"""Characters of a suspected secret that a message shows."""

_HINT = "take it out, and make it invalid where it came from: git keeps it for ever"
_CREDENTIAL = (
    r"(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"
    r"|glpat-[A-Za-z0-9_-]{20,}"
    r"|dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
    r"|-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----"
)
_MARKERS = re.compile(
    rb"A[KS]IA|gh[pousr]_|github_pat_|glpat-|dckr_|xox[abprs]-|eyJ|-----BEGIN |\\"
)
_WORTH_RE2 = 1500
"""Files that `re` searches in the time that loading RE2 takes, which then needs a fourth of it."""
_searched = count()


@rule("secret-key", field="registry_config")
def secret_key(entry: Entry, _: Settings) -> Iterator[Finding]:
    """No key of registry_config, at any depth, looks like that of a secret."""
    config = entry.request.get("registry_config")
    if config:
        for pointer, key, _value in members("/registry_config", config):
            bare = key.lower().replace("-", "").replace("_", "")
            if any(word in bare for word in WORDS):
                hint = "credentials belong to the runner's environment, not into the file"
                yield Finding(pointer, f"{shown(key)} looks like a secret", hint, at_key=True)


@rule("secret-value")
def secret_value(entry: Entry, _: Settings) -> Iterator[Finding]:
    """No value anywhere in the file has the form of a known credential."""
    find = _MARKERS.search if next(_searched) < _WORTH_RE2 else _markers_by_re2().search
    if not find(entry.document.data):
        return
    for pointer, _key, value in members("", entry.document.value):
        found = _credential().search(value) if isinstance(value, str) else None
        if found:
            message = f"a value that starts with {shown(found.group()[:SHOWN])} looks like a secret"
            yield Finding(pointer, message, _HINT)


@cache
def _credential() -> re2._Regexp:
    """Return the pattern of a credential, which RE2 finds in linear time."""
    import re2

    return re2.compile(_CREDENTIAL)


@cache
def _markers_by_re2() -> re2._Regexp:
    import re2

    return re2.compile(_MARKERS.pattern)


def members(pointer: str, value: JSON) -> Iterator[tuple[str, str, JSON]]:
    """Yield every member and element below a value: its pointer, its key or index, itself."""
    waiting: list[tuple[str, JSON]] = [(pointer, value)]
    while waiting:
        above, owner = waiting.pop()
        items: list[tuple[str, JSON]] = []
        if isinstance(owner, dict):
            items = list(owner.items())
        elif isinstance(owner, list):
            items = [(str(index), element) for index, element in enumerate(owner)]
        for key, child in items:
            below = f"{above}/{escape(key)}"
            yield below, key, child
            if isinstance(child, dict | list):
                waiting.append((below, child))
