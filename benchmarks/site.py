"""Measure the size of a site: pages rendered, and the bytes that a reader's browser fetches.

A first view is HTML, styles, and scripts, gzip -6; a first result is also the search's index and
its largest shard.
"""

from __future__ import annotations

import gzip
import re
import shutil
from typing import TYPE_CHECKING

from benchmarks import measure, ours, places
from benchmarks.measure import number
from benchmarks.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.measure import Usage
    from benchmarks.scope import Scope

FEW = 1_000
_LOADED = re.compile(r'(?:src|href)="([^"]*assets/[^"]+\.(?:js|css|svg))"')


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows of the site."""
    small, _ = built(min(FEW, scope.plugins))
    at_few = number(_view(small, "index.html") / 1000)
    shutil.rmtree(small)
    for plugins in scope.sizes:
        tree, used = built(plugins)
        pages = sum(1 for _ in tree.rglob("*.html"))
        what = f"pages per second of CPU, {plugins:,}"
        yield Row(what, str(used), f"{pages:,} pages", pages / used.cpu, unit=" pages/s")
        home, found = _view(tree, "index.html") / 1000, _first_result(tree) / 1000
        cells = (f"{number(home)} KB", f"{min(FEW, scope.plugins):,}: {at_few} KB")
        yield Row(f"first view of home at {plugins:,}", *cells, home, 40, None, " KB")
        yield Row(
            f"first result at {plugins:,}", f"{number(found)} KB", "", found, 320, None, " KB"
        )
        shutil.rmtree(tree)


def built(plugins: int) -> tuple[Path, Usage]:
    """Build a catalog of that many plugins and return its tree, and what that took."""
    return built_from(places.catalog(plugins), f"site-{plugins}")


def built_from(catalog: Path, name: str) -> tuple[Path, Usage]:
    """Build a catalog and return its tree, which gets that name, and what that took."""
    tree, cache = places.fresh(name), places.fresh("cache")
    used = measure.run(ours.warm("build", "--catalog", catalog, "--out", tree, cache=cache))
    shutil.rmtree(cache)
    return tree, used


def _first_result(tree: Path) -> int:
    index = tree / "search" / "index.json"
    shards = [_packed(path) for path in tree.glob("search/*.json") if path != index]
    return _view(tree, "index.html") + _packed(index) + max(shards)


def _view(tree: Path, page: str) -> int:
    """Return the compressed size in bytes of a page and the files that it loads at once."""
    text = (tree / page).read_text(encoding="utf-8")
    ways = {way for way in _LOADED.findall(text) if "://" not in way}
    loaded = {(tree / page).parent / way for way in ways}
    return _packed(tree / page) + sum(map(_packed, loaded))


def _packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))
