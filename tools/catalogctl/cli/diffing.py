"""`catalogctl diff` and `owners`: a branch in, its calls out; a catalog in, who owns what out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.options import (
    catalog_folder,
    catalog_option,
    color_option,
    jobs_option,
)
from catalogctl.errors import UsageError
from catalogctl.files import write_atomic
from catalogctl.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.problem import Problem


@click.command("diff")
@catalog_option
@click.option(
    "--base",
    metavar="REF",
    help="The branch to merge into: compared is with where this one went off it.",
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
    from_: Path | None,
    actor: str | None,
    format_: str,
    also: tuple[str, ...],
    jobs: int | None,
    color: str,
) -> int:
    """Say which calls the work tree amounts to, compared with a branch.

    Names the calls of each changed file, checks the file as these calls, and tells which
    published answers change, whose approval is needed, and whether policy lets it be merged
    unseen. Files that are not committed count too.

    \b
    Examples:
      catalogctl diff --base origin/main
      catalogctl diff --base origin/main --actor @ann --format markdown
      catalogctl diff --base main --format github --also json=diff.json
      catalogctl diff --from diff.json --format markdown

    Exit codes: 0 fine, 1 a change is refused, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli import terminal
    from catalogctl.diff.comparing import Asked, compare
    from catalogctl.diff.kept import difference_in, problems_of
    from catalogctl.report.secrets import without_secrets

    if (base is None) == (from_ is None):
        raise UsageError(
            "say either --base REF, to compare, or --from FILE, to print what was kept"
        )
    if from_ is not None and (catalog is not None or actor is not None or jobs is not None):
        raise UsageError("--catalog, --actor and --jobs go with --base: --from compares nothing")
    wanted = [_wanted(each) for each in also]
    if base is not None:
        found = compare(Asked(catalog_folder(catalog), base, actor, jobs=jobs)).to_json()
    else:
        found = difference_in(from_ or Path())
    found = without_secrets(found)
    problems = problems_of(found)
    unicode = terminal.facts(sys.stdout, color).unicode
    for kind, file in wanted:
        write_atomic(file, _text(found, kind, unicode=True).encode("utf-8", "backslashreplace"))
    if format_ == "github":
        text = _problems(problems, "github", color)
    else:
        above = _problems(problems, "text", color) if format_ == "text" else ""
        text = above + _text(found, format_, unicode=unicode)
    click.echo(text, nl=False, color=True)
    return 1 if any(each.severity is Severity.ERROR for each in problems) else 0


def _wanted(also: str) -> tuple[str, Path]:
    kind, _, file = also.partition("=")
    if kind not in {"json", "markdown"} or not file:
        raise UsageError(f"--also {also} is not json=FILE or markdown=FILE")
    return kind, Path(file)


def _text(found: JSONObject, format_: str, *, unicode: bool) -> str:
    from catalogctl.report import comment, difference
    from catalogctl.report.encoding import json_text

    if format_ == "json":
        return json_text(found, unicode=unicode)
    if format_ == "markdown":
        return comment.render(found)
    return difference.render(found, unicode=unicode)


def _problems(problems: Sequence[Problem], format_: str, color: str) -> str:
    from catalogctl.cli import terminal
    from catalogctl.cli.sources import source_line
    from catalogctl.report import problems as report

    out = terminal.facts(sys.stdout, color)
    text = report.render(
        problems,
        report.Summary(0, None, 0),
        format_,
        source_line=source_line,
        color=out.color,
        unicode=out.unicode,
        show_all=format_ != "text",
        width=out.width,
    )
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
def owners_command(catalog: Path | None, format_: str) -> int:
    """Print who may approve a change of which plugin: their `maintainers`.

    \b
    Examples:
      catalogctl owners > .github/CODEOWNERS
      catalogctl owners --format json

    Exit codes: 0 fine, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli import terminal
    from catalogctl.diff.owners import owners
    from catalogctl.redaction import cut_json
    from catalogctl.report import codeowners
    from catalogctl.report.encoding import json_text

    found = owners(catalog_folder(catalog))
    if format_ == "json":
        unicode = terminal.facts(sys.stdout).unicode
        named = cut_json({file: list(names) for file, names in found.items()})
        text = json_text(named, unicode=unicode)
    else:
        text = codeowners.render(found)
    click.echo(text, nl=False)
    return 0


COMMANDS = {"diff": diff_command, "owners": owners_command}
