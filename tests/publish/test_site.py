"""The pages as text: what stands in them, what must not, and where their links lead."""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from jinja2 import UndefinedError
from msgspec.structs import replace

from catalogctl.model.plugin_documents import PluginDocuments
from catalogctl.publish.facets import in_order
from catalogctl.publish.headers import content_policy
from catalogctl.publish.journal_files import JournalEntry
from catalogctl.publish.plugin_files import plugin_files
from catalogctl.publish.site import snippets, texts
from catalogctl.publish.site.facet_values import registry_types
from catalogctl.publish.site.plugin_links import compare_page, initials
from catalogctl.publish.site.site_context import open_site
from catalogctl.schemas import fields
from catalogctl.source.settings import SiteSettings
from catalogctl.web_addresses import web_link
from support import site
from support.site import plugin

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON
    from catalogctl.model.plugin import Plugin

ATTACK = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{ 7*7 }}${7*7}</title></pre>"""
BASE = "https://plugins.example/catalog/"
API = "repository/v1/plugin"
SCHEMA: JSON = {
    "type": "object",
    "required": ["project_id"],
    "properties": {
        "project_id": {"type": "string", "title": "Project ID", "minLength": 4.0},
        "severity": {"type": "string", "enum": ["LOW", "HIGH"], "default": "LOW"},
        "password": {"type": "string", "format": "password", "default": "hunter2"},
        "limits": {"type": "object", "properties": {"window": {"type": "integer", "minimum": 1}}},
        "anything": True,
    },
}
SAMPLES = (
    plugin(
        "plugin-one",
        "Plugin One",
        labels=["alpha", "alpha", "beta gamma"],
        versions=["1.2.0", "1.1.0"],
        tags={
            "description": "Tells what happens.",
            "homepage": "https://one.example/start",
            "bad": "javascript:alert(1)",
        },
    ),
    plugin("plugin-two", "Plugin Two", state="DISABLED", provider=None, lock_note="stale"),
    plugin(
        "plugin-three",
        "Plugin Three",
        template={"options": {"schema": SCHEMA}},
        deprecated={"reason": "too old.", "successor": "plugin-one", "since": "2026-01-01"},
    ),
)


class Page(HTMLParser):
    """A page's elements with their attributes, and its text."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def addresses(self) -> list[str]:
        """Every address that the page names, in links or for loading."""
        found = [each.get(name) for _, each in self.elements for name in ("href", "src")]
        return [address for address in found if address is not None]


def html(files: dict[str, bytes]) -> dict[str, Page]:
    return {path: Page(data) for path, data in files.items() if path.endswith(".html")}


def hostile() -> Plugin:
    """A plugin whose every string that people write is an attack."""
    return plugin(
        "plugin-hostile",
        ATTACK,
        service_type=ATTACK,
        provider=ATTACK,
        labels=[ATTACK, "__proto__", "x" * 10_000],
        tags={"description": ATTACK, ATTACK: ATTACK, "link": "javascript:alert(1)"},
        capability={ATTACK: [ATTACK]},
        template={
            ATTACK: {"schema": {"properties": {ATTACK: {"title": ATTACK, "default": ATTACK}}}}
        },
        versions=["1.0.0"],
        deprecated={"reason": ATTACK, "successor": ATTACK, "since": ATTACK},
        registry_config={"x": ATTACK},
    )


def test_every_page_carries_the_policy_first_after_the_charset() -> None:
    """R-40: default-src 'none', all else 'self', the same line on each page."""
    for path, page in html(site.pages(SAMPLES, site.context())).items():
        first, second = page.of("meta")[:2]
        assert first == {"charset": "utf-8"}, path
        assert second["http-equiv"] == "Content-Security-Policy", path
        assert second["content"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
            "form-action 'self'; require-trusted-types-for 'script'; trusted-types catalog"
        ), path


def test_only_listed_hosts_that_are_plain_names_enter_the_policy() -> None:
    """R-43: pictures only from `site.image_hosts`."""
    line = content_policy(
        ("Icons.example", "evil; script-src *", "*.example", "icons.example", "'none'")
    )
    assert "img-src 'self' https://icons.example;" in line
    assert line.count("https://") == 1


@pytest.mark.parametrize("base_url", [None, BASE])
def test_no_page_has_inline_script_style_or_handlers(base_url: str | None) -> None:
    """R-40: no inline script, style or handler, no data: address, also from hostile values."""
    files = site.pages([*SAMPLES, hostile()], site.context(base_url=base_url))
    for path, page in html(files).items():
        for tag, attributes in page.elements:
            assert tag != "style", path
            assert "style" not in attributes, (path, tag)
            assert not [name for name in attributes if name.startswith("on")], (path, tag)
        for script in page.of("script"):
            if script.get("type") == "application/json":
                continue  # Data, not a script: nothing in it runs.
            assert set(script) <= {"src", "defer", "data-more", "data-search"}, path
            assert script["src"].endswith(".js"), path
        assert not [one for one in page.addresses() if one.startswith(("data:", "javascript:"))]


@pytest.mark.parametrize("base_url", [None, BASE])
def test_nothing_is_loaded_from_another_host(base_url: str | None) -> None:
    files = site.pages([*SAMPLES, hostile()], site.context(base_url=base_url))
    for path, page in html(files).items():
        loaded = [
            each.get("src") or each.get("href", "")
            for tag, each in page.elements
            if tag in ("script", "img") or (tag == "link" and each["rel"] in ("stylesheet", "icon"))
        ]
        assert loaded, path
        assert not [address for address in loaded if urlsplit(address).netloc], path
    assert not [path for path, data in files.items() if path.endswith(".css") and b"url(" in data]


def test_every_relative_link_leads_to_a_file_of_the_tree() -> None:
    files = site.tree([*SAMPLES, hostile()], site.context())
    checked = set()
    for path, page in html(files).items():
        if path == "404.html":
            continue
        for address in page.addresses():
            parts = urlsplit(address)
            if parts.scheme or not parts.path:
                continue
            assert not parts.path.startswith("/"), (path, address)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), parts.path))
            target = target.removeprefix("./")
            if parts.path.endswith("/") or target == ".":
                target = posixpath.normpath(f"{target}/index.html")
            assert target in files, (path, address)
            checked.add(target)
    calls = {path for path in files if path.startswith(f"{API}/get")}
    assert len(calls) == 2 * (len(SAMPLES) + 1)
    assert calls <= checked


@pytest.mark.parametrize("base_url", [None, BASE])
def test_every_answer_that_a_page_tells_to_fetch_is_a_file_of_the_tree(
    base_url: str | None,
) -> None:
    files = site.tree([*SAMPLES, hostile()], site.context(base_url=base_url))
    told = {
        address
        for page in html(files).values()
        for address in re.findall(r"\brepository/v1/[\w./~-]+\.json\b", page.text)
    }
    assert f"{API}/get/plugin-one.json" in told
    assert told - files.keys() == set()


def test_hostile_values_are_text_on_every_page() -> None:
    """R-41, R-44: what stands in a value is read as text, and makes no element."""
    files = site.pages([*SAMPLES, hostile()], site.context())
    page = Page(files["plugins/plugin-hostile/index.html"])
    assert page.text.count(ATTACK) >= 10
    for path, each in html(files).items():
        assert not [img for img in each.of("img") if img["src"] == "x"], path
        assert "alert(1)>49" not in each.text, path
        assert "\0" not in each.text, path


def test_a_page_asks_for_nothing_that_it_was_not_given() -> None:
    pages = open_site(site.context(), {})
    with pytest.raises(UndefinedError):
        pages.templates.render("plugin", {"root": ""})


def test_two_builds_give_the_same_bytes() -> None:
    once = site.pages([*SAMPLES, hostile()], site.context())
    again = site.pages([hostile(), *reversed(SAMPLES)], site.context())
    assert once == again
    assert list(once) != []


def test_a_plugin_page_shows_all_eighteen_fields_in_order() -> None:
    page = site.pages(SAMPLES, site.context())["plugins/plugin-two/index.html"].decode()
    record = page.partition('id="record"')[2].partition("</section>")[0]
    shown = re.findall(r"<dt>(\w+)</dt><dd>", record)
    assert tuple(shown) == fields("PluginInfo")
    assert len(shown) == 18


def test_a_disabled_plugin_says_so_and_offers_no_use() -> None:
    page = site.pages(SAMPLES, site.context())["plugins/plugin-two/index.html"].decode()
    assert "<strong>Disabled.</strong> It can't be used for new installations." in page
    assert '<span class="tag err">Disabled</span>' in page
    assert 'id="use"' not in page
    assert 'href="#use"' not in page
    assert "plugin_info" not in page
    assert '<a class="button use" href="#related">' in page


def test_a_disabled_plugin_names_the_day_on_which_it_last_was() -> None:
    off = plugin("plugin-off", "Off", state="DISABLED")
    calls = [("register", "01"), ("disable", "02"), ("enable", "03"), ("disable", "20")]
    entries = [
        JournalEntry(n, f"2026-11-{day}T00:00:00.000Z", "c", call, "plugin-off", None, None)
        for n, (call, day) in enumerate(calls, start=1)
    ]
    made = dict(plugin_files(open_site(site.context(), site.segments([off])), off, entries))
    assert "<strong>Disabled on 20 Nov 2026.</strong>" in (
        made["plugins/plugin-off/index.html"].decode()
    )


def test_a_deprecated_plugin_names_reason_and_successor() -> None:
    page = Page(site.pages(SAMPLES, site.context())["plugins/plugin-three/index.html"])
    assert "Deprecated since 1 Jan 2026. too old." in page.text
    assert "Use Plugin One instead" in page.text
    assert {"class": "button primary use", "href": "../../plugins/plugin-one/"} in page.of("a")
    successor = page.text.partition("Use this instead")[2].partition("Use it all the same")[0]
    assert "Plugin One" in successor
    assert "Tells what happens." in successor


def test_a_successor_that_is_not_in_the_catalog_is_named_without_a_link() -> None:
    late = plugin("plugin-late", "Late", deprecated={"reason": "old", "successor": "plugin-new"})
    page = Page(site.pages([late], site.context())["plugins/plugin-late/index.html"])
    assert "Deprecated. old. Use plugin-new instead." in page.text
    assert not [one for one in page.addresses() if "plugin-new" in one]


def test_options_are_listed_and_a_secret_is_never_filled_in() -> None:
    page = site.pages(SAMPLES, site.context())["plugins/plugin-three/index.html"].decode()
    text = Page(page.encode()).text
    assert "Project ID" in text
    assert "at least 4 characters" in text
    assert "one of LOW, HIGH" in text
    assert "limits.window" in text
    assert 'severity: "LOW"' in text
    assert "5, 1 required" in text
    yaml = text.partition("YAML")[2].partition("curl")[0]
    assert "# project_id is required" in yaml
    assert "hunter2" not in yaml
    assert "hunter2" not in text.partition("5, 1 required")[2].partition("Schema as JSON")[0]


def options_of(schema: JSON) -> tuple[str, str]:
    """Return the snippet in YAML, and the section of options up to the schema, as HTML."""
    made = plugin("plugin-a", "A", template={"options": {"schema": schema}})
    page = site.pages([made], site.context())["plugins/plugin-a/index.html"].decode()
    use, options = (
        page.partition(f'<section id="{name}">')[2].partition(end)[0]
        for name, end in (("use-yaml", "</section>"), ("options", "<details>"))
    )
    return Page(use.encode()).text, options


OPTIONS: dict[str, tuple[JSON, str, str, list[str]]] = {
    # A schema, the summary, the rules of the whole, and the options in the table.
    "none": ({}, "", "", []),
    "in parts": (
        {
            "allOf": [
                {"$ref": "#/definitions/a"},
                {"properties": {"a": {}, "b": {}}, "required": ["b"]},
            ],
            "definitions": {"a": {"properties": {"a": {"title": "A"}}}},
        },
        "2, 1 required",
        "all of: #/definitions/a; object, a, b",
        ["a", "b"],
    ),
    "in parts, inside": (
        {"properties": {"a": {"allOf": [{"properties": {"b": {}}}]}}},
        "1, none required",
        "",
        ["a", "a.b"],
    ),
    "in itself": ({"allOf": [{"$ref": "#"}]}, "", "all of: #", []),
    "one of several": ({"oneOf": [{"title": "A"}, {"title": "B"}]}, "", "one of: A; B", []),
    "no others": (
        {"properties": {"a": {}}, "additionalProperties": False},
        "1, none required",
        "no other members",
        ["a"],
    ),
    "too many": (
        {"properties": {f"p{n}": {} for n in range(1310)}, "required": ["p1305"]},
        "1,310, 1 required",
        "",
        ["p1305", *(f"p{n}" for n in range(299))],
    ),
}


@pytest.mark.parametrize(("schema", "summary", "rules", "names"), OPTIONS.values(), ids=OPTIONS)
def test_the_options_are_those_that_the_schema_names(
    schema: JSON, summary: str, rules: str, names: list[str]
) -> None:
    options = options_of(schema)[1]
    assert re.findall("<small>(.*?)</small>", options) == ([summary] if summary else [])
    assert re.findall("as a whole: <bdi>(.*?)</bdi>", options) == ([rules] if rules else [])
    assert re.findall("<code><bdi>(.*?)</bdi></code>", options) == names
    assert ("The first 300 options are shown here" in options) is (len(names) == 300)
    assert ('class="opts' in options) is bool(names or rules)


SECRETS: dict[str, tuple[JSON, JSON]] = {
    # An option with a default, and the default as it is shown.
    "a member by its name": (
        {"type": "object", "default": {"password": "hunter2", "user": "u"}},
        {"user": "u"},
    ),
    "a member by its schema": (
        {"$ref": "#/definitions/o"},
        {"user": "u"},
    ),
    "an item's member": ({"default": [{"api_key": "hunter2"}, 1]}, [{}, 1]),
    "an item by its schema": (
        {"items": [{}, {"format": "password"}], "default": ["a", "hunter2"]},
        ["a"],
    ),
    "any member": (
        {"additionalProperties": {"format": "password"}, "default": {"a": "hunter2"}},
        {},
    ),
    "the option, where a reference leads to": ({"$ref": "#/definitions/p"}, None),
}


@pytest.mark.parametrize(("option", "shown"), SECRETS.values(), ids=SECRETS)
def test_no_secret_in_a_default_is_shown(option: JSON, shown: JSON) -> None:
    pin: JSON = {"format": "password", "default": "hunter2"}
    logged: JSON = {
        "allOf": [{"properties": {"pin": pin}}],
        "default": {"pin": "hunter2", "user": "u"},
    }
    schema: JSON = {"properties": {"login": option}, "definitions": {"o": logged, "p": pin}}
    yaml, table = options_of(schema)
    assert "hunter2" not in yaml + table
    if shown is None:
        assert "options: {}" in yaml
    else:
        assert f"login: {json.dumps(shown)}" in yaml
        assert json.dumps(shown, separators=(",", ":")) in unescape(table)


VERSIONS = {
    # Newest first, those that are shown, and the summary of the rest.
    "none is folded": (["1.1.0", "1.0.0"], ["1.1.0", "1.0.0"], None),
    "older ones are": (
        ["1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0"],
        ["1.4.0", "1.3.0", "1.2.0"],
        "2 older: 1.1.0, 1.0.0",
    ),
    "many are not all named": (
        [f"1.{number}.0" for number in range(40, 0, -1)],
        ["1.40.0", "1.39.0", "1.38.0"],
        "37 older: 1.37.0, 1.36.0, 1.35.0, 1.34.0, …",
    ),
    "a new pre-release stands below": (
        ["2.0.0-rc.2", "2.0.0-rc.1", "1.1.0", "1.1.0-beta", "1.0.0"],
        ["1.1.0", "1.0.0", "2.0.0-rc.2"],
        "2 older: 2.0.0-rc.1, 1.1.0-beta",
    ),
    "an old pre-release is folded": (["1.1.0", "1.1.0-rc.1"], ["1.1.0"], "1 older: 1.1.0-rc.1"),
    "there is nothing else": (["0.1.0-b", "0.1.0-a"], ["0.1.0-b", "0.1.0-a"], None),
}


@pytest.mark.parametrize(("tags", "shown", "summary"), VERSIONS.values(), ids=VERSIONS)
def test_the_newest_stable_versions_are_shown_and_the_rest_is_folded(
    tags: list[JSON], shown: list[str], summary: str | None
) -> None:
    files = site.pages([plugin("plugin-a", "A", versions=tags)], site.context())
    page = files["plugins/plugin-a/index.html"].decode()
    section = page.partition('<section id="versions">')[2].partition("</section>")[0]
    before, _, rest = section.partition("<details>")
    assert re.findall(r"<b>([^<]+)</b>", before) == shown
    assert re.findall("<summary>([^<]+)</summary>", rest) == ([] if summary is None else [summary])
    every = re.findall(r"<b>([^<]+)</b>", section)
    assert sorted(every) == sorted(map(str, tags))


def test_a_version_comes_with_its_notes_day_platforms_size_and_whole_digest() -> None:
    changelog = "## 1.1.0\n\n- **Fixed:** a <b>fault\n\n## 0.9.0\n\n- Before all that.\n"
    made = plugin("plugin-a", "A", versions=["1.1.0", "1.0.0"])
    noted = replace(made, documents=PluginDocuments(changelog=changelog))
    page = site.pages([noted], site.context())["plugins/plugin-a/index.html"].decode()
    first, second = re.findall(r'<li class="rel">.*?</dl></div></li>', page, re.DOTALL)
    assert "<strong>Fixed:</strong> a &lt;b&gt;fault" in first
    assert "Before all that." not in page
    for entry, version in ((first, "1.1.0"), (second, "1.0.0")):
        assert '<time datetime="2026-11-23T08:30:00.000Z">23 Nov 2026</time>' in entry
        assert "<dt>Platforms</dt> <dd>a</dd>" in entry
        assert "<dt>Size</dt> <dd>1 byte</dd>" in entry
        digest = hashlib.sha256(version.encode()).hexdigest()
        assert f'<code data-copy="digest of {version}">sha256:{digest}</code>' in entry
    assert "2, read from the registry <time" in page


COMPARED = {
    "https://github.com/acme/plugin": "https://github.com/acme/plugin/compare",
    "https://github.com/acme/plugin.git": "https://github.com/acme/plugin/compare",
    "https://gitlab.com/acme/plugin/": "https://gitlab.com/acme/plugin/-/compare",
    "https://github.com/acme": None,
    "https://git.example/acme/plugin": None,
    "javascript:alert(1)": None,
}


@pytest.mark.parametrize(("source", "page"), COMPARED.items())
def test_versions_are_compared_where_the_host_of_the_source_has_a_page_for_it(
    source: str, page: str | None
) -> None:
    assert compare_page({"tags": {"source": source}}) == page


def test_links_to_the_repository_vanish_without_its_address() -> None:
    with_it = site.pages(SAMPLES, site.context())
    without = site.pages(SAMPLES, site.context(site=SiteSettings()))
    assert (
        b"https://git.example/acme/plugins/edit/HEAD/catalog/plugins/plugin-one.yaml"
        in (with_it["plugins/plugin-one/index.html"])
    )
    assert not [path for path, data in without.items() if b"git.example" in data]
    assert not [path for path, data in without.items() if b"Report a problem" in data]


def test_the_edit_link_follows_its_template() -> None:
    settings = SiteSettings(edit_url="https://edit.example/{file}?b=1")
    page = site.pages(SAMPLES, site.context(site=settings))["plugins/plugin-one/index.html"]
    assert b'href="https://edit.example/catalog/plugins/plugin-one.yaml?b=1"' in page


def test_base_url_gives_canonical_feed_and_full_snippets() -> None:
    files = site.pages(SAMPLES, site.context(base_url=BASE))
    page = Page(files["plugins/plugin-one/index.html"])
    assert {"rel": "canonical", "href": f"{BASE}plugins/plugin-one/"} in page.of("link")
    assert f"curl -fsS {BASE}repository/v1/plugin/get/plugin-one.json" in page.text
    assert "../../feed.atom" in page.addresses()
    missing = Page(files["404.html"])
    assert {address for address in missing.addresses() if address.startswith("/catalog/")}
    assert not [one for one in missing.of("link") if one["rel"] == "canonical"]


def test_without_base_url_there_is_no_feed_and_snippets_name_a_variable() -> None:
    files = site.pages(SAMPLES, site.context())
    for path, data in files.items():
        assert b"feed.atom" not in data, path
        assert b'rel="canonical"' not in data, path
    assert "$CATALOG_URL/repository" in Page(files["plugins/plugin-one/index.html"]).text


def test_lists_are_cut_into_pages_that_link_each_other() -> None:
    many = [plugin(f"plugin-{number:03}", f"Plugin {number:03}") for number in range(50)]
    files = site.pages(many, site.context(site=SiteSettings(cards_per_page=20)))
    for folder in ("", "states/ENABLED/", "providers/aws/"):
        rows = [
            data.count(b"<article")
            for path, data in files.items()
            if re.fullmatch(rf"{folder}(page/\d+/)?index\.html", path)
        ]
        assert rows == [20, 20, 10], folder
    last = Page(files["page/3/index.html"])
    assert "../../plugins/plugin-049/" in last.addresses()
    assert "../../" in last.addresses()


def test_titles_are_unique() -> None:
    files = site.pages(SAMPLES, site.context(site=SiteSettings(cards_per_page=1)))
    titles = [
        re.search(rb"<title>(.*?)</title>", data, re.DOTALL)
        for path, data in files.items()
        if path.endswith(".html")
    ]
    assert len({title[1] for title in titles if title}) == len(titles)


def test_descriptions_are_unique_also_when_plugins_are_described_alike() -> None:
    tags: JSON = {"description": "The same words. " * 20}
    alike = [plugin(f"plugin-{n}", f"Plugin {n}", tags=tags) for n in range(3)]
    files = site.pages([*SAMPLES, *alike], site.context(site=SiteSettings(cards_per_page=1)))
    found = [
        one["content"]
        for page in html(files).values()
        for one in page.of("meta")
        if one.get("name") == "description"
    ]
    assert len(set(found)) == len(found) == len(html(files))


def test_every_page_below_home_has_its_place_and_one_heading() -> None:
    for path, data in site.pages(SAMPLES, site.context()).items():
        if path.endswith(".html"):
            text = data.decode()
            assert text.count("<h1") == 1, path
            is_in_header = path in {f"{page}index.html" for page in ("", "news/", "stats/", "api/")}
            has_place = not is_in_header and path != "404.html"
            assert ('aria-label="Breadcrumb"' in text) == has_place, path


@pytest.mark.parametrize(
    ("page", "file"),
    [
        ("index.html", "list/all.json"),
        ("labels/index.html", "stat/by-label.json"),
        ("registry-types/index.html", "stat/by-registry-type.json"),
        ("labels/beta~20gamma/index.html", "list/by/labels/beta~20gamma.json"),
        ("states/DISABLED/index.html", "list/by/state/DISABLED.json"),
        ("stats/index.html", "stat/by-service-type.json"),
        ("stats/by-state/index.html", "stat/by-state.json"),
        ("api/console/index.html", "list/all.json"),
    ],
)
def test_a_page_links_the_file_that_its_figures_come_from(page: str, file: str) -> None:
    root = "../" * page.count("/")
    text = site.pages(SAMPLES, site.context())[page].decode()
    assert f'href="{root}repository/v1/plugin/{file}"' in text


ADVICE = ("catalogctl", "catalog/", ".yaml", "lock", "tags.", "template.", "No ", "not used")
"""Words of what a plugin's author could do."""


def test_a_sparse_page_has_no_empty_section_and_tells_its_author_nothing() -> None:
    bare = plugin("plugin-bare", "Bare", provider=None)
    page = Page(site.pages([bare], site.context())["plugins/plugin-bare/index.html"])
    sections = [each["id"] for each in page.of("section") if "id" in each]
    assert [each for each in sections if not each.startswith("use-")] == ["use", "record"]
    assert not [each for each in page.of("nav") if each.get("class") == "jump"]
    assert not [each for each in page.of("p") if "lead" in each.get("class", "")]
    read = page.text.replace("from catalogctl import Catalog", "").replace("catalog.get", "")
    before, _, record = read.partition("Record")
    after = record.partition("Facts")[2]
    assert [words for words in ADVICE if words in before + after] == []


def test_the_navigation_of_a_page_has_an_entry_for_each_section_that_exists() -> None:
    schema: JSON = {"properties": {"a": {}, "b": {}}}
    whole = plugin("plugin-a", "A", versions=["1.0.0"], template={"options": {"schema": schema}})
    whole = replace(whole, documents=PluginDocuments(readme="# A\n\nIt does."))
    for each, expected in (
        (whole, {"use": "Use it", "about": "About", "options": "Options 2"}),
        (plugin("plugin-a", "A", versions=["1.0.0"]), {"use": "Use it"}),
    ):
        page = site.pages([each], site.context())["plugins/plugin-a/index.html"].decode()
        jumps = page.partition('<nav class="jump"')[2].partition("</nav>")[0]
        entries = dict(re.findall(r'<a href="#([\w-]+)">(.*?)</a>', jumps))
        shown = {name: re.sub("<.*?>", "", text) for name, text in entries.items()}
        assert shown == {**expected, "versions": "Versions 1", "record": "Record"}
        assert all(f'<section id="{name}"' in page for name in shown)


def test_known_tags_are_links_and_facts_with_a_label() -> None:
    tags: JSON = {
        "homepage": "https://home.example/",
        "documentation": "javascript:alert(1)",
        "changelog": "https://changes.example/",
        "license": "Apache-2.0",
        "support": "help@acme.example",
        "unknown": "https://unknown.example/",
    }
    capability: JSON = {"supported_schema": ["aws_access_key", 7, "aws_assume_role"]}
    made = plugin("plugin-a", "A", tags=tags, capability=capability)
    page = site.pages([made], site.context())["plugins/plugin-a/index.html"].decode()
    aside = page.partition("<aside")[2]
    foreign = 'rel="noopener noreferrer nofollow ugc"'
    assert re.findall(rf'<a href="([^"]+)" {foreign}>([^<]+)</a>', aside) == [
        ("https://home.example/", "Homepage"),
        ("https://changes.example/", "Changelog"),
    ]
    facts = dict(re.findall(r"<dt>(\w[^<]*)</dt><dd>(.*?)</dd>", aside))
    assert facts["License"] == "<bdi>Apache-2.0</bdi>"
    assert facts["Support"] == "<bdi>help@acme.example</bdi>"
    assert facts["Takes credentials"].split() == [
        "<code>aws_access_key</code>",
        "<code>aws_assume_role</code>",
    ]


INITIALS = {"@example-kim": "EK", "Ops team, ops@a.example": "OT", "라우드": "라", "!!": ""}


@pytest.mark.parametrize(("maintainer", "letters"), INITIALS.items())
def test_a_maintainer_is_drawn_with_up_to_two_letters(maintainer: str, letters: str) -> None:
    assert initials(maintainer) == letters


@pytest.mark.parametrize("base_url", [None, BASE])
@pytest.mark.parametrize("repository_url", [None, "https://git.example/acme/plugins"])
def test_the_page_of_a_plain_plugin_is_small(
    base_url: str | None, repository_url: str | None
) -> None:
    """A host with 1 GB has room for 50,000 plugins, each with rows of others (decision 390)."""
    alike = [
        plugin(f"plugin-example-webhoo{letter}", "Example Webhook", provider="example")
        for letter in "klmn"
    ]
    build = site.context(base_url=base_url, site=SiteSettings(repository_url=repository_url))
    page = site.pages(alike, build)["plugins/plugin-example-webhook/index.html"]
    assert page.count(b"<article") == 3
    before, _, rest = page.partition(b"<main")
    main, _, after = rest.partition(b"</main>")
    assert len(before) + len(after) <= 3.5 * 1024
    assert len(page) <= 8.5 * 1024
    if not base_url and not repository_url:
        assert len(main) <= 5 * 1024


def test_style_sheets_keep_to_their_budget_and_pages_load_what_they_need() -> None:
    files = site.pages(SAMPLES, site.context())
    sheets = {path: data for path, data in files.items() if path.endswith(".css")}
    (shared,) = (data for path, data in sheets.items() if path.startswith("assets/site."))
    assert len(shared) <= 38_000
    assert len(gzip.compress(shared)) <= 8_700
    loaded = {
        path: set(re.findall(r'href="[./]*assets/(\w+)\.\w+\.css"', data.decode()))
        for path, data in files.items()
        if path.endswith(".html")
    }
    assert loaded["index.html"] == loaded["404.html"] == {"site"}
    assert loaded["stats/index.html"] == loaded["stats/by-state/index.html"] == {"site", "stats"}
    assert loaded["api/index.html"] == {"site", "console"}
    assert loaded["api/console/index.html"] == {"site", "stats", "console"}


def test_an_empty_catalog_tells_how_to_begin() -> None:
    files = site.pages([], site.context())
    assert b"No plugins in this catalog yet" in files["index.html"]
    assert b"catalogctl register" in files["index.html"]


def test_assets_are_named_by_their_content() -> None:
    plain = site.pages(SAMPLES, site.context())
    coloured = site.pages(SAMPLES, site.context(site=SiteSettings(accent="#c40")))
    (style,), (other,) = (
        [path for path in files if re.fullmatch(r"assets/site\..*\.css", path)]
        for files in (plain, coloured)
    )
    assert re.fullmatch(r"assets/site\.[0-9a-f]{8}\.css", style)
    assert style != other
    assert b"--accent: light-dark(#" in coloured[other]


def test_a_colour_that_is_none_changes_nothing() -> None:
    plain = site.pages(SAMPLES, site.context())
    odd = site.pages(SAMPLES, site.context(site=SiteSettings(accent="red;} body{display:none")))
    assert {path for path in plain if path.startswith("assets/")} == {
        path for path in odd if path.startswith("assets/")
    }


@pytest.mark.parametrize(
    ("value", "linked"),
    [
        ("https://good.example/a?b=c#d", True),
        ("http://good.example:8080/", True),
        ("HTTPS://GOOD.example", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//good.example/", False),
        ("https:/good.example", False),
        ("https://", False),
        ("https:///path", False),
        ("https:\\\\good.example", False),
        ("https://good.example\\@evil.example", False),
        ("https://good.example@evil.example/", False),
        (" https://good.example", False),
        ("https://good.example/\x07", False),
        ('https://good.example/"onclick="x', False),
        ("https://good.example:99999/", False),
        ("https://[::1", False),
        ("https://g\u043e\u043ed.example/", False),
        ("https://good.example/\u202egnp.exe", False),
        (7, False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(value: object, linked: bool) -> None:  # noqa: FBT001
    """R-43: http(s) with a host, after parsing; everything else is text."""
    assert (web_link(value) is not None) is linked


def test_a_link_from_a_value_passes_nothing_on() -> None:
    """R-43: rel="noopener noreferrer nofollow ugc"."""
    page = Page(site.pages(SAMPLES, site.context())["plugins/plugin-one/index.html"])
    (link,) = [one for one in page.of("a") if one["href"].startswith("https://one.example")]
    assert link["rel"] == "noopener noreferrer nofollow ugc"
    assert not [one for one in page.of("a") if "javascript" in one["href"]]


@pytest.mark.parametrize(
    ("icon", "shown"),
    [
        ("https://icons.example/a.svg", True),
        ("https://icons.example:443/a.svg", True),
        ("http://icons.example/a.svg", False),
        ("https://icons.example:8443/a.svg", False),
        ("https://x.icons.example/a.svg", False),
    ],
)
def test_pictures_come_from_listed_hosts_only(icon: str, shown: bool) -> None:  # noqa: FBT001
    """R-43: exact host, https, port 443, without a referrer."""
    pictured = plugin("plugin-icon", "Icon", tags={"icon": icon})
    settings = SiteSettings(image_hosts=("icons.example",))
    for build, expected in ((site.context(site=settings), shown), (site.context(), False)):
        page = Page(site.pages([pictured], build)["plugins/plugin-icon/index.html"])
        found = [image for image in page.of("img") if image["src"] == icon]
        assert bool(found) is expected
        assert all(image["referrerpolicy"] == "no-referrer" for image in found)


def test_snippet_values_are_strings_in_every_language() -> None:
    value = "a\"b'c$(id)`id`\\\u2028\x85\n${x}"
    text = snippets.quoted(value)
    assert eval(text) == value
    assert not re.search("[\n\x85\u2028]", text)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2022-01-01T08:02:38.000Z", "1 Jan 2022"),
        ("2026-12-31", "31 Dec 2026"),
        ("2026-13-01T00:00:00Z", "2026-13-01T00:00:00Z"),
        ("yesterday", "yesterday"),
        (None, ""),
    ],
)
def test_a_day_is_written_out_and_a_strange_time_left_alone(
    time: str | None, expected: str
) -> None:
    assert texts.Texts().day(time) == expected


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, ""),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (999_949_999, "999.9 MB"),
        (999_950_000, "1.0 GB"),
        (1_500_000_000_000, "1,500.0 GB"),
        (52_428_800, "52.4 MB"),
        (3.2e9, "3.2 GB"),
    ],
)
def test_a_size_is_shown_as_a_person_reads_it(count: float | None, shown: str) -> None:
    assert texts.Texts().size(count) == shown


def test_a_version_shows_the_size_that_its_lock_has() -> None:
    page = site.pages([plugin("plugin-a", "A", versions=["1.0"])], site.context())
    assert "<dt>Size</dt> <dd>1 byte</dd>" in page["plugins/plugin-a/index.html"].decode()


def test_a_plugin_is_shown_at_the_registry_that_it_is_at() -> None:
    plugins = [
        plugin("plugin-a", "A"),
        plugin("plugin-b", "B"),
        plugin("plugin-c", "C", registry_url="ghcr.io"),
        plugin("plugin-d", "D", registry_type="AWS_PUBLIC_ECR", registry_url="public.ecr.aws"),
    ]
    files = site.pages(plugins, site.context())
    assert "Docker Hub" not in files["plugins/plugin-c/index.html"].decode()
    hub, ecr = (
        "https://hub.docker.com/r/pyengine/plugin-a",
        "https://gallery.ecr.aws/pyengine/plugin-d",
    )
    registry = re.compile(r"<dt>Registry</dt><dd>(.*?)</dd>")
    pages = {name: files[f"plugins/plugin-{name}/index.html"].decode() for name in "acd"}
    assert {name: registry.findall(page) for name, page in pages.items()} == {
        "a": [f'<a href="{hub}">Docker Hub</a> <code>registry.hub.docker.com</code>'],
        "c": ['<a href="https://ghcr.io/pyengine/plugin-c">ghcr.io</a>'],
        "d": [f'<a href="{ecr}">Amazon ECR Public</a> <code>public.ecr.aws</code>'],
    }
    for path in ("registry-types/index.html", "stats/by-registry-type/index.html"):
        page = files[path].decode()
        assert re.search("Docker Hub, ghcr.io ?<", page), path
        assert re.search("Amazon ECR Public ?<", page), path
    assert ">Docker Hub, ghcr.io</" in files["registry-types/DOCKER_HUB/index.html"].decode()


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        (["docker.io"], "Docker Hub"),
        (["ghcr.io"], "ghcr.io"),
        (["ghcr.io", "quay.io", "quay.io"], "quay.io, ghcr.io"),
        (["a.io", "b.io", "c.io", "d.io", "e.io"], "a.io, b.io, c.io, and 2 more values"),
        ([], "Docker Hub"),
    ],
)
def test_a_registry_type_is_called_by_the_registries_of_its_plugins(
    hosts: list[str], said: str
) -> None:
    plugins = [
        plugin(f"plugin-{number}", "A", registry_url=host) for number, host in enumerate(hosts)
    ]
    rows = [each.summary for each in plugins]
    t = texts.Texts()
    names = registry_types(in_order(rows, site.segments(plugins)), t)
    assert t.showing(names).shown("DOCKER_HUB") == said
    assert t.showing(names).shown("AWS_PUBLIC_ECR") == "Amazon ECR Public"


def test_pre_releases_are_marked_and_only_a_stable_version_is_the_newest() -> None:
    tags: list[JSON] = ["2.0.0-rc.1", "1.1.0", "1.1.0-beta", "1.0.0"]
    alone: list[JSON] = ["2.0.0-rc.1"]
    for given, expected in (
        (tags, [["Newest"], [], ["Pre-release"], ["Pre-release"]]),
        (alone, [["Pre-release"]]),
    ):
        files = site.pages([plugin("plugin-a", "A", versions=given)], site.context())
        page = files["plugins/plugin-a/index.html"].decode()
        entries = re.findall(r'<div class="when"><b>[^<]*</b>(.*?)</div>', page)
        assert [re.findall(r">([^<]+)</span>", mark) for mark in entries] == expected


def test_a_deprecated_plugin_is_not_offered_as_one_to_use() -> None:
    reason: JSON = {"reason": "too old"}
    files = site.pages(
        [
            plugin("plugin-new", "New"),
            plugin("plugin-late", "Late", deprecated={"reason": "old", "successor": "plugin-new"}),
            plugin("plugin-end", "End", deprecated=reason),
            plugin("plugin-off", "Off", deprecated=reason, state="DISABLED"),
        ],
        site.context(),
    )
    pages = {name: files[f"plugins/plugin-{name}/index.html"].decode() for name in NAMED}
    tag = re.compile(r'<p class="id"><span class="tag \w+">(\w+)<')
    marks = {name: tag.findall(pages[name]) for name in NAMED}
    assert marks == {"new": [], "late": ["Deprecated"], "end": ["Deprecated"], "off": ["Disabled"]}
    button = re.compile(r'<a class="button([\w ]*)" href="([^"]+)">(.*?)</a>')
    instead = "<span>Use <bdi>New</bdi> instead</span>"
    assert {name: button.findall(pages[name]) for name in NAMED} == {
        "new": [(" primary use", "#use", "Use it")],
        "late": [(" primary use", "../../plugins/plugin-new/", instead)],
        "end": [(" use", "#use", "Use it all the same")],
        "off": [(" use", "#related", "Related plugins")],
    }


NAMED = ("new", "late", "end", "off")


def test_what_is_gone_says_why_apart_from_what_its_commit_says() -> None:
    files = site.pages([], site.context())
    page = files["removed/index.html"].decode()
    rows = re.findall(r"<p><code>\w{7}</code> <bdi>(.*?)</bdi></p>(.*?)</li>", page, re.DOTALL)
    assert rows[0][0].startswith("&lt;b&gt;Take")
    assert "<p>It was deprecated: <bdi>It was &lt;old&gt;</bdi></p>" in rows[0][1]
    assert "Use <code>plugin-new</code> instead." in rows[0][1]
    assert "deprecated" not in rows[1][1]
    gone = files["plugins/plugin-gone/index.html"].decode()
    assert "<strong>It was deprecated:</strong> <bdi>It was &lt;old&gt;</bdi>" in gone
    assert "It was deprecated" not in files["plugins/plugin-old/index.html"].decode()
