"""`catalogctl validate`: report every problem of a catalog."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click

from catalogctl.cli.shared_options import (
    catalog_folder,
    catalog_option,
    color_option,
    jobs_option,
    quiet_option,
)
from catalogctl.errors import UsageError


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@catalog_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="How to print problems.  [default: text]",
)
@click.option("--all", "show_all", is_flag=True, help="Print every problem, not the first 50.")
@jobs_option
@color_option
@quiet_option
def validate_command(
    paths: tuple[Path, ...],
    catalog: Path | None,
    format_: str,
    show_all: bool,
    jobs: int | None,
    color: str,
    quiet: bool,
) -> int:
    """Check every file of the catalog against the API and the catalog's rules.

    PATH… limits what is reported, not what is checked against.

    \b
    Examples:
      catalogctl validate
      catalogctl validate catalog/plugins/plugin-aws-sns-mon-webhook.yaml
      catalogctl validate --format sarif > problems.sarif

    Exit codes: 0 no errors, 1 errors, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli import terminal
    from catalogctl.cli.output import view_of
    from catalogctl.cli.source_lines import FOR_HOSTS, named_for_hosts
    from catalogctl.pipeline.check import check
    from catalogctl.pipeline.check_files import limited
    from catalogctl.report.counts import has_errors, summary_line
    from catalogctl.report.problem_reports import render
    from catalogctl.report.view import Summary

    started = time.monotonic()
    folder = catalog_folder(catalog)
    for path in paths:
        _check_path(path, folder)
    result = check(folder, jobs=jobs)
    problems = limited(result.problems, paths)
    if format_ in FOR_HOSTS:
        problems = named_for_hosts(problems, folder, os.environ)
    summary = Summary(result.files, time.monotonic() - started, result.plugins)
    view = view_of(sys.stdout, color, show_all=show_all)
    click.echo(render(problems, summary, format_, view), nl=False, color=True)
    if not quiet:
        unicode = terminal.facts(sys.stderr, color).unicode
        line = summary_line(problems, summary, unicode=unicode)
        if paths and not problems:  # the rest of the catalog may be wrong
            line = f"no problem in {' '.join(terminal.clean(str(path)) for path in paths)}"
        click.echo(line, err=True)
    return 1 if has_errors(problems) else 0


def _check_path(path: Path, folder: Path) -> None:
    """Raise UsageError for a path that names no part of the catalog: its report would be empty."""
    if not os.path.lexists(path):
        raise UsageError(f"there is no {path}: PATH is a file or a folder of the catalog")
    named, catalog = Path(os.path.abspath(path)), Path(os.path.abspath(folder))  # noqa: PTH100  (links are not followed)
    if not (named.is_relative_to(catalog) or catalog.is_relative_to(named)):
        raise UsageError(f"{path} is no part of the catalog in {folder}")


COMMANDS = {"validate": validate_command}
