"""A build that makes only what changed leaves the tree of a build that makes everything."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from catalogctl.build_cache.cache_file import NAME, CacheFile
from catalogctl.lock import Lock, Source, encode, locked
from catalogctl.pipeline.build import BuildOptions, Built, build
from support.catalogs import SETTINGS, plugin, write_catalog
from support.faults import beside
from support.git import Repository
from support.killing import KILLED, end, kill_at, start

EPOCH = {"SOURCE_DATE_EPOCH": "1767225600"}
IDS = tuple(f"plugin-{name}" for name in ("a", "b", "c", "d", "e"))
PROVIDERS = ("aws", "azure", "AWS", "google_cloud")
QUERY = (
    "kind: stat\ntitle: By state\nquery:\n  aggregate:\n"
    "    - group: {keys: [{key: state, name: state}]}\n"
)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a tree by its path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@dataclass(slots=True)
class Workshop:
    """A catalog in git that is built again and again, with a cache, into one place."""

    top: Path
    told: list[str] = field(default_factory=list)

    @property
    def catalog(self) -> Path:
        return self.top / "repository" / "catalog"

    @property
    def out(self) -> Path:
        return self.top / "public"

    @property
    def cache(self) -> Path:
        return self.top / "cache"

    @property
    def git(self) -> Repository:
        return Repository(self.top / "repository")

    def build(self, **given: object) -> Built:
        """Build with the cache."""
        options = {"out": self.out, "cache": self.cache, **given}
        return build(
            BuildOptions(
                self.catalog,
                environ=EPOCH,
                generator="catalogctl",
                base_url="https://plugins.example.org/",
                durable=False,
                tell=self.told.append,
                **options,  # type: ignore[arg-type]
            )
        )

    def cold(self) -> dict[str, bytes]:
        """Return the tree of a build that has no cache and replaces nothing."""
        with TemporaryDirectory(dir=self.top) as folder:
            out = Path(folder, "public")
            assert self.build(out=out, cache=None).published
            return tree(out)

    def write(self, path: str, text: str | bytes | None) -> None:
        """Write a file of the catalog, or remove it."""
        file = self.catalog / path
        if text is None:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())


def lock(plugin_id: str, *tags: str) -> bytes:
    """Return a lock of the plugin that `support.catalogs.plugin` writes."""
    return encode(
        Lock(
            history=(),
            latest=tags[0],
            other_tags={},
            plugin_id=plugin_id,
            removed=(),
            resolved_via="oci",
            source=Source(f"acme/{plugin_id}", "DOCKER_HUB", "registry.hub.docker.com"),
            total_count=len(tags),
            versions=tuple(locked(tag) for tag in tags),
        )
    )


def edit(shop: Workshop, pick: random.Random) -> None:
    plugin_id = pick.choice(IDS)
    shop.write(
        f"plugins/{plugin_id}.yaml",
        plugin(
            plugin_id,
            name=f"Plugin {pick.randrange(6)} {plugin_id}",
            state=pick.choice(("ENABLED", "DISABLED")),
            provider=pick.choice(PROVIDERS),
            labels=str(pick.sample(["Metric", "Cost", "cost", "Ü"], pick.randrange(3))),
            tags=f"{{description: 'number {pick.randrange(99)}'}}",
        ),
    )


def resolve(shop: Workshop, pick: random.Random) -> None:
    plugin_id = pick.choice(IDS)
    if (shop.catalog / f"plugins/{plugin_id}.yaml").exists():
        tags = [f"1.{pick.randrange(9)}.{number}" for number in (2, 1)]
        shop.write(f"versions/{plugin_id}.json", lock(plugin_id, *tags))


def deregister(shop: Workshop, pick: random.Random) -> None:
    plugin_id = pick.choice(IDS)
    shop.write(f"plugins/{plugin_id}.yaml", None)
    shop.write(f"versions/{plugin_id}.json", None)


def configure(shop: Workshop, pick: random.Random) -> None:
    site = (
        f"site:\n  title: Catalog {pick.randrange(3)}\n  badges: {pick.choice(('true', 'false'))}\n"
    )
    shop.write("catalog.yaml", SETTINGS + site)


def redraw(shop: Workshop, pick: random.Random) -> None:
    own = f"breadcrumb: Where {pick.randrange(3)}\n"
    shop.write("site/strings.yaml", pick.choice((None, own)))


def ask(shop: Workshop, pick: random.Random) -> None:
    shop.write("queries/states.yaml", pick.choice((None, QUERY)))


def commit(shop: Workshop, pick: random.Random) -> None:
    git = shop.git
    git.commit(f"change {pick.randrange(99)}", time=git.time + pick.randrange(9) * 86_400)


def merge(shop: Workshop, pick: random.Random) -> None:
    git = shop.git
    git.commit("before")
    git.branch(f"side-{pick.randrange(10**9)}")
    edit(shop, pick)
    git.commit("on the side", time=git.time + 3_600)
    branch = git.git("branch", "--show-current")
    git.switch("main")
    git.merge(branch, time=git.time + 7_200)


def rewrite(shop: Workshop, pick: random.Random) -> None:
    git = shop.git
    git.time += 60 * pick.randrange(1, 5_000)
    git.git("commit", "--amend", "--allow-empty", "--quiet", "--no-verify", "-m", "rewritten")


def go_back(shop: Workshop, pick: random.Random) -> None:
    del pick
    if shop.git.git("rev-list", "--first-parent", "--count", "HEAD") != "1":
        shop.git.git("reset", "--quiet", "--hard", "HEAD~1")


def touch(shop: Workshop, pick: random.Random) -> None:
    for path in shop.catalog.rglob("*.yaml"):
        at = pick.choice((1_000_000_000, 1_700_000_000, 4_000_000_000))
        os.utime(path, (at, at))


def damage_published(shop: Workshop, pick: random.Random) -> None:
    if shop.out.exists():
        listed = [path for path in sorted(shop.out.rglob("*")) if path.is_file()]
        for path in pick.sample(listed, 3):
            if path.name != "manifest.json":  # without it the folder would not be ours
                damage(path, pick)


def damage_before(shop: Workshop, pick: random.Random) -> None:
    before = shop.out.with_name(".public.before")
    if before.exists():
        for path in pick.sample([each for each in sorted(before.rglob("*")) if each.is_file()], 3):
            path.unlink()
            path.write_text("not what was there")


def damage_cache(shop: Workshop, pick: random.Random) -> None:
    if (shop.cache / NAME).exists():
        damage(shop.cache / NAME, pick)


def damage(path: Path, pick: random.Random) -> None:
    """Remove, shorten, lengthen or replace a file, or change one of its bytes."""
    data = path.read_bytes()
    path.unlink()
    how = pick.randrange(4)
    if how == 0:
        path.write_bytes(data[: len(data) // 2])
    elif how == 1:
        path.write_bytes(data + b"x")
    elif how == 2 and data:
        place = pick.randrange(len(data))
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


STEPS = (
    *(edit,) * 4,
    *(resolve,) * 2,
    deregister,
    configure,
    redraw,
    ask,
    *(commit,) * 4,
    merge,
    rewrite,
    go_back,
    touch,
    damage_published,
    damage_before,
    damage_cache,
)


@given(
    st.lists(st.lists(st.sampled_from(STEPS), min_size=1, max_size=3), min_size=2, max_size=5),
    st.randoms(use_true_random=False),
)
@settings(max_examples=25, phases=(Phase.explicit, Phase.generate))  # to shrink takes minutes
def test_the_tree_is_always_that_of_a_cold_build(
    rounds: list[list[object]], pick: random.Random
) -> None:
    with TemporaryDirectory() as folder:
        shop = Workshop(Path(folder))
        git = Repository.new(Path(folder, "repository"))
        write_catalog(shop.catalog, {f"plugins/{each}.yaml": plugin(each) for each in IDS[:3]})
        git.commit("first")
        for steps in rounds:
            for step in steps:
                step(shop, pick)  # type: ignore[operator]
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
