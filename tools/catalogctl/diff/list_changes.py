"""Compare the lists of two states of a catalog, looking only at the plugins that may differ.

All other plugins are the same in both states, so they need not be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.model.plugin_summary import base_key
from catalogctl.publish.endpoints import LIST, LIST_PAGE, LIST_VERSIONS, filled
from catalogctl.publish.facets import facet_counts, segments_of, values_of
from catalogctl.publish.list_files import by_path, has_pages, in_parts, page_count

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.source.settings import SiteSettings


@dataclass(frozen=True, slots=True)
class ListedPlugins:
    """The valid plugins of one state; `own` are those that may differ from the other one's.

    `counts` say how many of all others have each value of each field.
    """

    every: Sequence[PluginSummary]
    own: Sequence[PluginSummary]
    counts: Mapping[str, Counter[str]]

    def lists(self, site: SiteSettings) -> Iterator[tuple[str, Hashable]]:
        """Yield the path of each list, and something that identifies its content."""
        own = sorted(self.own, key=base_key)
        total = len(self.every)
        yield LIST, (in_parts(total, site), *(each.encoded for each in own))
        versions = sorted((each.plugin_id, each.versions.tags) for each in own)
        yield LIST_VERSIONS, (in_parts(total, site), *versions)
        counts = facet_counts(self.own)
        for field, values in self.counts.items():
            counts[field].update(values)
        segments = segments_of(counts)
        listed: dict[tuple[str, str], list[bytes]] = {}
        for each in own:
            for place in values_of(each):
                listed.setdefault(place, []).append(each.encoded)
        for field, values in counts.items():
            for value, count in values.items():
                rows = listed.get((field, value), ())
                yield by_path(field, value, segments), (value, in_parts(count, site), *rows)
        if has_pages(total, site):
            yield from self._pages(site.page_size)

    def _pages(self, page_size: int) -> Iterator[tuple[str, Hashable]]:
        own = {each.plugin_id for each in self.own}
        rows = [
            each.encoded if each.plugin_id in own else each.plugin_id
            for each in sorted(self.every, key=base_key)
        ]
        for number in range(1, page_count(len(rows), page_size) + 1):
            page = rows[(number - 1) * page_size : number * page_size]
            yield filled(LIST_PAGE, {"page": str(number)}), (len(rows), *page)
