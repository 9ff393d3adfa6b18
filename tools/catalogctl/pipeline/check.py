"""Find every problem of every file of a catalog: what `validate` runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.build_cache.cache_file import CacheFile
from catalogctl.pipeline.cache_epochs import check_epoch
from catalogctl.pipeline.check_files import CheckResult, check_file, check_result, with_documents
from catalogctl.pipeline.checked_upstreams import KnownUpstreams, check_upstreams
from catalogctl.pipeline.known_checks import KnownChecks
from catalogctl.pipeline.open_catalog import OpenCatalog, open_catalog
from catalogctl.pipeline.pool import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from catalogctl.pipeline.check_files import CheckedFile, FileCheck
    from catalogctl.problem import Problem

WORTH_IT = 20_000
"""The number of files below which a second process for mere checks is not worth it: it would save
less than half a second, and use more CPU time in total."""


def check(
    path: Path,
    *,
    working: Path | None = None,
    jobs: int | None = None,
    cache: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> CheckResult[CheckedFile]:
    """Check the catalog in a folder; reports name files relative to `working`.

    Files that did not change are not checked again, if `cache` is the folder of the catalog's
    cache; new checks are added to it. `tell` is called with a line for the user.
    """
    opened = open_catalog(path, working)
    with CacheFile(cache, tell=tell) as rows:
        return check_opened(opened, jobs=jobs, cache=rows)


def check_opened(
    opened: OpenCatalog,
    *,
    jobs: int | None = None,
    keep: Collection[str] = (),
    cache: CacheFile | None = None,
) -> CheckResult[CheckedFile]:
    """Check an open catalog; the result's values are the plugin files named in `keep`."""
    writes = cache is not None and cache.writes

    def check(name: str) -> FileCheck[CheckedFile]:
        checked = check_file(
            opened, name, lambda file: file if name in keep else None, with_digests=writes
        )
        return with_documents(opened, name, checked)

    names = opened.plugins.names
    epoch = check_epoch(opened.top.written)
    taken = None if cache is None else KnownUpstreams(cache, epoch)
    upstreams = check_upstreams(opened, None if taken is None else taken.files, jobs=jobs)
    known = None if cache is None else KnownChecks(cache, opened, keep)
    held = {} if known is None else known.held
    new = [name for name in names if name not in held]
    made = iter(spread(check, new, jobs, worth_it=WORTH_IT))
    checks = [held[name] if name in held else next(made) for name in names]
    if known is not None:
        known.save(zip(names, checks, strict=True))
    if taken is not None:
        taken.save(upstreams.known)
    return check_result(opened, checks, query_problems=_query_problems(opened), upstreams=upstreams)


def _query_problems(opened: OpenCatalog) -> Sequence[Problem]:
    """Return the problems of the saved queries; import the query engine only if there are any."""
    if not opened.queries.names:
        return ()
    from catalogctl.pipeline.saved_queries import check_queries

    return check_queries(opened)[1]


def limited(problems: Sequence[Problem], paths: Sequence[Path]) -> tuple[Problem, ...]:
    """Return the problems of the files and folders in `paths`, all problems if it is empty.

    File names in both are relative to the working directory. This limits what is reported, not
    what is checked (product contract, 8).
    """
    if not paths:
        return tuple(problems)
    wanted = [Path(os.path.relpath(path)) for path in paths]
    return tuple(
        problem
        for problem in problems
        if any(path in (Path(problem.file), *Path(problem.file).parents) for path in wanted)
    )
