"""News and statistics as a person sees them, in the shipped catalog and a sample (design, 7)."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from catalogctl.pipeline.build import BuildOptions, build

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

CATALOG = Path(__file__).parents[2] / "catalog"
LARGEST_STATISTICS = 3_379
"""3.3 KiB, compressed."""
FOLD = 1_000


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the shipped catalog on disk."""
    out = tmp_path_factory.mktemp("shipped") / "public"
    assert build(BuildOptions(CATALOG, out, {}, durable=False)).published
    return out


@pytest.fixture(scope="module")
def shipped_address(shipped: Path, serve: Callable[[Path], str]) -> str:
    """The address of the shipped catalog's site."""
    return serve(shipped)


def test_the_statistics_of_the_shipped_catalog_are_light(shipped: Path) -> None:
    page = (shipped / "stats/index.html").read_bytes()
    assert len(gzip.compress(page, 9)) <= LARGEST_STATISTICS


def test_five_answers_end_on_the_first_screen(
    page: Page, shipped_address: str, address: str
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    for site in (shipped_address, address):
        page.goto(f"{site}stats/")
        answers = page.locator(".questions > section:not(:last-child)")
        expect(answers).to_have_count(5)
        ends = answers.evaluate_all("all => all.map(e => e.getBoundingClientRect().bottom)")
        assert max(ends) <= FOLD, ends


def test_each_answer_has_its_figures_as_json_and_asks_differently(
    page: Page, shipped_address: str
) -> None:
    page.goto(f"{shipped_address}stats/")
    for answer in page.locator(".questions > section:not(:last-child)").all():
        source = answer.locator(".src a").first
        path = str(source.get_attribute("href"))
        found = page.request.get(f"{shipped_address}stats/{path}")
        assert found.ok, path
        ask = answer.get_by_role("link", name="Ask it differently")
        expect(ask).to_have_attribute("href", re.compile(r"^\.\./api/console/#(name|stat|list)"))
    bars = page.locator(".questions section", has_text="What is in it?").locator(".bars li")
    kinds = page.request.get(f"{shipped_address}repository/v1/plugin/stat/by-service-type.json")
    figures = [int(each) for each in bars.locator("b").all_inner_texts()]
    assert sorted(figures) == sorted(row["count"] for row in kinds.json()["results"])


def test_asking_differently_fills_the_console(page: Page, address: str) -> None:
    page.goto(f"{address}stats/")
    answer = page.locator(".questions section", has_text="Who is covered")
    answer.get_by_role("link", name="Ask it differently").click()
    expect(page).to_have_url(re.compile("/api/console/#stat:"))
    editor = page.get_by_label("Query as JSON")
    expect(editor).to_have_value(
        re.compile(r'^\{"aggregate":\[\{"group":\{"keys":\[\{"key":"provider"')
    )


def test_a_saved_query_leads_to_its_answer_and_its_file(page: Page, address: str) -> None:
    page.goto(f"{address}stats/")
    page.get_by_role("link", name="Types", exact=True).click()
    expect(page).to_have_url(f"{address}stats/types/")
    expect(page.locator(".chart li").first).to_contain_text("a.B")
    path = str(page.locator(".more a").first.get_attribute("href"))
    assert page.request.get(f"{address}stats/types/{path}").json()["results"][0]["n"] == 2


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_one_kind_of_news_can_be_chosen(browser: Browser, address: str, *, scripts: bool) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{address}news/")
    shown = page.locator(".news article:visible")
    expect(shown).to_have_count(7)
    page.get_by_role("link", name="Releases", exact=True).click()
    expect(page).to_have_url(f"{address}news/#release")
    expect(shown).to_have_count(2)
    expect(shown.first).to_contain_text("1.2")
    page.get_by_role("link", name="Removed", exact=True).click()
    expect(shown).to_have_count(1)
    expect(page.get_by_role("heading", name="October 2026")).to_be_hidden()
    page.get_by_role("link", name="All", exact=True).click()
    expect(shown).to_have_count(7)
    assert page.evaluate("scrollY") == 0
    context.close()


def test_without_scripts_news_and_answers_are_there_and_nothing_is_dead(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}news/")
    page.get_by_role("link", name="October 2026").first.click()
    expect(page.get_by_role("heading", name="News of October 2026")).to_be_visible()
    page.goto(f"{address}stats/")
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_text("Ask it differently").first).to_be_hidden()
    page.get_by_role("link", name="newest").click()
    expect(page.get_by_role("cell", name="Usual 01")).to_be_visible()
    context.close()
