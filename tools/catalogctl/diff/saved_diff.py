"""Read a difference that was saved as JSON (hardening R-01).

A workflow that may write gets the file from one that ran a stranger's code: it is data, of a
limited size, checked against its schema, and rendered again.
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


class _Change(msgspec.Struct):
    """What is read of a change; its schema allows more."""

    problems: list[Problem]


def difference_in(file: Path) -> JSONObject:
    """Return the difference that a file holds. UsageError when it holds none."""
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
    """Return every problem of a difference that fits its schema, sorted."""
    return sorted(
        problem
        for change in msgspec.convert(difference["changes"], list[_Change])
        for problem in change.problems
    )
