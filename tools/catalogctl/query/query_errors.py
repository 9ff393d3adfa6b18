"""Make the errors of a query that can't be answered."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from catalogctl.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def bad(message: str, pointer: str, hint: str = "") -> ApiError:
    """Return the error of a query that has its shape, but no meaning."""
    return ApiError("ERROR_DB_QUERY", message, pointer, hint=hint)


def invalid(message: str, pointer: str, hint: str = "") -> ApiError:
    """Return the error of a query that does not have the API's shape."""
    return ApiError("ERROR_INVALID_PARAMETER", message, pointer, hint=hint)


class UnfitError(Exception):
    """Why an operator can't take a value; the stage says where."""


@contextmanager
def stage_errors(operator: str, segments: Sequence[str], pointer: str) -> Iterator[None]:
    """Turn an UnfitError into the error of a stage."""
    try:
        yield
    except UnfitError as error:
        raise bad(f"{operator} of {'.'.join(segments)}: {error}", pointer) from error
