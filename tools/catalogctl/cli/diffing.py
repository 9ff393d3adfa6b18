"""`catalogctl diff` and `owners`: a branch in, its calls out; a catalog in, who owns what out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from catalogctl.cli.options import (
    catalog_folder,
    catalog_option,
    color_option,
    jobs_option,
    quiet_option,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catalogctl.problem import Problem


@click.command("diff")
@catalog_option
@click.option(
    "--base",
    required=True,
    metavar="REF",
    help="The branch to merge into: compared is with where this one went off it.",
)
@click.option("--actor", metavar="@HANDLE", help="Who asks for the change, for the verdict.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "github", "markdown"]),
    default="text",
    help="How to print it; github are annotations.  [default: text]",
)
@jobs_option
@color_option
@quiet_option
def diff_command(
    catalog: Path | None,
    base: str,
    actor: str | None,
    format_: str,
    jobs: int | None,
    color: str,
    quiet: bool,
) -> int:
    """Say which calls the work tree amounts to, compared with a branch.

    Names the calls of each changed file, checks the file as these calls, and tells which
    published answers change, whose approval is needed, and whether policy lets it be merged
    unseen. Files that are not committed count too.

    \b
    Examples:
      catalogctl diff --base origin/main
      catalogctl diff --base origin/main --actor @ann --format markdown
      catalogctl diff --base main --format json

    Exit codes: 0 fine, 1 a change is refused, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli import terminal
    from catalogctl.diff.comparing import Asked, compare
    from catalogctl.report import comment, difference
    from catalogctl.report.encoding import json_text

    found = compare(Asked(catalog_folder(catalog), base, actor, jobs=jobs))
    out = terminal.facts(sys.stdout, color)
    if format_ == "json":
        text = json_text(found.to_json(), unicode=out.unicode)
    elif format_ == "markdown":
        text = comment.render(found.to_json())
    elif format_ == "github":
        text = _problems(found.problems, "github", color)
    else:
        text = _problems(found.problems, "text", color)
        text += difference.render(found.to_json(), unicode=out.unicode)
    click.echo(text, nl=False, color=True)
    if not quiet and format_ == "github":
        click.echo(f"labels: {', '.join(found.labels) or 'none'}", err=True)
    return 1 if found.is_refused else 0


def _problems(problems: Sequence[Problem], format_: str, color: str) -> str:
    from catalogctl import report
    from catalogctl.cli import terminal
    from catalogctl.cli.sources import source_line

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
    from catalogctl.report import codeowners
    from catalogctl.report.encoding import json_text

    found = owners(catalog_folder(catalog))
    if format_ == "json":
        unicode = terminal.facts(sys.stdout).unicode
        text = json_text({file: list(names) for file, names in found.items()}, unicode=unicode)
    else:
        text = codeowners.render(found)
    click.echo(text, nl=False)
    return 0


COMMANDS = {"diff": diff_command, "owners": owners_command}
