"""Collect what the news and the statistics of a catalog are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from catalogctl.publish.health import health_of
from catalogctl.publish.releases import releases_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext
    from catalogctl.publish.health import Health
    from catalogctl.publish.journal_files import Journal
    from catalogctl.publish.releases import Releases


@dataclass(frozen=True)
class News:
    """The journal of a catalog, its releases and its health, found out when they are needed."""

    rows: Sequence[PluginSummary]
    context: BuildContext
    journal: Journal

    @cached_property
    def releases(self) -> Releases:
        """What `releases.json` says."""
        return releases_of(self.rows)

    @cached_property
    def health(self) -> Health:
        """What `health.json` says."""
        return health_of(self.rows, self.context, self.journal.tombstones)
