"""`catalogctl validate`: report every problem of a catalog."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options
from catalogctl.cli.output import say
from catalogctl.errors import UsageError
from catalogctl.report.problem_reports import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.cli.output import Output


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@options.catalog
@click.option("--all", "show_all", is_flag=True, help="Print all problems, not only the first 50.")
@click.option(
    "--suggest", is_flag=True, help="Also suggest what valid plugins lack, such as an icon."
)
@options.jobs
@options.cache
@options.output(
    options.format_(*FORMATS, words="How to print problems."),
    options.color,
    options.quiet(),
)
def validate_command(
    paths: tuple[Path, ...],
    catalog: Path,
    show_all: bool,
    suggest: bool,
    jobs: int | None,
    cache: Path | None,
    output: Output,
) -> int:
    """Check every file of the catalog against the API and the catalog's rules.

    PATH… limits what is reported, not what is checked. Files that did not change since the last run
    are not checked again.

    \b
    Examples:
      catalogctl validate
      catalogctl validate catalog/plugins/plugin-aws-sns-mon-webhook.yaml
      catalogctl validate --suggest
      catalogctl validate --format sarif > problems.sarif

    Exit codes: 0 no errors, 1 errors, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.pipeline.author_suggestions import suggest_for_all
    from catalogctl.pipeline.check import check, limited
    from catalogctl.pipeline.outdated_schemas import outdated_schemas
    from catalogctl.problem import has_errors
    from catalogctl.report.view import Summary

    started = time.monotonic()
    _check_paths(paths, catalog)
    result = check(catalog, jobs=jobs, cache=cache, tell=say)
    suggestions = suggest_for_all(catalog) if suggest else ()
    outdated = outdated_schemas(catalog)
    problems = limited(sorted({*result.problems, *suggestions, *outdated}), paths)
    summary = Summary(result.files, time.monotonic() - started, result.plugins)
    output.problems(problems, catalog, summary, show_all=show_all)
    if paths and not problems:  # the rest of the catalog may have problems
        output.summary(f"no problem in {' '.join(map(str, paths))}")
    elif not output.quiet:
        output.count(problems, summary)
    return 1 if has_errors(problems) else 0


def _check_paths(paths: Iterable[Path], folder: Path) -> None:
    """Raise UsageError if a path is not part of the catalog: its report would be empty."""
    catalog = Path(os.path.abspath(folder))  # noqa: PTH100  (links are not followed)
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"there is no {path}: PATH is a file or a folder of the catalog")
        named = Path(os.path.abspath(path))  # noqa: PTH100
        if not (named.is_relative_to(catalog) or catalog.is_relative_to(named)):
            raise UsageError(f"{path} is not part of the catalog in {folder}")
