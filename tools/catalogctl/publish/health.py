"""Build `health.json`: the plugins that need care (product contract, 5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.publish.endpoints import HEALTH
from catalogctl.publish.json_bytes import json_file
from catalogctl.times import api_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.journal_files import Tombstone

YEAR = timedelta(days=365)


class Health(NamedTuple):
    """The ids of plugins that need care, sorted, as of `now`.

    A plugin without versions, or of whose versions no time is known, is not among those without a
    release for a year.
    """

    now: str
    deprecated: Sequence[str]
    disabled: Sequence[str]
    without_versions: Sequence[str]
    without_release_for_a_year: Sequence[str]
    moved_tags: Sequence[str]


def health_of(
    rows: Sequence[PluginSummary], context: BuildContext, tombstones: Iterable[Tombstone]
) -> Health:
    """Return the state of a catalog's plugins."""
    year_ago = _shifted(context.now, -YEAR)
    silent = [row for row in rows if (row.versions.last_release or year_ago) < year_ago]
    return Health(
        _now(rows, silent, context, tombstones),
        _ids(row for row in rows if row.deprecated is not None),
        _ids(row for row in rows if row.state == "DISABLED"),
        _ids(row for row in rows if not row.versions.count),
        _ids(silent),
        _ids(row for row in rows if row.versions.has_moved),
    )


def _now(
    rows: Iterable[PluginSummary],
    silent: Iterable[PluginSummary],
    context: BuildContext,
    tombstones: Iterable[Tombstone],
) -> str:
    """Return the time from which on the lists are as they are.

    That is when the catalog changed last, or when a plugin's last release became a year old. A
    commit that changes no plugin thus leaves the file as it is. If the build's time is not that of
    its commit, it was asked for, and is the one that is told.
    """
    if context.now != context.commit_time:
        return context.now
    times = [time for row in rows for time in (row.updated_at, row.resolved_at) if time]
    times += [each.time for each in tombstones]
    times += [_shifted(row.versions.last_release or "", YEAR) for row in silent]
    return min(max(times, default=context.now), context.now)


def _shifted(time: str, by: timedelta) -> str:
    """Return a time of the API's format so much later, or the time itself at an end of time."""
    try:
        return api_time(datetime.fromisoformat(time) + by)
    except OverflowError:
        return time


def _ids(rows: Iterable[PluginSummary]) -> list[str]:
    return sorted(row.plugin_id for row in rows)


def health_file(health: Health) -> File:
    """Return `health.json`."""
    return HEALTH, json_file(health._asdict())
