"""`catalogctl build`: publish a catalog into a folder."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli.shared_options import (
    catalog_folder,
    catalog_option,
    color_option,
    jobs_option,
    now_option,
    quiet_option,
    reference_time,
    web_address,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.problem import Problem

DEFAULT_OUT = "public"


@click.command("build")
@catalog_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=DEFAULT_OUT,
    help="The folder to publish into; an old tree there is replaced whole.  [default: public]",
)
@click.option(
    "--base-url",
    metavar="URL",
    help="Where the tree will be served; wins over site.base_url in catalog.yaml.",
)
@now_option
@click.option("--allow-shallow", is_flag=True, help="Accept the dates of a shallow clone.")
@click.option(
    "--wait",
    type=click.IntRange(min=0),
    default=600,
    help="Seconds to wait for another build of the same folder.  [default: 600]",
)
@jobs_option
@color_option
@quiet_option
def build_command(
    catalog: Path | None,
    out: Path,
    base_url: str | None,
    now: str | None,
    allow_shallow: bool,
    wait: int,
    jobs: int | None,
    color: str,
    quiet: bool,
) -> int:
    """Build the catalog: the static API, its index and the website, into one folder.

    The folder holds the old tree or the new one at any moment, whole. A catalog with errors
    publishes nothing.

    \b
    Examples:
      catalogctl build
      catalogctl build --out public --base-url https://plugins.example.org/

    Exit codes: 0 fine, 1 the catalog has errors, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl import __version__
    from catalogctl.cli.progress import progress
    from catalogctl.cli.terminal import clean
    from catalogctl.pipeline.build import BuildOptions, build
    from catalogctl.publish.site.texts import Texts

    def tell(line: str) -> None:
        click.echo(f"catalogctl: {clean(line)}", err=True)

    started = time.monotonic()
    with progress(quiet=quiet, color=color) as shown:
        built = build(
            BuildOptions(
                catalog=catalog_folder(catalog),
                out=out,
                environ=os.environ,
                generator=f"catalogctl {__version__}",
                base_url=web_address(base_url),
                now=reference_time(now),
                jobs=jobs,
                allow_shallow=allow_shallow,
                wait=wait,
                tell=tell,
                progress=shown,
            )
        )
    if built.problems:
        show_problems(built.problems, built.read, built.plugins, color)
    if not built.published:
        kept = f": {clean(str(out))} is as it was" if out.exists() else ""
        click.echo(f"nothing was built{kept}", err=True)
        return 1
    if not quiet:
        what = f"built {built.files:,} files, {Texts().size(built.size)} into {clean(str(out))}"
        seconds = time.monotonic() - started
        click.echo(f"{what} in {seconds:.1f} s ({built.changed:,} changed)", err=True)
    return 0


def show_problems(problems: Sequence[Problem], read: int, plugins: int, color: str) -> None:
    """Print problems to stderr as `validate` does, with its summary."""
    from catalogctl.cli import terminal
    from catalogctl.cli.source_lines import source_line
    from catalogctl.report import problem_reports as report

    out = terminal.facts(sys.stderr, color)
    summary = report.Summary(read, None, plugins)
    text = report.render(
        problems,
        summary,
        "text",
        source_line=source_line,
        color=out.color,
        unicode=out.unicode,
        show_all=False,
        width=out.width,
    )
    click.echo(text, nl=False, err=True, color=True)
    click.echo(report.summary_line(problems, summary, unicode=out.unicode), err=True)


COMMANDS = {"build": build_command}
