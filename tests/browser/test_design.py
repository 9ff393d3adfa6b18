"""What the site's design promises (site design, 7), each by its number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from catalogctl.source.settings import SiteSettings
from support import samples, site
from support.samples import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from catalogctl.model.plugin import Plugin

WIDTHS = (360, 390, 768, 1280)
LISTS = {
    "home": "",
    "page 2": "page/2/",
    "results": "?q=usual&provider=aws",
    "nothing found": "?q=zzzzzz",
    "facet": "labels/",
    "value": "service-types/monitoring.Webhook/",
    "removed": "removed/",
    "tombstone": "plugins/plugin-gone/",
    "about": "about/",
    "own": "pages/about/",
    "add": "pages/add-a-plugin/",
    "not found": "plugins/plugin-optoins/",
}
"""The pages that show rows, and those that are only text."""
CUT_OFF = """() => {
    const found = [];
    for (const each of document.querySelectorAll("code, bdi, h1, h2, h3, .tag, svg text")) {
        if (!each.checkVisibility() || each.closest(".vh, .skip, .searched h1")) continue;
        const box = each.getBoundingClientRect();
        const text = each.textContent.slice(0, 60);
        for (let at = each; at && at !== document.body; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (style.textOverflow === "ellipsis") found.push(`…: ${text}`);
            if (!/hidden|clip/.test(style.overflowX) || style.display === "inline") continue;
            const edge = at.getBoundingClientRect();
            if (box.right > edge.right + 1 || box.left < edge.left - 1) found.push(text);
        }
    }
    return found;
}"""
"""Identifiers, names and headings that end outside an ancestor that cuts them off."""
ROWS = """() => [...document.querySelectorAll(".item")].filter(each => each.checkVisibility())
    .map(each => each.getBoundingClientRect().bottom)"""


def shown(page: Page, url: str) -> None:
    """Open a page, and wait for what its scripts make of it."""
    page.goto(url)
    expect(page.locator("h1")).to_be_attached()
    expect(page.locator("#found > *, #near > *, main").first).to_be_attached()
    page.wait_for_function("() => !document.documentElement.classList.contains('asking')")


def wide_letters(route: Route) -> None:
    """Answer with the page's style sheet, set in DejaVu."""
    answer = route.fetch()
    text = re.sub(r"system-ui", '"DejaVu Sans"', answer.text())
    route.fulfill(response=answer, body=re.sub(r"ui-monospace", '"DejaVu Sans Mono"', text))


@pytest.mark.usefixtures("forgiving")
@pytest.mark.parametrize("letters", ["usual", "wide"])
def test_1_no_page_scrolls_sideways_and_nothing_ends_where_it_can_t_be_seen(
    page: Page, address: str, letters: str
) -> None:
    """With a wide font, too; the theme changes no measure."""
    if letters == "wide":
        page.route("**/assets/site.*.css", wide_letters)
    for name, path in LISTS.items():
        shown(page, address + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            is_wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert (name, width, is_wider, page.evaluate(CUT_OFF)) == (name, width, False, [])


def many_released() -> list[Plugin]:
    """Plugins as a catalog in use has them: described, with versions."""
    return [
        site.plugin(
            f"plugin-name-that-says-all-{number:02}",
            f"Plugin with a Usual Name {number:02}",
            tags={"description": "Collects the member accounts and units of a management account"},
            versions=[f"1.{number}.0"],
            service_type=("inventory.Collector", "monitoring.Webhook")[number % 2],
        )
        for number in range(30)
    ]


@pytest.mark.parametrize("letters", ["usual", "wide"])
def test_2_the_first_rows_are_above_the_fold(
    page: Page, tmp_path: Path, serve: Callable[[Path], str], letters: str
) -> None:
    description = "Plugins that collect, bill, watch, notify and sign in"
    context = site.context(site=SiteSettings(description=description))
    address = serve(samples.written(site.tree(many_released(), context), tmp_path))
    if letters == "wide":
        page.route("**/assets/site.*.css", wide_letters)
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("", "?q=plugin"):
        shown(page, address + path)
        assert page.evaluate(ROWS)[0] <= 844, path
    page.set_viewport_size({"width": 1280, "height": 800})
    shown(page, address)
    expect(page.locator(".fresh li")).to_have_count(4)
    assert page.evaluate(ROWS)[3] <= 800


def with_icon(plugin: Plugin, path: str) -> Plugin:
    return replace(plugin, summary=replace(plugin.summary, icon_path=path))


def test_6_an_icon_that_fails_leaves_the_avatar_and_one_with_a_script_runs_none(
    page: Page, tmp_path: Path, serve: Callable[[Path], str], guard: object
) -> None:
    """Such an SVG is never published; here it is, to see that the page would not run it."""
    plugins = [
        with_icon(site.plugin("plugin-a", "Absent"), "assets/absent.svg"),
        with_icon(site.plugin("plugin-b", "Bad"), "assets/bad.svg"),
    ]
    files = site.tree(plugins, site.context())
    files["assets/bad.svg"] = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="top.ran = 1">'
        b'<script>top.ran = 1; alert(1)</script><rect width="9" height="9"/></svg>'
    )
    address = serve(samples.written(files, tmp_path))
    for path in ("", "?q=plugin"):
        shown(page, address + path)
        absent, bad = (
            page.locator(".item:visible", has_text=name).locator(".av")
            for name in ("Absent", "Bad")
        )
        expect(absent.locator("svg")).to_be_visible()
        expect(absent.locator("img")).to_have_count(0)
        expect(bad.locator("img")).to_be_visible()
        assert bad.locator("img").evaluate("each => each.decode().then(() => each.naturalWidth)")
        assert page.evaluate("window.ran") is None
    noise = getattr(guard, "noise")  # noqa: B009  (the guard's own class is in conftest)
    noise[:] = [text for text in noise if "404" not in text]


@pytest.mark.usefixtures("forgiving")
def test_8_no_page_has_a_style_or_a_script_of_its_own(page: Page, address: str) -> None:
    """The values of the console are data: a script of a type that no browser runs."""
    own = "[style], style, script:not([src], [type='application/json'])"
    for path in {**KINDS, **LISTS}.values():
        shown(page, address + path)
        assert page.locator(own).count() == 0, path


LOOK = """each => {
    for (const mark of each.querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
    const avatar = each.querySelector(".av").className;
    return [each.className, each.innerText.replaceAll(/\\s+/g, " "), avatar];
}"""


def test_9_rows_are_whole_without_scripts(page: Page, address: str, folder: Path) -> None:
    """What a script writes for results is what the build wrote for the list."""
    rows = (folder / "index.html").read_text(encoding="utf-8").split("<article")
    (built,) = [row for row in rows if "plugins/plugin-options/" in row and "</article>" in row]
    assert "23 Nov 2026</time>" in built
    page.goto(address)
    row = page.locator("#listed article", has_text="Options and Versions")
    listed = row.evaluate(LOOK)
    page.goto(f"{address}?q=plugin-options")
    assert page.locator("#found article").evaluate(LOOK) == listed
