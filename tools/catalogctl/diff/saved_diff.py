"""Read a difference that was saved as JSON (hardening R-01).

A workflow with write access gets the file from one that ran untrusted code, so the file is only
data: limited in size, checked against its schema, and rendered again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from catalogctl.errors import OutsideError, UsageError
from catalogctl.problem import Problem
from catalogctl.source.folder import Folder
from catalogctl.validate.message_schemas import compiled

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.jsontypes import JSON, JSONObject

LARGEST = 4 * 1024 * 1024


class _SavedChange(msgspec.Struct):
    """The members of a change that are read; its schema has more."""

    problems: list[Problem]


def difference_in(file: Path) -> JSONObject:
    """Return the difference in a file.

    Raise OutsideError if the file can't be read, UsageError if it doesn't contain a difference.
    """
    data = Folder(file.parent, "", str(file.parent)).read(file.name, LARGEST)
    if isinstance(data, Problem):
        raise OutsideError(f"{file}: {data.message}")
    try:
        value: JSON = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{file} is not JSON") from error
    if not isinstance(value, dict) or not compiled("Difference").is_valid(value):
        raise UsageError(f"{file} holds no difference: catalogctl diff --format json writes one")
    return value


def problems_of(difference: JSONObject) -> list[Problem]:
    """Return all problems of a valid difference, sorted."""
    return sorted(
        problem
        for change in msgspec.convert(difference["changes"], list[_SavedChange])
        for problem in change.problems
    )
