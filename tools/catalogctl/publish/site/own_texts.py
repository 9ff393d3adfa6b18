"""Read a catalog's own `site/strings.yaml` and collect its problems.

A text is a string, or one string per plural form. The built-in table defines which texts exist and
which placeholders each one has.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from catalogctl import resources
from catalogctl.did_you_mean import did_you_mean
from catalogctl.errors import CatalogctlError
from catalogctl.json_pointer import escape
from catalogctl.jsontypes import as_object, as_text
from catalogctl.problem import Problem
from catalogctl.source import document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.document import Document

Text: TypeAlias = "str | Mapping[str, str]"

FORMS = ("one", "other")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


WORDS = "words"
"""The key of the table of words, which is not a text."""


@cache
def built_in() -> dict[str, Text]:
    """Return the site's own texts by key."""
    texts = {key: value for key, value in _table().items() if key != WORDS}
    return {key: text for key, value in texts.items() if (text := _text(value)) is not None}


@cache
def built_in_words() -> dict[str, str]:
    """Return the site's own words for well-known service types and providers."""
    return {value: as_text(word) for value, word in as_object(_table()[WORDS]).items()}


def _table() -> JSONObject:
    """Return the content of the site's `strings.yaml`."""
    read = document.parse(
        "strings.yaml", "strings", resources.read_text("site/strings.yaml").encode()
    )
    if read.problems:
        raise CatalogctlError(
            f"site/strings.yaml of catalogctl is broken: {read.problems[0].message}"
        )
    return read.value


def own_texts(read: Document) -> tuple[dict[str, Text], list[Problem]]:
    """Return the usable texts of a catalog's table, and all its problems."""
    texts: dict[str, Text] = {}
    problems = list(read.problems)
    for key, value in read.value.items():
        wrong = list(_wrong(key, value))
        for at, code, message, hint in wrong:
            pointer = f"/{escape(key)}{at}"
            place = read.locate(pointer, key=code == "unknown-field")
            line, column = place.line, place.column
            problems.append(Problem(read.file, line, column, code, pointer, message, hint))
        if not wrong and (text := _text(value)) is not None:
            texts[key] = text
    return texts, problems


def _wrong(key: str, value: JSON) -> Iterator[tuple[str, str, str, str]]:
    """Yield (path below the key, code, message, hint) of each problem of one text."""
    known = built_in()
    if key not in known:
        hint = did_you_mean(key, known, "docs/site.md says where the texts' names are")
        if key == WORDS:
            hint = "write them in catalog.yaml, under site.words"
        yield "", "unknown-field", f'the site has no text "{key}"', hint
        return
    ours = known[key]
    if not isinstance(value, str) and (isinstance(ours, str) or not _has_forms(value)):
        hint = "write a text" if isinstance(ours, str) else 'write a text, or "one" and "other"'
        yield "", "wrong-type", f'"{key}" is not text', hint
        return
    needed = _placeholders(ours if isinstance(ours, str) else ours["other"])
    for form, text in _forms(value):
        placeholders = _placeholders(text)
        for name in sorted(placeholders - needed):
            hint = f"values that it may hold: {_listed(needed)}"
            yield form, "invalid-value", f'no value "{{{name}}}" is known here', hint
        # «One plugin» may omit the number.
        for name in sorted(needed - placeholders - ({"count"} if form == "/one" else set())):
            yield form, "invalid-value", f'the value "{{{name}}}" is missing', "write it in"


def _text(value: JSON) -> Text | None:
    """Return a value as a text, or None if it is not one."""
    if isinstance(value, str):
        return value
    return {form[1:]: text for form, text in _forms(value)} if _has_forms(value) else None


def _has_forms(value: JSON) -> bool:
    """Return whether a value has a text for each plural form, including «other»."""
    return (
        isinstance(value, dict)
        and "other" in value
        and all(form in FORMS and isinstance(text, str) for form, text in value.items())
    )


def _forms(value: JSON) -> Iterator[tuple[str, str]]:
    """Yield (path below the key, text) of each form; a plain text has one, at the key itself."""
    for form, text in value.items() if isinstance(value, dict) else (("", value),):
        yield f"/{form}" if form else "", str(text)


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _listed(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
