"""What may change a page, and what may not: other plugins, and the commit that is built."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.publish.site.related import Related
from support import samples, site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSON
    from catalogctl.model.plugin import Plugin

LATER = "2027-02-03T04:05:06.000Z"


def many(count: int) -> list[Plugin]:
    return [site.plugin(f"plugin-{n:03}", f"Plugin {n:03}") for n in range(count)]


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {path for path in before | after if before.get(path) != after.get(path)}


@pytest.mark.parametrize("base_url", [None, "https://plugins.example.org/"])
def test_another_commit_changes_no_page_but_the_one_about_the_build(base_url: str | None) -> None:
    context = site.context(base_url=base_url)
    other = replace(context, commit="0" * 40, commit_time=LATER, now=LATER)
    trees = [site.tree(samples.plugins(), build) for build in (context, other)]
    assert changed(*trees) == {"about/index.html", "index.json", "manifest.json"}


def test_a_new_plugin_on_the_last_page_leaves_the_pages_between_alone() -> None:
    before, after = (site.pages(many(count), site.context()) for count in (70, 71))
    for folder in ("", "service-types/monitoring.Webhook/", "providers/aws/", "states/ENABLED/"):
        assert before[f"{folder}page/2/index.html"] == after[f"{folder}page/2/index.html"]
        assert before[f"{folder}index.html"] != after[f"{folder}index.html"]


def test_only_the_first_page_has_the_total_the_lead_and_the_facets() -> None:
    pages = site.pages(many(30), site.context())
    first, second = (pages[path].decode() for path in ("index.html", "page/2/index.html"))
    assert "1 to 24 of 30 &#183;" in first
    assert "Page 2 of 2" in second
    for part in ('class="lead"', 'class="facets"', 'id="q"', "30 plugins", " of 30"):
        assert part in first
        assert part not in second
    assert 'role="search"' in second


def test_the_api_page_and_openapi_have_no_answers_with_counts() -> None:
    before, after = (site.tree(many(count), site.context()) for count in (30, 31))
    assert changed(before, after).isdisjoint({"openapi.json", "api/index.html"})


def test_related_plugins_lead_to_all_of_their_kind_without_their_number() -> None:
    page = site.pages(many(9), site.context())["plugins/plugin-003/index.html"].decode()
    section = re.search(r'<section id="related">.*?</section>', page, re.DOTALL)
    assert section is not None
    assert '../../service-types/monitoring.Webhook/"><bdi>Alert webhook</bdi></a>' in section[0]
    shown = re.findall(r'<a href="../../plugins/([\w-]+)/">', section[0])
    assert shown == ["plugin-004", "plugin-005", "plugin-006"]


def _neighbours(plugins: Iterable[Plugin], plugin: Plugin) -> object:
    related = Related(each.summary for each in plugins)
    return related.others(plugin.summary), related.successor(plugin.summary)


def _pages_with(plugins: Iterable[Plugin], plugin_id: str) -> int:
    """Return how many plugins' pages have a row of a plugin."""
    files = site.pages(plugins, site.context())
    row = f'<h3><a href="../../plugins/{plugin_id}/">'.encode()
    return sum(row in data for path, data in files.items() if path.startswith("plugins/"))


def test_a_plugin_stands_on_a_few_pages_of_others_however_many_there_are() -> None:
    """Decision 387; those of one provider whose kinds are rare lead to one another."""
    kinds = [f"rare{n}.Kind" for n in range(40)]
    rare = [
        site.plugin(f"plugin-rare-{n}", f"Rare {n:02}", service_type=kind)
        for n, kind in enumerate(kinds)
    ]
    plugins = [*many(40), *rare]
    counts = {_pages_with(plugins, each) for each in ("plugin-000", "plugin-020", "plugin-rare-20")}
    assert counts <= set(range(1, 9))


def test_a_release_changes_the_page_of_its_plugin_only() -> None:
    before = many(6)
    after = [
        site.plugin("plugin-003", "Plugin 003", versions=["1.0.0"])
        if each.summary.plugin_id == "plugin-003"
        else each
        for each in before
    ]
    differ = changed(site.pages(before, site.context()), site.pages(after, site.context()))
    pages = {path for path in differ if path.startswith("plugins/")}
    assert pages == {"plugins/plugin-003/index.html"}


def test_deprecated_and_disabled_plugins_are_offered_to_nobody() -> None:
    successor: JSON = {"reason": "old", "successor": "plugin-002"}
    plugins = [
        *many(3),
        site.plugin("plugin-off", "Plugin 000 off", state="DISABLED"),
        site.plugin("plugin-late", "Plugin 000 late", deprecated=successor),
    ]
    related = Related(each.summary for each in plugins)
    by_id = {each.summary.plugin_id: each.summary for each in plugins}
    others = {
        plugin_id: [each.plugin_id for each in related.others(each)]
        for plugin_id, each in by_id.items()
    }
    assert others["plugin-000"] == ["plugin-001", "plugin-002"]
    assert others["plugin-off"] == ["plugin-001", "plugin-002", "plugin-000"]
    assert others["plugin-late"] == ["plugin-001", "plugin-000"]
    assert related.successor(by_id["plugin-late"]) == by_id["plugin-002"]


VALUES = st.fixed_dictionaries(
    {
        "provider": st.sampled_from(["aws", "azure", None]),
        "service_type": st.sampled_from(["monitoring.Webhook", "inventory.Collector"]),
        "state": st.sampled_from(["ENABLED", "DISABLED"]),
        "deprecated": st.sampled_from([None, {"reason": "old", "successor": "plugin-1"}]),
    }
)


@settings(max_examples=10, deadline=None)
@given(given=st.lists(VALUES, min_size=2, max_size=12), data=st.data())
def test_a_plugins_page_takes_nothing_else_from_other_plugins(
    given: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Whatever plugin goes, the page of one that keeps its neighbours stays as it is."""
    every = [site.plugin(f"plugin-{n}", f"Name {n}", **each) for n, each in enumerate(given)]
    gone = data.draw(st.sampled_from(every))
    rest = [each for each in every if each is not gone]
    differ = changed(*(site.pages(plugins, site.context()) for plugins in (every, rest)))
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
    pages = [site.pages([*rest, each], site.context()) for each in (older, newer)]
    seen = {path for path in changed(*pages) if path.endswith("index.html")}
    lists = ("", "service-types/monitoring.Webhook/", "providers/aws/", "states/ENABLED/")
    assert seen == {
        "index.html",
        "plugins/plugin-030/index.html",
        *(f"{folder}page/2/index.html" for folder in (*lists, "registry-types/DOCKER_HUB/")),
    }
