"""A catalog in memory has, after any change, the files and the problems that a build would have."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from catalogctl.pipeline.live_catalog import LiveCatalog, Reading
from catalogctl.pipeline.live_sources import LiveOptions
from support.catalogs import SETTINGS, plugin, write_catalog
from support.git import Repository
from support.workshops import (
    BASE_URL,
    EPOCH,
    IDS,
    STEPS,
    Workshop,
    lock,
    resolve,
    rounds,
    started_workshop,
    tree,
)

if TYPE_CHECKING:
    import random

    from support.workshops import Step


def break_plugin(shop: Workshop, pick: random.Random) -> None:
    broken = (
        plugin("plugin-a") + "lables: []\n",
        plugin("plugin-a", state="ON"),
        plugin("plugin-b"),
        "a: [",
    )
    shop.write("plugins/plugin-a.yaml", pick.choice(broken))


def break_lock(shop: Workshop, pick: random.Random) -> None:
    shop.write(f"versions/{pick.choice(IDS)}.json", pick.choice((b"{}", lock("plugin-x", "1.0"))))


def break_query(shop: Workshop, pick: random.Random) -> None:
    shop.write("queries/size.yaml", pick.choice((SIZE_OF_TEXT, "kind: list\n", None)))


def mend(shop: Workshop, pick: random.Random) -> None:
    shop.write("plugins/plugin-a.yaml", plugin("plugin-a", labels=f"[{pick.randrange(9)}]"))
    shop.write("queries/size.yaml", None)
    for plugin_id in IDS:
        shop.write(f"versions/{plugin_id}.json", None)
    resolve(shop, pick)


SIZE_OF_TEXT = (
    "kind: list\ntitle: Size\nquery:\n  filter:\n    - {k: labels, v: 1, o: size}\n"
    "    - {k: tags.description, v: 3, o: size}\n"
)
BREAKS = (break_plugin, break_lock, break_query, *(mend,) * 3)


@dataclass(slots=True)
class Live:
    """The catalog of a workshop, in memory."""

    shop: Workshop
    catalog: LiveCatalog = field(init=False)
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.catalog = LiveCatalog(
            LiveOptions(self.shop.catalog, EPOCH, generator="catalogctl", base_url=BASE_URL, jobs=1)
        )

    def changed(self) -> set[Path]:
        """Return the files that changed since the last time, as a watcher names them."""
        before = self.seen
        every = (path for path in self.shop.git.folder.resolve().rglob("*") if path.is_file())
        self.seen = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in every}
        both = before.keys() | self.seen.keys()
        return {path for path in both if before.get(path) != self.seen.get(path)}

    def check(self) -> Reading:
        """Read the catalog, and compare it with what a build makes of it."""
        reading = self.catalog.read(self.changed())
        with TemporaryDirectory(dir=self.shop.top) as folder:
            out = Path(folder, "public")
            built = self.shop.build(out=out, cache=None, allow_shallow=True)
            assert (reading.problems, reading.read) == (built.problems, built.read)
            assert (reading.files is not None) == built.published
            if reading.files is not None:
                published = tree(out)
                assert {path: reading.files.read(path) for path in published} == published
                assert {path for path, _ in reading.files.files()} == {*published} - {
                    "manifest.json"
                }
        return reading


@given(rounds((*STEPS, *BREAKS)), st.randoms(use_true_random=False))
@settings(max_examples=4, phases=(Phase.explicit, Phase.generate))  # to shrink takes minutes
def test_it_has_the_files_and_problems_of_a_build(
    given_rounds: list[list[Step]], pick: random.Random
) -> None:
    with started_workshop() as shop:
        live = Live(shop)
        live.check()
        for steps in given_rounds:
            for step in steps:
                step(shop, pick)
            live.check()


def test_long_lists_are_the_same_in_parts(tmp_path: Path) -> None:
    """A list in parts, pages of lists, and an index in shards: each found by its path."""
    small = "site: {list_parts_above: 20, index_shard_size: 10, cards_per_page: 12}\n"
    shop = Workshop(tmp_path)
    git = Repository.new(tmp_path / "repository")
    plugins = {
        f"plugins/plugin-{number:03}.yaml": plugin(f"plugin-{number:03}", labels=f"[l{number % 7}]")
        for number in range(60)
    }
    write_catalog(shop.catalog, plugins)
    shop.write("catalog.yaml", SETTINGS + small)
    git.commit("first")
    live = Live(shop)
    assert live.check().files
    shop.write("plugins/plugin-020.yaml", plugin("plugin-020", name="Another name"))
    assert live.check().files


def test_a_history_that_was_fetched_later_is_read() -> None:
    """By the same commit, more is known now: which plugins there were."""
    with started_workshop() as shop:
        shop.retire("plugin-gone")
        live = Live(shop)
        with shop.shallow():
            live.check()
        live.check()
