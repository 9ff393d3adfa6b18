"""The site in a browser: complete without scripts, quiet, within its measures."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from catalogctl.publish.site.texts import Texts
from support import samples, site
from support.samples import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Response

    from catalogctl.publish.site.own_texts import Text

SHIFT = (
    "window.shift = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
    " if (!e.hadRecentInput) window.shift += e.value })"
    ".observe({type: 'layout-shift', buffered: true})"
)
AIM = 40_000
"""Bytes of a first view, compressed: what the site contract aims at (its limit is 100 KB)."""


def quiet(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_shifts_while_it_loads(
    page: Page,
    address: str,
    forgiving: Any,  # noqa: ARG001
    kind: str,
) -> None:
    page.add_init_script(SHIFT)
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        quiet(page, address + KINDS[kind])
        if kind != "not found":
            assert page.evaluate("window.shift") < 0.05


def test_a_shared_search_does_not_shift_where_little_is_found(page: Page, address: str) -> None:
    page.add_init_script(SHIFT)
    for width, query in ((360, "q=zzzqqqxxx"), (768, "q=azure"), (768, "q=cloudwtch")):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{address}?{query}")
        expect(page.locator("#found")).to_be_visible()
        assert page.evaluate("window.shift") < 0.05, (width, query)


@pytest.mark.parametrize("path", [KINDS["plugin"], "stats/newest/"])
def test_tables_are_stacked_rows_below_640_px(page: Page, address: str, path: str) -> None:
    quiet(page, address + path)
    tables = page.locator("table.stack")
    expect(tables).not_to_have_count(0)
    for width, row in ((639, "block"), (700, "table-row")):
        page.set_viewport_size({"width": width, "height": 900})
        shown = tables.locator("tbody tr").evaluate_all(
            "all => [...new Set(all.map(each => getComputedStyle(each).display))]"
        )
        assert shown == [row]
    page.set_viewport_size({"width": 360, "height": 900})
    wide = tables.evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.parentElement.clientWidth)"
    )
    assert wide == []


@pytest.mark.parametrize("kind", ["home", "plugin", "stats", "api", "console"])
def test_a_first_view_is_light(page: Page, address: str, kind: str) -> None:
    """HTML, styles and scripts together, compressed, as the site contract counts (7)."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  (it takes functions alone)
    page.goto(address + KINDS[kind], wait_until="networkidle")
    while len(answers) < 4:  # a busy machine is late; one that never comes ends in a time-out
        page.wait_for_event("response")
    assert sum(len(gzip.compress(answer.body(), 6)) for answer in answers) < AIM


def test_9_without_scripts_every_plugin_is_found_and_no_dead_control_shown(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in KINDS.values():
        page.goto(address + path)
        shown = page.locator(".js-only:visible, button:visible, input:visible, select:visible")
        assert shown.count() == 0, path
    page.goto(address)
    expect(page.locator("article")).to_have_count(24)
    page.get_by_role("link", name="2", exact=True).click()
    expect(page).to_have_url(f"{address}page/2/")
    expect(page.locator("article")).to_have_count(10)
    page.get_by_role("link", name="Plugins", exact=True).first.click()
    page.locator("#facets").get_by_role("link", name="Inventory collector").click()
    page.get_by_role("link", name="Disabled Collector").click()
    expect(page.get_by_text("It can't be used for new installations.")).to_be_visible()
    page.goto(f"{address}plugins/plugin-options/")
    for title in ("YAML", "curl", "Python", "JavaScript", "Docker"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.locator(".options tbody tr")).to_have_count(8)
    page.goto(f"{address}stats/by-service-type/")
    page.get_by_text("Show as table").first.click()
    expect(page.get_by_role("cell", name="Inventory collector").first).to_be_visible()
    page.goto(f"{address}api/console/")
    expect(page.get_by_text("The console needs JavaScript.")).to_be_visible()
    context.close()


def test_an_old_browser_gets_the_page_that_needs_no_script(
    page: Page, address: str, guard: Any
) -> None:
    """Also where it can't read the other scripts: nothing waits for them."""
    page.add_init_script("CSS.supports = () => false")
    page.route("**/assets/s*.js", lambda route: route.fulfill(body="a ?=?= b"))
    page.goto(f"{address}?q=cafe")
    expect(page.locator("#listed article")).to_have_count(24)
    assert page.locator(".js-only:visible").count() == 0
    page.locator("#facets").get_by_role("link", name="Azure").click()
    expect(page).to_have_url(f"{address}providers/azure/")
    assert all("Unexpected token" in text for text in guard.noise)
    guard.noise.clear()


def test_the_theme_follows_the_system_until_it_is_chosen(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    quiet(page, address)
    switch = page.get_by_role("button", name="Dark theme")
    expect(switch).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    switch.click()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    quiet(page, f"{address}stats/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light
    page.emulate_media(color_scheme="light")
    expect(switch).to_have_attribute("aria-pressed", "false")
    # Chosen on another page, from which «Back» leads to this one.
    page.evaluate("localStorage.setItem('catalog-theme', 'dark')")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_a_theme_can_be_chosen_where_storage_is_blocked(page: Page, address: str) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked') } })"
    )
    quiet(page, address)
    page.get_by_role("button", name="Dark theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_copy_buttons_copy_what_stands_beside_them(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    quiet(page, f"{address}plugins/plugin-options/")
    page.get_by_role("button", name="Copy plugin id").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == "plugin-options"
    page.get_by_role("button", name="Copy digest of 2.0.0").click()
    page.wait_for_function("navigator.clipboard.readText().then(t => t.startsWith('sha256:'))")


def test_code_is_in_colours_also_after_it_was_written_anew(page: Page, address: str) -> None:
    quiet(page, f"{address}plugins/plugin-options/")
    painted = """(selector) => {
        const code = document.querySelector(selector).firstChild;
        const text = (each) => code.data.slice(each.startOffset, each.endOffset);
        return Object.fromEntries([...CSS.highlights].map(([name, ranges]) =>
            [name, [...ranges].filter((each) => each.startContainer === code).map(text)]));
    }"""
    found = page.evaluate(painted, ".record pre code")
    assert found["json-key"][:2] == ['"options"', '"schema"']
    assert found["json-text"][0] == '"object"'
    page.get_by_label("region").fill("eu-west-1")
    expect(page.locator(".opts pre code")).to_contain_text("eu-west-1")
    found = page.evaluate(painted, ".opts pre code")
    assert found["json-key"] == ["options:", "severity:", "region:", "limits:"]
    assert found["json-text"] == ['"LOW"', '"eu-west-1"']


def test_snippets_are_tabs_that_the_keyboard_walks(page: Page, address: str) -> None:
    quiet(page, f"{address}plugins/plugin-options/")
    yaml, curl = page.get_by_role("tab", name="YAML"), page.get_by_role("tab", name="curl")
    expect(yaml).to_have_attribute("aria-selected", "true")
    yaml.focus()
    page.keyboard.press("ArrowRight")
    expect(curl).to_be_focused()
    expect(page.locator("#use-curl")).to_be_visible()
    expect(page.locator("#use-yaml")).to_be_hidden()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Docker")).to_be_focused()


def test_a_plugin_page_leads_to_others_of_its_kind(page: Page, address: str) -> None:
    quiet(page, f"{address}plugins/plugin-usual-29/")
    related = page.locator("#related")
    expect(related.locator("article")).to_have_count(3)
    related.get_by_role("link", name="Usual 00").click()
    expect(page).to_have_url(f"{address}plugins/plugin-usual-00/")


def test_a_bar_leads_to_the_plugins_that_it_counts(page: Page, address: str) -> None:
    quiet(page, f"{address}stats/by-provider/")
    chart = page.locator(".chart")
    expect(chart.get_by_role("img")).to_have_attribute(
        "aria-label", "Plugins by provider: AWS 32, No provider 1, Azure 1."
    )
    chart.get_by_role("link", name="Azure").first.click()
    expect(page).to_have_url(f"{address}providers/azure/")
    expect(page.locator("article")).to_have_count(1)


def test_a_call_can_be_tried_on_the_api_page(page: Page, address: str) -> None:
    quiet(page, f"{address}api/")
    call = page.locator("#get")
    call.get_by_role("button", name="Try it").click()
    expect(call.get_by_text("HTTP 200")).to_be_visible()
    expect(call.locator(".answer code")).to_contain_text('"plugin_id": "plugin-options"')


@pytest.mark.parametrize("depth", ["gone", "plugins/gone/", "a/b/c/d"])
def test_not_found_leads_home_from_any_depth(
    page: Page,
    address: str,
    forgiving: Any,  # noqa: ARG001
    depth: str,
) -> None:
    quiet(page, address + depth)
    expect(page.get_by_role("link", name="All plugins")).to_have_attribute("href", address)
    expect(page.get_by_role("button", name="Dark theme")).to_have_count(1)
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "700"
    page.locator("main").get_by_label("Search plugins").fill("cloudwatch")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}?q=cloudwatch")
    expect(page.locator("#found article")).to_have_count(1)


def test_a_browser_writes_numbers_as_the_build_does(
    page: Page, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    own: dict[str, Text] = {"thousands": ".", "decimal": ","}
    numbers = [0, 1.005, 0.125, 1234.5, -2.345, 1234567, 99.999, 1e21, 1e300, 0.3, 2.675, 1 / 3]
    sizes = [0, 999, 1000, 1250, 999_949, 999_950, 1_250_000, 999_950_000, 1_500_000_000_000]
    page.goto(serve(samples.written(site.tree([], site.context(), own_texts=own), tmp_path)))
    said = page.evaluate("(each) => each.map(globalThis.catalogWords.number)", numbers)
    t = Texts(own)
    assert said == [t.number(number) for number in numbers]
    said = page.evaluate("(each) => each.map(globalThis.catalogWords.size)", sizes)
    assert said == [t.size(count) for count in sizes]


@pytest.mark.usefixtures("forgiving")
@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("plugins/plugin-optoins/", ["plugin-options"]),
        ("plugins/plugin-option", ["plugin-options"]),
        ("plugins/PLUGIN_OPTIONS/", ["plugin-options"]),
        ("plugins/cloudwatch/", ["plugin-cloudwatch"]),
        ("plugins/plugin-usual-0/", ["plugin-usual-00", "plugin-usual-01", "plugin-usual-02"]),
        ("plugins/nothing-like-it/", []),
        ("plugins/%E0%A4%A/", []),
        ("elsewhere/plugin-options/", []),
    ],
)
def test_not_found_suggests_plugins_with_nearly_that_id(
    page: Page, address: str, path: str, near: list[str]
) -> None:
    page.goto(f"{address}{path}", wait_until="networkidle")
    expect(page.locator("#asked")).to_be_visible()
    said = page.locator("#near")
    if not near:
        expect(said).to_be_hidden()
        return
    meant = "Is this the plugin you meant?" if len(near) == 1 else "Is one of these"
    expect(said.get_by_role("status")).to_contain_text(meant)
    expect(said.locator("article code:not(.ver code)")).to_have_text(near)
    link = said.get_by_role("link").first
    expect(link).to_have_attribute("href", f"{address}plugins/{near[0]}/")
