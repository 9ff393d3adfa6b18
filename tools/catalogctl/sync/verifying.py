"""Compare the committed files of upstreams with what their hashes stand for there.

A pull request may change a file and its hash together. What a hash stands for is what the upstream
publishes under it, as long as its manifest still names it. A service has no hashes: the files must
be what it answers now.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from catalogctl.errors import CatalogctlError
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.sync.sync_catalog import chosen, committed, path_of, read
from catalogctl.sync.sync_outcome import SyncReport, UpstreamOutcome, UpstreamState
from catalogctl.sync.taking import hashes_of, take
from catalogctl.sync.upstream_edition import WrongEditionError
from catalogctl.times import clock

_NOT_WRITTEN = "its file is not what sync writes"

if TYPE_CHECKING:
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.settings import UpstreamSettings
    from catalogctl.sync.sync_catalog import Committed, SyncOptions
    from catalogctl.sync.upstream_edition import UpstreamEdition


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
    asked: list[str] = []
    try:
        old = committed(opened, upstream)
        compare = partial(_compared, opened, upstream, old, now)
        return replace(read(opened, upstream, options, asked, compare), requests=len(asked))
    except CatalogctlError as error:
        state = UpstreamState.after(error)
        return UpstreamOutcome(name, state, str(error), requests=len(asked), verified=0)


def _compared(
    opened: OpenCatalog,
    upstream: UpstreamSettings,
    old: Committed,
    now: str,
    edition: UpstreamEdition,
) -> UpstreamOutcome:
    """Return the outcome for an upstream, whose refused plugins are those that differ."""
    found = edition.repository_info["repository_id"]
    if found != upstream.repository_id:
        message = f"{edition.url} is repository {found}, and not {upstream.repository_id}"
        raise WrongEditionError(message)
    plugins = edition.plugins({})
    everything = replace(upstream, filter=(), hold=frozenset())
    files = take(plugins, {}, everything, opened.settings, now).files
    differing = {
        name.removesuffix(".json")
        for name in sorted(old.names)
        if files.get(name.removesuffix(".json")) != old.data[path_of(name)]
    }
    verdict = _by_answer if upstream.endpoint else _by_hash
    found_of = {each: verdict(each, upstream, old, edition) for each in sorted(differing)}
    why = "hold pins them" if upstream.endpoint else "the upstream has another edition of them"
    unknown = sum(not reason for reason in found_of.values())
    return UpstreamOutcome(
        upstream.name,
        UpstreamState.UNCHANGED,
        refused={plugin_id: reason for plugin_id, reason in found_of.items() if reason},
        notes=[f"{unknown} of {len(old.names)} files are not verified: {why}"] if unknown else [],
        plugins=len(old.names),
        now=edition.now,
        verified=len(old.names) - len(differing),
    )


def _by_hash(plugin_id: str, _: UpstreamSettings, old: Committed, edition: UpstreamEdition) -> str:
    """Return what is wrong with a file that differs, "" if its hash is not named any more."""
    own = old.plugins.get(plugin_id)
    if own is None or own.sha256.get is None:
        return _NOT_WRITTEN
    is_named = edition.hashes(plugin_id) == hashes_of(own)
    return "its file is not what its hash stands for" if is_named else ""


def _by_answer(
    plugin_id: str, upstream: UpstreamSettings, old: Committed, _: UpstreamEdition
) -> str:
    """Return what is wrong with a file that differs, "" if it is held."""
    if plugin_id not in old.plugins:
        return _NOT_WRITTEN
    is_held = plugin_id in upstream.hold
    return "" if is_held else "its file is not what the service answers now"
