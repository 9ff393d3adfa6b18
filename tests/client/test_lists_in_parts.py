"""A long list is read in parts: whole, of one edition, and again only where it changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.catalog import Catalog
from catalogctl.client.published_catalog import PublishedCatalog
from catalogctl.client.tree_reader import FolderReader
from catalogctl.errors import OutsideError
from support import long_lists, samples
from support.long_lists import index_of, paths_of
from support.published import (
    ALL,
    INDEX,
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
    from collections.abc import Iterator, Mapping
    from pathlib import Path

IDS = [each.summary.plugin_id for each in long_lists.plugins()]


@pytest.fixture(scope="module")
def before() -> Mapping[str, bytes]:
    """Return a catalog whose list of all plugins has parts."""
    return long_lists.tree(long_lists.plugins())


@pytest.fixture(scope="module")
def after() -> Mapping[str, bytes]:
    """Return the same catalog with another tag of one plugin."""
    return long_lists.tree(long_lists.plugins(description="New"))


@pytest.fixture
def site(before: Mapping[str, bytes]) -> Iterator[Site]:
    """Return a server of the catalog."""
    served = Site(dict(before))
    served.start()
    yield served
    served.stop()


def parts_in(files: Mapping[str, bytes]) -> list[str]:
    """Return the paths of the parts of the list of all plugins."""
    return paths_of(index_of(files)["lists"]["all"])


def ids_of(catalog: PublishedCatalog) -> list[str]:
    """Return the ids of all plugins of a catalog."""
    return [str(plugin["plugin_id"]) for plugin in catalog.everything().plugins]


def test_all_parts_are_the_list(client: Client, site: Site) -> None:
    assert ids_of(client.catalog()) == IDS
    assert site.asked[0] == INDEX
    assert sorted(site.asked[1:]) == sorted(parts_in(site.files))
    assert ALL not in site.files


def test_a_query_is_answered_from_the_parts(client: Client) -> None:
    catalog = Catalog(client.catalog())
    found = catalog.list({"filter": [{"k": "labels", "v": "label-3", "o": "eq"}]})
    assert found["total_count"] == len([n for n in range(long_lists.COUNT) if n % 7 == 3])
    counted = catalog.stat({"aggregate": [{"count": {"name": "n"}}]})
    assert counted["results"] == [{"n": long_lists.COUNT}]


def test_parts_that_did_not_change_are_not_asked_for_again(client: Client, site: Site) -> None:
    ids_of(client.catalog())
    asked = len(site.asked)
    assert ids_of(client.catalog()) == IDS
    assert site.asked[asked:] == [INDEX]


def test_one_changed_plugin_is_one_part_and_the_old_part_is_forgotten(
    client: Client, site: Site, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> None:
    client.catalog().everything()
    asked = len(site.asked)
    site.files = dict(after)
    everything = client.catalog().everything()
    (new,) = set(parts_in(after)) - set(parts_in(before))
    assert site.asked[asked:] == [INDEX, new]
    assert everything.plugins[long_lists.COUNT // 2]["tags"] == {"description": "New"}
    (old,) = set(parts_in(before)) - set(parts_in(after))
    assert client.kept(old) is None
    assert client.kept(new) == after[new]


def test_a_catalog_that_grows_beyond_one_file_forgets_the_file(
    client: Client, site: Site, before: Mapping[str, bytes]
) -> None:
    site.files = long_lists.tree(long_lists.plugins()[:1000])
    assert ids_of(client.catalog()) == IDS[:1000]
    assert client.kept(ALL) is not None
    site.files = dict(before)
    assert ids_of(client.catalog()) == IDS
    assert client.kept(ALL) is None


def with_upstream(number: int) -> dict[str, bytes]:
    """Return an edition with an upstream, whose list is that of all repositories, too."""
    files = edition(number)
    part = theirs(number)
    data = encoded({"results": [info("plugin-x", number)], "total_count": 1})
    lists: Any = {"parts": [{"path": part, "size": len(data), "sha256": sha256(data)}]}
    index = index_of(files)
    index["lists"]["every"] = lists
    index["repositories"] = [
        {"repository_info": {"repository_id": "repo-1"}},
        {"repository_info": {"repository_id": "other"}, "lists": {"all": lists}},
    ]
    return {**files, part: data, INDEX: encoded({**index, "schema_version": 2})}


def theirs(number: int) -> str:
    """Return the path of the upstream's list."""
    return f"parts/{number:064x}.json"


@pytest.mark.parametrize("repository_id", ["*", "other"])
def test_the_old_parts_of_other_lists_are_forgotten(client: Client, repository_id: str) -> None:
    for number in (1, 2, 3):
        client.site.files = with_upstream(number)
        assert len(client.catalog().everything(repository_id).plugins) == 1
        kept = [each for each in (1, 2, 3) if client.kept(theirs(each)) is not None]
        assert kept == [number]


def spoiled(site: Site, part: str, reply: Reply) -> None:
    """Let the server answer this when asked for a part."""

    def spoil(request: Request) -> Reply | None:
        return reply if request.path == part else None

    site.spoil = spoil


OTHER = encoded({"results": [], "total_count": 0})


@pytest.mark.parametrize("reply", [Reply(404), Reply(200, OTHER), Reply(200, b"<p>log in</p>")])
def test_a_part_that_does_not_fit_is_no_answer(client: Client, site: Site, reply: Reply) -> None:
    """R-36: never a list with a part of another edition, or without one."""
    spoiled(site, parts_in(site.files)[2], reply)
    with pytest.raises(OutsideError):
        client.catalog().everything()


def test_until_a_new_part_is_there_the_last_edition_answers(
    client: Client, site: Site, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> None:
    """R-36: a deploy that has replaced the index and not yet brought the parts."""
    client.catalog().everything()
    (new,) = set(parts_in(after)) - set(parts_in(before))
    site.files = {path: data for path, data in after.items() if path != new}
    everything = client.catalog().everything()
    assert [plugin["plugin_id"] for plugin in everything.plugins] == IDS
    assert everything.plugins[long_lists.COUNT // 2]["tags"] == {}
    (told,) = client.told
    assert told.startswith(
        f"{site.url} is being changed ({new}, which {INDEX} names, is not there)"
    )


def test_a_server_that_is_down_leaves_all_parts_of_the_last_edition(
    client: Client, site: Site
) -> None:
    """Q-44."""
    client.catalog().everything()
    site.stop()
    assert ids_of(client.catalog()) == IDS
    assert client.catalog().get(IDS[7])["plugin_id"] == IDS[7]
    client.file(parts_in(site.files)[0]).unlink()
    with pytest.raises(OutsideError):
        client.catalog().everything()


@pytest.mark.parametrize("parts", [[], None, 5, {}, [5], [{"path": "parts/x.json"}]])
def test_parts_that_are_none_are_damage_not_an_empty_list(
    client: Client, site: Site, parts: Any
) -> None:
    index = index_of(site.files)
    site.files[INDEX] = encoded({**index, "lists": {"all": {"parts": parts}}})
    with pytest.raises(OutsideError):
        client.catalog().everything()


def test_a_part_outside_of_the_tree_is_not_read(client: Client, site: Site) -> None:
    """R-12."""
    index = index_of(site.files)
    index["lists"]["all"]["parts"][0]["path"] = "../../../etc/passwd"
    site.files[INDEX] = encoded(index)
    with pytest.raises(OutsideError, match="names no file of a tree"):
        client.catalog().everything()


def test_a_folder_with_parts_answers_as_its_server_does(
    tmp_path: Path, before: Mapping[str, bytes]
) -> None:
    folder = samples.written(dict(before), tmp_path / "tree")
    catalog = PublishedCatalog(FolderReader(folder))
    assert ids_of(catalog) == IDS
    assert catalog.get(IDS[3]) == json.loads(before[f"repository/v1/plugin/get/{IDS[3]}.json"])
    (folder / parts_in(before)[1]).unlink()
    with pytest.raises(OutsideError, match="is not there"):
        catalog.everything()
