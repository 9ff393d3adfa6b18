"""`catalogctl diff`: show the calls that a branch amounts to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options
from catalogctl.cli.output import say
from catalogctl.errors import UsageError
from catalogctl.files import write_atomic
from catalogctl.problem import has_errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.cli.output import Output
    from catalogctl.jsontypes import JSONObject


@dataclass(frozen=True, slots=True)
class _DiffRequest:
    """The request of the options: what to compare, or the saved difference to print."""

    catalog: Path | None
    base: str | None
    head: str | None
    saved: Path | None
    actor: str | None
    jobs: int | None
    cache_folder: Path | None
    no_cache: bool

    def __post_init__(self) -> None:
        if (self.base is None) == (self.saved is None):
            raise UsageError(
                "say either --base REF, to compare, or --from FILE, to print what was kept"
            )
        if self.head is not None and self.base is None:
            raise UsageError("--head goes with --base REF")
        if self.saved is not None and (self.catalog, self.actor, self.jobs) != (None, None, None):
            raise UsageError(
                "--catalog, --actor and --jobs go with --base: --from compares nothing"
            )

    @property
    def folder(self) -> Path:
        """The folder that problems refer to."""
        return Path.cwd() if self.saved is not None else options.catalog_folder(self.catalog)

    def difference(self) -> JSONObject:
        """Return the difference as JSON, and print notes about its reliability to stderr."""
        from catalogctl.build_cache.cache_place import catalog_cache
        from catalogctl.diff.compare import DiffOptions, compare
        from catalogctl.diff.saved_diff import difference_in

        if self.saved is not None:
            return difference_in(self.saved)
        cache = self.cache_folder or catalog_cache(self.folder, os.environ)
        options = DiffOptions(
            self.folder,
            self.base or "",
            f"@{self.actor}" if self.actor and "@" not in self.actor else self.actor,
            jobs=self.jobs,
            head=self.head,
            cache=None if self.no_cache else cache,
            tell=say,
        )
        comparison = compare(options)
        for line in comparison.notes:
            say(f"note: {line}")
        return comparison.to_json()


def _files(also: Iterable[str]) -> list[tuple[str, Path]]:
    """Return each `--also` as a format and a file. Raise UsageError if one is malformed."""
    files: list[tuple[str, Path]] = []
    for each in also:
        format_, _, file = each.partition("=")
        if format_ not in {"json", "markdown"} or not file:
            raise UsageError(f"--also {each} is not json=FILE or markdown=FILE")
        files.append((format_, Path(file)))
    return files


_request_options = options.as_value(
    "request",
    _DiffRequest,
    options.given_catalog,
    click.option(
        "--base",
        metavar="REF",
        help="The branch to merge into; the change is compared with the merge base.",
    ),
    click.option(
        "--head",
        metavar="REF",
        help="Judge this commit, read from git's objects without checking it out."
        "  [default: the work tree]",
    ),
    click.option(
        "--from",
        "saved",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Print a difference saved as JSON; nothing is compared, the file is only data.",
    ),
    click.option(
        "--actor", metavar="@HANDLE", help="The requester of the change, for the verdict."
    ),
    options.jobs,
    *options.cache_options,
)


@click.command("diff")
@_request_options
@click.option(
    "--also",
    metavar="FORMAT=FILE",
    multiple=True,
    callback=options.checked_by(_files),
    help="Also write it to a file, as json or markdown.  [repeatable]",
)
@options.output(
    options.format_(
        "text", "json", "github", "markdown", words="How to print it; github prints annotations."
    ),
    options.color,
)
def diff_command(request: _DiffRequest, also: Iterable[tuple[str, Path]], output: Output) -> int:
    """Show the calls that a change amounts to, compared with a branch.

    Shows the calls of each changed file and checks them. Reports which published answers change,
    whose approval is needed, and whether policy allows the change to be merged without a
    maintainer. Uncommitted files are included.

    \b
    Examples:
      catalogctl diff --base origin/main
      catalogctl diff --base origin/main --actor @ann --format markdown
      catalogctl diff --base main --format github --also json=diff.json
      catalogctl diff --base main --head HEAD --actor @ann
      catalogctl diff --from diff.json --format markdown

    Exit codes: 0 success, 1 a change is refused, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.diff.saved_diff import problems_of
    from catalogctl.report.hidden_secrets import without_secrets

    difference = without_secrets(request.difference())
    problems = problems_of(difference)
    for format_, file in also:
        text = _text(difference, format_, unicode=True)
        write_atomic(file, text.encode("utf-8", "backslashreplace"))
    _print(request, difference, output)
    return 1 if has_errors(problems) else 0


def _print(request: _DiffRequest, difference: JSONObject, output: Output) -> None:
    """Print a difference and its problems; as `github`, only annotations."""
    from catalogctl.cli.source_lines import committed_line
    from catalogctl.diff.saved_diff import problems_of
    from catalogctl.report.view import Summary

    format_ = str(output.format)
    problems = problems_of(difference)
    if format_ in {"github", "text"}:
        line_of = None if request.head is None else committed_line(request.folder, request.head)
        show_all = format_ == "github"
        output.problems(
            problems, request.folder, Summary(0, None, 0), line_of=line_of, show_all=show_all
        )
    if format_ == "text" and problems:
        click.echo()
    if format_ != "github":
        text = _text(difference, format_, unicode=output.stdout.unicode)
        click.echo(text, nl=False, color=True)


def _text(difference: JSONObject, format_: str, *, unicode: bool) -> str:
    from catalogctl.report import difference_comment, difference_text
    from catalogctl.report.safe_output import json_text

    if format_ == "json":
        return json_text(difference, unicode=unicode)
    if format_ == "markdown":
        return difference_comment.render(difference)
    return difference_text.render(difference, unicode=unicode)
