"""A build that makes only what changed leaves the tree of a build that makes everything."""

from __future__ import annotations

import json
import random
import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from catalogctl.build_cache.cache_file import CachedRow, CacheFile
from catalogctl.files import StagedTree
from catalogctl.pipeline import reuse
from catalogctl.pipeline.check import check
from catalogctl.pipeline.source_states import source_states
from catalogctl.source.folder import MAX_LOCK_SIZE
from support import upstreams
from support.catalogs import SETTINGS, plugin, write_catalog
from support.faults import beside
from support.git import Repository, at
from support.killing import KILLED, end, kill_at, start
from support.workshops import (
    DAMAGES,
    IDS,
    QUERY,
    STEPS,
    Workshop,
    edit,
    lock,
    rounds,
    started_workshop,
    tree,
)

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.pipeline.source_states import SourceState
    from support.workshops import Step


@given(rounds((*STEPS, *DAMAGES)), st.randoms(use_true_random=False))
@settings(max_examples=6, phases=(Phase.explicit, Phase.generate))  # to shrink takes minutes
def test_the_tree_is_always_that_of_a_cold_build(
    given_rounds: list[list[Step]], pick: random.Random
) -> None:
    with started_workshop() as shop:
        for steps in given_rounds:
            for step in steps:
                step(shop, pick)
            built = shop.build()
            assert built.published, built.problems
            assert tree(shop.out) == shop.cold()


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A catalog with five plugins in git."""
    made = Workshop(tmp_path)
    git = Repository.new(tmp_path / "repository")
    write_catalog(made.catalog, {f"plugins/{each}.yaml": plugin(each) for each in IDS})
    git.commit("first")
    return made


def inodes(folder: Path) -> dict[str, int]:
    """Return the inode of each file of a tree: a file that is kept has the one that it had."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.stat().st_ino for path in files}


def states(folder: Path) -> dict[str, tuple[int, int]]:
    """Return inode and time of everything in a folder, and of itself."""
    every = (folder, *folder.rglob("*"))
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in every}


def test_a_plugin_that_is_registered_again_is_not_gone(shop: Workshop) -> None:
    shop.write("plugins/plugin-a.yaml", None)
    shop.git.commit("deregister a plugin")
    shop.build()
    assert json.loads(tree(shop.out)["removed.json"])["removed"]
    shop.write("plugins/plugin-a.yaml", plugin("plugin-a"))  # not committed yet
    assert shop.build().published
    assert tree(shop.out) == shop.cold()
    assert json.loads(tree(shop.out)["removed.json"])["removed"] == []


def test_a_new_lock_that_can_not_be_read_is_a_problem(shop: Workshop) -> None:
    shop.build()
    shop.write("versions/plugin-a.json", b" " * (MAX_LOCK_SIZE + 1))
    for cache in (shop.cache, None):
        built = shop.build(cache=cache)
        assert [each.code for each in built.problems] == ["file-too-large"]


@pytest.mark.parametrize("goes_back", [False, True])
@pytest.mark.parametrize("path", ["plugins/plugin-b.yaml", "versions/plugin-b.json"])
def test_a_file_that_changes_between_two_readings_is_published_as_it_was_checked(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, path: str, *, goes_back: bool
) -> None:
    """Q-10: the first reading tells whether a file changed, the second one is checked."""
    old, new = (plugin("plugin-b", labels=f"[{label}]").encode() for label in ("Old", "New"))
    if path.startswith("versions/"):
        old, new = lock("plugin-b", "1.0"), lock("plugin-b", "1.1", "1.0")
    shop.write(path, old)
    shop.git.commit("old")

    def changing(*given: Any, **options: Any) -> dict[str, SourceState]:
        states = source_states(*given, **options)
        if path.startswith(f"{given[0].name}/"):
            shop.write(path, new)
        return states

    with monkeypatch.context() as changed:
        changed.setattr(reuse, "source_states", changing)
        shop.build()
    assert (b"New" if b"New" in new else b"1.1") in b"".join(tree(shop.out).values())
    if goes_back:
        shop.write(path, old)
    shop.build()
    assert tree(shop.out) == shop.cold()


@pytest.mark.parametrize("changes", [False, True], ids=["nothing changed", "a plugin changed"])
@pytest.mark.parametrize(
    "path", ["repository/v1/plugin/get/plugin-b.json", "index.html", "manifest.json"]
)
def test_a_file_that_is_not_as_it_was_published_is_made_again(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, path: str, *, changes: bool
) -> None:
    """A file without a signature when the records are saved, and none of it is recorded."""
    really_commit = StagedTree.commit

    def commit(staged: StagedTree) -> None:
        really_commit(staged)
        damaged = staged.out / path
        damaged.write_bytes(damaged.read_bytes() + b"\n")
        damaged.chmod(0o600)

    with monkeypatch.context() as damaging:
        damaging.setattr(StagedTree, "commit", commit)
        shop.build()
    if changes:
        shop.write("plugins/plugin-a.yaml", plugin("plugin-a", tags="{x: new}"))
    shop.build()
    assert tree(shop.out) == shop.cold()


def test_nothing_is_touched_if_nothing_changed(shop: Workshop) -> None:
    shop.build()
    before = states(shop.out)
    built = shop.build()
    assert (built.published, built.changed) == (True, 0)
    assert states(shop.out) == before
    assert not list(shop.out.parent.glob(".public*"))


def test_only_what_changed_is_written(shop: Workshop) -> None:
    shop.build()
    before = inodes(shop.out)
    shop.write("plugins/plugin-a.yaml", plugin("plugin-a", tags="{x: new}"))
    shop.git.commit("tag")
    shop.build()
    after = inodes(shop.out)
    written = {path for path, inode in after.items() if before.get(path) != inode}
    of_plugins = {path for path in written if path.startswith(("plugins/", "versions/"))}
    assert of_plugins == {"plugins/plugin-a/index.html", "plugins/plugin-a/feed.atom"}
    assert "assets" not in {path.split("/")[0] for path in written}
    assert tree(shop.out) == shop.cold()


def test_a_saved_query_has_the_name_of_its_file(shop: Workshop) -> None:
    shop.write("queries/states.yaml", QUERY)
    shop.git.commit("a query")
    shop.build()
    (shop.catalog / "queries/states.yaml").rename(shop.catalog / "queries/the-states.yaml")
    shop.build()
    assert tree(shop.out) == shop.cold()


def test_plugins_of_an_upstream_show_the_name_that_it_has_now(shop: Workshop) -> None:
    """A plugin whose file `sync` left as it was, because it is held or refused."""
    shop.write("catalog.yaml", upstreams.settings("one"))
    for path, data in upstreams.files("one", {"plugin-x": ["1.0"]}).items():
        shop.write(path, data)
    shop.build()
    info = {"repository_id": "repo-one", "name": "Another name", "repository_type": "local"}
    source = upstreams.source_file("one", 1, repository_info=info)
    shop.write("upstream/one/source.json", source)
    shop.build()
    assert tree(shop.out) == shop.cold()


def test_every_page_shows_whether_plugins_have_feeds_and_badges_now(shop: Workshop) -> None:
    """A template of the catalog's own may link them on any page, and a sixth plugin ends both."""
    shop.write("catalog.yaml", upstreams.settings("one", more="site:\n  extras_up_to: 5\n"))
    shop.write("site/templates/foot.html", "{% if plugin_feeds or badges %}<p>feeds</p>{% endif %}")
    for path, data in upstreams.files("one", {"plugin-x": ["1.0"]}).items():
        shop.write(path, data)
    for month, plugin_id in ((2, "plugin-a"), (3, "plugin-f")):  # the news of January stay
        shop.write(f"plugins/{plugin_id}.yaml", plugin(plugin_id, state="DISABLED"))
        shop.git.commit(plugin_id, time=at(f"2026-0{month}-01"))
        shop.build()
    assert b"<p>feeds</p>" not in b"".join(tree(shop.out).values())
    assert tree(shop.out) == shop.cold()


@pytest.mark.parametrize("row", [{"epoch": b"old", "files": {"x": [b"", 1]}}, ["old"]])
def test_what_another_version_knew_of_upstreams_is_not_read(shop: Workshop, row: object) -> None:
    """Its rows may have another form."""
    shop.write("catalog.yaml", upstreams.settings("one"))
    for path, data in upstreams.files("one", {"plugin-x": ["1.0"]}).items():
        shop.write(path, data)
    shop.build()
    with CacheFile(shop.cache, tell=shop.told.append) as cache:
        cache.update([CachedRow("upstreams", "checked", msgspec.msgpack.encode(row))])
    assert check(shop.catalog, cache=shop.cache).problems == ()
    with CacheFile(shop.cache, tell=shop.told.append) as cache:
        cache.update([CachedRow("upstreams", "checked", msgspec.msgpack.encode(row))])
    shop.write("plugins/plugin-a.yaml", plugin("plugin-a", tags="{x: new}"))
    assert shop.build().published
    assert tree(shop.out) == shop.cold()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("docs/plugin-a/README.md", {"plugins/plugin-a/index.html"}),
        ("icons/plugin-a.svg", {"plugins/plugin-a/index.html", "index.html"}),
    ],
)
def test_a_document_changes_the_pages_that_show_it(
    shop: Workshop, path: str, shown: set[str]
) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>'
    shop.write("docs/plugin-a/README.md", "One.")
    shop.write("icons/plugin-a.svg", drawing)
    shop.git.commit("documents")
    shop.build()
    before = tree(shop.out)
    shop.write(path, drawing.replace("1", "2") if path.endswith(".svg") else "Two.")
    shop.build()
    after = tree(shop.out)
    changed = {each for each in after if after[each] != before.get(each)}
    pages = {each for each in changed if each.endswith(".html")}
    assert shown <= pages
    assert pages == shown or path.startswith("icons/")
    assert not {each for each in changed if each.startswith(("repository/", "versions/"))}
    assert after == shop.cold()


def test_warnings_about_documents_are_told_each_time(shop: Workshop) -> None:
    shop.write("docs/plugin-a/README.md", "[x](javascript:y)")
    first = shop.build()
    assert [each.code for each in first.problems] == ["document-link"]
    assert shop.build().problems == first.problems
    shop.write("plugins/plugin-b.yaml", plugin("plugin-b", labels="[new]"))
    assert shop.build().problems == first.problems


def test_warnings_are_told_each_time_by_the_name_that_files_have_now(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.write("plugins/plugin-a.yaml", plugin("plugin-a", service_type="Webhook"))
    shop.write("versions/plugin-a.json", lock("plugin-b", "1.0").replace(b"-b", b"-a", 1))
    shop.git.commit("warnings")
    first = shop.build()
    assert {each.code for each in first.problems} >= {"service-type-shape", "lock-stale"}
    for change in ("", "plugins/plugin-c.yaml"):
        if change:
            shop.write(change, plugin("plugin-c", labels="[new]"))
        monkeypatch.chdir(shop.catalog)
        again = shop.build()
        assert [each.code for each in again.problems] == [each.code for each in first.problems]
        assert {each.file for each in again.problems} == {
            "plugins/plugin-a.yaml",
            "versions/plugin-a.json",
        }


def test_a_second_build_at_once_leaves_the_cache_to_the_first(shop: Workshop) -> None:
    shop.build()
    with CacheFile(shop.cache, tell=shop.told.append) as held:
        assert held.writes
        edit(shop, random.Random(1))
        assert shop.build().published
    assert tree(shop.out) == shop.cold()
    assert shop.build().published
    assert tree(shop.out) == shop.cold()


def test_a_build_that_waits_for_another_reads_the_catalog_as_it_is_then(shop: Workshop) -> None:
    """Q-07: settings and names of files are those of the commit that it publishes."""
    with ExitStack() as other:
        other.enter_context(StagedTree(shop.out))

        def change(_: str) -> None:
            shop.write("catalog.yaml", f"{SETTINGS}site:\n  title: Another title\n")
            shop.write("plugins/plugin-f.yaml", plugin("plugin-f"))
            shop.git.commit("pulled")
            other.close()

        assert shop.build(tell=change).published
    assert tree(shop.out) == shop.cold()


def test_builds_into_two_places_are_both_right(shop: Workshop) -> None:
    other = shop.top / "other"
    for number in range(3):
        edit(shop, random.Random(number))
        shop.build()
        shop.build(out=other)
        assert tree(shop.out) == tree(other) == shop.cold()


def test_a_moved_tree_and_a_copied_catalog_are_built_anew(shop: Workshop) -> None:
    shop.build()
    shop.out.rename(shop.top / "moved")
    shop.build()
    assert tree(shop.out) == tree(shop.top / "moved")
    shutil.rmtree(shop.out)
    shutil.copytree(shop.top / "moved", shop.out)
    shop.build()
    assert tree(shop.out) == shop.cold()


def test_a_clone_whose_history_was_fetched_later_is_built_anew(shop: Workshop) -> None:
    """By the same commit, more is known now: which plugins there were."""
    shop.retire("plugin-gone")
    with shop.shallow():
        shop.build(allow_shallow=True)
        assert "plugins/plugin-gone/index.html" not in tree(shop.out)
    shop.build()
    assert tree(shop.out) == shop.cold()


def test_a_cache_that_can_not_be_made_is_one_line(shop: Workshop) -> None:
    shop.cache.write_text("not a folder")
    for _ in range(2):
        assert shop.build().published
    assert tree(shop.out) == shop.cold()
    assert [line for line in shop.told if "cache" in line] == [shop.told[-1]] * 2


@pytest.mark.parametrize("step", range(1, 60, 3))
def test_killed_at_any_step_the_next_build_is_right(shop: Workshop, step: int) -> None:
    """Q-01, Q-03: with a cache and a tree before there, too."""
    shop.build()
    for number in (1, 2):
        shop.write("plugins/plugin-a.yaml", plugin("plugin-a", labels=f"[L{number}]"))
        shop.build()
    shop.write("plugins/plugin-b.yaml", plugin("plugin-b", labels="[new]"))
    before = tree(shop.out)

    def work() -> int:
        kill_at(step * 4)
        shop.build(jobs=1)
        return 0

    code = end(start(work))
    found = tree(shop.out)
    whole = shop.cold()
    assert found in (before, whole)
    assert code == KILLED or found == whole
    assert shop.build().published
    assert tree(shop.out) == whole
    assert {*beside(shop.out)} <= {"repository", "cache", "public", ".public.before"}
