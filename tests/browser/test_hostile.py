"""A catalog whose every string is an attack, page by page, in a real browser (R-45)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from catalogctl.validate.svg_rules import svg_flaw
from support.samples import ATTACK, LONG

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PAGES = (
    *("", "plugins/plugin-hostile/", "plugins/plugin-hostile-long/", "plugins/plugin-gone/"),
    *("plugins/plugin-theirs/", "upstream/theirs/", "about/"),
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


def test_the_name_of_another_repository_stays_text(page: Page, hostile_address: str) -> None:
    page.goto(f"{hostile_address}?q=another")
    result = page.locator("#found article")
    expect(result).to_have_count(1)
    expect(result.locator(".meta bdi")).to_have_text(ATTACK)
    expect(page.locator("[data-field=repository] li")).to_contain_text(ATTACK)


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


def test_attacks_stay_text_in_documents(page: Page, hostile_address: str) -> None:
    """R-44: HTML, links and pictures of Markdown that are refused can be read, and do nothing."""
    page.goto(f"{hostile_address}plugins/plugin-hostile/")
    about = page.locator("#about")
    assert about.get_by_text(ATTACK).count() >= 1
    elements = about.locator("script, iframe, style, [style], [onclick], [onerror], [onload]")
    assert elements.count() == 0
    addresses = about.locator("[href], [src]").evaluate_all(
        "found => found.map(each => each.getAttribute('href') || each.getAttribute('src'))"
    )
    assert addresses
    for address in addresses:
        assert address.startswith(("https://a.example", "https://evil.example/x.png", "../../"))
    assert about.locator("img").count() == 1
    assert page.evaluate("location.href").startswith(hostile_address)
    assert page.locator("#location").count() == 0


def test_a_drawing_is_inert_in_a_page(page: Page, hostile_address: str) -> None:
    """R-45: even one that `validate` would refuse."""
    page.goto(hostile_address)
    icon = page.locator("img[src^='assets/plugins/plugin-hostile/']")
    expect(icon.first).to_be_attached()
    assert icon.first.evaluate("each => each.decode().then(() => true)")


def test_a_drawing_opened_by_its_address_is_inert(
    page: Page, guard: Any, hostile_folder: Path, serve_with_headers: Callable[[Path], str]
) -> None:
    """R-45: with the headers of `_headers`, even one that `validate` would refuse only draws."""
    address = serve_with_headers(hostile_folder)
    (icon,) = hostile_folder.glob("assets/plugins/plugin-hostile/*.svg")
    answer = page.goto(address + icon.relative_to(hostile_folder).as_posix())
    assert answer is not None
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "image/svg+xml"
    assert page.evaluate("document.documentElement.localName") == "svg"
    assert guard.foreign == []
    assert guard.noise, "the browser says what the policy blocked"
    assert all("lock" in text or "violates" in text for text in guard.noise)
    guard.noise.clear()
    (picture,) = hostile_folder.glob("assets/plugins/plugin-hostile/*.png")
    page.goto(address + picture.relative_to(hostile_folder).as_posix())
    assert page.evaluate("document.images[0].naturalWidth") == 3
    assert all("inline style" in text for text in guard.noise)  # the browser's own, of its viewer
    guard.noise.clear()


ACCEPTED = (
    '<title>&lt;script&gt;alert(1)&lt;/script&gt;</title><path id="x" d="M0 0h9" fill="red"/>',
    '<path d="M0 0" aria-label="javascript:alert" fill="url(#evil.example)"/>',
    "<desc><![CDATA[<script>alert(1)</script>]]></desc><!-- <script>alert(1)</script> -->",
    '<rect width="9" height="9" transform="scale(9)" fill="javascript:alert"/>',
)


@pytest.mark.parametrize("content", ACCEPTED)
def test_a_drawing_that_is_accepted_is_inert_without_headers_too(
    page: Page, guard: Any, content: str
) -> None:
    """R-45: a host that sends no headers is safe, because `validate` refuses all that acts."""
    data = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{content}</svg>'.encode()
    assert svg_flaw(data) is None
    page.route("**/icon.svg", lambda it: it.fulfill(body=data, content_type="image/svg+xml"))
    page.goto("http://127.0.0.1:9/icon.svg")
    assert page.evaluate("document.documentElement.localName") == "svg"
    assert page.evaluate("document.scripts.length") == 0
    assert (guard.foreign, guard.noise) == ([], [])
