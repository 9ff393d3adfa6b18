"""Find schemas for editors, beside a catalog, that are not those of this catalogctl."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from catalogctl.files import NotAFileError, read_inside
from catalogctl.problem import Problem, Severity
from catalogctl.schemas import editor_schemas
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_SIZE = 1024 * 1024
_HINT = "bring it up to date with catalogctl init --update, in the repository's top folder"


def outdated_schemas(catalog: Path) -> Iterator[Problem]:
    """Yield a warning for each schema in the folder above the catalog that has other bytes.

    A schema that is not there, or is not a regular file, is not the tool's to judge.
    """
    repository = catalog.absolute().parent
    for path, data in editor_schemas().items():
        try:
            found = read_inside(repository, path, _MAX_SIZE)
        except (OSError, NotAFileError):
            continue
        if found != data:
            file = os.path.relpath(repository / path)
            message = f"this schema is not that of catalogctl {__version__}, which checks here"
            yield Problem(
                file, 1, 1, "schemas-outdated", "", message, _HINT, severity=Severity.WARNING
            )
