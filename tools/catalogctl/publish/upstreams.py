"""Define an upstream: another repository whose plugins a catalog answers with as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.publish.facets import facet_segments, in_order
from catalogctl.publish.path_segments import segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.query_files import SavedAnswer


class TakenEdition(NamedTuple):
    """The edition of an upstream that was taken; None is what an upstream that is no tree lacks."""

    url: str
    commit: str | None
    now: str | None
    manifest_sha256: str | None


@dataclass(frozen=True, slots=True)
class Upstream:
    """A repository whose plugins were taken over as they are published there.

    `name` is its folder's, `repository_info` what its plugins are published with. `plugins` are in
    base order; those with an id in `shadowed` are not answered for by their id alone, because an
    earlier repository has it. `stats` are the answers of the built-in statistics. `segment` stands
    for the repository's id in paths.
    """

    name: str
    repository_info: Mapping[str, str]
    edition: TakenEdition
    plugins: Sequence[PluginSummary]
    shadowed: frozenset[str] = frozenset()
    stats: Sequence[SavedAnswer] = field(default=())
    segment: str = ""

    @property
    def repository_id(self) -> str:
        """The id of the repository."""
        return self.repository_info["repository_id"]

    @property
    def title(self) -> str:
        """The name of the repository."""
        return self.repository_info["name"]

    def rows(self) -> Rows:
        """Return the plugins, grouped for lists."""
        return in_order(self.plugins, facet_segments(self.plugins))

    def source(self) -> JSONObject:
        """Return what the index says of the edition."""
        return {**self.edition._asdict()}


def repository_segments(repository_ids: Iterable[str]) -> dict[str, str]:
    """Return the path segment of the id of each repository, the catalog's own included."""
    return segments(dict.fromkeys(repository_ids, 0))
