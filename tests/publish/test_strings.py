"""The table of the site's texts: each is used, no other stands in a template, some are replaced."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalogctl.publish.site.overrides import read_own_site
from catalogctl.publish.site.own_texts import PLACEHOLDER, built_in
from catalogctl.publish.site.page_templates import TemplateFailedError, joined_lines
from catalogctl.publish.site.texts import Texts
from support import samples, site

if TYPE_CHECKING:
    from catalogctl.publish.site.own_texts import Text

PROJECT = Path(__file__).parents[2]
TEMPLATES = {path.name: path.read_text() for path in (PROJECT / "site/templates").glob("*.html")}
MODULES = [path.read_text() for path in (PROJECT / "tools/catalogctl/publish/site").glob("*.py")]
SCRIPTS = [path.read_text() for path in (PROJECT / "site/js").glob("*.js")]
STANDING = {
    *("GET", "get", "get_versions", "index.json", "openapi.json", "OpenAPI 3.1", "list", "stat"),
    "manifest.json",
    *("removed.json", "changes/", "template.", ".schema", "tags.description"),
    *("template.options.schema", "catalogctl register -f plugin.yaml"),
    *("Ctrl", "Enter", "Space"),
}
"""Names of files, calls, fields and keys, which no language changes; the badge is Markdown."""
SPOKEN = {"aria-label", "placeholder", "alt", "title", "data-label", "data-copy"}


class OwnTexts(HTMLParser):
    """The texts that a template holds itself, between its elements and in what is read aloud."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", template))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_data(self, data: str) -> None:
        self.found += data.split("\n")


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_holds_a_text_of_its_own(name: str) -> None:
    said = [text.strip() for text in OwnTexts(TEMPLATES[name]).found]
    words = [text for text in said if re.search("[A-Za-z]", text)]
    assert [text for text in words if text not in STANDING and text[:3] != "[!["] == []


def test_every_text_is_used_and_every_one_that_is_used_is_there() -> None:
    in_templates = set(re.findall(r"\bt\.(\w+)", "".join(TEMPLATES.values())))
    code = "".join(MODULES + SCRIPTS)
    called = set(re.findall(r'\b(?:t|counted|parts|inParts)\(\s*"(\w+)"', code))
    assert in_templates | called <= set(built_in())
    assert set(built_in()) - in_templates - set(re.findall(r'"(\w+)"', code)) == set()


def test_scripts_show_the_texts_of_a_catalog_too() -> None:
    own = {"copied": "복사했습니다\u2028", "count_plugins": "플러그인 {count}개"}
    files = site.pages([], site.context(), own_texts=own)
    for name, key in (("site", "copied"), ("search", "count_plugins")):
        (script,) = [
            data.decode() for path, data in files.items() if re.match(rf"assets/{name}\..*js", path)
        ]
        line = script.partition("\n")[0]
        texts = json.loads(line.partition(", ...")[2].removesuffix(" };"))
        assert texts[key] == own[key]
        assert "\u2028" not in line
    assert texts["try_again"] == "Try again"


def test_texts_of_a_catalog_are_shown_in_place_of_ours() -> None:
    own = {
        "plugins": "플러그인",
        "count_plugins": "플러그인 {count}개",
        "as_get_answers": "`get` 의 답",
        "read_on": "{time} 에 읽음",
        "months": "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월",
        "day": "{year}년 {month} {day}일",
        "newest": "최신 <b>{{ 7*7 }}</b>",
        "q_kinds": "무엇이 있나요?",
    }
    files = site.pages(samples.plugins(), site.context(), own_texts=own)
    pages = {path: as_read(data) for path, data in files.items() if path.endswith(".html")}
    assert all(">플러그인</a>" in page for page in pages.values())
    assert "플러그인 34개" in pages["index.html"]
    assert "무엇이 있나요?" in pages["stats/index.html"]
    bare = pages["plugins/plugin-usual-00/index.html"]
    assert "<code>get</code> 의 답" in bare
    assert "2022년 1월 1일" in bare
    versions = pages["plugins/plugin-options/index.html"]
    assert "최신 &lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in versions
    assert '<time datetime="2026-11-23T08:30:00.000Z">2026년 11월 23일</time> 에 읽음' in versions


def test_a_text_can_bring_no_markup_and_ask_for_no_value() -> None:
    """R-41: also the words of the site are text."""
    own = {"skip": '<b>{{ 7*7 }}</b> {% if x %} " & {root}'}
    page = as_read(site.pages([], site.context(), own_texts=own)["index.html"])
    assert '#main">&lt;b&gt;{{ 7*7 }}&lt;/b&gt; {% if x %} &#34; &amp; ' in page


def as_read(page: bytes) -> str:
    """Return a page with the letters that its numbers stand for."""
    return re.sub("&#(12[35]|[0-9]{4,});", lambda found: chr(int(found[1])), page.decode())


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 a"), (1, "one"), (2, "2 a"), (1204, "1 204 a")]
)
def test_a_plural_and_a_number_are_chosen_in_one_place(number: int, said: str) -> None:
    own: dict[str, Text] = {"count_plugins": {"one": "one", "other": "{count} a"}, "thousands": " "}
    assert Texts(own).counted("count_plugins", number) == said


GERMAN: dict[str, Text] = {"thousands": ".", "decimal": ","}
NUMBERS = {
    1234.5: "1.234,5",
    1234567: "1.234.567",
    0.125: "0,13",
    1.005: "1,01",
    1234.0: "1.234",
    -2.345: "-2,35",
    1e21: "1.000.000.000.000.000.000.000",
    0.0001: "0",
}
SIZES = {
    999: "999 bytes",
    1250: "1,3 kB",
    1_250_000: "1,3 MB",
    52_428_800: "52,4 MB",
    1_500_000_000_000: "1.500,0 GB",
}


def test_a_number_is_written_in_one_way_in_any_language() -> None:
    t = Texts(GERMAN)
    assert {number: t.number(number) for number in NUMBERS} == NUMBERS
    assert {count: t.size(count) for count in SIZES} == SIZES
    assert Texts().number(1234.5) == "1,234.5"


@pytest.mark.parametrize(
    ("line", "code", "column", "said"),
    [
        ("plugin: x\npluginz: x", "unknown-field", 1, 'the site has no text "pluginz"'),
        ("plugin: x\nplugins: [x]", "wrong-type", 10, '"plugins" is not text'),
        ("plugin: x\nplugins: {other: x}", "wrong-type", 10, '"plugins" is not text'),
        ("plugin: x\nolder: {one: x}", "wrong-type", 8, '"older" is not text'),
        ("plugin: x\nolder: {other: more}", "invalid-value", 16, 'value "{count}" is missing'),
        ("plugin: x\nno_value: x {ke}", "invalid-value", 11, 'no value "{ke}" is known here'),
        ("plugin: x\nno_value: x", "invalid-value", 11, 'the value "{key}" is missing'),
        ("plugin: x\nplugin: x", "duplicate-key", 1, ""),
    ],
)
def test_what_is_wrong_with_a_text_is_told_with_its_place(
    tmp_path: Path, line: str, code: str, column: int, said: str
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/strings.yaml").write_text(line)
    _, problems, count = read_own_site(tmp_path, "catalog")
    first = problems[0]
    assert count == 1
    place = (first.file, first.line, first.column, first.code)
    assert place == ("catalog/site/strings.yaml", 2, column, code)
    assert said in first.message


def test_what_is_right_is_kept_beside_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    text = "plugins: Extensions\nolder: {one: eine, other: '{count} alte'}\nodd: x\n"
    (tmp_path / "site/strings.yaml").write_text(text)
    own, problems, _ = read_own_site(tmp_path, "catalog")
    assert own.texts == {
        "plugins": "Extensions",
        "older": {"one": "eine", "other": "{count} alte"},
    }
    assert [each.code for each in problems] == ["unknown-field"]


def test_a_template_of_a_catalog_may_name_a_text_and_a_wrong_name_is_told() -> None:
    files = site.pages([], site.context(), own_templates={"foot.html": "<p>{{ t.feed }}</p>"})
    assert b"<p>Feed</p>" in files["index.html"]
    with pytest.raises(TemplateFailedError) as error:
        site.pages([], site.context(), own_templates={"foot.html": "\n{{ t.fed }}"})
    assert str(error.value).startswith("site/templates/foot.html:2: no text is called fed")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_laid_out_for_people(name: str) -> None:
    assert max(map(len, TEMPLATES[name].splitlines())) <= 160


def test_an_indented_line_goes_on_where_the_one_above_ended() -> None:
    source = '<ul>\n  <li>{{ a }}</li>\n  {% if b %}\n  <li\n      class="c">d\n    e</li>\n</ul>\n'
    assert joined_lines(source) == ('<ul><li>{{ a }}</li>{% if b %}<li class="c">d e</li>\n</ul>\n')


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_gives_each_text_the_values_that_stand_in_it(name: str) -> None:
    for key, given in re.findall(r"\bt\.(\w+)(?:\(([^)]*)\))?", TEMPLATES[name]):
        text = built_in()[key]
        assert isinstance(text, str), f"{key} is chosen by `counted`"
        assert set(re.findall(r"(\w+)=", given)) == set(PLACEHOLDER.findall(text)), key
