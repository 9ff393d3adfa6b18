"""`catalogctl build`: publish a catalog to a folder."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli import options
from catalogctl.cli.output import note, say
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from catalogctl.cli.output import Output
    from catalogctl.pipeline.build import Built


@click.command("build")
@options.catalog
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="public",
    help="The folder to publish to; an existing tree is replaced completely.  [default: public]",
)
@options.base_url
@options.now
@click.option("--allow-shallow", is_flag=True, help="Accept the dates of a shallow clone.")
@options.wait("build of the same folder")
@options.jobs
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Work on the Dask cluster with this scheduler, such as tcp://10.0.0.1:8786.",
)
@options.cache
@click.option(
    "--no-previous",
    is_flag=True,
    help="Keep no second tree beside the folder, which the next build would be faster with.",
)
@options.output(options.color, options.quiet())
def build_command(out: Path, output: Output, *, no_previous: bool, **values: Any) -> int:
    """Build the static API, its index, and the website into one folder.

    At any moment, the folder contains either the complete old tree or the complete new one.
    A catalog with errors is not published. Only what changed since the last build is made again,
    and if nothing did, nothing is touched.

    \b
    Examples:
      catalogctl build
      catalogctl build --out public --base-url https://plugins.example.org/

    Exit codes: 0 success, 1 the catalog has errors, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli.progress import progress
    from catalogctl.pipeline.build import BuildOptions, build

    if values["scheduler"] and values["jobs"]:
        raise UsageError("--jobs counts processes of this machine: leave it out with --scheduler")
    started = time.monotonic()
    with progress(output) as shown:
        values |= {"environ": os.environ, "tell": say, "progress": shown}
        built = build(BuildOptions(out=out, previous=not no_previous, **values))
    _print_result(built, out, output, time.monotonic() - started)
    return 0 if built.published else 1


def _print_result(built: Built, out: Path, output: Output, seconds: float) -> None:
    """Print the result of a build."""
    from catalogctl.publish.site.texts import Texts
    from catalogctl.report.view import Summary

    if built.problems:
        output.warn(built.problems, summary=Summary(built.read, None, built.plugins))
    if built.published:
        what = f"built {built.files:,} files, {Texts().size(built.size)} into {out}"
        output.summary(f"{what} in {seconds:.1f} s ({built.changed:,} changed)")
    else:
        note("nothing was built" + (f": {out} is as it was" if out.exists() else ""))
