"""`catalogctl resolve`: update the locks of a catalog."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli import completion, options
from catalogctl.cli.output import print_report, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalogctl.cli.output import Output
    from catalogctl.pipeline.resolve_catalog import ResolveOptions, ResolveProgress


@click.command("resolve")
@click.argument("wanted", metavar="[PLUGIN_ID]...", nargs=-1, shell_complete=completion.plugin_ids)
@options.catalog
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the report to a file: .md, .txt, else JSON.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a lock would change.")
@click.option(
    "--frozen-tags",
    "frozen",
    is_flag=True,
    help="Refuse a lock in which a version moved, or a damaged one.",
)
@click.option(
    "--recheck",
    metavar="K",
    type=click.IntRange(min=0),
    default=5,
    help="Recheck the digests of the K newest versions.  [default: 5]",
)
@click.option("--verify", is_flag=True, help="Recheck every digest.")
@click.option(
    "--deadline",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="End the run after this time; the next run does the rest.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1, max=64),
    help="Concurrent requests, at most 4 per host.  [default: 8]",
)
@options.wait("run on this catalog")
@click.option(
    "--credential-helpers",
    "helpers",
    is_flag=True,
    help="Run the docker-credential-* programs that Docker's files name.",
)
@options.output(
    options.format_("text", "json", "markdown", words="How to print what changed."),
    options.color,
    options.quiet(),
)
def resolve_command(report: Path | None, output: Output, **values: Any) -> int:
    """Query the registries for versions and digests, and update the locks.

    A lock without changes is not touched. If a registry fails, its locks stay unchanged and the
    other plugins are still resolved.

    \b
    Examples:
      catalogctl resolve
      catalogctl resolve plugin-aws-sns-mon-webhook --verify
      catalogctl resolve --check --report report.md

    Exit codes: 0 success, 1 the catalog has errors, a moved tag with --frozen-tags, a change with
    --check, or an image without tags, 2 wrong usage, 3 a registry failed.
    """
    from catalogctl.pipeline.resolve_catalog import resolve
    from catalogctl.report import resolve_report

    with _progress(output) as shown:
        resolved = resolve(_options(progress=shown, **values))
    print_report(resolve_report, resolved, report, output)
    return resolved.exit_code


def _options(
    *, recheck: int, verify: bool, frozen: bool, jobs: int | None, **others: Any
) -> ResolveOptions:
    """Return the options of the run."""
    from catalogctl.pipeline.resolve_catalog import ResolveOptions
    from catalogctl.resolve.resolve_image import Rules
    from catalogctl.resolve.resolve_limits import ResolveLimits
    from catalogctl.resolve.resolve_run import limited
    from catalogctl.times import clock

    return ResolveOptions(
        rules=Rules(clock(os.environ), recheck=recheck, verify=verify, frozen=frozen),
        environ=os.environ,
        limits=limited(ResolveLimits(), jobs),
        tell=say,
        **others,
    )


@contextmanager
def _progress(output: Output) -> Iterator[Callable[[ResolveProgress], None]]:
    """Yield a function that shows the progress of the run, with requests and waiting."""
    from catalogctl.cli.progress import progress
    from catalogctl.report.counts import many

    with progress(output) as shown:

        def tell(state: ResolveProgress) -> None:
            waiting = f", waiting for {', '.join(state.waiting_for)}" if state.waiting_for else ""
            requests = many(state.requests, "request")
            shown("resolving", state.done, state.of, f" {requests}{waiting}")

        yield tell
