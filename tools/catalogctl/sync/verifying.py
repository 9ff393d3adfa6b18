"""Compare the committed files of upstreams with what their hashes stand for there.

A pull request may change a file and its hash together. What a hash stands for is what the upstream
publishes under it, as long as its manifest still names it.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from catalogctl.errors import ApiError, OutsideError
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.sync.edition import Hashes, WrongEditionError
from catalogctl.sync.outcome import SyncReport, UpstreamOutcome, UpstreamState
from catalogctl.sync.sync_catalog import chosen, committed
from catalogctl.sync.taking import take
from catalogctl.sync.upstream_tree import connect, read_tree
from catalogctl.times import clock

if TYPE_CHECKING:
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.settings import UpstreamSettings
    from catalogctl.sync.edition import Edition
    from catalogctl.sync.sync_catalog import Committed, SyncOptions


def verify_upstreams(options: SyncOptions) -> SyncReport:
    """Return which committed plugins are not what their hashes stand for; nothing is written.

    Raise CatalogHasProblemsError if catalog.yaml has errors, UsageError for an unknown upstream.
    """
    began = time.monotonic()
    opened = open_catalog(options.catalog)
    outcomes = [_outcome(opened, each, options) for each in chosen(opened, options.wanted)]
    return SyncReport(outcomes, time.monotonic() - began, is_check=True)


def _outcome(
    opened: OpenCatalog, upstream: UpstreamSettings, options: SyncOptions
) -> UpstreamOutcome:
    name, now = upstream.name, clock(options.environ)
    try:
        old = committed(opened, upstream)
        connection = connect(upstream, opened.path, options.environ, options.limits)
        compare = partial(_compared, opened, upstream, old, now)
        return read_tree(upstream, connection, compare)
    except (WrongEditionError, ApiError) as error:
        return UpstreamOutcome(name, UpstreamState.GUARDED, str(error))
    except OutsideError as error:
        return UpstreamOutcome(name, UpstreamState.FAILED, str(error))


def _compared(
    opened: OpenCatalog, upstream: UpstreamSettings, old: Committed, now: str, edition: Edition
) -> UpstreamOutcome:
    """Return the outcome for an upstream, whose refused plugins are those that differ."""
    found = edition.repository_info["repository_id"]
    if found != upstream.repository_id:
        message = f"{edition.url} is repository {found}, and not {upstream.repository_id}"
        raise WrongEditionError(message)
    plugins = edition.plugins({})
    taken = take(plugins, {}, upstream, opened.settings, now)
    refused: dict[str, str] = {}
    moved = 0
    for name in sorted(old.names):
        plugin_id = name.removesuffix(".json")
        own = old.plugins.get(plugin_id)
        if own is None:
            refused[plugin_id] = "its file is not what sync writes"
            continue
        hashes = Hashes(own.sha256.get, own.sha256.get_versions)
        read = plugins.get(plugin_id)
        if read is None or read.hashes != hashes:
            moved += 1
        elif taken.files.get(plugin_id) != old.data[f"plugins/{name}"]:
            refused[plugin_id] = "its file is not what its hash stands for"
    notes = (
        [f"{moved} can't be compared: the upstream has another edition of them"] if moved else []
    )
    return UpstreamOutcome(
        upstream.name,
        UpstreamState.UNCHANGED,
        refused=refused,
        notes=notes,
        plugins=len(old.names),
        now=edition.now,
    )
