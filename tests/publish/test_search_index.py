"""The search's index as it is published: columns, in shards, named by their content."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING

from msgspec.structs import replace

from catalogctl.publish.cuts import SHARD_OF_SEARCH, CutSizes
from catalogctl.publish.site import search_index
from support import samples, site

if TYPE_CHECKING:
    from catalogctl.model.plugin_summary import PluginSummary

FIRST_RESULT = 320_000
"""Bytes until the first result at 10,000 plugins, compressed (site contract, 5)."""


def rows() -> list[PluginSummary]:
    plugins = sorted(samples.plugins(), key=lambda each: str(each.info["name"]))
    return [each.summary for each in plugins]


def test_a_shard_has_a_column_for_each_thing_that_a_card_shows() -> None:
    every = rows()
    shard = json.loads(json.dumps(search_index.shard(every)))
    count = len(every)
    for column in ("id", "name", "text", "labels", "type", "provider", "registry", "version"):
        assert len(shard[column]) == count, column
    names = [row.plugin_id for row in every]
    place = names.index("plugin-options")
    labels = [shard["labelValues"][number] for number in shard["labels"][place]]
    assert labels == ["aws", "라우드", "عربي"]
    assert shard["typeValues"][shard["type"][place]] == "monitoring.Webhook"
    assert shard["version"][place] == "2.0.0"
    assert shard["disabled"] == shard["deprecated"] == [names.index("plugin-disabled")]
    assert shard["provider"][names.index("plugin-long")] == -1
    assert shard["updated"][place] * 86_400 == 1_793_318_400  # 30 October 2026
    assert shard["icons"] == {}


def test_an_image_is_kept_in_few_letters_and_whole() -> None:
    images = ["acme/plugin-a", "acme/plugin-b", "plugin-c", "acme/other"]
    plugins = [
        site.plugin(plugin_id, plugin_id, image=image)
        for plugin_id, image in zip(
            ("plugin-a", "plugin-b", "plugin-c", "plugin-d"), images, strict=True
        )
    ]
    every = [each.summary for each in plugins]
    shard = search_index.shard(every)
    assert shard["space"] == [0, 0, 1, -1]
    assert shard["spaceValues"] == ["acme/", ""]
    assert shard["images"] == {"3": "acme/other"}


def test_pictures_are_in_the_index_only_where_they_may_be_shown() -> None:
    icon = "https://icons.example/a.svg"
    pictured = site.plugin("plugin-icon", "Icon", tags={"icon": icon})
    for hosts, expected in (((), {}), (("icons.example",), {"0": icon})):
        assert search_index.shard([pictured.summary], hosts)["icons"] == expected


def test_many_plugins_are_cut_into_shards_that_the_index_names() -> None:
    files = dict(search_index.files(rows() * 4, sizes=CutSizes(50, 50, 1)))
    index = json.loads(files.pop("search/index.json"))
    assert index["count"] == 136
    assert [shard["count"] for shard in index["shards"]] == [50, 50, 36]
    for shard in index["shards"]:
        data = files[shard["path"]]
        assert shard["size"] == len(data)
        assert shard["path"] == f"search/{hashlib.sha256(data).hexdigest()[:16]}.json"


def test_the_front_page_counts_what_the_search_finds() -> None:
    own = {"repository_id": "repo-1", "name": "Own", "repository_type": "local"}
    build = site.context(repository_info=own, upstreams=[samples.hostile_upstream()])
    files = site.tree([site.plugin("plugin-a", "A"), site.plugin("plugin-b", "B")], build)
    assert json.loads(files["search/index.json"])["count"] == 3
    assert b'data-count="3"' in files["index.html"]


def test_a_shard_is_small_enough_for_a_first_result() -> None:
    """5,000 plugins whose names, texts and labels all differ: the largest shard there can be."""
    (row,) = [row for row in rows() if row.plugin_id == "plugin-options"]

    def other(number: int) -> PluginSummary:
        digits = hashlib.sha256(str(number).encode()).hexdigest()
        words = [digits[start : start + 6] for start in range(0, 36, 6)]
        return replace(
            row,
            plugin_id=f"plugin-{words[0]}-{words[1]}-collector",
            image=f"team-{number % 500}/plugin-{words[0]}-{words[1]}-collector",
            name=f"{words[0]} {words[1]} Collector",
            description=f"Collects the {words[2]} of every {words[3]} in a region, on a schedule.",
            labels=(words[4][:2], words[5][:2], "compute"),
        )

    most = SHARD_OF_SEARCH.most
    rows_of_one = [other(number) for number in range(most)]
    data = search_index.files(rows_of_one, sizes=CutSizes(most, most, 1))
    assert max(len(gzip.compress(each, 6)) for _, each in data) < FIRST_RESULT - 40_000
