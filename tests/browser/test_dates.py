"""How long ago a date was: added in the browser, as text, in the page's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from catalogctl.source.settings import SiteSettings
from support import samples, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

ADDED = "2026-11-01"
"""The day when one of the sample plugins was added."""


def added(page: Page, address: str, now: str) -> str:
    """Return what the plugin page says of that day, read at the time `now`."""
    page.clock.set_fixed_time(now)
    page.goto(f"{address}plugins/plugin-cloudwatch/")
    fact = page.locator(".facts dt:has-text('Added') + dd")
    assert fact.locator("time").get_attribute("datetime") == f"{ADDED}T00:00:00.000Z"
    return fact.inner_text()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-01T23:59:00Z", "today"),
        ("2026-11-02T00:01:00Z", "yesterday"),
        ("2026-11-11T12:00:00Z", "10 days ago"),
        ("2026-12-03T12:00:00Z", "1 month ago"),
        ("2027-10-31T12:00:00Z", "11 months ago"),
        ("2028-10-03T12:00:00Z", "1 year ago"),
        ("2026-10-30T12:00:00Z", "in 2 days"),
    ],
)
def test_a_date_is_followed_by_how_long_ago_it_was(
    page: Page, address: str, now: str, said: str
) -> None:
    assert added(page, address, now) == f"1 Nov 2026 · {said}"


def test_rows_of_the_page_and_of_results_say_it_alike(page: Page, address: str) -> None:
    """In place of the day, which stays in the title, and comes back on paper."""
    page.clock.set_fixed_time("2026-11-26T12:00:00Z")
    page.goto(address)
    for time in (
        page.locator("#listed article", has_text="Options and Versions").locator("time"),
        page.locator(".fresh li", has_text="Options and Versions").locator("time"),
    ):
        expect(time).to_have_text("3 days ago")
        expect(time).to_have_attribute("title", "23 Nov 2026")
    page.get_by_label("Search plugins").fill("options vers")
    found = page.locator("#found article time")
    expect(found).to_have_text("3 days ago")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(found).to_have_text("23 Nov 2026")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(found).to_have_text("3 days ago")


def test_it_moves_nothing_that_is_already_on_the_page(page: Page, address: str) -> None:
    """Also where the script is late, and the page was painted without the words."""
    page.clock.set_fixed_time("2026-11-23T12:00:00Z")
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("", "plugins/plugin-options/"):
            page.goto(address + path)
            expect(page.locator(".ago, time[title]").first).to_be_attached()
            places = "[...document.querySelectorAll('h2, h3, tr, footer')].map(e => e.offsetTop)"
            with_words = page.evaluate(places)
            page.locator(".ago").evaluate_all("all => all.forEach(each => each.remove())")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            page.locator("details").evaluate_all("all => all.forEach(e => { e.open = false })")
            assert page.evaluate(places) == with_words


def test_it_is_said_in_the_language_of_the_page(
    page: Page, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    context = site.context(site=SiteSettings(language="ko"))
    address = serve(samples.written(site.tree(samples.plugins()[:4], context), tmp_path))
    assert added(page, address, "2026-11-11T12:00:00Z") == "1 Nov 2026 · 10일 전"


def test_a_language_that_no_browser_knows_leaves_the_date_as_it_is(
    page: Page, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    context = site.context(site=SiteSettings(language="not a language"))
    address = serve(samples.written(site.tree(samples.plugins()[:4], context), tmp_path))
    assert added(page, address, "2026-11-11T12:00:00Z") == "1 Nov 2026"
    expect(page.get_by_role("tab", name="YAML")).to_be_visible()


def test_without_scripts_and_on_paper_the_date_stands_alone(
    browser: Browser, page: Page, address: str
) -> None:
    said = added(page, address, "2026-11-11T12:00:00Z")
    page.emulate_media(media="print")
    facts = page.locator(".facts dt:has-text('Added') + dd")
    assert facts.inner_text() == said.partition(" · ")[0] == "1 Nov 2026"
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{address}plugins/plugin-cloudwatch/")
    assert plain.locator(".facts dt:has-text('Added') + dd").inner_text() == "1 Nov 2026"
    context.close()
