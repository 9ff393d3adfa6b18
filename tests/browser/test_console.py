"""The query console in a browser: runs in a worker, completes, says where a query is wrong."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from support import queries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page


def asked(page: Page, address: str, kind: str, query: object) -> None:
    text = query if isinstance(query, str) else json.dumps(query)
    page.goto(f"{address}api/console/#{kind}:{quote(text)}")


def test_a_shared_link_runs_its_query_in_a_worker(page: Page, address: str) -> None:
    with page.expect_worker() as started:
        asked(page, address, "list", {"filter": [{"k": "provider", "v": "azure", "o": "eq"}]})
    assert "/assets/query-worker." in started.value.url
    expect(page.get_by_text("1 row ·")).to_be_visible()
    link = page.locator("#table").get_by_role("link", name="plugin-cloudwatch")
    expect(link).to_have_attribute("href", f"{address}plugins/plugin-cloudwatch/")
    page.get_by_role("tab", name="JSON").click()
    expect(page.locator("#json code")).to_contain_text('"total_count": 1')


def test_an_example_of_the_catalog_is_a_chart_and_its_answer_a_file(
    page: Page, address: str
) -> None:
    page.goto(f"{address}stats/by-provider/")
    page.get_by_role("link", name="Open the query").click()
    expect(page.get_by_role("tab", name="Chart")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#chart li").first).to_contain_text("aws")
    expect(page.locator("#chart svg")).to_have_attribute("aria-label", re.compile("aws 32"))
    expect(page.locator("#use-curl code")).to_have_text(
        'curl -fsS "$CATALOG_URL/repository/v1/plugin/stat/by-provider.json"'
    )


def test_the_same_query_is_given_for_other_tools(page: Page, address: str) -> None:
    asked(page, address, "list", {"only": ["name"], "minimal": False, "keyword": 'it\'s "x"'})
    expect(page.locator("#use-catalogctl code")).to_have_text(
        "catalogctl list --from \"$CATALOG_URL\" --query - <<'QUERY'\n"
        '{\n  "only": [\n    "name"\n  ],\n  "minimal": false,\n'
        '  "keyword": "it\'s \\"x\\""\n}\nQUERY'
    )
    expect(page.locator("#use-python code")).to_contain_text(
        'catalog.list({"only": ["name"], "minimal": False, "keyword": "it\'s \\"x\\""})'
    )
    expect(page.locator("#use-curl code")).to_contain_text("/list/all.json")
    expect(page.locator("#use-yaml code")).to_contain_text("kind: list")


@pytest.mark.parametrize(
    ("kind", "query", "said"),
    [
        ("list", '{\n  "filter": [}', "line 2, column 14: a value is missing"),
        ("list", '{"only": [name]}', 'line 1, column 11: write text in quotes: "name"'),
        ("list", '{"only": []', "line 1, column 12: the text ends here"),
        (
            "list",
            '{"filter": [\n {"k": "nam", "v": 1, "o": "eq"}]}',
            'line 2, column 8: ERROR_DB_QUERY: there is no field "nam" (did you mean "name"?)',
        ),
        ("stat", '{"aggregate": [{"grup": {}}]}', "ERROR_INVALID_PARAMETER"),
        ("stat", "{}", "ERROR_REQUIRED_PARAMETER"),
    ],
)
def test_an_error_is_told_at_its_place(
    page: Page, address: str, kind: str, query: str, said: str
) -> None:
    asked(page, address, kind, query)
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.get_by_label("Query as JSON")).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("wrong", ["{", '{"sort": {"key": "nam"}}'])
def test_the_answer_of_another_query_does_not_stay_beside_an_error(
    page: Page, address: str, wrong: str
) -> None:
    page.goto(f"{address}api/console/#name=by-provider")
    expect(page.locator("#chart li").first).to_contain_text("aws")
    expect(page.locator("#use-curl code")).to_be_visible()
    page.get_by_label("Query as JSON").fill(wrong)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("line 1")
    expect(page.locator("#table")).to_have_text("Run a query to see its answer.")
    for emptied in ("#json", "#chart", "#lines", "#summary"):
        expect(page.locator(emptied)).to_be_empty()
    page.get_by_label("Example").select_option(label="Plugins by provider (stat)")
    expect(page.locator("#chart li").first).to_contain_text("aws")


def test_the_first_query_has_few_columns(page: Page, address: str) -> None:
    page.goto(f"{address}api/console/")
    page.get_by_role("button", name="Run", exact=True).click()
    heads = page.locator("#table th")
    expect(heads).to_have_text(["plugin_id", "name", "provider", "updated_at"])


@pytest.mark.parametrize("width", [360, 1280])
def test_many_columns_scroll_and_stay_readable(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    asked(page, address, "list", {"page": {"limit": 5}})
    expect(page.locator("#table th")).to_have_count(17)
    narrow = """() => [...document.querySelectorAll("#table td bdi")].filter((each) =>
        each.textContent.length > 6 && each.getBoundingClientRect().width < 50).length"""
    assert page.evaluate(narrow) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    table = page.locator("#table")
    assert table.evaluate("e => e.scrollWidth > e.clientWidth")


def test_the_place_of_an_error_can_be_gone_to(page: Page, address: str) -> None:
    asked(page, address, "list", '{"sort": {"key": "nam"}}')
    page.get_by_role("alert").get_by_role("button", name="line 1").click()
    editor = page.get_by_label("Query as JSON")
    expect(editor).to_be_focused()
    chosen = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
    assert editor.evaluate(chosen) == '"nam"'


def test_fields_and_operators_are_completed(page: Page, address: str) -> None:
    page.goto(f"{address}api/console/")
    editor = page.get_by_label("Query as JSON")
    editor.fill("")
    editor.press_sequentially('{"fi')
    expect(page.locator("#offers [aria-selected=true]")).to_have_text("filter")
    page.keyboard.press("Tab")
    editor.press_sequentially(': [{"key": "prov')
    page.keyboard.press("Enter")
    editor.press_sequentially(', "value": "azure", "operator": "e')
    page.keyboard.press("Enter")
    editor.press_sequentially("}]}")
    expect(editor).to_have_value(
        '{"filter": [{"key": "provider", "value": "azure", "operator": "eq"}]}'
    )
    expect(page.get_by_role("listbox", name="Completions")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 row ·")).to_be_visible()


def test_a_query_that_takes_too_long_is_stopped(page: Page, address: str) -> None:
    page.route(
        "**/assets/query-worker.*",
        lambda route: route.fulfill(
            content_type="text/javascript",
            body="onmessage = ({data: {number, kind}}) => { if (kind) for (;;) {}"
            " postMessage({number, loaded: {count: 0, fields: []}}) }",
        ),
    )
    page.clock.install()
    asked(page, address, "list", {"keyword": "x"})
    expect(page.get_by_text("…", exact=True)).to_be_visible()
    page.wait_for_function("document.getElementById('summary').textContent === '…'")
    page.clock.fast_forward(6000)
    expect(page.get_by_role("alert")).to_contain_text("stopped after 5 s", timeout=15_000)


def test_a_large_list_is_asked_for_first(page: Page, address: str) -> None:
    def grown(route: Any) -> None:
        index = route.fetch().json()
        index["lists"]["all"]["size"] = 7654321
        route.fulfill(json=index)

    page.route("**/index.json", grown)
    page.goto(f"{address}api/console/")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Load 7.7 MB and run").click()
    expect(page.get_by_text("1 row ·")).to_be_visible()


@pytest.mark.parametrize("fragment", ["#list:%E0%A4%A", "#name=nothing", "#<script>", "#stat:"])
def test_a_broken_link_is_no_query(page: Page, address: str, fragment: str) -> None:
    page.goto(f"{address}api/console/{fragment}")
    expect(page.get_by_label("Query as JSON")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_console_is_accessible_with_an_answer_and_with_an_error(
    page: Page, address: str, violations: Callable[[Page], list[Any]], theme: Any
) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto(f"{address}api/console/#name=by-provider")
    expect(page.locator("#chart svg")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Query as JSON").fill("{")
    page.keyboard.press("Control+Enter")
    page.set_viewport_size({"width": 320, "height": 800})
    expect(page.get_by_role("alert")).to_contain_text("line 1")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_published_engine_answers_every_case_as_catalogctl_does(
    page: Page, address: str, folder: Path
) -> None:
    """The modules as they are published, in the browser, error codes and places included."""
    known = queries.fixture()
    asked = queries.cases()
    told = {
        "plugins": known.infos,
        "now": known.now,
        "repositoryId": known.repository_id,
        "cases": [
            {"kind": case.kind, "request": case.request, "infos": case.infos, "now": case.now}
            for _, case in asked
        ],
    }
    page.goto(f"{address}api/console/")
    (module,) = (folder / "assets").glob("query.*.js")
    answers = page.evaluate(
        """async ({url, text}) => {
          const engine = await import(url);
          const {plugins, now, repositoryId, cases} = engine.parse(text);
          return JSON.stringify(cases.map(({kind, request, infos, now: then}) => {
            try {
              return engine[kind](infos ?? plugins, request, {now: then ?? now, repositoryId});
            } catch (error) {
              return {error: {code: error.code, pointer: error.pointer}};
            }
          }));
        }""",
        {"url": f"{address}assets/{module.name}", "text": json.dumps(told)},
    )
    assert len(asked) > 150
    wrong = [
        name
        for (name, case), answer in zip(asked, json.loads(answers), strict=True)
        if answer != case.expected
    ]
    assert wrong == []
