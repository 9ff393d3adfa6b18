"""A site opened from disk, without a server: all but what has to fetch something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from support.samples import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

SERVER = "needs a web server: catalogctl serve"


@pytest.fixture
def disk(folder: Path) -> str:
    return f"file://{folder}/"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "not found"])
def test_every_page_is_styled_and_links_to_files(page: Page, disk: str, kind: str) -> None:
    page.goto(f"{disk}{KINDS[kind]}index.html")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "700"
    links = page.locator("a[href]").evaluate_all("all => all.map(each => each.href)")
    own = [link.partition("#")[0] for link in links if link.startswith("file:")]
    assert len(own) > 3
    assert [link for link in own if link.endswith("/")] == []


def test_one_walks_from_page_to_page(page: Page, disk: str) -> None:
    page.goto(f"{disk}index.html")
    page.get_by_role("link", name="2", exact=True).click()
    expect(page).to_have_url(f"{disk}page/2/index.html")
    page.get_by_role("link", name="Plugin catalog").click()
    page.locator("#facets").get_by_role("link", name="azure").click()
    expect(page).to_have_url(f"{disk}providers/azure/index.html")
    page.get_by_role("link", name="CloudWatch Café").click()
    expect(page.locator("h1")).to_contain_text("CloudWatch Café")
    page.get_by_role("link", name="Statistics").click()
    page.get_by_role("link", name="Plugins by kind").click()
    expect(page).to_have_url(f"{disk}stats/by-service-type/index.html")
    page.get_by_role("link", name="Open the query").click()
    expect(page).to_have_url(f"{disk}api/console/index.html#name=by-service-type")


def test_theme_tabs_form_and_copy_work(page: Page, disk: str) -> None:
    page.goto(f"{disk}plugins/plugin-options/index.html")
    page.get_by_role("button", name="Dark theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("tab", name="Docker").click()
    expect(page.locator("#use-docker")).to_be_visible()
    page.get_by_label("Project project (required)").fill("abc")
    expect(page.locator(".bad").first).to_have_text("needs at least 4 characters")
    page.get_by_label("region").fill("Europe")
    expect(page.get_by_role("status").first).to_contain_text("still missing or wrong")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy plugin id").click()
    assert page.evaluate("navigator.clipboard.readText()") == "plugin-options"


def test_the_search_says_what_it_needs_and_the_list_stays(page: Page, disk: str) -> None:
    page.goto(f"{disk}index.html")
    page.get_by_label("Search plugins").fill("usual")
    expect(page.locator("#note")).to_have_text(f"Search {SERVER}")
    expect(page.locator("#listed article")).to_have_count(24)
    page.goto(f"{disk}stats/index.html")
    page.get_by_label("Search plugins").fill("usual")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{disk}index.html?q=usual")
    expect(page.locator("#note")).to_have_text(f"Search {SERVER}")
    expect(page.locator("#listed article")).to_have_count(24)


def test_the_console_and_the_calls_say_what_they_need(page: Page, disk: str) -> None:
    page.goto(f"{disk}api/console/index.html")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_have_text(f"the console {SERVER}")
    page.goto(f"{disk}api/index.html")
    page.locator("#get").get_by_role("button", name="Try it").click()
    expect(page.locator("#get .answer")).to_contain_text(f"This {SERVER}")
