"""`catalogctl resolve`: bring the locks of a catalog up to date."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import completion
from catalogctl.cli.shared_options import catalog_folder, catalog_option, color_option, quiet_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalogctl.pipeline.resolve_catalog import ResolveProgress
    from catalogctl.resolve.outcome import ResolveReport


@click.command("resolve")
@click.argument(
    "plugin_ids", metavar="[PLUGIN_ID]...", nargs=-1, shell_complete=completion.plugin_ids
)
@catalog_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How to print what changed.  [default: text]",
)
@click.option(
    "--report",
    "report_file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report to a file too: .md, .txt, else JSON.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a lock would change.")
@click.option("--frozen-tags", is_flag=True, help="Refuse a lock in which a version was moved.")
@click.option(
    "--recheck",
    metavar="K",
    type=click.IntRange(min=0),
    default=5,
    help="Ask again for the digests of the K newest versions.  [default: 5]",
)
@click.option("--verify", is_flag=True, help="Ask again for every digest.")
@click.option(
    "--deadline",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="End the run after this time; what is left, the next run does.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1, max=64),
    help="Requests at a time, at most 4 of them to one host.  [default: 8]",
)
@click.option(
    "--wait",
    type=click.IntRange(min=0),
    default=600,
    help="Seconds to wait for another run on this catalog.  [default: 600]",
)
@click.option(
    "--credential-helpers",
    is_flag=True,
    help="Run the docker-credential-* programs that Docker's files name.",
)
@color_option
@quiet_option
def resolve_command(
    plugin_ids: tuple[str, ...],
    catalog: Path | None,
    format_: str,
    report_file: Path | None,
    check: bool,
    frozen_tags: bool,
    recheck: int,
    verify: bool,
    deadline: float | None,
    jobs: int | None,
    wait: int,
    credential_helpers: bool,
    color: str,
    quiet: bool,
) -> int:
    """Ask the registries for versions and digests, and write what is new into the locks.

    A lock without news is not touched. A registry that fails keeps its locks as they are; the
    other plugins go on.

    \b
    Examples:
      catalogctl resolve
      catalogctl resolve plugin-aws-sns-mon-webhook --verify
      catalogctl resolve --check --report report.md

    Exit codes: 0 fine, 1 the catalog has errors, a moved tag under --frozen-tags, news under
    --check, or an image without tags, 2 wrong usage, 3 a registry failed.
    """
    from catalogctl.files import write_atomic
    from catalogctl.pipeline.resolve_catalog import ResolveOptions, resolve
    from catalogctl.report.resolve_report import format_of, render
    from catalogctl.resolve.resolve_image import Rules
    from catalogctl.resolve.resolve_limits import ResolveLimits
    from catalogctl.resolve.resolve_run import limited
    from catalogctl.times import clock

    options = ResolveOptions(
        catalog_folder(catalog),
        Rules(clock(os.environ), recheck=recheck, verify=verify, frozen=frozen_tags),
        os.environ,
        wanted=plugin_ids,
        check=check,
        wait=wait,
        deadline=deadline,
        helpers=credential_helpers,
        limits=limited(ResolveLimits(), jobs),
        tell=_tell,
    )
    with _progress(quiet=quiet, color=color) as show_progress:
        resolved = resolve(replace(options, progress=show_progress))
    _print(resolved, format_, quiet=quiet)
    if report_file is not None:
        write_atomic(report_file, render(resolved, format_of(report_file.name)).encode())
    return resolved.exit_code


def _print(resolved: ResolveReport, format_: str, *, quiet: bool) -> None:
    """Print what changed to stdout, and to stderr what failed and the summary."""
    from catalogctl.report import resolve_report

    text = (
        resolve_report.changes(resolved)
        if format_ == "text"
        else resolve_report.render(resolved, format_)
    )
    click.echo(text, nl=False)
    for line in resolve_report.failures(resolved):
        _tell(line)
    if not quiet:
        click.echo(resolve_report.summary(resolved), err=True)


def _tell(line: str) -> None:
    from catalogctl.cli.terminal import clean

    click.echo(f"catalogctl: {clean(line)}", err=True)


@contextmanager
def _progress(*, quiet: bool, color: str) -> Iterator[Callable[[ResolveProgress], None]]:
    """Give a function that shows how far the run is, requests and waiting included."""
    from catalogctl.cli.progress import progress
    from catalogctl.report.counts import many

    with progress(quiet=quiet, color=color) as show:

        def tell(state: ResolveProgress) -> None:
            note = f" {many(state.requests, 'request')}"
            if state.waiting_for:
                note += f", waiting for {', '.join(state.waiting_for)}"
            show("resolving", state.done, state.of, note)

        yield tell


COMMANDS = {"resolve": resolve_command}
