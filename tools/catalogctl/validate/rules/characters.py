"""Rules about characters that can't be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.invisible import is_blank, stray_character, without_strays
from catalogctl.json_pointer import escape
from catalogctl.source.character_names import character_name
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.validate.rules.text_fields import LINE_BREAK, texts_in
from catalogctl.wording import field_name, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON
    from catalogctl.source.settings import Settings

COMPARED = (
    "provider",
    "service_type",
    "registry_url",
    "image",
    "labels",
    "domain_id",
    "project_id",
    "maintainers",
)
"""Fields whose values are compared as written: two that look alike would be different values."""
_MAY_BE_EMPTY = frozenset({"provider", "project_id"})
"""Fields whose blank values the schema accepts."""


@rule("invisible-character", unusual=True)
def invisible_character(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A value that is compared as written has no invisible characters and no outer blanks."""
    for name in COMPARED:
        if name in entry.unusual:
            yield from strays(f"/{name}", entry.unusual[name])


def strays(pointer: str, value: JSON) -> Iterator[Finding]:
    """Yield a finding for each text in a value with an invisible character or outer blanks."""
    for at, text in texts_in(pointer, value):
        stray = stray_character(text)
        if stray and not LINE_BREAK.match(stray) and not is_blank(text):
            inside = stray in text.strip(stray)
            verb = "holds" if inside else "starts with" if text[0] == stray else "ends with"
            message = f"{field_name(at)} {verb} {character_name(stray)}, which can't be seen"
            yield Finding(at, message, f"write {verbatim(without_strays(text))}")


@rule("blank", unusual=True)
def blank(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A text of only invisible characters is blank; the schema reports texts of only blanks."""
    for name, value in entry.unusual.items():
        is_open = name in _MAY_BE_EMPTY
        for pointer, text in texts_in("/" + escape(name), value):
            if text and is_blank(text) and (is_open or text.strip()):
                hint = "write something, or remove it"
                yield Finding(pointer, f"{field_name(pointer)} is blank", hint)
