"""A catalog whose every string is an attack, page by page, in a real browser (R-45)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from support.samples import ATTACK, LONG

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = (
    *("", "plugins/plugin-hostile/", "plugins/plugin-hostile-long/", "plugins/plugin-gone/"),
    *("service-types/", "labels/", "providers/__proto__/", "stats/", "api/", "api/console/"),
)
QUERY = "?q=<img src=x onerror=alert(1)>&__proto__=1&provider=__proto__&sort=<b>#<script>alert(1)"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_catalog_of_attacks_is_only_text(
    browser: Browser, hostile_address: str, guard: Any, scripts: Any
) -> None:
    """R-45: no dialog, no console error, no foreign request; the values can be read."""
    context = browser.new_context(
        java_script_enabled=scripts, viewport={"width": 360, "height": 800}
    )
    page = context.new_page()
    guard.watch(page)
    for path in PAGES:
        for query in ("", QUERY):
            page.goto(hostile_address + path + query)
            assert page.locator("h1").count() == 1, path
            inline = page.locator("script:not([src], [type='application/json']), img[src=x]")
            assert inline.count() == 0, path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(f"{hostile_address}plugins/plugin-hostile/")
    assert page.get_by_text(ATTACK).count() >= 10
    context.close()


def test_attacks_stay_text_in_results(page: Page, hostile_address: str) -> None:
    """R-42: the search writes values as text only, and values are keys of nothing."""
    page.goto(f"{hostile_address}?q=alert __proto__ constructor")
    result = page.locator("#found article")
    expect(result).to_have_count(1)
    expect(result.get_by_role("link")).to_have_text(ATTACK)
    page.goto(f"{hostile_address}?provider=__proto__&provider=constructor")
    expect(result).to_have_count(2)
    expect(page.locator("#chips button").first).to_contain_text("__proto__")


def test_attacks_stay_text_in_the_form(page: Page, hostile_address: str) -> None:
    page.goto(f"{hostile_address}plugins/plugin-hostile/")
    form = page.locator(".form").first
    expect(form.locator("label bdi").first).to_have_text(ATTACK)
    expect(form.get_by_role("textbox").first).to_have_value(ATTACK)


def test_attacks_stay_text_in_the_console(page: Page, hostile_address: str) -> None:
    page.goto(f"{hostile_address}api/console/#name=by-service-type")
    expect(page.locator("#chart li", has_text=ATTACK)).to_have_count(1)
    page.get_by_role("tab", name="Table").click()
    expect(page.locator("#table td", has_text=ATTACK)).to_have_count(1)
    attack = "%7B%22keyword%22%3A%22%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%22%7D"
    page.goto(f"{hostile_address}api/console/?1#list:{attack}")
    expect(page.locator("#use-python code")).to_contain_text("<img src=x onerror=alert(1)>")


def test_a_long_word_covers_nothing_and_makes_no_page_endless(
    page: Page, hostile_address: str
) -> None:
    """R-44: long words break, heights are bounded, the page's own parts keep their place."""
    page.goto(f"{hostile_address}plugins/plugin-hostile-long/")
    assert page.locator("h1").inner_text().startswith(LONG[:100])
    heading, footer = page.locator("h1").bounding_box(), page.locator("footer").bounding_box()
    assert heading is not None
    assert heading["height"] < 400
    assert footer is not None
    assert footer["y"] < 12_000
