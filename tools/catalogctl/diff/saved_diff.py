"""A file with a difference as JSON in, the difference out, if it is one (hardening R-01).

A workflow that may write gets the file from one that ran a stranger's code: it is data, of a
limited size, held against its schema, and rendered anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from catalogctl.errors import OutsideError, UsageError
from catalogctl.problem import Problem, Severity
from catalogctl.source.folder import Folder
from catalogctl.validate.message_schemas import compiled

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.jsontypes import JSON, JSONObject

LARGEST = 4 * 1024 * 1024


def difference_in(file: Path) -> JSONObject:
    """Return the difference that a file holds. UsageError when it holds none."""
    data = Folder(file.parent, "", str(file.parent)).read(file.name, LARGEST)
    if isinstance(data, Problem):
        raise OutsideError(f"{file}: {data.message}")
    try:
        value: JSON = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{file} is no JSON") from error
    if not isinstance(value, dict) or not compiled("Difference").is_valid(value):
        raise UsageError(f"{file} holds no difference: catalogctl diff --format json writes one")
    return value


def problems_of(difference: JSONObject) -> list[Problem]:
    """Return every problem of a difference, sorted."""
    found: list[Problem] = []
    changes = difference["changes"]
    for change in changes if isinstance(changes, list) else ():
        problems = change["problems"] if isinstance(change, dict) else None
        found.extend(
            _problem(each)
            for each in (problems if isinstance(problems, list) else ())
            if isinstance(each, dict)
        )
    return sorted(found)


def _problem(value: JSONObject) -> Problem:
    line, column = value["line"], value["column"]
    return Problem(
        str(value["file"]),
        int(line) if isinstance(line, int | float) else 1,
        int(column) if isinstance(column, int | float) else 1,
        str(value["code"]),
        str(value["pointer"]),
        str(value["message"]),
        str(value["hint"]),
        Severity(str(value["severity"])),
    )
