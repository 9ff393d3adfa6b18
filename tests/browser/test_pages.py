"""The site in a browser: complete without scripts, accessible, quiet, inert."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from support import site
from support.site import plugin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from catalogctl.jsontypes import JSON
    from catalogctl.model.plugin import Plugin

ATTACK = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>"""
KINDS = {
    "home": "",
    "plugin": "plugins/plugin-options/",
    "disabled": "plugins/plugin-disabled/",
    "facet": "labels/",
    "value": "service-types/monitoring.Webhook/",
    "stats": "stats/",
    "api": "api/",
    "not found": "404.html",
}


def plugins() -> list[Plugin]:
    """A catalog with two pages of plugins, one of each kind among them."""
    schema: JSON = {
        "type": "object",
        "required": ["project"],
        "properties": {
            "project": {"type": "string", "title": "Project", "minLength": 4.0},
            "severity": {"enum": ["LOW", "HIGH"], "default": "LOW", "description": "How bad."},
        },
    }
    special = [
        plugin(
            "plugin-options",
            "Options and Versions",
            template={"options": {"schema": schema}},
            versions=["2.0.0", "1.2.0"],
            labels=["aws", "라우드", "عربي"],
            tags={"description": "Has all that a page can show.", "home": "https://one.example/"},
        ),
        plugin(
            "plugin-disabled",
            "Disabled Collector",
            state="DISABLED",
            service_type="inventory.Collector",
            deprecated={"reason": "it is old", "successor": "plugin-options"},
        ),
        plugin("plugin-long", "Long" * 60, provider=None, labels=["x" * 200]),
    ]
    usual = [
        plugin(f"plugin-usual-{number:02}", f"Usual {number:02}", labels=["usual"])
        for number in range(30)
    ]
    return [*special, *usual]


def hostile() -> list[Plugin]:
    """Plugins whose strings are attacks."""
    return [
        plugin(
            "plugin-hostile",
            ATTACK,
            service_type=ATTACK,
            provider="__proto__",
            labels=[ATTACK, "constructor", "x" * 10_000],
            tags={
                "description": ATTACK,
                ATTACK: "javascript:alert(1)",
                "icon": "https://x.example/",
            },
            template={"options": {"schema": {"properties": {ATTACK: {"default": ATTACK}}}}},
            versions=["1.0.0"],
        )
    ]


def written(files: dict[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site on disk."""
    return written(site.tree(plugins(), site.edition()), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def address(folder: Path, serve: Callable[[Path], str]) -> str:
    """The address of the sample site."""
    return serve(folder)


@pytest.fixture(scope="session")
def hostile_address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """The address of a site made of attacks."""
    return serve(written(site.tree(hostile(), site.edition()), tmp_path_factory.mktemp("hostile")))


def quiet(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", ["home", "plugin", "facet", "not found"])
def test_axe_finds_nothing(  # noqa: PLR0917
    page: Page,
    address: str,
    violations: Callable[[Page], list[Any]],
    guard: Any,
    kind: str,
    width: int,
    theme: Any,
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    quiet(page, address + KINDS[kind])
    assert violations(page) == []
    if kind == "not found":
        guard.noise.clear()  # Only one of the ways to its script can be the right one.


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_scrolls_sideways_or_shifts(
    page: Page, address: str, guard: Any, kind: str
) -> None:
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
        " if (!e.hadRecentInput) window.shift += e.value })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        quiet(page, address + KINDS[kind])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if kind != "not found":
            assert page.evaluate("window.shift") < 0.05
    if kind == "not found":
        guard.noise.clear()


def test_without_scripts_every_plugin_is_found_and_no_dead_control_shown(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator(".js-only:visible, button:visible, input:visible").count() == 0
    expect(page.locator("article")).to_have_count(24)
    page.get_by_role("link", name="2", exact=True).click()
    expect(page).to_have_url(f"{address}page/2/")
    expect(page.locator("article")).to_have_count(9)
    page.get_by_role("link", name="Plugins", exact=True).first.click()
    page.get_by_role("link", name="inventory.Collector").click()
    page.get_by_role("link", name="Disabled Collector").click()
    expect(page.get_by_text("This plugin is disabled.")).to_be_visible()
    page.goto(f"{address}plugins/plugin-options/")
    for title in ("YAML", "curl", "Python", "JavaScript", "Docker"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    context.close()


def test_the_filter_box_finds_by_all_terms_and_keeps_the_address(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    quiet(page, address)
    assert f"{address}index.json" not in asked
    page.keyboard.press("/")
    box = page.get_by_label("Filter plugins")
    expect(box).to_be_focused()
    page.keyboard.type("VERS opt")
    expect(page.locator("#found article")).to_have_count(1)
    expect(page.get_by_role("link", name="Options and Versions")).to_be_visible()
    expect(page.locator("#listed")).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text="1 plugin of 33")).to_be_visible()
    expect(page).to_have_url(f"{address}?q=VERS+opt")
    page.keyboard.press("Escape")
    expect(page.locator("#listed")).to_be_visible()
    expect(page).to_have_url(address)
    assert asked.count(f"{address}index.json") == 1


@pytest.mark.parametrize(
    ("query", "count"), [("usual", 30), ("라우드", 1), ("inventory", 1), ("aws", 32), ("zzz", 0)]
)
def test_a_shared_address_shows_its_results(
    page: Page, address: str, query: str, count: int
) -> None:
    quiet(page, f"{address}page/2/?q={query}")
    expect(page.locator("#found article")).to_have_count(count)
    words = f"{count} plugin" if count else "No plugin matches"
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_disabled_plugins_come_last_and_say_so(page: Page, address: str) -> None:
    quiet(page, f"{address}?q=plugin-")
    last = page.locator("#found article").last
    expect(last).to_contain_text("Disabled Collector")
    expect(last.locator(".mark")).to_have_text("Disabled")


def test_the_filter_box_reads_shards(page: Page, address: str) -> None:
    parts = [
        {"plugins": [{"plugin_id": name, "name": name, "state": "ENABLED", "service_type": "a.B"}]}
        for name in ("plugin-here", "plugin-there")
    ]
    for part in parts:
        part["plugins"][0]["labels"] = []  # type: ignore[assignment]
    answers = {
        "index.json": {"shards": [{"path": "index/001.json"}, {"path": "index/002.json"}]},
        "index/001.json": parts[0],
        "index/002.json": parts[1],
    }

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(address)
        route.fulfill(body=json.dumps(answers[name]), content_type="application/json")

    page.route(re.compile(r"/index(\.json|/\d+\.json)$"), answer)
    quiet(page, f"{address}?q=there")
    expect(page.locator("#found article")).to_have_count(1)


def test_a_failed_fetch_says_so_and_can_be_tried_again(
    page: Page, address: str, guard: Any
) -> None:
    page.route("**/index.json", lambda route: route.fulfill(status=503))
    quiet(page, address)
    page.get_by_label("Filter plugins").fill("usual")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    expect(page.get_by_text("could not be loaded")).to_be_visible()
    expect(page.locator("#listed")).to_be_visible()
    page.unroute("**/index.json")
    again.click()
    expect(page.locator("#found article")).to_have_count(30)
    expect(again).to_be_hidden()
    assert all("503" in text for text in guard.noise)
    guard.noise.clear()


@pytest.mark.parametrize("width", [360, 1280])
def test_results_are_accessible(
    page: Page, address: str, violations: Callable[[Page], list[Any]], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    quiet(page, f"{address}?q=collector")
    expect(page.locator("#found article")).to_have_count(1)
    assert violations(page) == []


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


def test_copy_buttons_copy_what_stands_beside_them(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    quiet(page, f"{address}plugins/plugin-options/")
    page.get_by_role("button", name="Copy plugin id").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == "plugin-options"
    page.get_by_role("button", name="Copy digest of 2.0.0").click()
    page.wait_for_function("navigator.clipboard.readText().then(t => t.startsWith('sha256:'))")


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


def test_facets_fold_behind_a_button_on_a_phone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    quiet(page, address)
    facets = page.locator("#facets")
    expect(facets).to_be_hidden()
    page.get_by_role("button", name="Browse by").click()
    expect(facets).to_be_visible()


@pytest.mark.parametrize("depth", ["gone", "plugins/gone/", "a/b/c/d"])
def test_not_found_leads_home_from_any_depth(
    page: Page, address: str, guard: Any, depth: str
) -> None:
    quiet(page, address + depth)
    button = page.get_by_role("link", name="All plugins")
    expect(button).to_have_attribute("href", address)
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "650"
    guard.noise.clear()
    button.click()
    expect(page.locator("article")).to_have_count(24)


def test_pages_work_from_disk_but_for_the_filter(page: Page, folder: Path, guard: Any) -> None:
    page.goto(f"file://{folder}/index.html")
    page.get_by_label("Filter plugins").fill("usual")
    expect(page.get_by_text("Filtering needs a web server: catalogctl serve")).to_be_visible()
    assert all("index.json" in text or "ERR_FAILED" in text for text in guard.noise)
    guard.noise.clear()
    page.get_by_role("link", name="Options and Versions").click()
    expect(page.get_by_role("tab", name="YAML")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Dark theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("path", ["", "plugins/plugin-hostile/", "labels/", "stats/", "api/"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_catalog_of_attacks_is_only_text(
    browser: Browser, hostile_address: str, guard: Any, path: str, scripts: Any
) -> None:
    """R-45: no dialog, no console error, no foreign request; the values can be read."""
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    guard.watch(page)
    page.goto(f"{hostile_address}{path}?q=<img src=x onerror=alert(1)>&__proto__=1#<script>")
    assert page.locator("script:not([src]), img[src=x]").count() == 0
    if path != "api/":
        assert page.get_by_text(ATTACK).count() > 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_attacks_stay_text_in_results(page: Page, hostile_address: str) -> None:
    """R-42: the filter box writes values as text only."""
    quiet(page, f"{hostile_address}?q=alert __proto__ constructor")
    result = page.locator("#found article")
    expect(result).to_have_count(1)
    expect(result.get_by_role("link")).to_have_text(ATTACK)
