"""`catalogctl serve`: preview a catalog's site on this machine."""

from __future__ import annotations

import os
import tempfile
import threading
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
)
from catalogctl.errors import CatalogctlError, OutsideError

if TYPE_CHECKING:
    from catalogctl.serve.preview import Preview
    from catalogctl.serve.server import Server

DEFAULT_PORT = 8000
DEBOUNCE = 200
"""Milliseconds in which changes are taken together."""


@click.command("serve")
@catalog_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="The port on 127.0.0.1; 0 takes a free one.  [default: 8000, or a free one]",
)
@now_option
@jobs_option
@color_option
@quiet_option
def serve_command(
    catalog: Path | None,
    port: int | None,
    now: str | None,
    jobs: int | None,
    color: str,
    quiet: bool,
) -> int:
    """Preview the site on this machine; pages follow as files change.

    A broken file shows its problems, here and on the page, and the last good tree stays. Stop it
    with Ctrl-C.

    \b
    Examples:
      catalogctl serve
      catalogctl serve --port 0

    Exit codes: 2 wrong usage, 3 something outside failed, 130 after Ctrl-C.
    """
    from catalogctl import __version__
    from catalogctl.pipeline.build import BuildOptions
    from catalogctl.serve.preview import Preview

    folder = catalog_folder(catalog)
    with tempfile.TemporaryDirectory(prefix="catalogctl-") as scratch:
        asked = BuildOptions(
            catalog=folder,
            out=Path(scratch) / "public",
            environ=os.environ,
            generator=f"catalogctl {__version__}",
            now=reference_time(now),
            jobs=jobs,
        )
        preview = Preview(asked)
        server = _listen(preview, port)
        preview.serve_at(server.address)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            click.echo(f"preview of {folder} at {server.address} (Ctrl-C ends it)", err=True)
            _follow(preview, folder, color=color, quiet=quiet)
        finally:
            server.shutdown()
            server.server_close()
    return 0


def _listen(preview: Preview, port: int | None) -> Server:
    """Return a server on the port; without one on the usual port, or a free one."""
    from catalogctl.serve.server import Server

    for candidate in (port,) if port is not None else (DEFAULT_PORT, 0):
        try:
            return Server(preview, candidate)
        except OSError as error:
            cause = (error.strerror or str(error)).lower()
            failed = OutsideError(f"can't listen on 127.0.0.1:{candidate}: {cause}")
    raise failed


def _follow(preview: Preview, catalog: Path, *, color: str, quiet: bool) -> None:
    """Build now and after every change, until the process is ended."""
    changed, over = threading.Event(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(preview, catalog, changed, over), daemon=True)
    watcher.start()
    try:
        while True:
            _rebuild(preview, color=color, quiet=quiet)
            changed.wait()
            changed.clear()
    finally:
        over.set()
        watcher.join()


def _watch(
    preview: Preview, catalog: Path, changed: threading.Event, over: threading.Event
) -> None:
    """Set `changed` whenever something changes that a build reads."""
    from watchfiles import watch

    from catalogctl import resources
    from catalogctl.source.git import logs_folder

    folder = catalog.resolve()
    logs = logs_folder(folder)
    places = [folder, resources.folder("site"), *([logs] if logs is not None else [])]
    for _ in watch(
        *places,
        watch_filter=lambda _change, path: preview.heeds(path),
        stop_event=over,
        debounce=DEBOUNCE,
        step=50,
    ):
        changed.set()


def _rebuild(preview: Preview, *, color: str, quiet: bool) -> None:
    """Build once and tell what came of it."""
    from catalogctl.cli.output import tell_problems
    from catalogctl.cli.terminal import clean
    from catalogctl.report.view import Summary

    started = time.monotonic()
    outcome = preview.rebuild()
    if isinstance(outcome, CatalogctlError):
        click.echo(f"catalogctl: {clean(str(outcome))}; the last good tree stays", err=True)
        return
    if outcome.problems:
        summary = Summary(outcome.read, None, outcome.plugins)
        tell_problems(outcome.problems, color, summary=summary)
    if not outcome.published:
        click.echo("the last good tree stays", err=True)
    elif not quiet:
        seconds = time.monotonic() - started
        click.echo(f"built in {seconds:.1f} s ({outcome.changed:,} files changed)", err=True)


COMMANDS = {"serve": serve_command}
