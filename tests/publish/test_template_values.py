"""docs/site.md names all that each template of the site is given, and nothing else."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import Environment, meta, nodes

from catalogctl.publish.site.page_templates import Templates
from support import samples, site

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "site/templates"
TEMPLATES = sorted(path.stem for path in FOLDER.glob("*.html"))
SECTION = (ROOT / "docs/site.md").read_text("utf-8").partition("## Templates of your own")[2]
AROUND = ("base", "head", "top", "foot")
PARTS = ("row", "facets", "options", "related")
"""The templates that are no pages, besides those around every page."""
NOT_ALWAYS = {"list": {"count", "size"}}

Given = dict[str, list[frozenset[str]]]
"""The names of the values of each rendering, by the name of the template."""


def names(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"`([a-z_]+)`", text))


def paragraph(beginning: str) -> frozenset[str]:
    """Return the names in the one paragraph of the section that begins so."""
    (found,) = [each for each in SECTION.split("\n\n") if each.strip().startswith(beginning)]
    return names(found)


def documented() -> dict[str, frozenset[str]]:
    """Return the names that the table has of each template."""
    rows = re.findall(r"(?m)^\| (`[a-z`, ]+`) \| [^|]+ \| ([^|]+) \|$", SECTION)
    return {
        template: names(cell) | (PLUGIN if "the plugin" in cell else frozenset())
        for templates, cell in rows
        for template in names(templates)
    }


PLUGIN = paragraph("A plugin is given as")
OF_ALL = paragraph("All are given")
OF_PAGES = paragraph("The templates of pages") - {"base"} | {"frame"}
TABLE = documented()


@pytest.fixture(scope="module")
def given() -> Given:
    """Return what the templates of a site are given that has every kind of page."""
    found: Given = defaultdict(list)

    class Watched(Templates):
        """Templates that note what they are given."""

        def render(self, name: str, values: Mapping[str, Any]) -> str:
            found[name].append(frozenset(values))
            found[""].append(frozenset(self._environment.globals))
            return super().render(name, values)

    own = {"repository_id": "repo-a", "name": "A", "repository_type": "local"}
    build = site.context(repository_info=own, upstreams=[samples.hostile_upstream()])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("catalogctl.publish.site.site_context.Templates", Watched)
        site.pages(samples.plugins(), build, own_pages={"about": "# About"})
    return found


def test_the_document_has_a_row_for_each_template(given: Given) -> None:
    assert sorted(TABLE) == TEMPLATES
    assert sorted({*given} - {""}) == TEMPLATES


def test_the_document_names_what_all_templates_are_given(given: Given) -> None:
    assert {*given[""]} == {OF_ALL - {"root"}}
    every = [each for name, each in given.items() if name]
    assert all("root" in values for renderings in every for values in renderings)


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name != "base"])
def test_the_document_names_what_a_template_is_given(name: str, given: Given) -> None:
    wanted = TABLE[name] if name in (*AROUND, *PARTS) else TABLE[name] | OF_PAGES
    every, always = frozenset().union(*given[name]), frozenset.intersection(*given[name])
    assert every - OF_ALL == wanted
    assert every - always - OF_ALL == NOT_ALWAYS.get(name, set())


def test_the_whole_document_is_given_what_its_page_is(given: Given) -> None:
    of_pages = [
        {*values, "main"}
        for name, renderings in given.items()
        if name not in (*AROUND, *PARTS, "")
        for values in renderings
    ]
    assert TABLE["base"] == {"main"}
    assert sorted(map(sorted, given["base"])) == sorted(map(sorted, of_pages))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_uses_only_what_the_document_names(name: str) -> None:
    """Also in the branches that the pages above do not take."""
    tree = Environment().parse((FOLDER / f"{name}.html").read_text("utf-8"))
    made = {each.name for each in tree.find_all(nodes.Name) if each.ctx == "store"}
    used = meta.find_undeclared_variables(tree) - made
    assert used <= TABLE[name] | OF_ALL | OF_PAGES
