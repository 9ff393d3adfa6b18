"""`catalogctl serve`: preview a catalog's site on this machine."""

from __future__ import annotations

import gc
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalogctl.cli import options
from catalogctl.cli.output import note, say
from catalogctl.errors import CatalogctlError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.cli.output import Output
    from catalogctl.serve.changed_files import ChangedFiles
    from catalogctl.serve.preview import Preview
    from catalogctl.serve.server import Server

DEFAULT_PORT = 8000
DEBOUNCE = 100
"""Milliseconds within which changes are combined at most."""
STEP = 20
"""Milliseconds without a change after which those before are combined."""


@click.command("serve")
@options.catalog
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="The port on 127.0.0.1; 0 picks a free one.  [default: 8000, or a free one]",
)
@options.now
@options.jobs
@options.output(options.color, options.quiet())
def serve_command(
    catalog: Path, port: int | None, now: str | None, jobs: int | None, output: Output
) -> int:
    """Preview the site on this machine, and show changes as files are saved.

    Problems of a broken file are shown here and on the page, and the last good tree stays. Stop
    the preview with Ctrl-C.

    \b
    Examples:
      catalogctl serve
      catalogctl serve --port 0

    Exit codes: 2 wrong usage, 3 something outside failed, 130 after Ctrl-C, 143 after SIGTERM.
    """
    from catalogctl.pipeline.live_sources import LiveOptions
    from catalogctl.serve.preview import Preview

    preview = Preview(LiveOptions(catalog, os.environ, now=now, jobs=jobs))
    with _served(preview, port) as address:
        note(f"preview of {catalog} at {address} (Ctrl-C ends it)")
        _follow(preview, catalog, output)
    return 0


@contextmanager
def _served(preview: Preview, port: int | None) -> Iterator[str]:
    """Serve a preview until the context ends, and yield its address."""
    server = _listen(preview, port)
    preview.serve_at(server.address)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.address
    finally:
        server.shutdown()
        server.server_close()


def _listen(preview: Preview, port: int | None) -> Server:
    """Return a server on the port, by default 8000 or a free one. Raise OutsideError if taken."""
    from catalogctl.serve.server import Server

    for candidate in (port,) if port is not None else (DEFAULT_PORT, 0):
        try:
            return Server(preview, candidate)
        except OSError as error:
            cause = (error.strerror or str(error)).lower()
            failed = OutsideError(f"can't listen on 127.0.0.1:{candidate}: {cause}")
    raise failed


def _follow(preview: Preview, catalog: Path, output: Output) -> None:
    """Read the catalog now and after every change, until the process ends."""
    from catalogctl.serve.changed_files import ChangedFiles

    changes, over = ChangedFiles(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(preview, catalog, changes, over), daemon=True)
    watcher.start()
    try:
        _rebuild(preview, output, None)
        gc.collect()
        gc.freeze()  # what stays in memory need not be looked through again and again
        while True:
            _rebuild(preview, output, changes.take())
    finally:
        over.set()
        watcher.join()


def _watch(preview: Preview, catalog: Path, changes: ChangedFiles, over: threading.Event) -> None:
    """Add each file that a build reads and that changes."""
    from watchfiles import watch

    from catalogctl import resources
    from catalogctl.source.git import logs_folder

    folder = catalog.resolve()
    logs = logs_folder(folder)
    places = [folder, resources.folder("site"), *([logs] if logs is not None else [])]
    for found in watch(
        *places,
        watch_filter=lambda _change, path: preview.is_relevant(path),
        stop_event=over,
        debounce=DEBOUNCE,
        step=STEP,
    ):
        changes.add(Path(path) for _, path in found)


def _rebuild(preview: Preview, output: Output, changed: set[Path] | None) -> None:
    """Read the catalog once and print the outcome."""
    from catalogctl.report.view import Summary

    started = time.monotonic()
    outcome = preview.rebuild(changed)
    if isinstance(outcome, CatalogctlError):
        say(f"{outcome}; the last good tree stays")
        return
    if outcome.problems:
        summary = Summary(outcome.read, None, outcome.plugins)
        output.warn(outcome.problems, summary=summary)
    if outcome.files is not None:
        output.summary(f"built in {time.monotonic() - started:.2f} s")
    else:
        note("the last good tree stays")
