"""Find every problem of every file of a catalog: what `validate` runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.pipeline.check_files import CheckResult, check_all
from catalogctl.pipeline.open_catalog import OpenCatalog, open_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.problem import Problem


def check(path: Path, *, working: Path | None = None, jobs: int | None = None) -> CheckResult[None]:
    """Check the catalog in a folder; reports name files relative to `working`."""
    return check_opened(open_catalog(path, working), jobs=jobs)


def check_opened(opened: OpenCatalog, *, jobs: int | None = None) -> CheckResult[None]:
    """Check a catalog that is open."""
    return check_all(opened, jobs, extra=_queries(opened))


def _queries(opened: OpenCatalog) -> tuple[list[Problem], int]:
    """Check the saved queries; the query engine is imported only where there are any."""
    if not opened.queries.names:
        return [], 0
    from catalogctl.pipeline.saved_queries import check_queries

    _, problems, files = check_queries(opened)
    return problems, files
