"""Every view for every reader: what axe finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from support.samples import VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

EVERY = [*VIEWS, "form"]
"""All views, and the form of a plugin's options with an error in it."""
pytestmark = pytest.mark.usefixtures("forgiving")


def opened(page: Page, address: str, view: str) -> None:
    """Open a view, and wait for what its scripts make of it."""
    if view == "form":
        page.goto(f"{address}plugins/plugin-options/")
        page.get_by_text("Fill it in").click()
        page.get_by_label("Project (required)").fill("abc")
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
