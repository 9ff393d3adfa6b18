"""The site by keyboard alone: what has the focus is seen, and everything can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from support.samples import VIEWS

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOCUSED = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const ringed = (element, part) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element, part);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    };
    const frame = focused.closest('.editor') ?? focused;
    const box = focused.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height, innerHeight) / 2];
    const hit = document.elementFromPoint(x, Math.min(y, innerHeight - 1));
    return {
        html: focused.outerHTML.slice(0, 120),
        ringed: ringed(focused) || ringed(focused, '::after') || ringed(frame),
        covered: Boolean(hit?.closest('.top') && !focused.closest('.top, .skip')),
    };
}"""
pytestmark = pytest.mark.usefixtures("forgiving")


@pytest.mark.parametrize("view", VIEWS)
def test_the_focus_is_seen_wherever_tab_leads(page: Page, address: str, view: str) -> None:
    """WCAG 2.2, 2.4.7 and 2.4.11: a ring, and no header over it, there and back."""
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 600})
    page.goto(address + VIEWS[view], wait_until="networkidle")
    reached = []
    for key in ("Tab", "Shift+Tab"):
        for _ in range(150):
            page.keyboard.press(key)
            focused: dict[str, Any] | None = page.evaluate(FOCUSED)
            if focused is None:
                break
            assert focused["ringed"], focused
            assert not focused["covered"], focused
            reached.append(focused["html"])
    assert "Skip to content" in reached[0]
    assert len(set(reached)) >= 10


def test_the_first_key_leads_past_the_header(page: Page, address: str) -> None:
    page.goto(f"{address}plugins/plugin-options/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".crumbs a").first).to_be_focused()


@pytest.mark.parametrize("width", [360, 1280])
def test_slash_leads_to_a_search_from_every_page(page: Page, address: str, width: int) -> None:
    """A narrow header has no room for the field: it comes when it is asked for."""
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("plugins/plugin-options/", "stats/", "labels/"):
        page.goto(address + path)
        page.keyboard.press("/")
        field = page.get_by_label("Search plugins")
        expect(field).to_be_focused()
        expect(field).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.type("cafe")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}?q=cafe")
