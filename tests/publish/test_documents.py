"""Documents of plugins as HTML: what becomes of links, pictures, headings and release notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.publish.feed import plugin_feed
from catalogctl.publish.journal_files import VersionsEntry
from catalogctl.publish.site.shown_documents import ShownDocuments, release_notes, shown_documents
from catalogctl.publish.site.site_context import open_site
from catalogctl.source.settings import SiteSettings
from support import site
from support.pictures import png
from support.site import documented

if TYPE_CHECKING:
    from catalogctl.publish.site.site_context import Site

REPOSITORY = "https://git.example/acme/plugins"
REL = 'rel="noopener noreferrer nofollow ugc"'
TAGS = re.compile(r"<(/?[a-z0-9]+)")
TEXT = {"p", "h3", "h4", "h5", "h6", "em", "strong", "a", "img", "code", "pre", "br", "hr"}
LISTS = {"ul", "ol", "li", "blockquote", "div", "table", "thead", "tbody", "tr", "th", "td"}


AS_USUAL = open_site(site.context(), {})


def shown(
    readme: str = "",
    changelog: str = "",
    *,
    on: Site = AS_USUAL,
    tags: tuple[str, ...] = (),
) -> ShownDocuments:
    made = site.plugin("plugin-a", "A", versions=list(tags))
    files: dict[str, str | bytes] = {"docs/plugin-a/a.png": png(7, 5)}
    files |= {"docs/plugin-a/README.md": readme} if readme else {}
    files |= {"docs/plugin-a/CHANGELOG.md": changelog} if changelog else {}
    return shown_documents(on, documented(made, files))


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[a](https://a.example/?x&y)", f'<a href="https://a.example/?x&amp;y" {REL}>a</a>'),
        ("[a](../../LICENSE#x)", f'<a href="{REPOSITORY}/blob/HEAD/catalog/LICENSE#x" {REL}>a</a>'),
        ("[a](x%20y.md)", f'href="{REPOSITORY}/blob/HEAD/catalog/docs/plugin-a/x%20y.md"'),
        ("[a](/x)", f'<a href="{REPOSITORY}/blob/HEAD/x" {REL}>a</a>'),
        ("[a](../../../../x)", "<p>a (../../../../x)</p>"),
        ("[*a*](javascript:b)", "<p><em>a</em> (javascript:b)</p>"),
        ("[a](//b.example)", "<p>a (//b.example)</p>"),
        ("<x@a.example>", "<p>x@a.example (mailto:x@a.example)</p>"),
        ("[a](#no)", "<p>a (#no)</p>"),
        ("## B c\n\n[a](#b-c)", '<a href="#about-b-c">a</a>'),
        ("![x](./a.png)", 'alt="x" width="7" height="5" loading="lazy" decoding="async"'),
        ("![x](b.png)", f'<a href="{REPOSITORY}/blob/HEAD/catalog/docs/plugin-a/b.png" {REL}>x'),
        ("![x](https://b.example/x)", f'<a href="https://b.example/x" {REL}>x</a>'),
        ("[![x](https://b.example/x)](https://c.example)", f'href="https://c.example" {REL}>x</a>'),
        ("[![x](a.png)](javascript:b)", " (javascript:b)</p>"),
        ("![x](data:a)", "<p>x (data:a)</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("~~~x y\n<\n~~~", '<pre tabindex="0"><code>&lt;\n</code></pre>'),
        ("|a|\n|-:|\n|b|", '<td class="to-end">b</td>'),
    ],
)
def test_what_markdown_becomes(markdown: str, html: str) -> None:
    """R-43, R-44: links are checked as those of values are; HTML is text."""
    assert html in (shown(markdown).about or "")


def test_a_relative_link_without_a_repository_is_text() -> None:
    assert (
        shown("[a](x)", on=open_site(site.context(site=SiteSettings()), {})).about
        == "<p>a (x)</p>\n"
    )


def test_a_picture_from_a_listed_host_is_shown() -> None:
    build = site.context(site=SiteSettings(image_hosts=("i.example",)))
    about = shown("![x](https://i.example/a)", on=open_site(build, {})).about or ""
    assert '<img src="https://i.example/a" alt="x"' in about
    assert 'referrerpolicy="no-referrer"' in about


@pytest.mark.parametrize(
    ("markdown", "levels"),
    [
        ("# Title\n\n## A\n\n### B\n\n## A", [(3, "a"), (4, "b"), (3, "a-1")]),
        ("## A\n\n# B", [(4, "a"), (3, "b")]),
        ("#### A", [(3, "a")]),
        ("# T\n\n# A\n\n###### B", [(3, "a"), (6, "b")]),
        ("## A 1\n\n## A\n\n## A", [(3, "a-1"), (3, "a"), (3, "a-2")]),
        ("## \ud55c\uae00, `x`!", [(3, "\ud55c\uae00-x")]),
    ],
)
def test_headings_begin_below_those_of_the_page(
    markdown: str, levels: list[tuple[int, str]]
) -> None:
    """R-44: and their ids have a prefix, so that none is an id of the page."""
    named = re.findall(r'<h(\d) id="([^"]+)">', shown(markdown).about or "")
    assert named == [(str(level), f"about-{name}") for level, name in levels]


CHANGES = """\
# Changelog

## [Unreleased]

Soon.

## [1.2.0] - 2026-01-31

### Added

- A [thing](https://a.example).

## v1.1.0

Two.

## 1.0 (first)

One.

## 1.0

Not this.

## 0.9

[1.2.0]: https://a.example/compare
"""


def test_notes_belong_to_the_versions_that_they_name() -> None:
    found = shown(changelog=CHANGES, tags=("v1.2.0", "1.1.0", "1.0", "0.9", "0.8")).notes
    assert list(found) == ["v1.2.0", "1.1.0", "1.0"]
    assert found["v1.2.0"].startswith("<h4>Added</h4>")
    assert found["1.0"] == "<p>One.</p>\n"


def test_notes_are_text_in_feeds() -> None:
    made = site.plugin("plugin-a", "A", versions=["v1.2.0", "1.1.0", "0.9"])
    documents = documented(made, {"docs/plugin-a/CHANGELOG.md": CHANGES})
    expected = "### Added\n\n- A [thing](https://a.example)."
    assert release_notes(documents) == {"v1.2.0": expected, "1.1.0": "Two."}
    assert release_notes(made) == {}


def test_a_plugin_without_documents_shows_none() -> None:
    made = site.plugin("plugin-a", "A", versions=["1.0.0"])
    assert shown_documents(AS_USUAL, made) == ShownDocuments()


def test_pictures_and_the_icon_are_named_by_their_content() -> None:
    made = site.plugin("plugin-a", "A")
    files: dict[str, str | bytes] = {
        "docs/plugin-a/README.md": "![](a.png)",
        "docs/plugin-a/a.png": png(1, 1),
        "docs/plugin-a/b.png": png(1, 1),
        "icons/plugin-a.svg": "<svg/>",
    }
    tree = site.tree([documented(made, files)], site.context())
    assets = [path for path in tree if path.startswith("assets/plugins/")]
    assert len(assets) == 2
    assert all(
        re.fullmatch(r"assets/plugins/plugin-a/[0-9a-f]{16}\.(svg|png)", it) for it in assets
    )
    icon = next(path for path in assets if path.endswith(".svg"))
    for page in ("index.html", "plugins/plugin-a/index.html"):
        assert f'{icon}"' in tree[page].decode()
    assert icon in tree[next(path for path in tree if re.match("search/[0-9a-f]", path))].decode()
    text = tree["_headers"].decode()
    assert "/assets/plugins/*\n  Content-Security-Policy: default-src 'none'; sandbox\n" in text


PIECES = (
    *"[]()!<>:#/\\ \n`*_|-~&;\"'",
    "javascript:",
    "https://a.example",
    "a.png",
    "<script>",
    "x",
)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_markdown_becomes_known_elements_and_checked_addresses(markdown: str) -> None:
    """R-44: whatever is written, no element, attribute or address is the author's."""
    about = shown(f"x\n\n{markdown}").about or ""
    assert {tag.removeprefix("/") for tag in TAGS.findall(about)} <= TEXT | LISTS
    for name, address in re.findall(r' (href|src)="([^"]*)"', about):
        assert address.startswith(("https://", "#about-", "../../assets/plugins/")), (name, address)
    inside = re.findall(r"<[^>]*>", about)
    assert not [each for each in inside if re.search(r"\son\w+=|style=", each)]


def test_the_feed_of_a_plugin_has_the_notes_of_new_versions_as_text() -> None:
    """R-41: the text of a feed is text, whatever Markdown it was."""
    made = site.plugin("plugin-a", "A", versions=["1.1.0"])
    whole = documented(made, {"docs/plugin-a/CHANGELOG.md": "## 1.1.0\n\n<b>Two</b> &.\n"})
    entry = VersionsEntry(
        *(1, site.TIME, site.COMMIT, None, "versions", "plugin-a"),
        *(("1.1.0",), (), (), "1.1.0", None, "0" * 40),
    )
    base = "https://plugins.example.org/"
    found = plugin_feed(whole.summary, site.context(), base, [entry], release_notes(whole))
    assert b"1.1.0\n\n&lt;b&gt;Two&lt;/b&gt; &amp;.</content>" in found[1]
