"""Say which plugins of which repositories the search finds, and by which it can be narrowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.model.plugin_summary import base_key
from catalogctl.publish.site.facet_values import Choice, Facet, FacetKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext
    from catalogctl.publish.site.texts import Texts

_KIND = FacetKind("repository", "upstream", "repository", "repositories", "")
_SHOWN = 8
"""The choices that stand beside the list; the search knows all."""


def own_repository(context: BuildContext) -> str:
    """Return the name of the catalog's own repository, "" if there are no others."""
    return context.settings.repository_info.get("name", "") if context.upstreams else ""


def rows_of_every_repository(
    own: Sequence[PluginSummary], context: BuildContext
) -> Sequence[PluginSummary]:
    """Return the plugins that are answered for by their ids, in base order."""
    if not context.upstreams:
        return own
    theirs = (row for each in context.upstreams for row in each.answered)
    return sorted([*own, *theirs], key=base_key)


def repository_facet(total: int, context: BuildContext, t: Texts) -> tuple[Facet, ...]:
    """Return the facet of repositories, none if there is one; `total` are the catalog's plugins."""
    if not context.upstreams:
        return ()
    choices = [_choice(own_repository(context), "", total, t)]
    choices += [_choice(each.title, each.name, len(each.answered), t) for each in context.upstreams]
    number = t.number(len(choices))
    shown = tuple(choices[:_SHOWN])
    return (Facet(_KIND, t("repository"), t("repositories"), number, (), shown),)


def _choice(title: str, segment: str, count: int, t: Texts) -> Choice:
    return Choice(title, title, segment, t.number(count), "")
