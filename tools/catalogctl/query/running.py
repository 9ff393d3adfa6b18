"""What every answer is computed under: a checked «now», and no crash on what nests too deep."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from catalogctl.errors import ApiError, UsageError
from catalogctl.query.query_times import MAX_INSTANT, MIN_INSTANT, Instant, instant
from catalogctl.wording import quote

if TYPE_CHECKING:
    from collections.abc import Iterator


def moment(now: str) -> Instant:
    """Return the reference time of an answer; raise UsageError for a text that is no time."""
    found = instant(now)
    if found is None or not MIN_INSTANT <= found <= MAX_INSTANT:
        raise UsageError(f"{quote(now)} is no time: write it like 2022-11-01T12:34:56.000Z")
    return found


@contextmanager
def running() -> Iterator[None]:
    """Turn what nests too deep to be looked at into an error of the query.

    Plugin files nest 64 levels at most; a tree that another tool published may nest deeper.
    """
    try:
        yield
    except RecursionError as error:
        raise ApiError(
            "ERROR_DB_QUERY", "a value nests too deep to be looked at", "/query"
        ) from error
