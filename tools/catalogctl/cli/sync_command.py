"""`catalogctl sync`: take over what other repositories publish."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli import options
from catalogctl.cli.output import print_report

if TYPE_CHECKING:
    from catalogctl.cli.output import Output


@click.command("sync")
@click.argument("wanted", metavar="[NAME]...", nargs=-1)
@options.catalog
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a plugin would change.")
@click.option(
    "--verify",
    is_flag=True,
    help="Only compare the committed files with what their hashes stand for there.",
)
@click.option(
    "--allow-removals", is_flag=True, help="Take an edition that lost a fifth of its plugins."
)
@click.option(
    "--allow-older", is_flag=True, help="Take an edition that is older than the one taken before."
)
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the report to a file: .md, .txt, else JSON.",
)
@options.output(
    options.format_("text", "json", "markdown", words="How to print what changed."),
    options.color,
    options.quiet(),
)
def sync_command(report: Path | None, verify: bool, output: Output, **values: Any) -> int:
    """Read the upstreams in catalog.yaml, and write what changed to upstream/.

    A plugin that breaks a rule keeps its old file, and the others are taken. If an upstream fails,
    or is not what catalog.yaml says, its files stay unchanged.

    \b
    Examples:
      catalogctl sync
      catalogctl sync marketplace --check
      catalogctl sync --verify

    Exit codes: 0 success, 1 a plugin or an edition is refused, a change with --check, or a
    difference with --verify, 2 wrong usage, 3 an upstream or the disk failed.
    """
    from catalogctl.report import sync_report
    from catalogctl.sync.sync_catalog import SyncOptions, sync
    from catalogctl.sync.verifying import verify_upstreams

    made = SyncOptions(environ=os.environ, **values)
    done = verify_upstreams(made) if verify else sync(made)
    print_report(sync_report, done, report, output)
    return done.exit_code
