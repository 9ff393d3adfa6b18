"""The page of a plugin in a browser: whole, sparse, deprecated and disabled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from catalogctl.model.plugin_documents import PluginDocuments
from catalogctl.source.settings import SiteSettings
from support import samples, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from catalogctl.jsontypes import JSON
    from catalogctl.model.plugin import Plugin

LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")
WIDTHS = (360, 390, 768, 1280)
KINDS = ("whole", "sparse", "deprecated", "disabled")
LONG = "a-rather-long-and-unbroken-name-of-a-plugin-that-goes-on-and-on"
"""An id of 63 letters, of 64 that are allowed."""
README = """Opens an issue for each alert, and closes it when the alert is resolved.

## What you need

- A project that issues may be opened in, and a token stored as `an_identifier_without_a_break`.

| Alert | Issue |
| --- | --- |
| Triggered | A new issue, with the title of the alert and a link to the resource |
"""
CHANGELOG = "## 1.2.0\n\n- **Fixed:** titles of more than 255 characters.\n"


def plugins() -> list[Plugin]:
    """One plugin of each kind, and one that none of them is related to."""
    versions: list[JSON] = ["2.0.0-rc.1", "1.2.0", "1.1.0", "1.0.1", "1.0.0", "0.9.0"]
    tags: JSON = {
        "description": "Opens an issue for each alert",
        "homepage": "https://one.example/",
        "source": "https://github.com/acme/one",
        "license": "Apache-2.0",
    }
    whole = site.plugin(
        LONG,
        "Issue notification",
        image=f"pyengine/{LONG}",
        tags=tags,
        labels=["issues", "x" * 60],
        capability={"supported_schema": ["an_identifier_of_a_schema_without_a_break"]},
        template={"options": {"schema": samples.SCHEMA}},
        versions=versions,
    )
    deprecated: JSON = {"reason": "It reads nothing new", "successor": LONG, "since": "2026-10-01"}
    return [
        replace(whole, documents=PluginDocuments(README, CHANGELOG)),
        site.plugin("plugin-sparse", "LongUnbroken" * 21, service_type="a.Kind", provider=None),
        site.plugin("plugin-deprecated", "Deprecated", versions=["1.0.0"], deprecated=deprecated),
        site.plugin("plugin-disabled", "Disabled", state="DISABLED", versions=["1.0.0"]),
    ]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> dict[str, str]:
    """The address of a page of each kind."""
    settings = SiteSettings(repository_url="https://git.example/acme/plugins")
    files = site.tree(plugins(), site.context(base_url="https://p.example/", site=settings))
    address = serve(samples.written(files, tmp_path_factory.mktemp("kinds")))
    ids = (LONG, "plugin-sparse", "plugin-deprecated", "plugin-disabled")
    return {
        kind: f"{address}plugins/{plugin_id}/" for kind, plugin_id in zip(KINDS, ids, strict=True)
    }


CLIPPED = """() => [...document.querySelectorAll('main :is(code, bdi, h1, h2, h3, .tag)')]
    .filter((each) => each.checkVisibility() && !each.closest('pre, .scroll, .vh'))
    .filter((each) => {
        const own = each.getBoundingClientRect();
        for (let at = each; at !== document.body; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (style.textOverflow === 'ellipsis') return true;
            const edge = at.getBoundingClientRect();
            if (style.overflow !== 'visible' && style.display !== 'inline'
                && (own.right > edge.right + 1 || own.bottom > edge.bottom + 6)) return true;
        }
        return false;
    }).map((each) => each.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("kind", KINDS)
def test_1_nothing_scrolls_sideways_or_is_clipped_at_any_width(
    page: Page, pages: dict[str, str], kind: str
) -> None:
    """Also with a wide font, and with everything that is folded shown."""
    page.goto(pages[kind])
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    for font in ("", "'DejaVu Sans'"):
        page.evaluate("font => { document.body.style.fontFamily = font }", font)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), width
            assert (width, page.evaluate(CLIPPED)) == (width, [])
            assert (width, page.evaluate(f"{LAYOUT}.jumbled()")) == (width, [])


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_on_a_plugin_page_of_any_kind(
    page: Page, pages: dict[str, str], violations: Callable[..., list[Any]], kind: str
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(pages[kind])
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert (width, theme, violations(page)) == (width, theme, [])


UNLABELLED = """() => {
    const labels = new Set(['DT', 'H2', 'H3', 'TH', 'LABEL']);
    return [...document.querySelectorAll('.facts dd, .details dd, .record dd')].filter((each) => {
        let before = each.previousElementSibling;
        while (before?.tagName === 'DD') before = before.previousElementSibling;
        return !before?.textContent.trim() || !labels.has(before.tagName);
    }).map((each) => each.textContent);
}"""


def test_5_a_sparse_page_has_what_it_has_and_says_nothing_to_its_author(
    page: Page, pages: dict[str, str]
) -> None:
    page.goto(pages["sparse"])
    for missing in ("#versions", "#options", "#about", ".jump", ".lead", "#related"):
        expect(page.locator(missing)).to_have_count(0)
    expect(page.locator("main h2")).to_have_text(
        ["Use it", "Record", "Facts", "Maintainers", "Links", "For machines"]
    )
    read = page.locator("main").inner_text()
    for advice in ("catalogctl validate", "catalogctl resolve", ".yaml", "tags.", "template."):
        assert advice not in read
    for kind in KINDS:
        page.goto(pages[kind])
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert page.locator(".facts dd").count() >= 4
        assert page.evaluate(UNLABELLED) == [], kind


def test_5_each_entry_of_the_navigation_leads_to_its_section_below_it(
    page: Page, pages: dict[str, str]
) -> None:
    page.emulate_media(reduced_motion="reduce")  # a click while the page scrolls may miss
    page.goto(pages["whole"])
    for width in (768, 820, 1024):  # the header may need two rows, and does not cover this
        page.set_viewport_size({"width": width, "height": 900})
        page.locator("#options").scroll_into_view_if_needed()
        top, jump = (page.locator(each).bounding_box() for each in (".top", ".jump"))
        assert top is not None
        assert jump is not None
        assert jump["y"] >= max(top["y"] + top["height"] - 1, 0), width
    page.set_viewport_size({"width": 1280, "height": 720})
    entries = page.locator(".jump a")
    expect(entries).to_have_text(
        ["Use it", "About", "Options 6", "Versions 6", "Record"], use_inner_text=True
    )
    for entry in entries.all():
        entry.click()
        heading = page.locator(f"{entry.get_attribute('href')} h2").first
        page.wait_for_function(
            """(heading) => {
                const { y } = heading.getBoundingClientRect()
                const bar = document.querySelector('.jump').getBoundingClientRect()
                return bar.bottom - 1 <= y && y < innerHeight
            }""",
            arg=heading.element_handle(),
        )


def test_7_every_identifier_is_selected_whole_and_copied(page: Page, pages: dict[str, str]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(pages["whole"])
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    identifiers = page.locator("main code:not(pre code, table code)")
    assert identifiers.count() > 12
    for each in identifiers.all():
        selected = each.evaluate(
            "e => { getSelection().selectAllChildren(e); return getSelection().toString() }"
        )
        assert selected == each.evaluate("e => e.textContent")
    copied = {"plugin id": LONG, "Image": f"pyengine/{LONG}", "service type": "monitoring.Webhook"}
    for what, text in copied.items():
        page.get_by_role("button", name=f"Copy {what}", exact=True).click()
        page.wait_for_function(
            "text => navigator.clipboard.readText().then(t => t === text)", arg=text
        )
    for version in ("1.2.0", "2.0.0-rc.1", "0.9.0"):
        page.get_by_role("button", name=f"Copy digest of {version}", exact=True).click()
        page.wait_for_function(
            "navigator.clipboard.readText().then(t => /^sha256:[0-9a-f]{64}$/.test(t))"
        )


@pytest.mark.parametrize("kind", KINDS)
def test_7_every_target_is_hit_within_24_px(page: Page, pages: dict[str, str], kind: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(pages[kind])
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate(f"{LAYOUT}.missed()") == []


def test_9_without_scripts_everything_is_there_and_no_control_is_dead(
    browser: Browser, pages: dict[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["whole"])
    for snippet in ("use-yaml", "use-curl", "use-python", "use-js", "use-docker"):
        expect(page.locator(f"#{snippet} code")).to_be_visible()
    expect(page.locator("#about table td").first).to_be_visible()
    expect(page.locator("table.options tbody tr")).to_have_count(8)
    expect(page.locator("table.options tbody tr").first).to_be_visible()
    expect(page.locator("#versions .rel").first).to_contain_text("titles of more than 255")
    page.get_by_text("2 older: 1.0.0, 0.9.0").click()
    expect(page.locator("#versions .rel", has_text="0.9.0")).to_be_visible()
    page.get_by_text("Show the fields").click()
    expect(page.locator(".record dt")).to_have_count(18)
    for kind in KINDS:
        page.goto(pages[kind])
        assert page.locator("button:visible, input:visible, select:visible").count() == 0, kind
    context.close()


@pytest.fixture
def paper(browser: Browser, guard: Any) -> Iterator[Page]:
    """A page as it is printed, by a reader of the dark theme."""
    page = browser.new_page(viewport={"width": 794, "height": 1123}, color_scheme="dark")
    page.emulate_media(media="print")
    guard.watch(page)
    yield page
    page.close()


@pytest.mark.parametrize("kind", KINDS)
def test_10_a_page_prints_on_white_with_notes_and_digests_and_without_controls(
    paper: Page, pages: dict[str, str], kind: str
) -> None:
    paper.goto(pages[kind])
    paper.evaluate("dispatchEvent(new Event('beforeprint'))")
    grounds = "all => all.map(e => getComputedStyle(e).backgroundColor)"
    shown = paper.locator("body, .band, .two, .aside, #versions, .record, .rel, .item")
    assert set(shown.evaluate_all(grounds)) <= {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    controls = paper.locator("nav, form, button, select, input, .button, .top, .foot")
    assert controls.evaluate_all("all => all.filter(e => e.checkVisibility()).length") == 0
    assert paper.locator("details:not([open])").count() == 0
    expect(paper.locator(".record dt").first).to_be_visible()
    address = "e => getComputedStyle(e, '::after').content"
    for link in paper.locator(".aside .links a").all():
        assert link.evaluate("e => e.href") in link.evaluate(address)
    digests = paper.locator(".details code")
    assert digests.count() == {"whole": 6, "sparse": 0}.get(kind, 1)
    for digest in digests.all():
        expect(digest).to_be_visible()
        assert digest.evaluate("e => e.textContent.length") == len("sha256:") + 64
    if kind == "whole":
        expect(paper.locator("#versions .rel").first).to_contain_text("titles of more than 255")
        expect(paper.locator("table.options")).to_be_visible()
        expect(paper.locator(".opts")).to_be_hidden()


def test_10_nothing_moves_for_who_asks_for_less_motion(page: Page, pages: dict[str, str]) -> None:
    page.emulate_media(reduced_motion="reduce")
    for kind in KINDS:
        page.goto(pages[kind])
        assert (kind, page.evaluate(f"{LAYOUT}.moving()")) == (kind, [])


def test_a_deprecated_page_leads_to_its_successor(page: Page, pages: dict[str, str]) -> None:
    page.goto(pages["deprecated"])
    note, title = page.locator(".note").bounding_box(), page.locator("h1").bounding_box()
    assert note is not None
    assert title is not None
    assert note["y"] < title["y"]
    expect(page.locator(".note")).to_have_text("Deprecated since 1 Oct 2026. It reads nothing new.")
    expect(page.locator("#successor article")).to_have_count(1)
    expect(page.locator("#use h2")).to_have_text("Use it all the same")
    page.get_by_role("link", name="Use Issue notification instead").click()
    expect(page).to_have_url(pages["whole"])


def test_a_disabled_page_leads_to_others_and_is_not_to_be_used(
    page: Page, pages: dict[str, str]
) -> None:
    page.goto(pages["disabled"])
    expect(page.locator("#use, .snippets")).to_have_count(0)
    expect(page.locator("main h2").first).to_have_text("Related plugins")
    page.get_by_role("link", name="Related plugins").click()
    page.locator("#related").get_by_role("link", name="Issue notification").click()
    expect(page).to_have_url(pages["whole"])
