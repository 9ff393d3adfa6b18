"""The pages as text: what stands in them, what must not, and where their links lead."""

from __future__ import annotations

import posixpath
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from jinja2 import UndefinedError

from catalogctl.publish.facets import in_order
from catalogctl.publish.headers import content_policy
from catalogctl.publish.site import links, snippets, texts
from catalogctl.publish.site.facet_values import registry_types
from catalogctl.publish.site.site_context import open_site
from catalogctl.schemas import fields
from catalogctl.source.settings import SiteSettings
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
            "home": "https://one.example/start",
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
    for path, page in html(site.pages(SAMPLES, site.edition())).items():
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
    files = site.pages([*SAMPLES, hostile()], site.edition(base_url=base_url))
    for path, page in html(files).items():
        for tag, attributes in page.elements:
            assert tag != "style", path
            assert "style" not in attributes, (path, tag)
            assert not [name for name in attributes if name.startswith("on")], (path, tag)
        for script in page.of("script"):
            if script.get("type") == "application/json":
                continue  # Data, not a script: nothing in it runs.
            assert set(script) <= {"src", "defer", "data-more"}, path
            assert script["src"].endswith(".js"), path
        assert not [one for one in page.addresses() if one.startswith(("data:", "javascript:"))]


@pytest.mark.parametrize("base_url", [None, BASE])
def test_nothing_is_loaded_from_another_host(base_url: str | None) -> None:
    files = site.pages([*SAMPLES, hostile()], site.edition(base_url=base_url))
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
    files = site.tree([*SAMPLES, hostile()], site.edition())
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
    assert calls - checked == set()


@pytest.mark.parametrize("base_url", [None, BASE])
def test_every_answer_that_a_page_tells_to_fetch_is_a_file_of_the_tree(
    base_url: str | None,
) -> None:
    files = site.tree([*SAMPLES, hostile()], site.edition(base_url=base_url))
    told = {
        address
        for page in html(files).values()
        for address in re.findall(r"\brepository/v1/[\w./~-]+\.json\b", page.text)
    }
    assert f"{API}/get/plugin-one.json" in told
    assert told - files.keys() == set()


def test_hostile_values_are_text_on_every_page() -> None:
    """R-41, R-44: what stands in a value is read as text, and makes no element."""
    files = site.pages([*SAMPLES, hostile()], site.edition())
    page = Page(files["plugins/plugin-hostile/index.html"])
    assert page.text.count(ATTACK) >= 10
    for path, each in html(files).items():
        assert not [img for img in each.of("img") if img["src"] == "x"], path
        assert "alert(1)>49" not in each.text, path
        assert "\0" not in each.text, path


def test_a_page_asks_for_nothing_that_it_was_not_given() -> None:
    pages = open_site(site.edition(), {})
    with pytest.raises(UndefinedError):
        pages.templates.render("plugin", {"root": ""})


def test_two_builds_give_the_same_bytes() -> None:
    once = site.pages([*SAMPLES, hostile()], site.edition())
    again = site.pages([hostile(), *reversed(SAMPLES)], site.edition())
    assert once == again
    assert list(once) != []


def test_a_plugin_page_shows_all_eighteen_fields_in_order() -> None:
    page = site.pages(SAMPLES, site.edition())["plugins/plugin-two/index.html"].decode()
    shown = re.findall(r'<th scope="row">(\w+)</th>', page)
    assert tuple(shown) == fields("PluginInfo")
    assert len(shown) == 18


def test_a_disabled_plugin_says_so_and_offers_no_use() -> None:
    page = site.pages(SAMPLES, site.edition())["plugins/plugin-two/index.html"].decode()
    assert "This plugin is disabled." in page
    assert "Use this plugin" not in page
    assert "plugin_info" not in page
    assert "No versions resolved yet" in page
    assert "so its versions are not used" in page


def test_a_deprecated_plugin_names_reason_and_successor() -> None:
    page = Page(site.pages(SAMPLES, site.edition())["plugins/plugin-three/index.html"])
    assert (
        "This plugin is deprecated since 2026-01-01: too old. Use plugin-one instead." in page.text
    )
    assert {"href": "../../plugins/plugin-one/"} in page.of("a")


def test_options_are_listed_and_a_secret_is_never_filled_in() -> None:
    page = site.pages(SAMPLES, site.edition())["plugins/plugin-three/index.html"].decode()
    text = Page(page.encode()).text
    assert "Project ID" in text
    assert "at least 4 characters" in text
    assert "one of LOW, HIGH" in text
    assert "limits.window" in text
    assert '"severity": "LOW"' in text
    assert '# "project_id" is required' in text
    yaml = text.partition("YAML")[2].partition("Register")[0]
    assert '# "project_id" is required' in yaml
    assert "hunter2" not in yaml
    assert "hunter2" not in text.partition("from template.")[2].partition("The schema as JSON")[0]


def test_versions_above_thirty_are_folded() -> None:
    tags: list[JSON] = [f"1.{number}.0" for number in range(40, 0, -1)]
    many = plugin("plugin-many", "Many", versions=tags)
    page = site.pages([many], site.edition())["plugins/plugin-many/index.html"].decode()
    assert "<summary>10 older</summary>" in page
    assert page.index("1.40.0") < page.index("1.1.0")


def test_links_to_the_repository_vanish_without_its_address() -> None:
    with_it = site.pages(SAMPLES, site.edition())
    without = site.pages(SAMPLES, site.edition(site=SiteSettings()))
    assert (
        b"https://git.example/acme/plugins/edit/HEAD/catalog/plugins/plugin-one.yaml"
        in (with_it["plugins/plugin-one/index.html"])
    )
    assert not [path for path, data in without.items() if b"git.example" in data]
    assert not [path for path, data in without.items() if b"Report a problem" in data]


def test_the_edit_link_follows_its_template() -> None:
    settings = SiteSettings(edit_url="https://edit.example/{file}?b=1")
    page = site.pages(SAMPLES, site.edition(site=settings))["plugins/plugin-one/index.html"]
    assert b'href="https://edit.example/catalog/plugins/plugin-one.yaml?b=1"' in page


def test_base_url_gives_canonical_feed_and_full_snippets() -> None:
    files = site.pages(SAMPLES, site.edition(base_url=BASE))
    page = Page(files["plugins/plugin-one/index.html"])
    assert {"rel": "canonical", "href": f"{BASE}plugins/plugin-one/"} in page.of("link")
    assert f"curl -fsS {BASE}repository/v1/plugin/get/plugin-one.json" in page.text
    assert "../../feed.atom" in page.addresses()
    missing = Page(files["404.html"])
    assert {address for address in missing.addresses() if address.startswith("/catalog/")}
    assert not [one for one in missing.of("link") if one["rel"] == "canonical"]


def test_without_base_url_there_is_no_feed_and_snippets_name_a_variable() -> None:
    files = site.pages(SAMPLES, site.edition())
    for path, data in files.items():
        assert b"feed.atom" not in data, path
        assert b'rel="canonical"' not in data, path
    assert "$CATALOG_URL/repository" in Page(files["plugins/plugin-one/index.html"]).text


def test_lists_are_cut_into_pages_that_link_each_other() -> None:
    many = [plugin(f"plugin-{number:03}", f"Plugin {number:03}") for number in range(50)]
    files = site.pages(many, site.edition(site=SiteSettings(cards_per_page=20)))
    for folder in ("", "states/ENABLED/", "providers/aws/"):
        cards = [
            data.count(b"<article")
            for path, data in files.items()
            if re.fullmatch(rf"{folder}(page/\d+/)?index\.html", path)
        ]
        assert cards == [20, 20, 10], folder
    last = Page(files["page/3/index.html"])
    assert "../../plugins/plugin-049/" in last.addresses()
    assert "../../" in last.addresses()


def test_titles_are_unique() -> None:
    files = site.pages(SAMPLES, site.edition(site=SiteSettings(cards_per_page=1)))
    titles = [
        re.search(rb"<title>(.*?)</title>", data, re.DOTALL)
        for path, data in files.items()
        if path.endswith(".html")
    ]
    assert len({title[1] for title in titles if title}) == len(titles)


def test_descriptions_are_unique_also_when_plugins_are_described_alike() -> None:
    tags: JSON = {"description": "The same words. " * 20}
    alike = [plugin(f"plugin-{n}", f"Plugin {n}", tags=tags) for n in range(3)]
    files = site.pages([*SAMPLES, *alike], site.edition(site=SiteSettings(cards_per_page=1)))
    found = [
        one["content"]
        for page in html(files).values()
        for one in page.of("meta")
        if one.get("name") == "description"
    ]
    assert len(set(found)) == len(found) == len(html(files))


def test_every_page_below_home_has_its_place_and_one_heading() -> None:
    for path, data in site.pages(SAMPLES, site.edition()).items():
        if path.endswith(".html"):
            text = data.decode()
            assert text.count("<h1") == 1, path
            is_in_header = path in {"index.html", "news/index.html", "stats/index.html"}
            assert ('aria-label="Breadcrumb"' in text) == (not is_in_header), path
            assert ('aria-current="page"' in text) or path == "404.html", path


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
    text = site.pages(SAMPLES, site.edition())[page].decode()
    assert f'href="{root}repository/v1/plugin/{file}"' in text


def test_what_a_plugin_lacks_comes_with_what_to_do_about_it() -> None:
    bare = plugin("plugin-bare", "Bare")
    for repository, link in (("https://git.example/acme", True), (None, False)):
        build = site.edition(site=SiteSettings(repository_url=repository))
        page = site.pages([bare], build)["plugins/plugin-bare/index.html"].decode()
        assert "catalogctl resolve plugin-bare" in page
        for step, field in (("one", "tags.description"), ("some", "template.options.schema")):
            words = f"Add {step} in its file"
            address = f"{repository}/edit/HEAD/catalog/plugins/plugin-bare.yaml"
            shown = f'<a href="{address}">{words}</a>' if link else words
            assert f"{shown}: <code>{field}</code>" in page


@pytest.mark.parametrize("base_url", [None, BASE])
@pytest.mark.parametrize("repository_url", [None, "https://git.example/acme/plugins"])
def test_the_page_of_a_plain_plugin_is_small(
    base_url: str | None, repository_url: str | None
) -> None:
    """A host with 1 GB has room for 50,000 plugins (decision 64)."""
    plain = plugin("plugin-example-webhook", "Example Webhook", provider="example")
    build = site.edition(base_url=base_url, site=SiteSettings(repository_url=repository_url))
    page = site.pages([plain], build)["plugins/plugin-example-webhook/index.html"]
    before, _, rest = page.partition(b"<main")
    main, _, after = rest.partition(b"</main>")
    assert len(before) + len(after) <= 5 * 1024
    assert len(page) <= 11 * 1024
    if not base_url and not repository_url:
        assert len(main) <= 6 * 1024


def test_an_empty_catalog_tells_how_to_begin() -> None:
    files = site.pages([], site.edition())
    assert b"No plugins in this catalog yet" in files["index.html"]
    assert b"catalogctl register" in files["index.html"]


def test_assets_are_named_by_their_content() -> None:
    plain = site.pages(SAMPLES, site.edition())
    coloured = site.pages(SAMPLES, site.edition(site=SiteSettings(accent="#c40")))
    (style,), (other,) = (
        [path for path in files if path.endswith(".css")] for files in (plain, coloured)
    )
    assert re.fullmatch(r"assets/site\.[0-9a-f]{8}\.css", style)
    assert style != other
    assert b"--accent: light-dark(#" in coloured[other]


def test_a_colour_that_is_none_changes_nothing() -> None:
    plain = site.pages(SAMPLES, site.edition())
    odd = site.pages(SAMPLES, site.edition(site=SiteSettings(accent="red;} body{display:none")))
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
    assert (links.web_link(value) is not None) is linked


def test_a_link_from_a_value_passes_nothing_on() -> None:
    """R-43: rel="noopener noreferrer nofollow ugc"."""
    page = Page(site.pages(SAMPLES, site.edition())["plugins/plugin-one/index.html"])
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
    for build, expected in ((site.edition(site=settings), shown), (site.edition(), False)):
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
    page = site.pages([plugin("plugin-a", "A", versions=["1.0"])], site.edition())
    assert '<th scope="col">Size</th>' in page["plugins/plugin-a/index.html"].decode()


def test_a_plugin_is_shown_at_the_registry_that_it_is_at() -> None:
    plugins = [
        plugin("plugin-a", "A"),
        plugin("plugin-b", "B"),
        plugin("plugin-c", "C", registry_url="ghcr.io"),
        plugin("plugin-d", "D", registry_type="AWS_PUBLIC_ECR", registry_url="public.ecr.aws"),
    ]
    files = site.pages(plugins, site.edition())
    assert "Docker Hub" not in files["plugins/plugin-c/index.html"].decode()
    assert '/registry-types/DOCKER_HUB/">ghcr.io</a></dd>' in (
        files["plugins/plugin-c/index.html"].decode()
    )
    assert 'DOCKER_HUB/">Docker Hub</a> <code>registry.hub' in (
        files["plugins/plugin-a/index.html"].decode()
    )
    for path in ("index.html", "registry-types/index.html", "stats/index.html"):
        page = files[path].decode()
        assert "Docker Hub, ghcr.io<" in page, path
        assert "Amazon ECR Public<" in page, path
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


def test_pre_releases_are_marked_and_stand_below_the_stable_versions() -> None:
    tags: list[JSON] = ["2.0.0-rc.1", "1.1.0", "1.1.0-beta", "1.0.0"]
    files = site.pages([plugin("plugin-a", "A", versions=tags)], site.edition())
    page = files["plugins/plugin-a/index.html"].decode()
    rows = re.findall(r"<tr><td><code>([^<]*)</code>(.*?)</td>", page)
    assert [tag for tag, _ in rows] == ["1.1.0", "1.0.0", "2.0.0-rc.1", "1.1.0-beta"]
    marks = [re.findall(r">([^<]+)</span>", mark) for _, mark in rows]
    assert marks == [["Newest"], [], ["pre-release"], ["pre-release"]]


def test_a_deprecated_plugin_is_not_offered_as_one_to_use() -> None:
    reason: JSON = {"reason": "too old"}
    files = site.pages(
        [
            plugin("plugin-new", "New"),
            plugin("plugin-late", "Late", deprecated={"reason": "old", "successor": "plugin-new"}),
            plugin("plugin-end", "End", deprecated=reason),
            plugin("plugin-off", "Off", deprecated=reason, state="DISABLED"),
        ],
        site.edition(),
    )
    pages = {name: files[f"plugins/plugin-{name}/index.html"].decode() for name in NAMED}
    marks = {
        name: re.findall(r'class="mark (?:ok|off|warn)">(\w+)<', pages[name]) for name in NAMED
    }
    assert marks == {
        "new": ["Enabled"],
        "late": ["Deprecated"],
        "end": ["Deprecated"],
        "off": ["Disabled", "Deprecated"],
    }
    used = {name for name in NAMED if "Use this plugin" in pages[name]}
    assert used == {"new"}
    successor = '<a class="button primary use" href="../../plugins/plugin-new/">See successor</a>'
    assert successor in pages["late"]


NAMED = ("new", "late", "end", "off")


def test_what_is_gone_says_why_apart_from_what_its_commit_says() -> None:
    files = site.pages([], site.edition())
    page = files["removed/index.html"].decode()
    rows = re.findall(r'data-label="Commit"><span><code>\w{7}</code> <bdi>(.*?)</bdi>', page)
    assert rows[0].startswith("&lt;b&gt;Take")
    assert re.findall(r'data-label="Reason"><bdi>(.*?)</bdi>', page) == [
        "It was &lt;old&gt;",
        "&#8211;",
    ]
    gone = files["plugins/plugin-gone/index.html"].decode()
    assert "<strong>It was deprecated:</strong> <bdi>It was &lt;old&gt;</bdi>" in gone
    assert "It was deprecated" not in files["plugins/plugin-old/index.html"].decode()
