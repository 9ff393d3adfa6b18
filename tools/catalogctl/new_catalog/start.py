"""Write a new catalog repository into an empty folder."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import Replacement, cause, replace_files
from catalogctl.new_catalog.starter_files import own_files, tool_files
from catalogctl.new_catalog.tool_record import RECORD, ToolRecord, sha256
from catalogctl.problem import Severity
from catalogctl.source.document import parse
from catalogctl.source.settings import settings
from catalogctl.validate.settings_rules import check_settings
from catalogctl.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.new_catalog.starter_files import CI, Start
    from catalogctl.new_catalog.tool_pin import ToolPin


_SETTINGS = "catalog/catalog.yaml"
_OPTIONS = {
    "/repository/name": "--name",
    "/site/title": "--title",
    "/repository/repository_id": "--repository-id",
    "/defaults/domain_id": "--domain-id",
}
"""Where catalog.yaml has each name of a new catalog, and the option of `init` that gives it."""


def check_names(start: Start, ci: CI) -> None:
    """Raise UsageError if catalog.yaml would be refused with these names."""
    try:
        data = own_files(ci, start)[_SETTINGS]
    except UnicodeEncodeError as error:
        message = "a name of the new catalog is not UTF-8: give --name, and DIR a name that is"
        raise UsageError(message) from error
    document = parse(_SETTINGS, "catalog", data)
    for problem in check_settings(document, settings(document.value)):
        if problem.severity is Severity.ERROR:
            option = _OPTIONS.get(problem.pointer, " or ".join(_OPTIONS.values()))
            raise UsageError(f"{problem.message}: give another value with {option}")


def starter_files(start: Start, ci: CI, pin: ToolPin) -> dict[str, bytes]:
    """Return all files of a new catalog repository, sorted by path."""
    tools = tool_files(ci, pin)
    record = record_of(ci, pin, tools)
    return dict(sorted({**tools, **own_files(ci, start), RECORD: record.to_bytes()}.items()))


def record_of(ci: CI, pin: ToolPin, files: dict[str, bytes]) -> ToolRecord:
    """Return the record of the files that the tool writes."""
    hashes = {path: sha256(data) for path, data in files.items()}
    return ToolRecord(__version__, ci, pin.requirement, hashes)


def write_starter(folder: Path, files: dict[str, bytes]) -> None:
    """Write a new catalog repository into an empty folder.

    Raise UsageError if the folder contains anything other than `.git`, OutsideError if it can't be
    created; then none of its files is.
    """
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = sorted(path.name for path in folder.iterdir() if path.name != ".git")
    except OSError as error:
        raise OutsideError(f"can't make {folder}: {cause(error)}") from error
    if there:
        raise UsageError(
            f"{folder} is not empty ({there[0]}): name a new folder, or bring a catalog that is"
            " there up to date with --update"
        )
    try:
        replace_files(folder, [Replacement(path, None, data) for path, data in files.items()])
    except BaseException:
        for name in {path.partition("/")[0] for path in files}:
            with suppress(OSError):  # no folder was made, or it is a file of someone else
                (folder / name).rmdir()
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise
