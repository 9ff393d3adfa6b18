"""Parse ISO 8601 texts and timediff expressions, and format instants.

An instant is a number of milliseconds, so that dates compare fast and offsets of any size neither
overflow nor lose precision.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

SECOND = 1_000
DAY = 86_400 * SECOND
_UNITS = {"s": SECOND, "m": 60 * SECOND, "h": 3_600 * SECOND, "d": DAY, "w": 7 * DAY}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FARTHEST = 10**12
"""A larger number of units is reduced to this one: both lead beyond any possible date."""

_ISO = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:(?P<dash>-?)(?:W(?P<week>[0-9]{2})(?:(?P=dash)(?P<weekday>[0-9]))?|(?P<day_of_year>[0-9]{3})"
    r"|(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2}))|-(?P<month_alone>[0-9]{2}))?"
    r"(?:[T ](?P<hour>[0-9]{2})"
    r"(?:(?P<colon>:?)(?P<minute>[0-9]{2})"
    r"(?:(?P=colon)(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?)?)?"
    r"(?:Z|(?P<sign>[+-])(?P<offset_hour>[0-9]{2})(?::?(?P<offset_minute>[0-9]{2}))?)?)?"
)
_TIMEDIFF = re.compile(
    r"\s?(?P<base>now(?:/[dwm])?)\s?(?P<sign>[+-])\s?(?P<digits>[0-9]+)(?P<unit>[smhdw])\s?"
    r"|\s*(?P<alone>now(?:/[dwm])?)\s*"
)


class Instant(int):
    """A date: milliseconds since 1970-01-01 UTC. Only its exact type tells it from a number."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class TimeDiff:
    """An instant relative to «now»: its base, and the milliseconds to add."""

    base: str
    offset: int

    def at(self, now: Instant) -> Instant:
        """Return the absolute instant for a given «now» (query spec 7)."""
        today = now - now % DAY
        if self.base == "now/d":
            start = today
        elif self.base == "now/w":
            # 1970-01-01 was a Thursday.
            start = today - (today // DAY + 3) % 7 * DAY
        elif self.base == "now/m":
            start = today - (calendar(now).day - 1) * DAY
        else:
            start = int(now)
        return Instant(start + self.offset)


def instant(text: str) -> Instant | None:
    """Return the instant of an ISO 8601 text, or None if it is not one (query spec 3.2)."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    part = found.groupdict()
    try:
        day = _day(part)
    except ValueError:
        return None
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    milliseconds = int(f"{part['fraction'] or ''}000"[:3])
    offset_hour, offset_minute = int(part["offset_hour"] or 0), int(part["offset_minute"] or 0)
    midnight = hour == 24 and not (minute or second or int(part["fraction"] or 0))  # noqa: PLR2004
    if not (hour < 24 or midnight) or max(minute, second, offset_minute) > 59 or offset_hour > 23:  # noqa: PLR2004
        return None
    offset = (offset_hour * 60 + offset_minute) * (-1 if part["sign"] == "-" else 1)
    seconds = (hour * 60 + minute - offset) * 60 + second
    return Instant((day - _EPOCH_DAY) * DAY + seconds * SECOND + milliseconds)


def _day(part: dict[str, str | None]) -> int:
    """Return the ordinal of a day; raise ValueError if there is no such day."""
    year = int(part["year"] or 0)
    if part["week"]:
        return date.fromisocalendar(year, int(part["week"]), int(part["weekday"] or 1)).toordinal()
    first = date(year, 1, 1).toordinal()
    if part["day_of_year"]:
        day = first + int(part["day_of_year"]) - 1
        if day < first or date.fromordinal(day).year != year:
            raise ValueError("no such day of the year")
        return day
    month = part["month"] or part["month_alone"] or 1
    return date(year, int(month), int(part["day"] or 1)).toordinal()


def timediff(text: str) -> TimeDiff | None:
    """Parse an expression such as `now/d - 7d`; return None if it is not one (query spec 7)."""
    found = _TIMEDIFF.fullmatch(text)
    if found is None:
        return None
    if found["alone"]:
        return TimeDiff(found["alone"], 0)
    digits = found["digits"].lstrip("0") or "0"
    count = int(digits) if len(digits) <= len(str(_FARTHEST)) else _FARTHEST
    offset = count * _UNITS[found["unit"]]
    return TimeDiff(found["base"], -offset if found["sign"] == "-" else offset)


def calendar(moment: Instant) -> datetime:
    """Return an instant of the years 1 to 9999 as a datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=moment)


def written(moment: Instant) -> str:
    """Return an instant in the format of answers: `2022-01-01T08:02:38.000Z`."""
    return calendar(moment).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


MIN_INSTANT, MAX_INSTANT = (
    Instant((date(year, 1, 1).toordinal() - _EPOCH_DAY) * DAY) for year in (1, 9999)
)
"""The range of plugins' dates, so that each of them can be formatted."""
