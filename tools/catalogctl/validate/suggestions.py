"""Suggest what a valid plugin file could say more: what readers of its page would look for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.json_pointer import escape
from catalogctl.jsontypes import as_object, as_text
from catalogctl.validate.finding import Finding, place
from catalogctl.web_addresses import web_link
from catalogctl.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSONObject
    from catalogctl.problem import Problem
    from catalogctl.source.document import Document

_LINKS = ("documentation", "source", "homepage", "link")
_NAMED = 3
"""How many options without a title are named."""


class Beside(NamedTuple):
    """What a plugin has beside its file."""

    has_readme: bool
    has_icon: bool
    has_version: bool


def suggestions(document: Document, beside: Beside) -> Iterator[Problem]:
    """Yield what is missing in a valid plugin file and beside it.

    A deprecated plugin is left as it is.
    """
    value, stem = document.value, document.stem
    if value.get("deprecated"):
        return
    for code, finding in (
        *_of_tags(as_object(value.get("tags")), stem, beside),
        *_of_plugin(value, stem, beside),
        *_of_template(as_object(value.get("template"))),
    ):
        at_key = bool(finding.pointer)
        yield place(code, finding._replace(at_key=at_key), document)


def _of_tags(tags: JSONObject, stem: str, beside: Beside) -> Iterator[tuple[str, Finding]]:
    at = "/tags" if tags else ""
    if not as_text(tags.get("description")).strip():
        hint = "say in one sentence what the plugin does: tags.description"
        yield "no-description", Finding(at, "the plugin has no description", hint)
    if not any(web_link(tags.get(name)) for name in _LINKS):
        hint = "add tags.documentation or tags.source, an https:// address"
        message = "the plugin links neither to documentation nor to its source"
        yield "no-documentation", Finding(at, message, hint)
    if not as_text(tags.get("license")).strip():
        hint = "add tags.license, such as Apache-2.0"
        yield "no-license", Finding(at, "the plugin does not say under which license it is", hint)
    if not (beside.has_icon or as_text(tags.get("icon")).strip()):
        hint = f"add icons/{stem}.svg or icons/{stem}.png"
        yield "no-icon", Finding(at, "the plugin has no icon", hint)


def _of_plugin(value: JSONObject, stem: str, beside: Beside) -> Iterator[tuple[str, Finding]]:
    if not beside.has_readme:
        hint = f"write docs/{stem}/README.md: what it is for, what it needs, how to start"
        yield "no-readme", Finding("", "the plugin has no long description", hint)
    if not value.get("maintainers"):
        hint = "name them in maintainers, such as '@handle' or '@org/team'"
        yield "no-maintainers", Finding("", "the plugin names nobody who maintains it", hint)
    if not beside.has_version:
        hint = f"run catalogctl resolve {stem}"
        yield "no-version", Finding("", "no version of the plugin is known", hint)


def _of_template(template: JSONObject) -> Iterator[tuple[str, Finding]]:
    """Yield one finding for each template whose options have no title."""
    for key, part in template.items():
        properties = as_object(as_object(as_object(part).get("schema")).get("properties"))
        untitled = [
            name for name, option in properties.items() if not as_object(option).get("title")
        ]
        if untitled:
            pointer = f"/template/{escape(key)}/schema/properties/{escape(untitled[0])}"
            message = f"options without a title: {first_of(untitled, _NAMED)}"
            yield "option-title", Finding(pointer, message, "give each option a title for the form")
