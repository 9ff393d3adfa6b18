"""A catalog in git that changes at random: what a cache may know must never change an answer."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from catalogctl.build_cache.cache_file import NAME
from catalogctl.lock import locked
from catalogctl.pipeline.build import BuildOptions, Built, build
from support import upstreams
from support.catalogs import SETTINGS, plugin, write_catalog
from support.git import Repository
from support.locks import lock_text
from support.pictures import png

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    Step: TypeAlias = "Callable[[Workshop, random.Random], None]"

BASE_URL = "https://plugins.example.org/"
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
        options = {"out": self.out, "cache": self.cache, "tell": self.told.append, **given}
        return build(
            BuildOptions(
                self.catalog,
                environ=EPOCH,
                generator="catalogctl",
                base_url=BASE_URL,
                durable=False,
                **options,  # type: ignore[arg-type]
            )
        )

    def cold(self) -> dict[str, bytes]:
        """Return the tree of a build that has no cache and replaces nothing."""
        with TemporaryDirectory(dir=self.top) as folder:
            out = Path(folder, "public")
            assert self.build(out=out, cache=None).published
            return tree(out)

    def retire(self, plugin_id: str) -> None:
        """Commit that a plugin was there, and that it is gone: of that, only the history tells."""
        for text in (plugin(plugin_id), None):
            self.write(f"plugins/{plugin_id}.yaml", text)
            self.git.commit("once")

    @contextmanager
    def shallow(self) -> Iterator[None]:
        """Make the repository a shallow clone of its newest commit, until git fetches the rest."""
        boundary = self.git.folder / ".git/shallow"
        boundary.write_text(self.git.git("rev-parse", "HEAD") + "\n")
        yield
        boundary.unlink()

    def write(self, path: str, text: str | bytes | None) -> None:
        """Write a file of the catalog, or remove it."""
        file = self.catalog / path
        if text is None:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())


@contextmanager
def started_workshop() -> Iterator[Workshop]:
    """Provide a catalog with three committed plugins, for one example of hypothesis."""
    with TemporaryDirectory() as folder:
        shop = Workshop(Path(folder))
        git = Repository.new(Path(folder, "repository"))
        write_catalog(shop.catalog, {f"plugins/{each}.yaml": plugin(each) for each in IDS[:3]})
        git.commit("first")
        yield shop


def rounds(
    steps: Sequence[Step], *, longest: int = 3, most: int = 5
) -> st.SearchStrategy[list[list[Step]]]:
    """Return a strategy for rounds of at most `longest` changes each, with a check after each."""
    some = st.lists(st.sampled_from(steps), min_size=1, max_size=longest)
    return st.lists(some, min_size=2, max_size=most)


def lock(plugin_id: str, *tags: str) -> bytes:
    """Return a lock of the plugin that `support.catalogs.plugin` writes."""
    return lock_text(plugin_id, [locked(tag) for tag in tags], latest=tags[0]).encode()


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


def sign(shop: Workshop, pick: random.Random) -> None:
    shop.write("trust/1.root.json", pick.choice((None, b"{}", b"[]")))


def resolve(shop: Workshop, pick: random.Random) -> None:
    plugin_id = pick.choice(IDS)
    if (shop.catalog / f"plugins/{plugin_id}.yaml").exists():
        tags = [f"1.{pick.randrange(9)}.{number}" for number in (2, 1)]
        shop.write(f"versions/{plugin_id}.json", lock(plugin_id, *tags))


def deregister(shop: Workshop, pick: random.Random) -> None:
    plugin_id = pick.choice(IDS)
    shop.write(f"plugins/{plugin_id}.yaml", None)
    shop.write(f"versions/{plugin_id}.json", None)


def document(shop: Workshop, pick: random.Random) -> None:
    plugin_id = pick.choice(IDS)
    folder = f"docs/{plugin_id}"
    shown = pick.choice(("", "![](a.png)", "[rest](CHANGELOG.md)"))
    shop.write(f"{folder}/a.png", png(1, pick.randrange(1, 3)))
    shop.write(f"{folder}/README.md", pick.choice((None, f"# A\n\nText {shown}.\n")))
    notes = f"## v1.{pick.randrange(3)}.2\n\nNumber {pick.randrange(3)}.\n"
    shop.write(f"{folder}/CHANGELOG.md", pick.choice((None, f"![](a.png)\n\n{notes}")))


def draw(shop: Workshop, pick: random.Random) -> None:
    plugin_id, size = pick.choice(IDS), pick.randrange(1, 3)
    is_drawn, is_there = pick.randrange(2), pick.randrange(3)
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><circle r="{size}"/></svg>'
    shop.write(f"icons/{plugin_id}.svg", drawing if is_there and is_drawn else None)
    shop.write(f"icons/{plugin_id}.png", png(size, size) if is_there and not is_drawn else None)


def configure(shop: Workshop, pick: random.Random) -> None:
    site = (
        f"site:\n  title: Catalog {pick.randrange(3)}\n  badges: {pick.choice(('true', 'false'))}\n"
    )
    shop.write("catalog.yaml", SETTINGS + site)


def take(shop: Workshop, pick: random.Random) -> None:
    """Change what was taken from upstreams, or the order in which they are asked."""
    shop.write("catalog.yaml", upstreams.settings(*pick.sample(("one", "two"), 2)))
    for name in ("one", "two"):
        plugin_ids = ["plugin-x", *pick.sample(IDS, 2)]
        for plugin_id in plugin_ids:
            value = upstreams.info(plugin_id, name, labels=[f"L{pick.randrange(3)}"])
            data = upstreams.plugin_file(value, [f"1.{pick.randrange(3)}"])
            is_there = pick.randrange(4)
            shop.write(f"upstream/{name}/plugins/{plugin_id}.json", data if is_there else None)
        shop.write(f"upstream/{name}/source.json", upstreams.source_file(name, len(plugin_ids)))


def redraw(shop: Workshop, pick: random.Random) -> None:
    own = f"breadcrumb: Where {pick.randrange(3)}\n"
    shop.write("site/strings.yaml", pick.choice((None, own)))


def ask(shop: Workshop, pick: random.Random) -> None:
    shop.write(f"queries/{pick.choice(('states', 'all-states'))}.yaml", pick.choice((None, QUERY)))


def commit(shop: Workshop, pick: random.Random) -> None:
    git = shop.git
    git.commit(f"change {pick.randrange(99)}", time=git.time + pick.randrange(9) * 86_400)


def merge(shop: Workshop, pick: random.Random) -> None:
    git = shop.git
    git.commit("before")
    git.branch(f"side-{len(git.git('branch', '--list').splitlines())}")
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


STEPS: tuple[Step, ...] = (
    *(edit,) * 4,
    *(resolve,) * 2,
    *(document,) * 2,
    draw,
    deregister,
    configure,
    redraw,
    sign,
    ask,
    *(take,) * 2,
    *(commit,) * 4,
    merge,
    rewrite,
    go_back,
    touch,
)
"""Changes of a catalog that leave it without errors."""

DAMAGES: tuple[Step, ...] = (damage_published, damage_before, damage_cache)
