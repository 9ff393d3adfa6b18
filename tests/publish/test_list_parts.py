"""Long lists are published in parts, and one change makes few files new (scale: stable bytes)."""

from __future__ import annotations

import hashlib
import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.publish.facets import facet_segments, in_order
from catalogctl.publish.list_files import lists
from catalogctl.source.settings import SiteSettings
from support import long_lists, schemas, site
from support.long_lists import index_of, paths_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.publish.list_files import PartsOfLists

API = "repository/v1/plugin"


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return long_lists.tree(long_lists.plugins())


def entries(index: Any) -> list[Any]:
    """Return the entry of every list of plugins."""
    lists = (entry for name, entry in index["lists"].items() if name != "versions")
    return [*lists, *(e for f in index["facets"].values() for e in f.values())]


PLUGINS = [site.plugin(f"plugin-{n}", f"Name {n:04}").summary for n in range(600)]


@given(st.integers(0, 600), st.integers(1, 600))
@settings(max_examples=30, deadline=None)
def test_the_parts_of_a_list_are_the_list(count: int, above: int) -> None:
    some = PLUGINS[:count]
    rows = in_order(some, facet_segments(some))
    parts: PartsOfLists = {}
    written = dict(lists(rows, SiteSettings(list_parts_above=above), parts))
    path = f"{API}/list/all.json"
    assert (path in parts) == (count > above)
    found = [json.loads(written[each.file.path]) for each in parts.get(path, [])]
    found = found or [json.loads(written[path])]
    ids = [plugin["plugin_id"] for each in found for plugin in each["results"]]
    assert ids == [each.plugin_id for each in rows.ordered]
    assert all(each["total_count"] == len(each["results"]) for each in found)


def test_the_parts_of_the_list_of_versions_are_ordered_by_id(files: Mapping[str, bytes]) -> None:
    entry = index_of(files)["lists"]["versions"]
    lists = [json.loads(files[path]) for path in paths_of(entry)]
    assert len(lists) > 2
    ids = [row["plugin_id"] for each in lists for row in each["results"]]
    assert ids == sorted(each.summary.plugin_id for each in long_lists.plugins())
    for each in lists:
        assert schemas.validators("ListPart").accept(each)


def test_the_index_names_every_part_by_its_content(files: Mapping[str, bytes]) -> None:
    index = index_of(files)
    every = [*entries(index), index["lists"]["versions"]]
    named = [part for entry in every for part in entry.get("parts", ())]
    assert {part["path"] for part in named} == {path for path in files if path.startswith("parts/")}
    for part in named:
        data = files[part["path"]]
        assert part["sha256"] == hashlib.sha256(data).hexdigest()
        assert part["path"] == f"parts/{part['sha256']}.json"
        assert (part["size"], part["count"]) == (len(data), json.loads(data)["total_count"])


def test_the_shards_of_the_index_hold_every_plugin_once(files: Mapping[str, bytes]) -> None:
    shards = index_of(files)["shards"]
    names = [f"index/{number:03}.json" for number in range(1, len(shards) + 1)]
    assert [shard["path"] for shard in shards] == names
    assert len(shards) > 2
    rows = [json.loads(files[shard["path"]])["plugins"] for shard in shards]
    assert [len(some) for some in rows] == [shard["count"] for shard in shards]
    spans = [(min(ids), max(ids)) for ids in ([row["plugin_id"] for row in some] for some in rows)]
    assert [(each["first"], each["last"]) for each in (s["plugin_ids"] for s in shards)] == spans
    ids = [row["plugin_id"] for some in rows for row in some]
    assert ids == [each.summary.plugin_id for each in long_lists.plugins()]


def test_a_short_list_of_a_large_catalog_is_one_file(files: Mapping[str, bytes]) -> None:
    entry = index_of(files)["facets"]["labels"]["label-3"]
    assert list(entry) == ["count", "path", "size", "sha256"]
    assert len(json.loads(files[entry["path"]])["results"]) == entry["count"]


def test_a_layout_with_parts_has_a_number_of_its_own(files: Mapping[str, bytes]) -> None:
    """Clients of the first layout would look for a list that is not there."""
    assert index_of(files)["schema_version"] == 2
    few = long_lists.tree(long_lists.plugins()[:1000])
    assert index_of(few)["schema_version"] == 1
    assert not any(path.startswith("parts/") for path in few)


def test_the_schema_of_the_index_describes_both_forms(files: Mapping[str, bytes]) -> None:
    accept = schemas.validators("Index").accept
    repository = {"repository_id": "repo-1", "name": "A", "repository_type": "local"}
    index = {**index_of(files), "repository_info": repository}
    assert accept(index)
    path_alone = {**index, "lists": {"all": {"path": f"{API}/list/all.json"}}}
    for wrong in ({**index, "lists": {"all": {}}}, path_alone):
        assert not accept(wrong)


def test_a_large_catalog_has_no_pages_of_its_list(files: Mapping[str, bytes]) -> None:
    """Each page would state the total, and so be new with each new plugin."""
    index = index_of(files)
    assert list(index["lists"]) == ["all", "versions"]
    assert not any(path.startswith(f"{API}/list/page/") for path in files)
    assert not {"list", "list_page"} & set(index["endpoints"])
    openapi = json.loads(files["openapi.json"])["paths"]
    assert f"/{API}/list/all.json" not in openapi
    assert "/parts/{sha256}.json" in openapi
    few = index_of(long_lists.tree(long_lists.plugins()[:1000]))
    assert list(few["lists"])[:3] == ["all", "versions", "page/1"]
    assert {"list", "list_page"} <= set(few["endpoints"])


def test_no_page_links_a_list_that_is_in_parts(files: Mapping[str, bytes]) -> None:
    absent = (f"{API}/list/all.json", f"{API}/list/page/1.json")
    for path in ("index.html", "stats/index.html", "api/index.html", "api/console/index.html"):
        for each in absent:
            assert f'href="{"../" * path.count("/")}{each}"' not in files[path].decode(), path
    assert b'href="index.json"' in files["index.html"]


def changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> set[str]:
    """Return the paths of new and of changed files."""
    return {path for path, data in after.items() if before.get(path) != data}


def test_a_changed_tag_makes_one_part_of_each_list_new(files: Mapping[str, bytes]) -> None:
    after = long_lists.tree(long_lists.plugins(description="New"))
    new = changed(files, after)
    plugin_id = long_lists.plugins()[long_lists.COUNT // 2].summary.plugin_id
    holding = [
        entry
        for entry in entries(index_of(after))
        if any(f'"{plugin_id}"'.encode() in after[path] for path in paths_of(entry))
    ]
    assert len(holding) == 6
    for entry in holding:
        assert len(new & set(paths_of(entry))) == 1
    for prefix, most in (("parts/", 5), ("index/", 1), ("search/", 2), ("sitemap", 0)):
        assert len([path for path in new if path.startswith(prefix)]) <= most, prefix


def test_a_new_plugin_changes_one_part_of_each_kind(files: Mapping[str, bytes]) -> None:
    """The median of some places in the order; where a cut moves, a few parts are new.

    The list of versions has parts of its own.
    """
    counts = []
    for place in (100.5, 300.5, 500.5, 700.5, 900.5):
        after = long_lists.tree([*long_lists.plugins(), long_lists.plugin(place)])
        new = changed(files, after)
        kinds = ("parts/", "index/", "sitemap-")
        counts.append([len([p for p in new if p.startswith(kind)]) for kind in kinds])
    assert [sorted(column)[2] for column in zip(*counts, strict=True)] == [2, 1, 1]


def test_a_long_sitemap_is_cut_by_the_same_rule(files: Mapping[str, bytes]) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    whole = ET.fromstring(files["sitemap.xml"])
    parts = [str(each.text) for each in whole.iter(f"{space}loc")]
    assert len(parts) > 2
    places = [
        str(place.text)
        for part in parts
        for place in ET.fromstring(files[part.rpartition("/")[2]]).iter(f"{space}loc")
    ]
    assert len(places) == len(set(places))
    for each in long_lists.plugins():
        assert f"https://catalog.example/plugins/{each.summary.plugin_id}/" in places


def test_parts_are_cached_for_ever_by_hosts_that_read_headers(files: Mapping[str, bytes]) -> None:
    text = files["_headers"].decode()
    start = text.index("/parts/*\n")
    assert "immutable" in text[start : text.index("\n/", start)]
