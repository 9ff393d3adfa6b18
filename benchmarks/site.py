"""Measure the size, build cost, and Lighthouse scores of sites of 1,000 and 10,000 plugins.

Lighthouse (npm, 12.8) drives Debian's Chromium on a site of 1,000 plugins; its scores are only
meaningful on an idle machine. The rest is bytes and CPU time.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import measure, peers, places
from benchmarks.measure import Command
from benchmarks.table import Row, number, render, took

if TYPE_CHECKING:
    from collections.abc import Iterator

LIGHTHOUSE = "lighthouse@12.8"
CHROMIUM = "/usr/bin/chromium"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TRIES = 3
_NODE = peers.WORK / "lighthouse"
_LOADED = re.compile(r'(?:src|href)="([^"]*assets/[^"]+\.(?:js|css|svg))"')


def table(rounds: int, *, large: bool) -> str:
    """Return the table of the site; `large` adds 50,000 plugins."""
    notes = (
        f"Builds: the median of {rounds}; at 50,000 a single one.",
        "A first view: HTML, styles, scripts, gzip -6; a first result: the search's index, too.",
        f"Lighthouse: the median of {TRIES} runs, the lowest of {', '.join(CATEGORIES)}.",
    )
    rows = [*_rows(rounds), *(_large() if large else ())]
    return render("Site", rows, notes)


def _large() -> Iterator[Row]:
    """Yield the figures for 50,000 plugins: build time, size, and bytes to the first result."""
    count, out = 50_000, places.outputs() / "site-50000"
    argv = (peers.catalogctl(), "build", "--catalog", places.catalog(count), "--out", out)
    used = measure.run(Command(argv, reads=places.catalog(count)))
    files = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
    what = f"50,000 plugins, {len(files):,} files, whole build"
    yield Row(what, took(used), "-", sum(files) / 1e6, None, " MB")
    shards = [path for path in out.glob("search/*.json") if path.name != "index.json"]
    view = _view(out, "index.html")
    yield Row(
        f"first result at 50,000, one of {len(shards)} shards",
        f"{number((view + max(map(_packed, shards))) / 1000)} KB",
        f"all shards: {number(sum(map(_packed, shards)) / 1000)} KB",
        (view + max(map(_packed, shards))) / 1000,
        320,
        " KB",
    )
    shutil.rmtree(out)


def _rows(rounds: int) -> Iterator[Row]:
    trees, usages = {}, {}
    for count in (1_000, 10_000):
        catalog, out = places.catalog(count), places.outputs() / f"site-{count}"
        argv = (peers.catalogctl(), "build", "--catalog", catalog, "--out", out)
        command = Command(argv, before=functools.partial(shutil.rmtree, out, ignore_errors=True))
        runs = measure.alternating({"": command}, rounds)[""]
        trees[count], usages[count] = out, measure.median(runs)
    large = usages[10_000]
    pages = sum(1 for _ in trees[10_000].rglob("*.html"))
    rate = pages / large.cpu
    yield Row(
        f"10,000 plugins, {pages:,} pages, whole build", took(large), "-", rate, None, " pages/s"
    )
    ratio = large.cpu / usages[1_000].cpu
    yield Row("CPU at 10,000 against 1,000", took(large), took(usages[1_000]), ratio, 12)
    yield from _weights(trees)
    yield from _scores(trees[1_000])


def _weights(trees: dict[int, Path]) -> Iterator[Row]:
    """Yield the number of bytes that a reader's browser fetches."""
    views = {count: _view(tree, "index.html") for count, tree in trees.items()}
    cells = (f"{number(views[10_000] / 1000)} KB", f"1,000: {number(views[1_000] / 1000)} KB")
    yield Row("first view of home at 10,000", *cells, views[10_000] / 1000, 40, " KB")
    plugin = min(trees[10_000].glob("plugins/*/index.html"))
    size = _view(trees[10_000], plugin.relative_to(trees[10_000]).as_posix()) / 1000
    yield Row("first view of a plugin", f"{number(size)} KB", "-", size, 40, " KB")
    shards = [_packed(path) for path in trees[10_000].glob("search/*.json")]
    first = (views[10_000] + max(shards)) / 1000
    yield Row("first result at 10,000", f"{number(first)} KB", "-", first, 320, " KB")


def _view(tree: Path, page: str) -> int:
    """Return the compressed size in bytes of a page and the files that it loads at once."""
    text = (tree / page).read_text(encoding="utf-8")
    ways = {way for way in _LOADED.findall(text) if "://" not in way}
    loaded = {(tree / page).parent / way for way in ways}
    return _packed(tree / page) + sum(map(_packed, loaded))


def _packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def _scores(tree: Path) -> Iterator[Row]:
    """Yield Lighthouse's scores; nothing if it or the browser is not available."""
    program = _lighthouse()
    if program is None or not Path(CHROMIUM).exists():
        return
    plugin = min(path.name for path in (tree / "plugins").iterdir())
    with _served(tree) as address:
        pages = {"home": "", "a plugin": f"plugins/{plugin}/", "stats": "stats/", "api": "api/"}
        for name, path in pages.items():
            for form in ("mobile", "desktop"):
                scores = _measured(program, address + path, form)
                shown = ", ".join(f"{key} {value}" for key, value in scores.items())
                lowest = min(scores.values())
                what = f"Lighthouse, {name}, {form}"
                yield Row(what, shown, "-", lowest, 95, "", at_least=True)


def _measured(program: Path, url: str, form: str) -> dict[str, int]:
    """Return the median score of each category."""
    options = [
        *(["--preset=desktop"] if form == "desktop" else []),
        *("--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"),
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage",
    ]
    runs = []
    for _ in range(TRIES):
        ran = subprocess.run(
            [program, url, *options],
            env={**os.environ, "CHROME_PATH": CHROMIUM},
            capture_output=True,
            check=True,
            timeout=300,
        )
        found = json.loads(ran.stdout)["categories"]
        runs.append({key: round(100 * found[key]["score"]) for key in CATEGORIES})
    return {key: sorted(run[key] for run in runs)[TRIES // 2] for key in CATEGORIES}


def _lighthouse() -> Path | None:
    """Return Lighthouse, installing it first; None without npm."""
    program = _NODE / "node_modules/.bin/lighthouse"
    if program.exists():
        return program
    if shutil.which("npm") is None:
        return None
    _NODE.mkdir(parents=True, exist_ok=True)
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(["npm", "install", "--prefix", _NODE, *quiet, LIGHTHOUSE], check=True)
    return program


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files compressed, as hosts do."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=60")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def _served(tree: Path) -> Iterator[str]:
    handler = functools.partial(_Handler, directory=str(tree))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
