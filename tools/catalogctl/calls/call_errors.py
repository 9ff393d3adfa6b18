"""Problems in, the error of a call that they stand against out."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from catalogctl.errors import ApiError
from catalogctl.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


class RefusedError(ApiError):
    """The catalog would have errors after the call; `problems` are those of `validate`.

    `instead` has the files as they would be, which the problems point into.
    """

    def __init__(
        self,
        problems: tuple[Problem, ...],
        instead: Mapping[str, bytes | None] = MappingProxyType({}),
    ) -> None:
        first = next(each for each in problems if each.severity is Severity.ERROR)
        message = f"{first.file}:{first.line}: {first.message}"
        super().__init__("ERROR_INVALID_PARAMETER", message, first.pointer, hint=first.hint)
        self.problems = problems
        self.instead = instead
