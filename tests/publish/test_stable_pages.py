"""What may change a page, and what may not: other plugins, and the commit that is built."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.publish.site.related import Related
from support import samples, site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.model.plugin import Plugin

LATER = "2027-02-03T04:05:06.000Z"


def many(count: int) -> list[Plugin]:
    return [site.plugin(f"plugin-{n:03}", f"Plugin {n:03}") for n in range(count)]


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {path for path in before | after if before.get(path) != after.get(path)}


@pytest.mark.parametrize("base_url", [None, "https://plugins.example.org/"])
def test_another_commit_changes_no_page_but_the_one_about_the_build(base_url: str | None) -> None:
    edition = site.edition(base_url=base_url)
    other = replace(edition, commit="0" * 40, commit_time=LATER, now=LATER)
    trees = [site.tree(samples.plugins(), build) for build in (edition, other)]
    assert changed(*trees) == {"about/index.html", "index.json", "manifest.json"}


def test_a_new_plugin_on_the_last_page_leaves_the_pages_between_alone() -> None:
    before, after = (site.pages(many(count), site.edition()) for count in (70, 71))
    for folder in ("", "service-types/monitoring.Webhook/", "providers/aws/", "states/ENABLED/"):
        assert before[f"{folder}page/2/index.html"] == after[f"{folder}page/2/index.html"]
        assert before[f"{folder}index.html"] != after[f"{folder}index.html"]


def test_only_the_first_page_has_the_total_the_lead_and_the_facets() -> None:
    pages = site.pages(many(30), site.edition())
    first, second = (pages[path].decode() for path in ("index.html", "page/2/index.html"))
    assert "1 to 24 of 30 &#183;" in first
    assert "Page 2 of 2" in second
    for part in ('class="lead"', 'class="facets"', 'id="q"', "30 plugins", " of 30"):
        assert part in first
        assert part not in second
    assert 'role="search"' in second


def test_the_api_page_and_openapi_have_no_answers_with_counts() -> None:
    before, after = (site.tree(many(count), site.edition()) for count in (30, 31))
    assert changed(before, after).isdisjoint({"openapi.json", "api/index.html"})


def test_a_related_panel_leads_to_all_without_their_number() -> None:
    page = site.pages(many(9), site.edition())["plugins/plugin-003/index.html"].decode()
    panel = re.search(r"More of <bdi>aws</bdi>.*?</section>", page, re.DOTALL)
    assert panel is not None
    assert 'href="../../providers/aws/">All of <bdi>aws</bdi></a>' in panel[0]
    assert panel[0].count('<a href="../../plugins/') == 4


def _neighbours(plugins: Iterable[Plugin], plugin: Plugin) -> object:
    return Related(each.summary for each in plugins).neighbours(plugin.summary)


VALUES = st.fixed_dictionaries(
    {
        "provider": st.sampled_from(["aws", "azure", None]),
        "service_type": st.sampled_from(["monitoring.Webhook", "inventory.Collector"]),
        "state": st.sampled_from(["ENABLED", "DISABLED"]),
    }
)


@settings(max_examples=10, deadline=None)
@given(given=st.lists(VALUES, min_size=2, max_size=12), data=st.data())
def test_a_plugins_page_takes_nothing_else_from_other_plugins(
    given: list[dict[str, str | None]], data: st.DataObject
) -> None:
    """Whatever plugin goes, the page of one that keeps its neighbours stays as it is."""
    every = [site.plugin(f"plugin-{n}", f"Name {n}", **each) for n, each in enumerate(given)]
    gone = data.draw(st.sampled_from(every))
    rest = [each for each in every if each is not gone]
    differ = changed(*(site.pages(plugins, site.edition()) for plugins in (every, rest)))
    for plugin in rest:
        same = _neighbours(every, plugin) == _neighbours(rest, plugin)
        assert (f"plugins/{plugin.summary.plugin_id}/index.html" in differ) != same


def test_a_release_changes_only_where_it_is_seen() -> None:
    """Its plugin's page, its row on the lists that have it, and the front page."""
    plugins = many(60)
    older, newer = (
        site.plugin("plugin-030", "Plugin 030", versions=[tag]) for tag in ("1.0.0", "1.1.0")
    )
    rest = [each for each in plugins if each.summary.plugin_id != "plugin-030"]
    pages = [site.pages([*rest, each], site.edition()) for each in (older, newer)]
    seen = {path for path in changed(*pages) if path.endswith("index.html")}
    lists = ("", "service-types/monitoring.Webhook/", "providers/aws/", "states/ENABLED/")
    assert seen == {
        "index.html",
        "plugins/plugin-030/index.html",
        *(f"{folder}page/2/index.html" for folder in (*lists, "registry-types/DOCKER_HUB/")),
    }
