"""Define the rules that keep secrets out of git; a secret is never shown completely."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import re2

from catalogctl import redaction
from catalogctl.json_pointer import members
from catalogctl.source import secret_places
from catalogctl.source.positions import MAX_REPORTED
from catalogctl.source.text_lines import place_of
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.document import Document
    from catalogctl.source.flaws import Place
    from catalogctl.source.settings import Settings

_HINT = "remove it, and make it invalid where it came from: git keeps it for ever"
_EXAMPLES = "an example ends with EXAMPLE, or has only x"
_MARKERS = re2.compile(
    rb"A[KS]IA|gh[pousr]_|github_pat_|glpat-|dckr_|xox[abprs]-|eyJ|-----BEGIN |\\"
)
"""What a credential starts with, or a backslash, which may be part of an escaped one."""


@rule("secret-key", field=redaction.CONFIG)
def secret_key(entry: Entry, _: Settings) -> Iterator[Finding]:
    """No key of registry_config, at any depth, looks like the key of a secret."""
    config = entry.request.get(redaction.CONFIG)
    if config:
        for pointer, key, _value in members(f"/{redaction.CONFIG}", config):
            if redaction.is_secret_name(key):
                hint = "credentials belong to the runner's environment, not in the file"
                yield Finding(pointer, f"{verbatim(key)} looks like a secret", hint, at_key=True)


@rule("secret-value")
def secret_value(entry: Entry, _: Settings) -> Iterator[Finding]:
    """Neither the file nor its name contains anything in the form of a known credential."""
    return credentials(entry.document)


def credentials(document: Document) -> Iterator[Finding]:
    """Yield a finding for each value, key and comment in the form of a known credential.

    The file's name is checked too, and all of the text of a file that can't be parsed. Of very many
    only the first are reported.
    """
    if _may_be_token(document.stem) and redaction.has_token(document.stem):
        yield Finding("", _looks_like_one("a file name", _beginning(document.stem)), _HINT)
    if _MARKERS.search(document.data):
        yield from islice(_in_text(document), MAX_REPORTED)


def credentials_of_text(text: str) -> Iterator[tuple[Place, Finding]]:
    """Yield where a text that is not YAML contains a credential, and the finding about it.

    A text for people may say what a credential looks like, with one that can't be any.
    """
    found = (
        span for span in redaction.tokens(text) if not redaction.is_example(text[slice(*span)])
    )
    for start, end in islice(found, MAX_REPORTED):
        message = _looks_like_one("a text", text[start:end][: redaction.SHOWN])
        yield place_of(text, start), Finding("", message, f"{_HINT}; {_EXAMPLES}")


def _may_be_token(stem: str) -> bool:
    """Return whether a name can't be a plugin_id, or has the beginning of a token.

    For nearly all files, this avoids the search for tokens.
    """
    return not stem.islower() or "_" in stem or "glpat-" in stem or "xox" in stem


def _in_text(document: Document) -> Iterator[Finding]:
    """Yield the credentials in the text, by pointer, or by place if pointers are unreliable."""
    for pointer, key, value in members("", document.accepted):
        if redaction.has_token(key):
            yield Finding(pointer, _looks_like_one("a key", _beginning(key)), _HINT, at_key=True)
        if isinstance(value, str) and redaction.has_token(value):
            yield Finding(pointer, _looks_like_one("a value", _beginning(value)), _HINT)
    text, is_broken = secret_places.text_of(document.data), bool(document.problems)
    for each in secret_places.secrets(document.data).credentials:
        if is_broken or each.in_comment:
            message = _looks_like_one("a text" if is_broken else "a comment", each.beginning)
            yield Finding("", message, _HINT, at=place_of(text, each.offset))


def _beginning(text: str) -> str:
    return text[redaction.tokens(text)[0][0] :][: redaction.SHOWN]


def _looks_like_one(what: str, beginning: str) -> str:
    return f"{what} that starts with {verbatim(beginning)} looks like a secret"
