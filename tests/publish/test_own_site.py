"""A catalog's own pages, templates and colours; docs/site.md says what may be changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalogctl.publish.site.markdown_html import markdown_pages
from catalogctl.publish.site.overrides import OwnSite, read_own_site
from catalogctl.publish.site.page_templates import TemplateFailedError
from catalogctl.source.settings import SiteSettings
from support import samples, site
from support.samples import ATTACK

DOCUMENT = (Path(__file__).parents[2] / "docs/site.md").read_text()
PAGE = """# About *us*

We keep [plugins](../../stats/), see [the web](https://a.example/), [mail](mailto:a@b.example).

[bad](javascript:alert(1)) [worse](data:text/html,x) [other](//evil.example) ![x](https://a.example/p.png)

<script>alert(1)</script> <img src=x onerror=alert(1)>

| a | b |
| - | - |
| 1 | 2 |
"""


def test_a_markdown_page_is_a_page_with_a_link_in_the_header() -> None:
    files = site.pages(samples.plugins(), site.context(), own_pages={"about": PAGE})
    page = files["pages/about/index.html"].decode()
    assert page.count("<h1>") == 1
    assert "<h1><bdi>About us</bdi></h1>" in page
    assert '<meta name="description" content="We keep plugins' in page
    assert '<a href="../../stats/">plugins</a>' in page
    assert "<td>2</td>" in page
    assert b'<a href="pages/about/">About us</a>' in files["index.html"]


def test_markdown_brings_no_html_and_no_address_but_safe_ones() -> None:
    (page,) = markdown_pages(OwnSite(pages={"about": PAGE}))
    found = re.findall(r'(?:href|src)="([^"]*)"', page.html)
    assert found == [
        "../../stats/",
        "https://a.example/",
        "mailto:a@b.example",
        "https://a.example/p.png",
    ]
    assert '<a href="https://a.example/p.png">x</a>' in page.html
    assert "!" not in page.html.partition("<p>&lt;script")[0]
    assert "<script" not in page.html
    assert "<img" not in page.html
    assert "&lt;script&gt;" in page.html


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("![x](https://a.example/p.png)", '<img src="https://a.example/p.png" alt="x" '),
        ("![](https://a.example/p.png)", '<img src="https://a.example/p.png" alt="" '),
        (
            '![*b* "c"](https://a.example/p "t")',
            '<img src="https://a.example/p" alt="b &quot;c&quot;" ',
        ),
        ("![x](https://b.example/p.png)", '<a href="https://b.example/p.png">x</a>'),
        ("![x](http://a.example/p.png)", '<a href="http://a.example/p.png">x</a>'),
        ("![](other.png)", '<a href="other.png">other.png</a>'),
        ("![x](javascript:alert(1))", "<p>x (javascript:alert(1))</p>"),
        ("![<b>](https://b.example/?a&b)", '<a href="https://b.example/?a&amp;b">&lt;b&gt;</a>'),
    ],
)
def test_a_picture_is_shown_from_a_listed_host_and_linked_from_any_other(
    markdown: str, shown: str
) -> None:
    """R-43: a page asks no host for a picture that the catalog does not list."""
    (page,) = markdown_pages(OwnSite(pages={"about": markdown}), ("a.example",))
    assert shown in page.html
    assert page.html.count("<img") == shown.count("<img")


def test_a_template_of_the_catalog_takes_the_place_of_ours() -> None:
    templates = {"foot.html": '{% include "built-in/foot.html" %}<p>{{ site_title }} asks</p>'}
    files = site.pages(samples.plugins(), site.context(), own_templates=templates)
    for path in ("index.html", "plugins/plugin-long/index.html", "404.html"):
        page = files[path].decode()
        assert "<p>Plugin catalog asks</p>" in page
        assert '<footer class="foot">' in page


def test_the_panels_of_options_have_a_template_of_their_own() -> None:
    templates = {"options.html": "{% for form in templates %}<p>{{ form.key }}</p>{% endfor %}"}
    with_options = [each for each in samples.plugins() if each.info["template"]]
    files = site.pages(samples.plugins(), site.context(), own_templates=templates)
    assert with_options
    for plugin in with_options:
        page = files[f"plugins/{plugin.summary.plugin_id}/index.html"].decode()
        assert "<p>options</p>" in page
        assert 'class="stack options"' not in page


def test_the_panels_of_related_plugins_have_a_template_of_their_own() -> None:
    """It may put the links where it likes, as often as it likes."""
    templates = {"related.html": "<p>{{ kind }}: {{ others }}{{ others }}</p>"}
    usual = site.pages(samples.plugins(), site.context())
    files = site.pages(samples.plugins(), site.context(), own_templates=templates)
    path = "plugins/plugin-options/index.html"
    related = usual[path].decode().partition('<section id="related">')[2].partition("</section>")[0]
    rows = related.partition("</a></div>")[2].strip()
    assert "plugins/" in rows
    assert f": {rows}{rows}</p>" in files[path].decode()
    assert 'id="related"' not in files[path].decode()


def test_what_is_ready_made_may_be_joined_to_other_texts() -> None:
    templates = {
        "plugin.html": '{{ fields ~ "<" }}{% for x in [options, related] %}{{ x }}{% endfor %}'
    }
    files = site.pages(samples.plugins(), site.context(), own_templates=templates)
    page = files["plugins/plugin-options/index.html"].decode()
    for part in (
        "<dt>plugin_id</dt>",
        ">&lt;",
        'id="options"',
        'id="related"',
    ):
        assert part in page


def test_values_are_escaped_in_a_template_of_the_catalog() -> None:
    """R-41: autoescape is on for every template."""
    templates = {"row.html": "<p>{{ name }}</p>"}
    files = site.pages(samples.hostile(), site.context(), own_templates=templates)
    assert ATTACK.encode() not in files["index.html"]
    assert b"<p>&lt;script&gt;" in files["index.html"]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ absent }}", "site/templates/foot.html:1: 'absent' is undefined"),
        ("<p>\n{% if %}", "site/templates/foot.html:2: Expected an expression"),
        ("{% include 'gone.html' %}", "site/templates/foot.html:1: there is no template gone.html"),
        ("{{ ''.__class__.__mro__ }}", "site/templates/foot.html:1: "),
        ("<p>\n{{ 1 // 0 }}", "site/templates/foot.html:2: integer division or modulo by zero"),
        ("{% for each in 5 %}{% endfor %}", "site/templates/foot.html:1: 'int' object is not"),
        ("{% include 'foot.html' %}", "site/templates/foot.html:1: maximum recursion depth"),
        ("{{ 'x' * 10 ** 15 }}", "site/templates/foot.html:1: it can't be rendered"),
    ],
)
def test_a_wrong_template_is_named_and_nothing_comes_of_it(template: str, said: str) -> None:
    with pytest.raises(TemplateFailedError) as error:
        site.pages(samples.plugins(), site.context(), own_templates={"foot.html": template})
    assert str(error.value).startswith(said)


def test_what_lies_in_the_site_folder_is_read_and_strays_are_told(tmp_path: Path) -> None:
    assert read_own_site(tmp_path, "catalog") == (OwnSite(), [], 0)
    pages, templates = tmp_path / "site/pages", tmp_path / "site/templates"
    pages.mkdir(parents=True)
    templates.mkdir()
    (pages / "about.md").write_text("# About", encoding="utf-8-sig")
    (pages / "Odd Name.md").write_text("x")
    (pages / "aux.md").write_text("x")
    (pages / "latin.md").write_bytes(b"\xe9")
    (pages / "notes.txt").write_text("x")
    (templates / "foot.html").write_text("<p>")
    (templates / "top.html").symlink_to(pages / "about.md")
    found, problems, count = read_own_site(tmp_path, "catalog")
    assert dict(found.templates) == {"foot.html": "<p>"}
    assert found.pages["about"] == "# About"
    assert count == 4
    assert sorted((each.file, each.code) for each in problems) == [
        ("catalog/site/pages/Odd Name.md", "stray-file"),
        ("catalog/site/pages/aux.md", "stray-file"),
        ("catalog/site/pages/latin.md", "refused-character"),
        ("catalog/site/pages/notes.txt", "stray-file"),
        ("catalog/site/templates/top.html", "symbolic-link"),
    ]


def test_a_site_folder_behind_a_link_is_not_followed(tmp_path: Path) -> None:
    """R-12: only files inside the catalog are opened."""
    (tmp_path / "elsewhere/pages").mkdir(parents=True)
    (tmp_path / "elsewhere/pages/about.md").write_text("x")
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/site").symlink_to(tmp_path / "elsewhere")
    found, problems, _ = read_own_site(tmp_path / "catalog", "catalog")
    assert found == OwnSite()
    assert [each.code for each in problems] == ["symbolic-link"]


def test_the_documents_tables_name_every_setting_and_every_template() -> None:
    folder = Path(__file__).parents[2] / "site/templates"
    for template in folder.glob("*.html"):
        assert re.search(rf"`{template.stem}`", DOCUMENT), template
    elsewhere = {"page_size", "index_shard_size"}  # of the API, not of the pages
    for setting in set(SiteSettings.__dataclass_fields__) - elsewhere:
        assert re.search(rf"`{setting}`", DOCUMENT), setting
