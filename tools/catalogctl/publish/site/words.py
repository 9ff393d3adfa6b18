"""Values in, the words that a page shows for them out."""

from __future__ import annotations

import re
from functools import lru_cache
from zlib import crc32

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COLOURS = 7
"""An eighth colour, grey, is for disabled plugins."""
_SPREAD = 46774
"""Where the checksum starts: chosen so that the usual service types get different colours."""
SHOWN = {
    "ENABLED": "Enabled",
    "DISABLED": "Disabled",
    "DOCKER_HUB": "Docker Hub",
    "AWS_PUBLIC_ECR": "Amazon ECR Public",
}
"""The API's words that people read otherwise."""

_DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])")
_WORD = re.compile(r"[^\W_]")


def day(time: str | None) -> str:
    """Return the day of an ISO time, «1 Jan 2022»; a text that is no such time as it stands."""
    if time is None:
        return ""
    return (_day(time[:10]) if time[10:11] in ("", "T") else "") or time


@lru_cache(maxsize=10_000)
def _day(date: str) -> str:
    """Return the day of an ISO date; "" for a text that is none."""
    found = _DATE.fullmatch(date)
    if not found:
        return ""
    year, month, number = found.groups()
    return f"{int(number)} {MONTHS[int(month) - 1]} {year}"


def counted(number: int, one: str, many: str = "") -> str:
    """Return «1 plugin», «1,204 plugins»."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(count: float | None) -> str:
    """Return a number of bytes as a person reads it, «12.3 MB»; nothing where it is not known."""
    if count is None:
        return ""
    for unit, bytes_of in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= bytes_of:
            return f"{count / bytes_of:,.1f} {unit}"
    return counted(int(count), "byte")


def letters(name: str) -> str:
    """Return up to two letters that stand for a name in its avatar."""
    first = (found[0] for word in name.split() if (found := _WORD.search(word)))
    return "".join(next(first, "") for _ in range(2)).upper() or "·"


@lru_cache(maxsize=1000)
def colour(service_type: str) -> int:
    """Return the number of a service type's colour, the same in every catalog and build."""
    return crc32(service_type.encode(), _SPREAD) % COLOURS + 1


def short(text: str, limit: int = 160) -> str:
    """Return the text in one line, cut at the limit."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
