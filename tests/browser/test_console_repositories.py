"""The console of a catalog with upstreams: it asks one repository or all of them."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from catalogctl.catalog import Catalog
from catalogctl.cli.main import main
from catalogctl.pipeline.build import BuildOptions, build
from support import upstreams
from support.catalogs import plugin, write_catalog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page, Route

ONE = "repo-one"
QUERIES = {
    "of-one": "kind: list\ntitle: Those of one\nquery: {only: [plugin_id]}\n"
    "params: {repository_id: repo-one}\n",
    "of-own": "kind: list\ntitle: Our own\nquery: {only: [plugin_id]}\n",
}


def made(folder: Path, more: str = "") -> Path:
    """Build a catalog with two upstreams; two repositories have the same plugin."""
    files: dict[str, str | bytes] = {
        "plugins/plugin-a.yaml": plugin("plugin-a", name="Zebra"),
        **{f"queries/{name}.yaml": text for name, text in QUERIES.items()},
        **upstreams.files("one", {"plugin-a": ["1.1"], "plugin-b": ["1.0"]}),
        **upstreams.files("two", {"plugin-c": ["4.0"]}),
    }
    catalog = write_catalog(folder / "catalog", files, upstreams.settings("one", "two", more=more))
    built = build(BuildOptions(catalog, folder / "public", environ={}))
    assert built.published, built.problems
    return folder / "public"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("three"))


@pytest.fixture(scope="module")
def host(tree: Path, serve: Callable[[Path], str]) -> str:
    return serve(tree)


def ids(page: Page) -> list[str]:
    """Return the plugins of the answer that is shown, when it is that of the query."""
    expect(page.locator("#summary")).to_have_text(re.compile("as of"))
    return page.locator("#table").get_by_role("link").all_text_contents()


def ask(page: Page, host: str, place: str, query: str = '{"only":["plugin_id"]}') -> None:
    page.goto("about:blank")
    page.goto(f"{host}api/console/#list{place}:{quote(query)}")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("", ["plugin-a"]),
        (f"@{ONE}", ["plugin-a", "plugin-b"]),
        ("@repo-two", ["plugin-c"]),
        # By repository, then by name: the catalog's own Zebra comes first.
        ("@*", ["plugin-a", "plugin-a", "plugin-b", "plugin-c"]),
    ],
)
def test_a_link_asks_its_repository(
    page: Page, host: str, tree: Path, place: str, expected: list[str]
) -> None:
    ask(page, host, place)
    assert ids(page) == expected
    asked = place.removeprefix("@") or "repo-123456789012"
    answer: Any = Catalog.open(tree).list({"only": ["plugin_id"]}, repository_id=asked)
    assert [row["plugin_id"] for row in answer["results"]] == expected


def test_another_choice_asks_again_and_is_part_of_the_link(page: Page, host: str) -> None:
    ask(page, host, "")
    assert ids(page) == ["plugin-a"]
    chooser = page.get_by_label("Repository", exact=True)
    assert chooser.locator("option").all_text_contents() == [
        "Marketplace",
        "Catalog one",
        "Catalog two",
        "All repositories",
    ]
    chooser.select_option("Catalog two")
    expect(page.get_by_role("heading", name="1 plugin", exact=True)).to_be_visible()
    expect(page.locator("#table").get_by_role("link")).to_have_text("plugin-c")
    assert "#list@repo-two:" in page.url
    chooser.select_option("All repositories")
    expect(page.get_by_role("heading", name="4 plugins", exact=True)).to_be_visible()
    assert "#list@*:" in page.url


def test_the_answer_of_an_earlier_choice_does_not_come_later(page: Page, host: str) -> None:
    held: list[Route] = []
    place = "**/repositories/repo-one/plugin/list/all.json"
    page.route(place, lambda route: route.continue_() if held else held.append(route))
    with page.expect_request(place):
        ask(page, host, f"@{ONE}")
    page.get_by_label("Repository", exact=True).select_option("Catalog two")
    assert ids(page) == ["plugin-c"]
    page.evaluate(
        """() => {
          const seen = globalThis.seen = [];
          const summary = document.querySelector("#summary");
          new MutationObserver(() => seen.push(summary.textContent))
            .observe(summary, {childList: true});
        }"""
    )
    with page.expect_response(place):
        held[0].continue_()
    page.locator("#query").press("Control+Enter")
    page.wait_for_function("() => seen.includes('…') && seen.at(-1).includes('as of')")
    assert ids(page) == ["plugin-c"]
    assert "The query has changed since." not in page.evaluate("seen")


def test_a_repository_that_is_not_there_is_not_asked(page: Page, host: str) -> None:
    ask(page, host, "@repo-x")
    expect(page.locator("#query")).to_have_value(re.compile("service_type"))
    expect(page.get_by_label("Repository", exact=True)).to_have_value("repo-123456789012")
    expect(page.locator("#answered")).to_be_hidden()


def test_examples_are_those_of_the_repository(page: Page, host: str) -> None:
    page.goto(f"{host}api/console/#name=of-one")
    assert ids(page) == ["plugin-a", "plugin-b"]
    chooser = page.get_by_label("Repository", exact=True)
    expect(chooser).to_have_value(ONE)
    expect(page.locator("#use-curl code")).to_contain_text("/list/saved/of-one.json")
    offered = page.locator("#example").all_inner_texts()[0]
    assert ("Those of one" in offered, "Our own" in offered) == (True, False)
    page.locator("#example").select_option(label="Plugins by provider (stat)")
    expect(page.locator("#use-curl code")).to_have_text(
        'curl -fsS "$CATALOG_URL/repositories/repo-one/plugin/stat/by-provider.json"'
    )
    chooser.select_option("All repositories")
    expect(page.locator("#use-curl code")).to_contain_text("/list/every.json")


def test_the_lines_for_other_tools_ask_the_repository(
    page: Page,
    host: str,
    tree: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ask(page, host, "@*")
    expect(page.locator("#use-python code")).to_contain_text(
        'catalog.list({"only": ["plugin_id"]}, repository_id="*")'
    )
    expect(page.locator("#use-yaml code")).to_have_text(
        re.compile(r'params:\n  repository_id: "\*"$')
    )
    line, *query = str(page.locator("#use-catalogctl code").text_content()).splitlines()
    words = shlex.split(line.partition("<<")[0])
    assert words[4:] == ["--repository-id", "*", "--query", "-"]
    file = tmp_path / "query.json"
    file.write_text("\n".join(query[:-1]))
    capsys.readouterr()
    assert main(["list", "--from", str(tree), *words[4:6], "--query", str(file)]) == 0
    assert capsys.readouterr().out.count('"plugin_id": "plugin-a"') == 2
    ask(page, host, f"@{ONE}", "{}")
    expect(page.locator("#use-curl code")).to_contain_text(
        "/repositories/repo-one/plugin/list/all.json"
    )


def test_long_lists_are_read_from_their_parts(
    page: Page, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    host = serve(made(tmp_path, "site: {list_parts_above: 1}\n"))
    ask(page, host, "@*")
    assert ids(page) == ["plugin-a", "plugin-a", "plugin-b", "plugin-c"]
    expect(page.locator("#use-curl code")).to_contain_text("jq -r '.lists.every.parts[].path'")
    ask(page, host, f"@{ONE}", '{"only":["plugin_id"],"sort":{"key":"plugin_id"}}')
    assert ids(page) == ["plugin-a", "plugin-b"]
    chosen = 'select(.repository_info.repository_id == "repo-one")'
    curl = f"jq -r '.repositories[] | {chosen} | .lists.all.parts[].path'"
    expect(page.locator("#use-curl code")).to_contain_text(curl)


def test_without_upstreams_there_is_no_choice(page: Page, address: str) -> None:
    page.goto(f"{address}api/console/#list@*:{quote('{}')}")
    expect(page.locator("#query")).to_have_value(re.compile("service_type"))
    assert page.locator("#repository").count() == 0
