"""`catalogctl build`: publish a catalog into a folder."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli.output import note, say
from catalogctl.cli.shared_options import (
    base_url_option,
    catalog_option,
    color_option,
    jobs_option,
    now_option,
    output_options,
    quiet_option,
    wait_option,
)

if TYPE_CHECKING:
    from catalogctl.cli.output import Output
    from catalogctl.pipeline.build import Built


@click.command("build")
@catalog_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="public",
    help="The folder to publish into; an old tree there is replaced whole.  [default: public]",
)
@base_url_option
@now_option
@click.option("--allow-shallow", is_flag=True, help="Accept the dates of a shallow clone.")
@wait_option("build of the same folder")
@jobs_option
@output_options(color_option, quiet_option())
def build_command(out: Path, output: Output, **options: Any) -> int:
    """Build the catalog: the static API, its index and the website, into one folder.

    The folder holds the old tree or the new one at any moment, whole. A catalog with errors
    publishes nothing.

    \b
    Examples:
      catalogctl build
      catalogctl build --out public --base-url https://plugins.example.org/

    Exit codes: 0 fine, 1 the catalog has errors, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli.progress import progress
    from catalogctl.pipeline.build import BuildOptions, build

    started = time.monotonic()
    with progress(output) as shown:
        built = build(
            BuildOptions(out=out, environ=os.environ, tell=say, progress=shown, **options)
        )
    _tell(built, out, output, time.monotonic() - started)
    return 0 if built.published else 1


def _tell(built: Built, out: Path, output: Output, seconds: float) -> None:
    """Say what a build came to."""
    from catalogctl.publish.site.texts import Texts
    from catalogctl.report.problem_reports import Summary

    if built.problems:
        output.warn(built.problems, summary=Summary(built.read, None, built.plugins))
    if built.published:
        what = f"built {built.files:,} files, {Texts().size(built.size)} into {out}"
        output.summary(f"{what} in {seconds:.1f} s ({built.changed:,} changed)")
    else:
        note("nothing was built" + (f": {out} is as it was" if out.exists() else ""))


COMMANDS = {"build": build_command}
