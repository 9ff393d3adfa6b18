"""`catalogctl build`: publish a catalog into a folder."""

from __future__ import annotations

import os
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
    from catalogctl.pipeline.build import Built

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
    return _tell(built, out, color, None if quiet else time.monotonic() - started)


def _tell(built: Built, out: Path, color: str, seconds: float | None) -> int:
    """Say what a build came to, and return the exit code; `seconds` None asks for no more."""
    from catalogctl.cli.output import tell_problems
    from catalogctl.cli.terminal import clean
    from catalogctl.publish.site.texts import Texts
    from catalogctl.report.view import Summary

    if built.problems:
        tell_problems(built.problems, color, summary=Summary(built.read, None, built.plugins))
    if not built.published:
        kept = f": {clean(str(out))} is as it was" if out.exists() else ""
        click.echo(f"nothing was built{kept}", err=True)
        return 1
    if seconds is not None:
        what = f"built {built.files:,} files, {Texts().size(built.size)} into {clean(str(out))}"
        click.echo(f"{what} in {seconds:.1f} s ({built.changed:,} changed)", err=True)
    return 0


COMMANDS = {"build": build_command}
