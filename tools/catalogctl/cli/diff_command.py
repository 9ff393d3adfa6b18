"""`catalogctl diff` names the calls of a branch, `owners` who may approve a change of what."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.shared_options import (
    catalog_folder,
    catalog_option,
    color_option,
    jobs_option,
)
from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import write_atomic
from catalogctl.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.problem import Problem
    from catalogctl.redaction import Line

_LARGEST = 3 * 1024 * 1024
"""Bytes of a CODEOWNERS file; GitHub reads no larger one."""


@click.command("diff")
@catalog_option
@click.option(
    "--base",
    metavar="REF",
    help="The branch to merge into: compared is with where this one went off it.",
)
@click.option(
    "--head",
    metavar="REF",
    help="Judge this commit, from git's objects; nothing of it is checked out."
    "  [default: the work tree]",
)
@click.option(
    "--from",
    "from_",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Print a difference that was kept as JSON; nothing is compared, the file is only data.",
)
@click.option("--actor", metavar="@HANDLE", help="Who asks for the change, for the verdict.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "github", "markdown"]),
    default="text",
    help="How to print it; github are annotations.  [default: text]",
)
@click.option(
    "--also",
    metavar="FORMAT=FILE",
    multiple=True,
    help="Write it into a file too, as json or markdown.  [repeatable]",
)
@jobs_option
@color_option
def diff_command(
    catalog: Path | None,
    base: str | None,
    head: str | None,
    from_: Path | None,
    actor: str | None,
    format_: str,
    also: tuple[str, ...],
    jobs: int | None,
    color: str,
) -> int:
    """Name the calls that a change amounts to, compared with a branch.

    Names the calls of each changed file, checks the file as these calls, and tells which
    published answers change, whose approval is needed, and whether policy lets it be merged
    unseen. Files that are not committed count too.

    \b
    Examples:
      catalogctl diff --base origin/main
      catalogctl diff --base origin/main --actor @ann --format markdown
      catalogctl diff --base main --format github --also json=diff.json
      catalogctl diff --base main --head HEAD --actor @ann
      catalogctl diff --from diff.json --format markdown

    Exit codes: 0 fine, 1 a change is refused, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli import terminal
    from catalogctl.cli.source_lines import committed_line, named_for_hosts, source_line
    from catalogctl.diff.saved_diff import difference_in, problems_of
    from catalogctl.report.hidden_secrets import without_secrets

    _check_usage(base, head, from_)
    if from_ is not None and (catalog is not None or actor is not None or jobs is not None):
        raise UsageError("--catalog, --actor and --jobs go with --base: --from compares nothing")
    wanted = [_wanted(each) for each in also]
    folder = catalog_folder(catalog) if from_ is None else Path.cwd()
    found = without_secrets(
        _compared(folder, base or "", actor, jobs=jobs, head=head)
        if from_ is None
        else difference_in(from_)
    )
    problems = problems_of(found)
    unicode = terminal.facts(sys.stdout, color).unicode
    for kind, file in wanted:
        write_atomic(file, _text(found, kind, unicode=True).encode("utf-8", "backslashreplace"))
    line_of = source_line if head is None else committed_line(folder, head)
    if format_ in ("github", "text"):
        named = named_for_hosts(problems, folder, os.environ) if format_ == "github" else problems
        click.echo(_problems(named, format_, color, line_of), nl=False, color=True)
    if format_ != "github":
        click.echo(_text(found, format_, unicode=unicode), nl=False, color=True)
    return 1 if any(each.severity is Severity.ERROR for each in problems) else 0


def _check_usage(base: str | None, head: str | None, from_: Path | None) -> None:
    if (base is None) == (from_ is None):
        raise UsageError(
            "say either --base REF, to compare, or --from FILE, to print what was kept"
        )
    if head is not None and base is None:
        raise UsageError("--head goes with --base REF")


def _compared(
    folder: Path, base: str, actor: str | None, *, jobs: int | None, head: str | None
) -> JSONObject:
    """Return the difference as JSON; what makes it doubtful is said on stderr."""
    from catalogctl.cli import terminal
    from catalogctl.diff.compare import DiffOptions, compare

    comparison = compare(DiffOptions(folder, base, actor, jobs=jobs, head=head))
    for note in comparison.notes:
        click.echo(f"catalogctl: note: {terminal.clean(note)}", err=True)
    return comparison.to_json()


def _wanted(also: str) -> tuple[str, Path]:
    kind, _, file = also.partition("=")
    if kind not in {"json", "markdown"} or not file:
        raise UsageError(f"--also {also} is not json=FILE or markdown=FILE")
    return kind, Path(file)


def _text(found: JSONObject, format_: str, *, unicode: bool) -> str:
    from catalogctl.report import difference_comment, difference_text
    from catalogctl.report.safe_output import json_text

    if format_ == "json":
        return json_text(found, unicode=unicode)
    if format_ == "markdown":
        return difference_comment.render(found)
    return difference_text.render(found, unicode=unicode)


def _problems(
    problems: Sequence[Problem],
    format_: str,
    color: str,
    line_of: Callable[[str, int], Line | None],
) -> str:
    from catalogctl.cli.output import NOTHING_READ, view_of
    from catalogctl.report.problem_reports import render

    view = view_of(sys.stdout, color, line_of=line_of, show_all=format_ != "text")
    text = render(problems, NOTHING_READ, format_, view)
    return f"{text}\n" if text and format_ == "text" else text


@click.command("owners")
@catalog_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["codeowners", "json"]),
    default="codeowners",
    help="How to print it.  [default: codeowners]",
)
@click.option(
    "--update",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the lines into a CODEOWNERS file, between two marks; all else in it stays.",
)
def owners_command(catalog: Path | None, format_: str, update: Path | None) -> int:
    """Print who may approve a change of which plugin: their `maintainers`.

    \b
    Examples:
      catalogctl owners
      catalogctl owners --update .github/CODEOWNERS
      catalogctl owners --format json

    Exit codes: 0 fine, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli import terminal
    from catalogctl.diff.owners import owners
    from catalogctl.redaction import cut_json
    from catalogctl.report import codeowners
    from catalogctl.report.safe_output import json_text

    if update is not None and format_ != "codeowners":
        raise UsageError("--update writes CODEOWNERS: leave --format out")
    found = owners(catalog_folder(catalog))
    if update is not None:
        _update_codeowners(update, found)
        return 0
    if format_ == "json":
        unicode = terminal.facts(sys.stdout).unicode
        named = cut_json({file: list(names) for file, names in found.items()})
        text = json_text(named, unicode=unicode)
    else:
        text = codeowners.render(found)
    click.echo(text, nl=False)
    return 0


def _update_codeowners(given: Path, owners: Mapping[str, Sequence[str]]) -> None:
    """Write the marked part of a CODEOWNERS file, unless it is as it should be."""
    from catalogctl.cli.terminal import clean
    from catalogctl.report import codeowners
    from catalogctl.source.folder import Folder

    file = given.resolve()
    before = Folder(file.parent, "", "").read(file.name, _LARGEST) if file.exists() else b""
    if not isinstance(before, bytes):
        raise OutsideError(f"{given}: {before.message}")
    try:
        text = codeowners.updated(before.decode("utf-8", "surrogateescape"), owners)
    except UsageError as error:
        raise UsageError(f"{given} is left as it is: {error}") from error
    after = text.encode("utf-8", "surrogateescape")
    if after != before:
        write_atomic(file, after)
    done = "updated" if after != before else "nothing to change in"
    click.echo(f"{done} {clean(str(given))}", err=True)


COMMANDS = {"diff": diff_command, "owners": owners_command}
