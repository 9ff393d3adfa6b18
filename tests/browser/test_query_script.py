"""query.js, as a page of another site imports it."""

from __future__ import annotations

import functools
import http.server
import threading
from typing import TYPE_CHECKING

import pytest

from catalogctl import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

IMPORT = """async root => {
  const { everything, list } = await import(`${root}query.js`);
  const { plugins, ...context } = await everything(root);
  return list(plugins, { query: { filter: [{ k: "state", v: "ENABLED", o: "eq" }] } }, context);
}"""


@pytest.fixture
def another_site(tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty page on another origin."""
    (tmp_path / "index.html").write_text("<!doctype html><title>Another site</title>")
    (tmp_path / "favicon.ico").touch()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_page_of_another_site_imports_the_engine_and_asks_the_catalog(
    page: Page, folder: Path, serve_with_headers: Callable[[Path], str], another_site: str
) -> None:
    page.goto(another_site)
    answer = page.evaluate(IMPORT, serve_with_headers(folder))
    assert answer == Catalog.open(folder).list(state="ENABLED")
    assert answer["total_count"] > 0
