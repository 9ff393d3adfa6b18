"""`catalogctl publish`: upload the difference between a built tree and a published one."""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalogctl.cli import options
from catalogctl.cli.output import say
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.cli.output import Output
    from catalogctl.upload.publishing import PublishedTree

_KINDS = {
    "by_content": "named by content",
    "answers": "answers",
    "pages": "pages",
    "shards": "parts of the index",
    "index": "index and manifest",
}


@click.command("publish")
@click.argument("destination", metavar="DEST")
@click.option(
    "--from",
    "tree",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default="public",
    help="The built tree.  [default: public]",
)
@click.option(
    "--grace",
    metavar="TIME",
    default="1h",
    callback=options.checked_by(options.duration("--grace")),
    help="Delete files this long after they left the catalog.  [default: 1h]",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option(
    "--repair", is_flag=True, help="Upload every file, also those that should be there already."
)
@click.option("--take-over", is_flag=True, help="Ignore the lock of a run that has ended.")
@options.output(
    options.format_("text", "json", words="How to print what was done."),
    options.color,
    options.quiet(),
)
def publish_command(destination: str, tree: Path, output: Output, **values: Any) -> int:
    """Upload a built tree to a bucket or a folder, as far as it differs.

    DEST is s3://bucket/prefix, with credentials and endpoint from the usual variables
    (AWS_PROFILE, AWS_ENDPOINT_URL), or a folder. What readers request by name is uploaded last, and
    a run that was killed is continued by the next one. Files at DEST that someone else changed or
    deleted are not noticed: `catalogctl verify` finds them, and --repair uploads them again.

    \b
    Examples:
      catalogctl publish s3://plugins.example.org/ --dry-run
      catalogctl publish /mnt/www/catalog --from public --grace 2h

    Exit codes: 0 success, 2 wrong usage, 3 something outside failed.
    """
    from catalogctl.cli.progress import progress
    from catalogctl.fetch.address_or_path import is_address
    from catalogctl.upload.built_tree import read_tree
    from catalogctl.upload.destination import open_store
    from catalogctl.upload.publishing import PublishOptions, publish

    store = open_store(destination)
    is_inside = Path(destination).resolve().is_relative_to(tree.resolve())
    if is_inside and not is_address(destination):
        raise UsageError(
            f"{destination} is the tree itself, or inside it: name the place to publish it to"
        )
    with progress(output) as shown:
        how = PublishOptions(
            who=_who(os.environ), clock=time.time, tell=say, progress=shown, **values
        )
        done = publish(read_tree(tree), store, how)
    _print(done, store.name, output, dry_run=how.dry_run)
    return 0


def _who(environ: Mapping[str, str]) -> str:
    """Return how this run is known to others: the workflow's run, or else the process."""
    run = environ.get("GITHUB_RUN_ID")
    if run:
        return f"run {run} of {environ.get('GITHUB_REPOSITORY', 'a workflow')}"
    return f"process {os.getpid()} on {platform.node()}"


def _print(done: PublishedTree, name: str, output: Output, *, dry_run: bool) -> None:
    """Print what was uploaded by kind, and the summary."""
    from catalogctl.publish.site.texts import Texts

    texts = Texts()
    if output.format == "json":
        click.echo(json.dumps(_as_json(done, name, dry_run=dry_run), indent=2))
    else:
        for kind, (files, size) in done.uploaded.items():
            if files:
                click.echo(f"{_KINDS[kind]:20} {files:>9,} files  {texts.size(size):>9}")
    files, size = done.total
    verb = "would upload" if dry_run else "uploaded"
    rest = [
        f"{done.unchanged:,} unchanged",
        *([f"{done.resumed:,} uploaded by an earlier run"] if done.resumed else []),
        f"{done.deleted:,} {'to delete' if dry_run else 'deleted'}",
        *([f"{done.waiting:,} to delete later"] if done.waiting else []),
    ]
    noun = "file" if files == 1 else "files"
    output.summary(f"{verb} {files:,} {noun}, {texts.size(size)} to {name} ({', '.join(rest)})")


def _as_json(done: PublishedTree, name: str, *, dry_run: bool) -> dict[str, Any]:
    """Return the result as `--format json` prints it."""
    return {
        "destination": name,
        "dry_run": dry_run,
        "uploaded": {
            kind.value: {"files": files, "bytes": size}
            for kind, (files, size) in done.uploaded.items()
        },
        "resumed": done.resumed,
        "unchanged": done.unchanged,
        "deleted": done.deleted,
        "waiting": done.waiting,
    }
