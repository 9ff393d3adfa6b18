"""The console of a large catalog: it fetches the parts of the list, and again only new ones."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from support import long_lists
from support.long_lists import index_of, paths_of
from support.published import Reply, Request, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture
def host() -> Iterator[Site]:
    """Return a host of the site of a catalog whose list of all plugins has parts."""
    site = Site(long_lists.tree(long_lists.plugins()))

    def page(request: Request) -> Reply | None:
        path = f"{request.path}index.html" if request.path.endswith("/") else request.path
        kind = mimetypes.guess_type(path)[0]
        if kind == "application/json" or path not in site.files:
            return None
        return Reply(200, site.files[path], (("Content-Type", f"{kind}; charset=utf-8"),))

    site.spoil = page
    site.start()
    yield site
    site.stop()


def test_the_console_reads_all_parts_and_then_only_what_is_new(
    browser: Browser, host: Site
) -> None:
    """With a page of its own, because a page whose requests are watched has no cache."""
    page = browser.new_page()
    every = len(paths_of(index_of(host.files)["lists"]["all"]))
    for new, description in ((every, None), (0, None), (1, "New")):
        if description is not None:
            host.files = long_lists.tree(long_lists.plugins(description=description))
        host.requests.clear()
        page.goto("about:blank")
        page.goto(f"{host.url}api/console/#list:%7B%7D")
        expect(page.get_by_role("heading", name="1,100 plugins")).to_be_visible()
        asked = [path for path in host.asked if path.startswith("parts/")]
        assert len(asked) == new
    curl = page.locator("#use-curl code")
    expect(curl).to_contain_text("curl -fsS https://catalog.example/index.json | jq -r")
    page.close()
