"""A printed page: on white, whole, with addresses, and without what paper can't do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

A4 = {"width": 794, "height": 1123}
CONTROLS = "nav, form, button, input, select, textarea, .top, .foot, .skip"


@pytest.fixture
def paper(browser: Browser, guard: Any) -> Iterator[Page]:
    """A page as it is printed, by a reader of the dark theme."""
    page = browser.new_page(viewport=A4, color_scheme="dark")  # type: ignore[arg-type]
    page.emulate_media(media="print")
    page.add_init_script("localStorage.setItem('catalog-theme', 'dark')")
    guard.watch(page)
    yield page
    page.close()


def style(page: Page, selector: str, name: str, part: str = "") -> str:
    found: str = page.locator(selector).first.evaluate(
        "(e, [name, part]) => getComputedStyle(e, part)[name]", [name, part]
    )
    return found


def lightness(colour: str) -> float:
    """Return the mean of the parts of «rgb(r, g, b)», from 0 to 255."""
    parts = colour[colour.index("(") + 1 : -1].split(",")[:3]
    return sum(float(part) for part in parts) / 3


@pytest.mark.parametrize("plugin_id", ["plugin-options", "plugin-disabled"])
def test_a_plugin_page_is_printed_dark_on_white_without_a_control(
    paper: Page, address: str, plugin_id: str
) -> None:
    paper.goto(f"{address}plugins/{plugin_id}/")
    for ground in ("body", ".band", ".item"):
        assert style(paper, ground, "backgroundColor") == "rgb(255, 255, 255)", ground
    for ink in ("h1", "h2", ".facts dd", ".facts dt", ".record dd", "main a"):
        assert lightness(style(paper, ink, "color")) < 110, ink
    shown = paper.locator(CONTROLS).evaluate_all("all => all.filter(e => e.checkVisibility())")
    assert shown == []
    assert paper.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["", "?q=usual", "service-types/monitoring.Webhook/", "api/"])
def test_what_navigation_and_filters_leave_free_is_used(
    paper: Page, address: str, path: str
) -> None:
    paper.goto(f"{address}{path}")
    content = paper.locator("main .item, main .call").locator("visible=true").first
    expect(content).to_be_visible()
    box = content.bounding_box()
    assert box is not None
    assert box["width"] > 0.85 * A4["width"]


def test_a_found_row_is_printed_without_its_address(paper: Page, address: str) -> None:
    """It would lie over the row: the whole of a row is its link."""
    paper.goto(f"{address}?q=usual")
    expect(paper.locator("#found .item").first).to_be_visible()
    assert style(paper, "#found h3 a", "content", "::after") == "none"


@pytest.mark.parametrize("path", ["news/", "removed/", "plugins/plugin-gone/"])
def test_no_page_is_printed_with_buttons(paper: Page, address: str, path: str) -> None:
    paper.goto(f"{address}{path}")
    assert paper.locator(f"{CONTROLS}, .button").locator("visible=true").count() == 0


def test_every_snippet_and_all_that_is_folded_is_printed(paper: Page, address: str) -> None:
    paper.goto(f"{address}plugins/plugin-options/")
    for snippet in ("use-yaml", "use-curl", "use-python", "use-js", "use-docker"):
        expect(paper.locator(f"#{snippet} code")).to_be_visible()
    schema = paper.locator("#schema-1")
    expect(schema).to_be_visible()
    heights = "e => [e.closest('details').getBoundingClientRect().height, e.offsetHeight]"
    whole, own = schema.evaluate(heights)
    assert whole > own > 500
    assert paper.locator(".record pre").first.evaluate(heights)[1] > 20


def test_the_script_unfolds_for_browsers_that_can_not_by_style_and_folds_again(
    page: Page, address: str
) -> None:
    page.goto(f"{address}plugins/plugin-options/")
    folded = page.locator("details:not([open])").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded


def test_a_link_is_printed_with_its_address(paper: Page, address: str) -> None:
    paper.goto(f"{address}plugins/plugin-options/")
    paper.evaluate("dispatchEvent(new Event('beforeprint'))")
    links = paper.locator("aside .links a")
    assert links.count() > 6
    for link in links.all():
        said = link.evaluate("e => getComputedStyle(e, '::after').content")
        assert link.evaluate("e => e.href") in said
    assert f"{address}repository/v1/plugin/get/plugin-options.json" in style(
        paper, "aside .links a[href$='get/plugin-options.json']", "content", "::after"
    )


def test_nothing_is_cut_short_on_paper(paper: Page, address: str) -> None:
    paper.goto(f"{address}plugins/plugin-options/")
    cut = """() => [...document.querySelectorAll('main *')].filter(e => {
        const style = getComputedStyle(e);
        return e.checkVisibility() && !e.closest('.vh, .stack thead')
            && style.overflow !== 'visible' && style.display !== 'inline'
            && (e.scrollHeight > e.clientHeight + 6 || e.scrollWidth > e.clientWidth + 1);
    }).map(e => e.outerHTML.slice(0, 80))"""
    assert paper.evaluate(cut) == []
    assert paper.locator(".details code").first.evaluate("e => e.textContent.length") == 71


def test_charts_are_printed_in_colours_that_white_shows(paper: Page, address: str) -> None:
    paper.goto(f"{address}stats/by-provider/")
    assert lightness(style(paper, ".chart .bar", "fill")) < 150
    assert lightness(style(paper, ".chart li b", "color")) < 150
    expect(paper.locator("td").first).to_be_visible()
    paper.goto(f"{address}stats/days/")
    assert lightness(style(paper, ".columns .bar", "fill")) < 150
    assert lightness(style(paper, ".columns .line", "stroke")) < 150
    assert lightness(style(paper, ".columns text", "fill")) < 150
    paper.goto(f"{address}stats/")
    assert lightness(style(paper, ".bars rect", "fill")) < 150
    assert style(paper, ".months svg", "printColorAdjust") == "exact"


def test_a_real_print_leaves_the_page_as_it_was(page: Page, address: str) -> None:
    page.goto(f"{address}plugins/plugin-options/")
    folded = page.locator("details:not([open])").count()
    assert page.pdf(format="A4").startswith(b"%PDF-")
    expect(page.locator("details:not([open])")).to_have_count(folded)
