"""Create the errors of queries that can't be answered."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from catalogctl.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def bad(message: str, pointer: str, hint: str = "") -> ApiError:
    """Return the error for a query of the right shape that has no meaning."""
    return ApiError("ERROR_DB_QUERY", message, pointer, hint=hint)


def invalid(message: str, pointer: str, hint: str = "") -> ApiError:
    """Return the error for a query that does not have the API's shape."""
    return ApiError("ERROR_INVALID_PARAMETER", message, pointer, hint=hint)


class UnfitError(Exception):
    """The reason why an operator can't take a value; the stage adds the place."""


@contextmanager
def stage_errors(operator: str, segments: Sequence[str], pointer: str) -> Iterator[None]:
    """Convert an UnfitError to the ApiError of a stage."""
    try:
        yield
    except UnfitError as error:
        raise bad(f"{operator} of {'.'.join(segments)}: {error}", pointer) from error
