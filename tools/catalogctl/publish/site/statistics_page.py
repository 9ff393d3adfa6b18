"""Build the statistics page with its five questions, and a page for the answer of each query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.site.avatars import symbols
from catalogctl.publish.site.questions import Questions
from catalogctl.publish.site.statistics import BUILT_IN, statistics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.site_context import SharedValues, Site
    from catalogctl.publish.site.statistics import Stat

FOLDER = "stats/"


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the statistics page, then those of the saved and built-in queries with a name."""
    answers = [each for each in shared.answers if each.is_named]
    stats = list(statistics(answers, site.segments, site.t))
    yield _questions(site, shared, stats)
    for stat in stats:
        values = {
            "stat": stat,
            "sheets": ("stats.css",),
            "page_title": site.titled(f"{stat.title} | {site.t('statistics')}"),
            "page_description": stat.description or stat.sentence or stat.title,
        }
        yield site.page("result", f"{FOLDER}{stat.name}/", values, current="stats")


def _questions(site: Site, shared: SharedValues, stats: Sequence[Stat]) -> File:
    """Return the page with the five questions; it links to the answers of the catalog's queries."""
    questions = Questions(site, shared)
    kinds = next(each.found for each in shared.facets if each.kind.field == "service_type")
    own_first = sorted(stats, key=lambda stat: stat.name in BUILT_IN)
    values = {
        "sheets": ("stats.css",),
        "kinds": questions.kinds(),
        "alive": questions.alive(),
        "covered": questions.covered(),
        "care": questions.care(),
        "credentials": questions.credentials(),
        "saved": [(f"{stat.name}/", stat.title) for stat in own_first],
        "glyphs": symbols(value.value for value in kinds),
        "page_title": site.titled(site.t("statistics")),
        "page_description": site.t("statistics_description"),
    }
    return site.page("stats", FOLDER, values, current="stats")
