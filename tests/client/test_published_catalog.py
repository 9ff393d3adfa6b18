"""The answers of a published tree are those of one edition, whole, or there is none."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogctl.catalog import Catalog
from catalogctl.client.published_catalog import PublishedCatalog
from catalogctl.client.tree_reader import FolderReader
from catalogctl.client.web_reader import WebReader
from catalogctl.errors import ApiError, OutsideError
from catalogctl.query import query_id
from support.published import (
    ALL,
    API,
    GET,
    INDEX,
    PLUGIN,
    STAT,
    Client,
    Reply,
    Request,
    Site,
    edition,
    encoded,
    info,
    sha256,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogctl.client.published_catalog import Everything
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.plugin_messages import PluginsInfo


def editions_of(everything: Everything) -> set[str]:
    """Return which editions an answer is made of: in its plugins and in its time."""
    names = {str(plugin["name"]).rpartition(" ")[2] for plugin in everything.plugins}
    return names | ({everything.now[9]} if everything.now else set())


THIS_OLD = "this is its answer from less than a minute ago"


def mixed(index: int, list_: int) -> dict[str, bytes]:
    """Return a tree whose index is of one edition and whose list is of another."""
    return {**edition(index), ALL: edition(list_)[ALL]}


# Arguments of no use


@pytest.mark.parametrize(
    ("plugin_id", "only", "pointer", "message"),
    [
        (5, None, "/plugin_id", "plugin_id is a number, not a string"),
        (None, None, "/plugin_id", "plugin_id is null, not a string"),
        (PLUGIN, "image", "/only", "only is a string, not a list of strings"),
        (PLUGIN, ["image", 5], "/only/1", "only is a number, not a string"),
    ],
)
def test_an_argument_of_another_type_is_an_answer_not_a_traceback(
    tree: Path, plugin_id: Any, only: Any, pointer: str, message: str
) -> None:
    with pytest.raises(ApiError) as caught:
        Catalog.open(tree).get(plugin_id, only=only)
    assert (caught.value.code, caught.value.pointer) == ("ERROR_INVALID_PARAMETER", pointer)
    assert caught.value.message == message


# Two editions at once


def test_an_index_and_a_list_of_two_editions_are_asked_for_again(
    client: Client, site: Site
) -> None:
    """R-36: and past every cache between."""
    site.files = mixed(2, 1)

    def deployed(request: Request) -> Reply | None:
        if request.path == ALL:
            site.files = edition(2) if len(site.requests) > 2 else site.files
        return None

    site.spoil = deployed
    everything = client.catalog().everything()
    assert editions_of(everything) == {"2"}
    assert site.asked == ["index.json", ALL] * 2
    assert [each.headers.get("Cache-Control") for each in site.requests] == [
        *(None, None),
        *("no-cache", "no-cache"),
    ]


def test_a_catalog_that_stays_mixed_is_answered_from_its_last_whole_edition(
    client: Client, site: Site
) -> None:
    """R-36: and that is told, with its age."""
    client.catalog().everything()
    site.files = mixed(3, 2)
    everything = client.catalog().everything()
    assert editions_of(everything) == {"1"}
    assert client.told == [
        f"{site.url} is being changed ({ALL} is not the one that {INDEX} names): {THIS_OLD}"
    ]


def test_without_a_whole_edition_there_is_no_answer(client: Client, site: Site) -> None:
    """R-36."""
    site.files = mixed(2, 1)
    with pytest.raises(OutsideError, match="try again in a minute") as caught:
        client.catalog().everything()
    assert caught.value.exit_code == 3


def test_require_fresh_takes_no_edition_of_before(client: Client, site: Site) -> None:
    """R-36, Q-44."""
    client.catalog().everything()
    site.files = mixed(3, 2)
    with pytest.raises(OutsideError, match="try again in a minute"):
        client.catalog(require_fresh=True).everything()


@given(st.lists(st.integers(1, 3), min_size=4, max_size=4), st.booleans())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_a_deploy_serves_meanwhile_an_answer_is_of_one_edition(
    client: Client,
    site: Site,
    served: list[int],
    known: bool,  # noqa: FBT001  (hypothesis hands it over)
) -> None:
    """R-36: each request may meet another edition."""
    for file in client.cache.glob("*"):
        file.unlink()
    site.spoil = lambda _: None
    site.files = edition(1)
    if known:
        client.catalog().everything()
    left = list(served)
    site.spoil = lambda request: Reply(200, edition(left.pop(0))[request.path])
    try:
        assert len(editions_of(client.catalog().everything())) == 1
    except OutsideError:
        assert not known


# One plugin of two editions


VERSIONS = f"{API}/get-versions/{PLUGIN}.json"
CALLS = {
    "get": (GET, lambda catalog: catalog.get(PLUGIN)),
    "get-versions": (VERSIONS, lambda catalog: catalog.get_versions(PLUGIN)),
    "stat": (STAT, lambda catalog: catalog.saved("stat", "by-state")),
}
EACH_CALL = pytest.mark.parametrize(("path", "call"), CALLS.values(), ids=CALLS)
GONE_OR_OLD = pytest.mark.parametrize("old", [True, False], ids=["old", "gone"])


def behind(site: Site, path: str, *, old: bool) -> None:
    """Publish edition 2, but for one file: that one is as before, or not there yet."""
    before = site.files[path]
    site.files = edition(2)
    del site.files[path]
    if old:
        site.files[path] = before


@EACH_CALL
@GONE_OR_OLD
def test_a_file_that_does_not_fit_the_index_is_asked_for_again(
    client: Client,
    site: Site,
    path: str,
    call: Callable[[PublishedCatalog], JSONObject],
    old: bool,  # noqa: FBT001  (pytest hands it over)
) -> None:
    """R-36: past every cache between; and then it fits."""
    behind(site, path, old=old)

    def deployed(request: Request) -> Reply | None:
        site.files = edition(2) if site.asked.count(request.path) > 1 else site.files
        return None

    site.spoil = deployed
    assert encoded(call(client.catalog())) == edition(2)[path]
    assert site.asked == [INDEX, path] * 2
    assert [each.headers.get("Cache-Control") for each in site.requests[2:]] == ["no-cache"] * 2


@EACH_CALL
@GONE_OR_OLD
def test_a_file_that_never_fits_is_no_answer(
    client: Client,
    site: Site,
    path: str,
    call: Callable[[PublishedCatalog], JSONObject],
    old: bool,  # noqa: FBT001  (pytest hands it over)
) -> None:
    """R-36: exit 3, in these words, and nothing of it is kept."""
    behind(site, path, old=old)
    with pytest.raises(OutsideError, match="is being changed; try again in a minute") as caught:
        call(client.catalog())
    assert path in str(caught.value)
    assert client.kept(path) is None


@EACH_CALL
@GONE_OR_OLD
def test_the_answer_that_once_fitted_serves_and_is_told(
    client: Client,
    site: Site,
    path: str,
    call: Callable[[PublishedCatalog], JSONObject],
    old: bool,  # noqa: FBT001  (pytest hands it over)
) -> None:
    """R-36, Q-44: unless only a fresh one counts."""
    call(client.catalog())
    behind(site, path, old=old)
    client.seconds += 7200
    assert encoded(call(client.catalog())) == edition(1)[path]
    assert client.told[0].startswith(f"{site.url} is being changed ({path}")
    assert client.told[0].endswith("): this is its answer from 2 hours ago")
    with pytest.raises(OutsideError, match="is being changed"):
        call(client.catalog(require_fresh=True))


def test_a_plugin_of_a_kept_list_is_answered_from_it(client: Client, site: Site) -> None:
    """Q-44: also when nothing else was ever asked for."""
    client.catalog().everything()
    site.stop()
    client.seconds += 300
    assert client.catalog().get("plugin-b") == info("plugin-b")
    assert client.told == [
        f"{site.url}index.json can't be reached: this is its answer from 5 minutes ago"
    ]
    with pytest.raises(ApiError, match="plugin-x is not in this catalog"):
        client.catalog().get("plugin-x")
    with pytest.raises(OutsideError, match="no earlier answer is kept"):
        client.catalog().get_versions("plugin-b")


def test_of_two_kept_answers_the_newer_one_serves(client: Client, site: Site) -> None:
    client.catalog().get(PLUGIN)
    client.seconds += 60
    site.files = edition(2)
    client.catalog().everything()
    client.seconds += 7200
    site.files = edition(3)
    client.catalog().get("plugin-b")
    site.stop()
    assert client.catalog().get(PLUGIN) == info(PLUGIN, 2)
    assert client.told[-1].endswith("this is its answer from 2 hours ago")


def test_a_plugin_is_held_against_the_shard_that_names_it(client: Client, site: Site) -> None:
    site.files |= sharded(site.files[INDEX])
    assert client.catalog().get("plugin-b") == info("plugin-b")
    assert sorted(site.asked[1:3]) == ["index/001.json", "index/002.json"]
    assert site.asked[3:] == [f"{API}/get/plugin-b.json"]
    assert client.catalog().get("plugin-b") == info("plugin-b")
    assert site.asked[4:] == [INDEX]
    site.files["index/001.json"] = encoded({"plugins": []})
    client.cache.rename(client.cache.with_name("gone"))
    with pytest.raises(OutsideError, match=r"index/001\.json is not the one"):
        client.catalog().get("plugin-b")


def test_only_a_shard_that_can_have_the_plugin_is_read(client: Client, site: Site) -> None:
    """Each shard names the range of its ids; a plugin in none is looked for in all, to suggest."""
    site.files |= sharded(site.files[INDEX])
    index = json.loads(site.files[INDEX])
    for shard, plugin_id in zip(index["shards"], (PLUGIN, "plugin-b"), strict=True):
        shard["plugin_ids"] = {"first": plugin_id, "last": plugin_id}
    site.files[INDEX] = encoded(index)
    assert client.catalog().get("plugin-b") == info("plugin-b")
    assert site.asked == [INDEX, "index/002.json", f"{API}/get/plugin-b.json"]
    with pytest.raises(ApiError) as refused:
        client.catalog().get("plugin-bb")
    assert "plugin-b" in str(refused.value.hint)
    assert site.asked[3:] == [INDEX, "index/001.json"]


@pytest.mark.parametrize("wrong", [{"first": PLUGIN, "last": PLUGIN}, {"first": 1}, [], None])
def test_a_wrong_range_of_a_shard_hides_no_plugin(client: Client, site: Site, wrong: Any) -> None:
    site.files |= sharded(site.files[INDEX])
    index = json.loads(site.files[INDEX])
    for shard in index["shards"]:
        shard["plugin_ids"] = wrong
    site.files[INDEX] = encoded(index)
    assert client.catalog().get("plugin-b") == info("plugin-b")


def sharded(index: bytes) -> dict[str, bytes]:
    """Return an index in two parts."""
    about: dict[str, Any] = json.loads(index)
    rows = about.pop("plugins")
    shards = {f"index/00{n}.json": encoded({"plugins": [row]}) for n, row in enumerate(rows, 1)}
    about["shards"] = [{"path": path, "sha256": sha256(data)} for path, data in shards.items()]
    return {**shards, INDEX: encoded(about)}


@pytest.mark.parametrize("path", ["../../../etc/passwd", "a//b", "/etc/passwd", "", "http://x/"])
def test_a_path_of_the_index_stays_in_the_tree(client: Client, tree: Path, path: str) -> None:
    """R-12."""
    index = json.loads((tree / INDEX).read_bytes())
    del index["plugins"]
    (tree / INDEX).write_bytes(encoded({**index, "shards": [{"path": path}]}))
    with pytest.raises(OutsideError, match="names no file of a tree"):
        PublishedCatalog(FolderReader(tree)).get(PLUGIN)
    client.site.files[INDEX] = (tree / INDEX).read_bytes()
    with pytest.raises(OutsideError, match="names no file of a tree"):
        client.catalog().get(PLUGIN)


# What lies beside the list


def test_a_list_needs_its_own_file_alone(client: Client, site: Site) -> None:
    del site.files["index.json"]
    everything = client.catalog().everything()
    assert [plugin["plugin_id"] for plugin in everything.plugins] == [PLUGIN, "plugin-b"]
    assert (everything.now, everything.repository_id) == (None, "repo-1")
    assert everything.latest_versions() == {}


def test_the_index_brings_the_time_and_the_newest_versions(client: Client) -> None:
    everything = client.catalog().everything()
    assert everything.now == "2026-01-01T00:00:00.000Z"
    assert everything.latest_versions() == {PLUGIN: "1.0", "plugin-b": "1.0"}


def test_newest_versions_are_found_in_the_shards_of_a_large_catalog(
    client: Client, site: Site
) -> None:
    """A shard of another edition names no versions; the list is whole all the same."""
    shards = {
        "index/001.json": encoded({"plugins": [{"plugin_id": PLUGIN, "latest_version": "1.0"}]}),
        "index/002.json": encoded({"plugins": [{"plugin_id": "plugin-b", "latest_version": "9"}]}),
    }
    index: dict[str, Any] = json.loads(site.files["index.json"])
    del index["plugins"]
    index["shards"] = [
        {"path": path, "sha256": hashlib.sha256(data).hexdigest()} for path, data in shards.items()
    ]
    index["shards"][1]["sha256"] = "0" * 64
    index["shards"].append({"path": "index/003.json", "sha256": "0" * 64})
    site.files |= {**shards, "index.json": encoded(index)}
    assert client.catalog().everything().latest_versions() == {PLUGIN: "1.0"}


def test_a_layout_of_the_future_is_told_not_guessed(client: Client, site: Site) -> None:
    index = json.loads(site.files["index.json"])
    site.files["index.json"] = encoded({**index, "schema_version": 3})
    with pytest.raises(OutsideError, match="use a newer one"):
        client.catalog().everything()


@pytest.mark.parametrize(
    "answer",
    [
        {"results": [1], "total_count": 1},
        {"results": [], "total_count": 3},
        {"results": {}, "total_count": 0},
        {"results": []},
        [],
    ],
)
def test_a_list_of_another_shape_is_no_answer(client: Client, site: Site, answer: Any) -> None:
    """Q-44."""
    site.files = {ALL: encoded(answer)}
    with pytest.raises(OutsideError, match="did not answer with a file of a catalog"):
        client.catalog().everything()


# A folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a built tree on this machine."""
    for path, data in edition(1).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path


def test_a_folder_answers_as_its_server_does(client: Client, tree: Path) -> None:
    folder, web = PublishedCatalog(FolderReader(tree)), client.catalog()
    assert folder.get(PLUGIN) == web.get(PLUGIN) == info(PLUGIN)
    assert folder.get_versions(PLUGIN) == web.get_versions(PLUGIN)
    ours, theirs = folder.everything(), web.everything()
    assert (ours.plugins, ours.now, ours.repository_id) == (
        theirs.plugins,
        theirs.now,
        theirs.repository_id,
    )
    assert ours.latest_versions() == theirs.latest_versions()


def test_an_unknown_plugin_of_a_folder_is_not_found(tree: Path) -> None:
    with pytest.raises(ApiError, match="plugin-x is not in this catalog"):
        PublishedCatalog(FolderReader(tree)).get("plugin-x")


def test_a_folder_without_a_catalog_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="no catalog is published at"):
        PublishedCatalog(FolderReader(tmp_path)).get(PLUGIN)


def test_a_damaged_file_of_a_folder_is_named(tree: Path) -> None:
    (tree / GET).write_bytes(b'{"plugin_id": ')
    with pytest.raises(OutsideError, match=r"plugin-a.json is damaged: build the tree again"):
        PublishedCatalog(FolderReader(tree)).get(PLUGIN)


@pytest.mark.parametrize("now", [5, "yesterday", {}])
def test_an_index_whose_time_is_none_is_damaged(tree: Path, now: JSON) -> None:
    index = json.loads((tree / "index.json").read_bytes())
    (tree / "index.json").write_bytes(encoded({**index, "now": now}))
    with pytest.raises(OutsideError, match=r"index.json is damaged"):
        PublishedCatalog(FolderReader(tree)).everything()


@pytest.mark.parametrize("repository", [[], "repo-1", None])
def test_a_plugin_whose_repository_is_none_is_damage(tree: Path, repository: JSON) -> None:
    """A list needs no index beside it: then its first plugin says whose it is."""
    (tree / "index.json").unlink()
    plugins: list[JSON] = [{**info(PLUGIN), "repository_info": repository}]
    (tree / ALL).write_bytes(encoded({"results": plugins, "total_count": 1}))
    with pytest.raises(OutsideError, match=r"all.json is damaged"):
        PublishedCatalog(FolderReader(tree)).everything()


def test_a_file_of_a_folder_that_can_t_be_read_is_named(tree: Path) -> None:
    (tree / GET).unlink()
    (tree / GET).mkdir()
    with pytest.raises(OutsideError, match=r"can't read .*plugin-a.json: it is not a regular file"):
        PublishedCatalog(FolderReader(tree)).get(PLUGIN)


def test_a_folder_of_two_editions_is_no_answer(tree: Path) -> None:
    """R-36."""
    (tree / API / "list" / "all.json").write_bytes(edition(2)[ALL])
    with pytest.raises(OutsideError, match="is being changed"):
        PublishedCatalog(FolderReader(tree)).everything()


def test_a_reader_without_a_cache_keeps_nothing(site: Site) -> None:
    catalog = PublishedCatalog(WebReader(site.url))
    catalog.everything()
    site.stop()
    with pytest.raises(OutsideError, match="no earlier answer is kept"):
        catalog.everything()


# Queries that were asked at build time

PUBLISHED: JSONObject = {"filter": [{"k": "name", "v": "a", "o": "contain"}]}


def answered(site: Site, kind: str, request: JSONObject) -> str:
    """Publish an answer that no engine would give, and return its path."""
    path = f"{API}/answers/{query_id(kind, request)}.json"
    site.files[path] = encoded({"results": [{"name": "published"}], "total_count": 1})
    index = json.loads(site.files[INDEX])
    index["saved"]["mine"] = {"path": "elsewhere.json", "sha256": sha256(site.files[path])}
    site.files[INDEX] = encoded(index)
    return path


def names(answer: PluginsInfo) -> list[str]:
    return [plugin["name"] for plugin in answer["results"]]


def test_a_query_that_was_asked_at_build_time_is_two_requests(client: Client, site: Site) -> None:
    path = answered(site, "list", {"query": PUBLISHED})
    catalog = Catalog(client.catalog())
    spelled: JSONObject = {
        "filter": [{"operator": "contain", "value": "a", "key": "name"}],
        "page": {"limit": 0},
    }
    assert names(catalog.list(spelled)) == ["published"]
    assert site.asked == [INDEX, path]


def test_any_other_query_is_answered_from_the_list_of_all(client: Client, site: Site) -> None:
    answered(site, "list", {"query": PUBLISHED})
    catalog = Catalog(client.catalog())
    answer = catalog.list({"filter": [{"k": "name", "v": "plugin-b", "o": "contain"}]})
    assert answer["results"] == [info("plugin-b")]
    assert site.asked[2:] == [INDEX, ALL]
    assert catalog.stat({"distinct": "plugin_id"}) == {"results": [PLUGIN, "plugin-b"]}


def test_a_published_stat_is_found_by_its_hash_too(client: Client, site: Site) -> None:
    path = answered(site, "stat", {"query": {"distinct": "name"}})
    catalog = Catalog(client.catalog())
    assert catalog.stat({"distinct": "name"})["results"] == [{"name": "published"}]
    assert site.asked == [INDEX, path]


def test_a_published_answer_of_another_edition_does_not_serve(client: Client, site: Site) -> None:
    """R-36: what the index does not name is old; the list of all plugins is asked then."""
    path = answered(site, "list", {"query": PUBLISHED})
    site.files[path] = encoded({"results": [{"name": "old"}], "total_count": 1})
    assert Catalog(client.catalog()).list(PUBLISHED)["results"] == [info(PLUGIN)]


def test_all_plugins_are_not_looked_for_under_a_hash(client: Client, site: Site) -> None:
    assert Catalog(client.catalog()).list()["total_count"] == 2
    assert site.asked == [INDEX, ALL]


def test_an_answer_of_the_build_serves_no_other_time(client: Client, site: Site) -> None:
    answered(site, "list", {"query": PUBLISHED})
    catalog = Catalog(client.catalog(), now="2026-03-01T00:00:00.000Z")
    assert catalog.list(PUBLISHED)["results"] == [info(PLUGIN)]


def test_the_answer_of_another_repository_is_not_given(client: Client, site: Site) -> None:
    asked: JSONObject = {"query": PUBLISHED, "repository_id": "repo-other"}
    path = answered(site, "list", asked)
    answered(site, "list", {"query": PUBLISHED})
    catalog = Catalog(client.catalog())
    with pytest.raises(ApiError) as refused:
        catalog.list(PUBLISHED, repository_id="repo-other")
    assert (refused.value.code, refused.value.pointer) == ("ERROR_NOT_FOUND", "/repository_id")
    assert path not in site.asked
    assert names(catalog.list(PUBLISHED, repository_id="repo-1")) == ["published"]


def test_a_request_that_is_none_is_refused_without_asking(client: Client, site: Site) -> None:
    with pytest.raises(ApiError) as refused:
        Catalog(client.catalog()).list({"filters": []})
    assert refused.value.code == "ERROR_INVALID_PARAMETER"
    assert refused.value.pointer == "/query/filters"
    assert site.asked == []


def test_an_answer_that_was_not_kept_does_not_stop_the_list_that_was(
    client: Client, site: Site
) -> None:
    """The catalog is away: what was kept of it is the list of all plugins, and it serves."""
    Catalog(client.catalog()).list()
    answered(site, "list", {"query": PUBLISHED})
    site.stop()
    assert Catalog(client.catalog()).list(PUBLISHED)["results"] == [info(PLUGIN)]
