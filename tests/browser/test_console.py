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
    expect(page.get_by_role("heading", name="1 plugin", exact=True)).to_be_visible()
    link = page.locator("#table").get_by_role("link", name="plugin-cloudwatch")
    expect(link).to_have_attribute("href", f"{address}plugins/plugin-cloudwatch/")
    page.get_by_role("tab", name="JSON").click()
    expect(page.locator("#json code")).to_contain_text('"total_count": 1')
    page.get_by_label("Query as JSON").fill('{"count_only": true}')
    page.keyboard.press("Control+Enter")
    title = page.get_by_role("heading", name="34 plugins, counted only", exact=True)
    expect(title).to_be_visible()
    expect(page.locator("#table")).to_be_empty()


def test_an_example_of_the_catalog_is_a_chart_and_its_answer_a_file(
    page: Page, address: str
) -> None:
    page.goto(f"{address}stats/by-provider/")
    page.get_by_role("link", name="Open the query").click()
    expect(page.get_by_role("tab", name="Chart")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#chart li").first).to_contain_text("aws")
    expect(page.locator("#chart svg")).to_have_attribute("aria-label", re.compile("aws 32"))
    page.get_by_role("tab", name="curl").click()
    expect(page.locator("#use-curl code")).to_have_text(
        'curl -fsS "$CATALOG_URL/repository/v1/plugin/stat/by-provider.json"'
    )


def counts(key: dict[str, str]) -> dict[str, Any]:
    """Return the query that counts plugins by a key, the fewest first."""
    group = {"keys": [key], "fields": [{"name": "count", "operator": "count"}]}
    return {"aggregate": [{"group": group}, {"sort": {"key": "count"}}]}


CUT_OR_BESIDE = """() => {
    const middle = (each) => {
        const { top, bottom } = each.getBoundingClientRect()
        return (top + bottom) / 2
    }
    const bars = document.querySelectorAll("#chart .track")
    return [...document.querySelectorAll("#chart li")].filter((each, n) => {
        const text = each.firstElementChild
        const style = getComputedStyle(text)
        const isWhole = style.overflow === "visible" && text.scrollWidth <= text.clientWidth + 1
        return !isWhole || Math.abs(middle(each) - middle(bars[n])) > 1
    }).map((each) => each.textContent)
}"""
"""Rows of a chart whose text is cut off, or not beside its bar."""


def test_a_chart_is_of_the_counts_and_names_what_has_no_value(page: Page, address: str) -> None:
    asked(page, address, "stat", counts({"key": "tags.license", "name": "license"}))
    expect(page.locator("#chart li")).to_have_text(["Apache-2.01", "No license33"])
    name = "count by license: Apache-2.0 1, No license 33"
    expect(page.locator("#chart svg")).to_have_attribute("aria-label", name)
    year = {"key": "created_at", "name": "year", "date_format": "year"}
    asked(page, address, "stat", counts(year))
    expect(page.locator("#chart li")).to_have_text(["20261", "202233"])
    expect(page.locator("#table tbody td:first-child")).to_have_text(["2026", "2022"])
    page.set_viewport_size({"width": 360, "height": 800})
    asked(page, address, "stat", counts({"key": "plugin_id", "name": "plugin_id"}))
    expect(page.locator("#chart svg")).to_be_visible()
    assert page.evaluate(CUT_OR_BESIDE) == []


def test_the_same_query_is_given_for_other_tools(page: Page, address: str) -> None:
    tiny = {"k": "tags.x", "v": 1e-7, "o": "gt"}
    query = {"only": ["name"], "minimal": False, "keyword": 'it\'s "x"', "filter": [tiny]}
    asked(page, address, "list", query)
    expect(page.locator("#use-catalogctl code")).to_have_text(
        "catalogctl list --from \"$CATALOG_URL\" --query - <<'QUERY'\n"
        '{\n  "only": [\n    "name"\n  ],\n  "minimal": false,\n'
        '  "keyword": "it\'s \\"x\\"",\n'
        '  "filter": [\n    {\n      "k": "tags.x",\n'
        '      "v": 1.0e-7,\n      "o": "gt"\n    }\n  ]\n'
        "}\nQUERY"
    )
    expect(page.locator("#use-python code")).to_contain_text(
        '    "keyword": "it\'s \\"x\\"",\n'
        '    "filter": [{"k": "tags.x", "v": 1.0e-7, "o": "gt"}],\n'
    )
    expect(page.locator("#use-curl code")).to_contain_text("/list/all.json")
    expect(page.locator("#use-yaml code")).to_contain_text('"v": 1.0e-7')


@pytest.mark.parametrize(
    ("kind", "query", "said"),
    [
        ("list", '{\n  "filter": [}', "line 2, column 14: a value is missing"),
        ("list", '{"only": [name]}', 'line 1, column 11: write text in quotes: "name"'),
        ("list", '{"only": []', "line 1, column 12: the text ends here"),
        (
            "list",
            '{"filter": [\n {"k": "nam", "v": 1, "o": "eq"}]}',
            'line 2, column 8: there is no field "nam" (did you mean "name"?)',
        ),
        ("stat", '{"aggregate": [{"grup": {}}]}', "ERROR_INVALID_PARAMETER"),
        ("list", "null", "line 1, column 1: a query is an object"),
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
    expect(page.locator("#use-catalogctl code")).to_be_visible()
    page.get_by_label("Query as JSON").fill(wrong)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("line 1")
    for emptied in ("#table", "#json", "#chart", "#lines", "#columns", "#summary"):
        expect(page.locator(emptied)).to_be_empty()
    expect(page.locator("#answered")).to_be_hidden()
    for _ in range(2):
        expect(page.get_by_label("Example")).to_have_value("")
        page.get_by_label("Example").select_option(label="Plugins by provider (stat)")
        expect(page.locator("#chart li").first).to_contain_text("aws")
        page.get_by_label("Query as JSON").fill(wrong)


def test_the_first_query_has_few_columns(page: Page, address: str) -> None:
    page.goto(f"{address}api/console/")
    page.get_by_role("button", name="Run", exact=True).click()
    heads = page.locator("#table th")
    expect(heads).to_have_text(["plugin_id", "name", "provider", "updated_at"])


def test_a_word_that_was_meant_is_written_by_a_button(page: Page, address: str) -> None:
    for wrong, meant, text in (
        ('{"sort": {"key": "nam"}}', "name", '{"sort": {"key": "name"}}'),
        (
            '{"filtr": [{"k": "name", "v": "x", "o": "eq"}]}',
            "filter",
            '{"filter": [{"k": "name", "v": "x", "o": "eq"}]}',
        ),
        (
            '{"filter": [{"k": "name", "v": "x", "o": "contian"}]}',
            "contain",
            '{"filter": [{"k": "name", "v": "x", "o": "contain"}]}',
        ),
        (
            '{"only": ["repository_info.nam"]}',
            "repository_info.name",
            '{"only": ["repository_info.name"]}',
        ),
    ):
        asked(page, address, "list", wrong)
        page.get_by_role("button", name=f"Write {meant}").click()
        expect(page.get_by_label("Query as JSON")).to_have_value(text)
        expect(page.get_by_label("Query as JSON")).to_be_focused()
        expect(page.locator("#answered")).to_be_visible()
        expect(page.get_by_role("alert")).to_be_empty()


def test_an_error_marks_no_place_in_a_text_that_was_changed_since(page: Page, address: str) -> None:
    held: list[Any] = []
    page.route("**/index.json", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/index.json"):
        asked(page, address, "list", '{"sort": {"key": "nam"}}')
    page.get_by_label("Query as JSON").fill('{"sort": {"key": "name"}, "only": ["nam"]}')
    held[0].continue_()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text('there is no field "nam"')
    expect(alert.get_by_role("button")).to_have_count(0)
    expect(page.locator(".under mark")).to_have_count(0)
    expect(page.get_by_label("Query as JSON")).not_to_have_attribute("aria-invalid", "true")


def test_the_line_of_an_error_is_marked(page: Page, address: str) -> None:
    asked(page, address, "list", '{\n  "sort": {\n    "key": "nam"\n  }\n}')
    expect(page.locator("#gutter li")).to_have_text(["1", "2", "3", "4", "5"])
    expect(page.locator("#gutter .marked")).to_have_text("3")
    expect(page.locator(".under mark")).to_have_text('"nam"')
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("ERROR_DB_QUERY")


def test_an_answer_is_greyed_as_soon_as_the_query_differs(page: Page, address: str) -> None:
    asked(page, address, "list", {"only": ["plugin_id", "name"]})
    answered = page.locator("#answered")
    expect(answered).to_be_visible()
    expect(answered).not_to_have_class("stale")
    page.get_by_label("Query as JSON").press("End")
    page.keyboard.type(" ")
    expect(answered).to_have_class("stale")
    expect(page.get_by_text("The query has changed since.")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(answered).not_to_have_class("stale")
    page.locator("[name=kind][value=stat]").check(force=True)
    expect(answered).to_have_class("stale")


def test_columns_are_those_of_only_in_its_order(page: Page, address: str) -> None:
    asked(page, address, "list", {"only": ["tags.icon", "name"], "page": {"limit": 3}})
    heads = page.locator("#table th")
    expect(heads).to_have_text(["tags.icon", "name"])
    page.get_by_role("button", name="name", exact=True).click()
    expect(heads).to_have_text(["tags.icon"])
    page.get_by_role("button", name="name", exact=True).click()
    expect(heads).to_have_text(["tags.icon", "name"])


def test_a_key_that_the_first_row_lacks_is_still_the_first_column(page: Page, address: str) -> None:
    page.goto(f"{address}api/console/")
    rows = [{"n": 7}, {"icon": None, "n": 1}, {"icon": "x", "n": 2, "m": 3}, {"n": 5, "m": 4}]
    for each in (rows, rows[::-1]):
        columns = page.evaluate("rows => catalogAnswer.columnsOf('stat', [], rows)", each)
        assert columns["chosen"] == ["icon", "n", "m"]


def test_what_is_the_same_in_every_row_is_said_once(page: Page, address: str) -> None:
    asked(page, address, "list", {"filter": [{"k": "state", "v": "ENABLED", "o": "eq"}]})
    expect(page.locator("#same")).to_contain_text("state is ENABLED")
    expect(page.locator("#table th", has_text="state")).to_have_count(0)
    page.get_by_role("button", name="state", exact=True).click()
    expect(page.locator("#table th", has_text="state")).to_have_count(1)


def test_a_cell_shows_three_items_of_a_list_and_a_number_as_it_is(page: Page, address: str) -> None:
    page.goto(f"{address}api/console/")
    page.evaluate(
        """() => {
          const view = {root: new URL(location.href), sorted: null};
          const rows = [{labels: ["a", "b", "c", "d", "e"], year: 2022, part: 0.004}];
          const columns = ["labels", "year", "part"];
          document.querySelector("#main").append(...catalogAnswer.table(rows, columns, view));
        }"""
    )
    expect(page.locator("#main > table td")).to_have_text(["a, b, c and 2 more", "2022", "0.004"])
    cell = page.locator("#main > table td").first
    cell.get_by_role("button").click()
    expect(cell).to_have_text("a, b, c, d, e ")


def test_the_table_can_be_saved_as_csv_that_no_spreadsheet_runs(page: Page, address: str) -> None:
    asked(page, address, "list", {"only": ["plugin_id", "name", "labels"]})
    expect(page.locator("#answered")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    lines = saved.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0] == "plugin_id,name,labels"
    assert all(not re.match(r'"?[=+@-]', line) for line in lines)
    row = {"a": "=1+1", "b": -1, "c": 'x, "y"', "d": ["z"]}
    made = page.evaluate("row => catalogAnswer.csv([row], Object.keys(row))", row)
    assert made == 'a,b,c,d\n\'=1+1," -1","x, ""y""","[""z""]"\n'


EVERY_FIELD = [
    *("plugin_id", "name", "image", "registry_url", "state", "service_type", "registry_type"),
    *("registry_config", "capability", "template", "labels", "tags", "created_at", "updated_at"),
]


@pytest.mark.parametrize("width", [360, 1280])
def test_cells_are_as_wide_as_their_words_and_scroll_in_their_frame(
    page: Page, address: str, width: int
) -> None:
    """Site design 7.3: no cell is narrower than its longest word or 8 characters."""
    page.set_viewport_size({"width": width, "height": 900})
    asked(page, address, "list", {"only": EVERY_FIELD, "page": {"limit": 9}})
    expect(page.locator("#table tbody tr")).to_have_count(9)
    narrow = r"""() => {
        const pen = document.createElement("canvas").getContext("2d");
        const widthOf = (text) => pen.measureText(text).width;
        const isTooNarrow = (cell) => {
          pen.font = getComputedStyle(cell.querySelector("bdi, time, summary") ?? cell).font;
          const { paddingLeft, paddingRight } = getComputedStyle(cell);
          const room = cell.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
          const words = cell.innerText.split(/[\s-]+/).map(widthOf);
          return room + 1 < Math.max(...words) || cell.clientWidth < widthOf("0".repeat(8));
        };
        const cells = [...document.querySelectorAll("#table td")];
        return cells.filter(isTooNarrow).map((cell) => cell.innerText);
    }"""
    assert page.evaluate(narrow) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#table").evaluate("e => e.scrollWidth > e.clientWidth")


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
    expect(page.get_by_role("heading", name="1 plugin", exact=True)).to_be_visible()


def test_a_query_that_takes_too_long_is_stopped(page: Page, address: str) -> None:
    page.route(
        "**/assets/query-worker.*",
        lambda route: route.fulfill(
            content_type="text/javascript",
            body="onmessage = ({data: {number, kind, text}}) => {"
            " if (kind && !text.includes('quick')) for (;;) {}"
            " const rows = Array.from({length: 42}, (_, n) => ({n: `n${n}`, part: 0.004}));"
            " const answer = JSON.stringify({results: rows});"
            " postMessage({number, loaded: {count: 0, fields: [], now: 'then'},"
            " ...(kind && {answered: {answer, query: {}, ms: 1, path: ''}})}) }",
        ),
    )
    page.clock.install()
    asked(page, address, "list", {"keyword": "x"})
    expect(page.get_by_text("…", exact=True)).to_be_visible()
    expect(page.locator("#summary")).to_have_text("…")
    page.clock.fast_forward(6000)
    alert, editor = page.get_by_role("alert"), page.get_by_label("Query as JSON")
    expect(alert).to_contain_text("stopped after 5 s", timeout=15_000)
    expect(alert).not_to_contain_text("not a query")
    expect(editor).not_to_have_attribute("aria-invalid", "true")
    # Another run does not wait for a slow one.
    editor.press("Control+Enter")
    expect(page.locator("#summary")).to_have_text("…")
    page.locator("[name=kind][value=stat]").check(force=True)
    editor.fill('{"keyword": "quick"}')
    editor.press("Control+Enter")
    expect(page.locator("#summary")).to_have_text("in 1 ms, as of then")
    expect(alert).to_be_empty()
    expect(page.locator("#chart li")).to_have_count(40)
    expect(page.locator("#chart li").first).to_have_text("n00.004")
    expect(page.locator("#chart > p")).to_have_text("2 more rows in the JSON")


def test_a_copy_button_says_its_name_again(page: Page, address: str) -> None:
    page.clock.install()
    asked(page, address, "list", {"only": ["plugin_id"]})
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.resolve() }")
    copy = page.locator("#use-catalogctl").get_by_role("button")
    for _ in range(2):
        copy.click()
        expect(copy).to_have_text("Copied")
    page.clock.fast_forward(2000)
    expect(copy).to_have_text("Copy catalogctl")


def test_a_large_list_is_asked_for_first(page: Page, address: str) -> None:
    def grown(route: Any) -> None:
        index = route.fetch().json()
        index["lists"]["all"]["size"] = 7654321
        index["now"] = "2001-01-01T00:00:00.000Z"  # Of an edition before that of the plugins.
        route.fulfill(json=index)

    page.route("**/index.json", grown, times=1)
    page.goto(f"{address}api/console/")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Load 7.7 MB and run").click()
    expect(page.get_by_role("heading", name="1 plugin", exact=True)).to_be_visible()
    expect(page.get_by_label("Query as JSON")).to_be_focused()
    expect(page.locator("#summary")).to_have_text(re.compile("as of (?!2001)"))


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
