"""Measure Lighthouse's scores of a site of 1,000 plugins, and of a plugin with a long description.

The long description is one of the project's own catalog, because the generator writes none.
Lighthouse (npm, 12.8) drives Debian's Chromium; its scores only mean something on an idle machine.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import peers, site
from benchmarks.table import Row, absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.scope import Scope

LIGHTHOUSE = "lighthouse@12.8"
CHROMIUM = "/usr/bin/chromium"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TRIES = 3
_NODE = peers.WORK / "lighthouse"
_OWN = Path(__file__).parents[1] / "catalog"


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the lowest of a page's scores, each the median of some runs."""
    program = _lighthouse()
    if program is None or not Path(CHROMIUM).exists():
        yield absent("Lighthouse", "", "lighthouse or chromium")
        return
    many, _ = site.built(min(site.FEW, scope.plugins))
    pages = {"home": "", "statistics": "stats/", "console": "api/console/"}
    yield from _scores(program, many, pages)
    described = min(path.name for path in (_OWN / "docs").iterdir())
    own, _ = site.built_from(_OWN, "site-own")
    yield from _scores(program, own, {"long description": f"plugins/{described}/"})


def _scores(program: Path, tree: Path, pages: dict[str, str]) -> Iterator[Row]:
    """Yield two rows for each page, by its name and its path below the tree."""
    with _served(tree) as address:
        for name, path in pages.items():
            for form in ("mobile", "desktop"):
                scores = _measured(program, address + path, form)
                shown = ", ".join(f"{key} {value}" for key, value in scores.items())
                lowest = min(scores.values())
                what = f"Lighthouse, {name}, {form}"
                yield Row(what, shown, "", lowest, 100, None, "", at_least=True)


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
    if peers.are_left_out() or shutil.which("npm") is None:
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
