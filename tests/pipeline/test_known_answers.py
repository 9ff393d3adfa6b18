"""A command that uses a cache answers as one that has none, whatever happened in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from catalogctl.build_cache.cache_file import CacheFile
from catalogctl.catalog import Catalog
from catalogctl.errors import CatalogctlError
from catalogctl.pipeline.check import check, check_opened
from catalogctl.pipeline.open_catalog import open_catalog, with_changes
from catalogctl.pipeline.working_tree import WorkingTree
from catalogctl.source import git_log
from support.catalogs import SETTINGS, plugin, write_catalog
from support.git import Repository
from support.workshops import DAMAGES, IDS, STEPS, Workshop, lock, rounds, started_workshop

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catalogctl.source.git import Git
    from catalogctl.source.git_log import Commit
    from support.workshops import Step

NOW = "2026-01-01T00:00:00.000Z"


def spoil(shop: Workshop, pick: random.Random) -> None:
    """Write a plugin file or a lock with an error, or one that can't be read as such."""
    plugin_id = pick.choice(IDS)
    shop.write(
        *pick.choice(
            (
                (f"plugins/{plugin_id}.yaml", plugin(plugin_id, service_type="Webhook Ü")),
                (f"plugins/{plugin_id}.yaml", plugin(plugin_id, state="ASLEEP")),
                (f"plugins/{plugin_id}.yaml", "name: [\n"),
                (f"plugins/{plugin_id}.yaml", ""),
                (f"versions/{plugin_id}.json", "{}"),
                (f"versions/{plugin_id}.json", lock(IDS[0], "1.0")),
            )
        )
    )


def date(shop: Workshop, pick: random.Random) -> None:
    """Write the dates of imported plugins, or take them out."""
    dates = {
        each: {"created_at": "2020-01-01T00:00:00.000Z", "updated_at": "2021-01-01T00:00:00.000Z"}
        for each in pick.sample(IDS, 2)
    }
    shop.write("imported.json", pick.choice((None, msgspec.json.encode(dates))))


def build(shop: Workshop, pick: random.Random) -> None:
    """Build, which fails if the catalog has errors."""
    del pick
    shop.build()


def answers(shop: Workshop, cache: Path | Literal[False]) -> list[object]:
    """Return the answers of the read calls to each plugin, and what was told of the catalog."""
    told: list[str] = []
    found: list[object] = []
    for plugin_id in (*IDS, "plugin-x"):
        catalog = Catalog.open(shop.catalog, now=NOW, tell=told.append, cache=cache)
        for call in (catalog.get, catalog.get_versions):
            try:
                found.append(msgspec.json.encode(call(plugin_id)))
            except CatalogctlError as error:
                found.append((type(error), str(error), getattr(error, "hint", "")))
    return [*found, [line for line in told if not line.startswith("the cache ")]]


def report(shop: Workshop, cache: Path | None) -> tuple[object, ...]:
    """Return everything that `validate` reports."""
    result = check(shop.catalog, working=shop.top, cache=cache, tell=shop.told.append)
    return result.problems, result.files, result.plugins


def planned(shop: Workshop, cache: Path | None) -> list[object]:
    """Return what a write call would find out about a changed, a new and a removed plugin."""
    opened = open_catalog(shop.catalog, shop.top)
    found: list[object] = []
    for plugin_id, data in (
        (IDS[0], plugin(IDS[0], labels="[changed]").encode()),
        ("plugin-new", plugin("plugin-new").encode()),
        (IDS[1], None),
    ):
        name = f"{plugin_id}.yaml"
        after = with_changes(opened, {f"plugins/{name}": data})
        with CacheFile(cache, writes=False, tell=shop.told.append) as rows:
            result = check_opened(after, keep={name}, cache=rows)
        tree = WorkingTree(after, now=NOW, cache=cache)
        infos = [tree.info(each) for each in result.values]
        found.append((result.problems, result.files, result.plugins, infos))
    return found


ALL = (*STEPS, *DAMAGES, spoil, date, *(build,) * 3)


@given(rounds(ALL, longest=4, most=6), st.randoms(use_true_random=False))
@settings(max_examples=6, phases=(Phase.explicit, Phase.generate))  # to shrink takes minutes
def test_answers_with_a_cache_are_those_without(
    given_rounds: list[list[Step]], pick: random.Random
) -> None:
    with started_workshop() as shop:
        shop.build()
        for steps in given_rounds:
            for step in steps:
                step(shop, pick)
            assert answers(shop, shop.cache) == answers(shop, cache=False)
            assert planned(shop, shop.cache) == planned(shop, None)
            for _ in range(2):
                assert report(shop, shop.cache) == report(shop, None)


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A catalog with five plugins in git, built and checked with a cache, all files long ago."""
    made = Workshop(tmp_path)
    git = Repository.new(tmp_path / "repository")
    write_catalog(made.catalog, {f"plugins/{each}.yaml": plugin(each) for each in IDS})
    git.commit("first")
    made.build()
    report(made, made.cache)
    return made


def test_a_plugin_needs_one_reading_of_a_few_rows(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a build in another epoch, and after a commit beside the plugin."""
    shop.write("catalog.yaml", SETTINGS + "# another epoch\n")
    shop.build()
    shop.write("plugins/plugin-b.yaml", plugin("plugin-b", labels="[new]"))
    shop.git.commit("beside it")
    expected = Catalog.open(shop.catalog, cache=False).get("plugin-a")
    for name in ("open_catalog.open_catalog", "working_tree.WorkingTree"):
        monkeypatch.delattr(f"catalogctl.pipeline.{name}")
    ranges: list[Sequence[str]] = []

    def read_log(git: Git, revisions: Sequence[str], *paths: Any, **how: Any) -> Iterator[Commit]:
        ranges.append(revisions)
        return git_log.read_log(git, revisions, *paths, **how)

    monkeypatch.setattr("catalogctl.source.history.read_log", read_log)
    assert Catalog.open(shop.catalog, cache=shop.cache).get("plugin-a") == expected
    assert [len(each) for each in ranges] == [2]  # the new commit, without what was known


def test_problems_have_the_names_that_files_have_in_each_run(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write("plugins/plugin-a.yaml", plugin("plugin-a", service_type="Webhook"))
    shop.write("versions/plugin-b.json", "{}")
    report(shop, shop.cache)
    for folder in (shop.catalog, shop.top, shop.catalog / "plugins"):
        monkeypatch.chdir(folder)
        assert check(shop.catalog, cache=shop.cache).problems == check(shop.catalog).problems


def test_a_cache_in_use_is_read_and_not_written(shop: Workshop) -> None:
    with CacheFile(shop.cache, tell=shop.told.append) as held:
        assert held.writes
        before = (shop.cache / "build.sqlite3").read_bytes()
        shop.write("plugins/plugin-a.yaml", plugin("plugin-a", state="ASLEEP"))
        assert report(shop, shop.cache) == report(shop, None)
        assert answers(shop, shop.cache) == answers(shop, cache=False)
        assert (shop.cache / "build.sqlite3").read_bytes() == before


@pytest.mark.parametrize("folder", ["plugins", "versions"])
def test_a_folder_that_became_a_link_is_not_followed(shop: Workshop, folder: str) -> None:
    """R-12: with a cache, too."""
    (shop.catalog / "versions").mkdir(exist_ok=True)
    (shop.catalog / folder).rename(shop.top / "elsewhere")
    (shop.catalog / folder).symlink_to(shop.top / "elsewhere")
    assert answers(shop, shop.cache) == answers(shop, cache=False)
    assert report(shop, shop.cache) == report(shop, None)
