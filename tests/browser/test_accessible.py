"""Every view for every reader: axe, widths, zoom, large letters, fingers, forced colours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from support.samples import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")
EVERY = [*VIEWS, "form"]
"""All views, and the form of a plugin's options with an error in it."""
pytestmark = pytest.mark.usefixtures("forgiving")


def opened(page: Page, address: str, view: str) -> None:
    """Open a view, and wait for what its scripts make of it."""
    if view == "form":
        page.goto(f"{address}plugins/plugin-options/")
        page.get_by_label("Project project (required)").fill("abc")
        expect(page.locator(".bad").first).to_have_text("needs at least 4 characters")
    else:
        page.goto(address + VIEWS[view])
    shown = {
        "results": "#found article",
        "nothing found": "#found .empty",
        "answer": "#chart li",
    }.get(view, "h1")
    expect(page.locator(shown).first).to_be_visible()
    page.evaluate("scrollTo(0, 0)")


def layout(page: Page, what: str) -> list[str]:
    """Return what `layout.js` finds."""
    found: list[str] = page.evaluate(f"{LAYOUT}.{what}()")
    return found


def is_wider_than_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("view", EVERY)
def test_axe_finds_nothing_in_any_view_at_any_width_in_any_theme(
    page: Page, address: str, violations: Callable[..., list[Any]], view: str
) -> None:
    """Site contract 7; one page is opened, resized and recoloured: nothing of it is made anew."""
    page.emulate_media(reduced_motion="reduce")
    opened(page, address, view)
    for width in (1280, 768, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert (width, theme, violations(page)) == (width, theme, [])


@pytest.mark.parametrize("view", EVERY)
def test_no_view_scrolls_sideways_or_is_jumbled(page: Page, address: str, view: str) -> None:
    """640 px are also a window of 1280 px at 200 %: half as many CSS pixels are left."""
    opened(page, address, view)
    for width in (320, 360, 640, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert not is_wider_than_its_window(page), width
        assert (width, layout(page, "jumbled")) == (width, [])


@pytest.mark.parametrize("view", EVERY)
def test_letters_of_twice_the_size_have_room(page: Page, address: str, view: str) -> None:
    """Letters alone enlarged, which moves no breakpoint, and a reader's own font size."""
    opened(page, address, view)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for width in (768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert not is_wider_than_its_window(page), width
        assert (width, layout(page, "jumbled")) == (width, [])
    page.evaluate("document.documentElement.style.fontSize = ''")
    sizes = {"fontSizes": {"standard": 32, "fixed": 26}}
    page.context.new_cdp_session(page).send("Page.setFontSizes", sizes)
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "30px"
    assert not is_wider_than_its_window(page)
    assert layout(page, "jumbled") == []


@pytest.mark.parametrize("view", EVERY)
def test_every_control_is_hit_within_24_px(page: Page, address: str, view: str) -> None:
    """WCAG 2.2, 2.5.8, on a phone, with what folds unfolded."""
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 800})
    opened(page, address, view)
    fold = page.get_by_role("button", name=re.compile("^Filters"))
    if fold.count():
        fold.click()
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert layout(page, "missed") == []


def test_10_nothing_moves_for_who_asks_for_less_motion(page: Page, address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    for view in EVERY:
        opened(page, address, view)
        assert (view, layout(page, "moving")) == (view, [])


def test_forced_colours_leave_focus_states_and_charts_visible(
    page: Page, address: str, violations: Callable[..., list[Any]]
) -> None:
    page.emulate_media(forced_colors="active", color_scheme="dark")
    for view in EVERY:
        opened(page, address, view)
        # Its contrast rule compares pairs that are not on the screen in this mode.
        assert (view, violations(page, without=("color-contrast",))) == (view, [])

    ink = page.evaluate("getComputedStyle(document.body).color")

    def style(selector: str, name: str, part: str = "") -> Any:
        element = page.locator(selector).first
        return element.evaluate(
            "(e, [name, part]) => getComputedStyle(e, part)[name]", [name, part]
        )

    opened(page, address, "disabled")
    assert style(".id .tag", "borderTopStyle") == "solid"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert style(":focus", "outlineStyle") == "solid"
    opened(page, address, "home")
    page.locator("#listed h3 a").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert style("#listed h3 a", "outlineStyle", "::after") == "solid"
    opened(page, address, "stats")
    assert style(".bars rect", "fill") == style(".months svg", "backgroundColor") == ink
    assert style(".bars .b", "backgroundColor") != ink
    opened(page, address, "result")
    assert style(".chart .bar", "fill") == ink
    assert style(".track", "fill") != ink
    page.goto(f"{address}stats/days/")
    for mark in (".columns .bar", ".columns text"):
        assert style(mark, "fill") == ink, mark
    assert style(".columns .line", "stroke") == ink
    opened(page, address, "answer")
    assert style("#chart .bar", "fill") == ink
    assert style("#views [aria-selected=true]", "outlineStyle") == "solid"
    assert style("#views [aria-selected=false]", "outlineStyle") == "none"
