"""Format instants with a date format, as a string or a number (query spec 8, D-A11)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.query.query_times import calendar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalogctl.query.query_times import Instant

_NUMBERS: dict[str, Callable[[datetime], int]] = {
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
}
_TEXTS: dict[str, Callable[[datetime], str]] = {
    "Y": lambda moment: f"{moment.year:04d}",
    "m": lambda moment: f"{moment.month:02d}",
    "d": lambda moment: f"{moment.day:02d}",
    "H": lambda moment: f"{moment.hour:02d}",
    "M": lambda moment: f"{moment.minute:02d}",
    "S": lambda moment: f"{moment.second:02d}",
    "L": lambda moment: f"{moment.microsecond // 1000:03d}",
    "j": lambda moment: f"{moment.timetuple().tm_yday:03d}",
    "u": lambda moment: str(moment.isoweekday()),
    "U": lambda moment: f"{_sunday_week(moment):02d}",
    "V": lambda moment: f"{moment.isocalendar().week:02d}",
    "G": lambda moment: f"{moment.isocalendar().year:04d}",
    "w": lambda moment: str(moment.isoweekday() % 7 + 1),
    "z": lambda _: "+0000",
    "Z": lambda _: "+000",
    "%": lambda _: "%",
}
DIRECTIVES = tuple(f"%{letter}" for letter in _TEXTS)
_DIRECTIVE = re.compile("%(.?)", re.DOTALL)


def _sunday_week(moment: datetime) -> int:
    """Return the week of the year, counted from its first Sunday; the days before it are week 0."""
    return (moment.timetuple().tm_yday + 6 - moment.isoweekday() % 7) // 7


def formatted(date_format: str, moment: Instant) -> str | int:
    """Return an instant in a checked format, in UTC."""
    time = calendar(moment)
    if date_format in _NUMBERS:
        return _NUMBERS[date_format](time)
    return _DIRECTIVE.sub(lambda directive: _TEXTS[directive[1]](time), date_format)


def unknown_directive(date_format: str) -> str | None:
    """Return the first unknown directive of a format, or None if all are known."""
    found = (each for each in _DIRECTIVE.finditer(date_format) if each[1] not in _TEXTS)
    return next((directive[0] for directive in found), None)
