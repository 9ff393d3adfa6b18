"""Define the rules about single texts: one line each, and their usual forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.invisible import without_strays
from catalogctl.json_pointer import escape, members
from catalogctl.jsontypes import as_object
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.settings import Settings

STRUCTS = frozenset({"registry_config", "capability", "template", "tags"})
LINE_BREAK = re.compile("[\r\n\u2028\u2029]")
_SERVICE_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_]*\.[A-Z][A-Za-z0-9]*")
_HANDLE = re.compile(r"@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9._-]+)?")
_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@rule("line-break", unusual=True)
def line_break(entry: Entry, _: Settings) -> Iterator[Finding]:
    """Every string outside the Structs is one line."""
    for name, value in entry.unusual.items():
        for pointer, text in texts_in("/" + escape(name), value):
            if LINE_BREAK.search(text):
                hint = "write it in one line"
                yield Finding(pointer, f"{verbatim(_one_line(text))} holds a line break", hint)


def unusual_fields(value: JSONObject) -> JSONObject:
    """Return the fields outside the Structs that are not plain text, found by a quick check."""
    return {
        name: field for name, field in value.items() if name not in STRUCTS and not _is_plain(field)
    }


def _is_plain(value: JSON) -> bool:
    """Return whether a text, or each text of a list, is printable ASCII without outer blanks."""
    if isinstance(value, str):
        return value.isascii() and value.isprintable() and value.strip() == value
    return value is None or (isinstance(value, list) and all(map(_is_plain, value)))


def texts_in(pointer: str, value: JSON) -> Iterator[tuple[str, str]]:
    """Yield every text in a value, with its pointer."""
    if isinstance(value, str):
        yield pointer, value
    for at, _, member in members(pointer, value):
        if isinstance(member, str):
            yield at, member


def _one_line(text: str) -> str:
    return LINE_BREAK.sub("⏎", text)


@rule("service-type-shape")
def service_type_shape(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A service_type is usually `service.Purpose`."""
    service_type = entry.text("service_type")
    if _SERVICE_TYPE.fullmatch(service_type) or not service_type.strip():
        return
    if not _SERVICE_TYPE.fullmatch(without_strays(service_type)):
        hint = "the usual form is service.Purpose, such as inventory.Collector"
        yield Finding("/service_type", f"service_type {verbatim(service_type)} is unusual", hint)


_MOST_MAINTAINERS = 100
"""Maintainers that are checked; having more is an error anyway."""


@rule("maintainer-shape", field="maintainers")
def maintainer_shape(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A maintainer is @handle, @organisation/team or an e-mail address."""
    maintainers = entry.request.get("maintainers")
    known = maintainers[:_MOST_MAINTAINERS] if isinstance(maintainers, list) else []
    for index, owner in enumerate(known):
        if isinstance(owner, str) and not _is_owner(owner):
            hint = 'write "@handle", "@organisation/team" or an e-mail address'
            yield Finding(f"/maintainers/{index}", f"{verbatim(owner)} is not an owner", hint)


def _is_owner(text: str) -> bool:
    text = without_strays(text)
    return bool(_HANDLE.fullmatch(text) or _MAIL.fullmatch(text))


@rule("since-shape", field="deprecated")
def since_shape(entry: Entry, _: Settings) -> Iterator[Finding]:
    """`deprecated.since` is a date, YYYY-MM-DD."""
    since = as_object(entry.request.get("deprecated")).get("since")
    if isinstance(since, str) and not _is_date(since):
        hint = 'write a date such as "2026-03-01", in quotes'
        yield Finding("/deprecated/since", f"since {verbatim(since)} is not a date", hint)


def _is_date(text: str) -> bool:
    from datetime import date

    try:
        return _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False
