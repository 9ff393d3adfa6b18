"""Render the site's templates, and those that a catalog puts in their place.

What is the same on many pages, the head, the header and the footer, is rendered once for each way
to the root: a page joins it. A catalog's own templates run in jinja2's sandbox.
"""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from catalogctl import resources
from catalogctl.errors import CatalogctlError
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.related import PLUGIN_ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalogctl.publish.site.texts import Texts

BUILT_IN = "built-in"
"""The prefix under which a catalog's template includes the one that it replaces."""


ROOT = "\0"
"""What stands for the way to the root until a page is done: no value holds it."""


_OF_PLUGIN_PAGES = ("plugin", "options", "related", "card", "base", "head", "top", "foot")
_OF_PLUGINS = frozenset({"plugin.html", "options.html", "related.html"})
"""Templates of plugins' pages alone: the way is put in when they are read."""

_MARKS = {"page_title": b"\1", "page_description": b"\2", "page_path": b"\3"}
_MAIN = b"\4"
"""What stands in `base.html` for what varies from page to page, until it is put in."""
_AT_MARKS = re.compile(b"([\1-\4])")

_BETWEEN_TAGS = re.compile(r"(?<=[>}])\n[ \t]+(?=[<{])")
_INDENTED = re.compile(r"\n[ \t]+")
_OWN_LETTER = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})|([^\x00-\x7f])", re.DOTALL)


_FOLDER = "site/templates/"
"""Where a catalog's own templates lie, in the catalog."""


class TemplateFailedError(CatalogctlError):
    """A catalog's own template is wrong, or asks for a value that its page does not have."""


class Frame(NamedTuple):
    """What stands around a page, ready made."""

    head: SafeHtml
    top: SafeHtml
    foot: SafeHtml


class Templates:
    """Every template, compiled once; `own` are the catalog's, by file name.

    `shared` are the values that all of them see.
    """

    def __init__(self, shared: Mapping[str, Any], own: Mapping[str, str], say: Texts) -> None:
        ours = FileSystemLoader(resources.folder("site") / "templates")
        kind = ImmutableSandboxedEnvironment if own else Environment
        self._environment = kind(
            loader=_Loader(ChoiceLoader([DictLoader(own), ours, PrefixLoader({BUILT_IN: ours})])),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals = {**shared, "say": say.for_templates()}
        self._own = own
        self._frames: dict[tuple[str, str, bool, bool], Frame] = {}
        self._arounds: dict[tuple[Frame, tuple[str, ...], bool], list[bytes]] = {}

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        r"""Return a template filled in, "\0" where the way to the root goes.

        TemplateFailedError: a catalog's own one is wrong.
        """
        try:
            return self._environment.get_template(f"{name}.html").render(values)
        except Exception as error:
            if not self._own:
                raise
            raise TemplateFailedError(_words(name, error)) from error

    def compile_plugin_page(self) -> None:
        """Compile the templates that every process needs, before there are several.

        TemplateFailedError: a catalog's own one is wrong.
        """
        for name in _OF_PLUGIN_PAGES:
            try:
                self._environment.get_template(f"{name}.html")
            except TemplateError as error:
                raise TemplateFailedError(_words(name, error)) from error

    def page(self, name: str, values: dict[str, Any]) -> bytes:
        """Return a whole page: what its template makes, inside `base.html`.

        The one is not an extension of the other: every piece of a page would be handed through
        both, which is a third of the time.
        """
        main = self.render(name, values)
        if "base.html" in self._own:
            page = self.render("base", {**values, "main": SafeHtml(main)})
            return _rooted(page.encode(), values["root"])
        varying = {mark: str(escape(values[key])).encode() for key, mark in _MARKS.items()}
        varying[_MAIN] = main.encode()
        pieces = [varying.get(piece, piece) for piece in self._around(values)]
        return _rooted(b"".join(pieces), values["root"])

    def _around(self, values: dict[str, Any]) -> list[bytes]:
        """Return `base.html` as a page's pieces, with marks for what varies from page to page."""
        key = (values["frame"], values["scripts"], values["page_path"] is None)
        found = self._arounds.get(key)
        if found is None:
            marked: dict[str, SafeHtml | None] = {
                name: SafeHtml(mark.decode()) for name, mark in (*_MARKS.items(), ("main", _MAIN))
            }
            if values["page_path"] is None:
                marked["page_path"] = None
            text = self.render("base", {**values, **marked})
            found = self._arounds[key] = _AT_MARKS.split(_rooted(text.encode(), values["root"]))
        return found

    def frame(self, root: str, current: str, *, is_home: bool = False, known: bool = True) -> Frame:
        """Return what stands around a page; `known` says whether the way to the root is."""
        key = (root, current, is_home, known)
        found = self._frames.get(key)
        if found is None:
            values = {"root": root, "current": current, "is_home": is_home, "known": known}
            head, top, foot = (
                SafeHtml(self.render(name, values).rstrip("\n")) for name in ("head", "top", "foot")
            )
            found = self._frames[key] = Frame(head, top, foot)
        return found


class _Loader(BaseLoader):
    """The templates of another loader, with the way to the root left open."""

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, path, is_fresh = self._loader.get_source(environment, template)
        if path is not None:  # one of ours
            source = joined_lines(source)
        root = PLUGIN_ROOT if template in _OF_PLUGINS else ROOT
        return _rootless(source, root), path or _FOLDER + template, is_fresh


def joined_lines(source: str) -> str:
    """Return a template with each indented line joined to the one above it.

    Between tags nothing stands for the line end, elsewhere a blank does: so our templates are laid
    out for people, and pages have not a byte more.
    """
    return _INDENTED.sub(" ", _BETWEEN_TAGS.sub("", source))


def _rootless(source: str, root: str) -> str:
    """Return a template that writes `root` for the way to the root, and only ASCII of its own.

    The way stands in some thirty links of a page: put in at the end, it costs nothing. A page
    without a letter beyond ASCII takes half the memory, and is joined and encoded that much faster.
    """
    plain = _OWN_LETTER.sub(lambda found: found[1] or f"&#{ord(found[2])};", source)
    return plain.replace("{{ root }}", root)


def _rooted(page: bytes, root: str) -> bytes:
    """Return a page with the way to the root put in; in bytes, where that is quickest."""
    return page.replace(ROOT.encode(), root.encode())


def _words(name: str, error: Exception) -> str:
    """Return where a template is wrong, and how to mend it."""
    place = f"{_FOLDER}{name}.html"
    if isinstance(error, TemplateSyntaxError):
        place = f"{_FOLDER}{error.name or name + '.html'}:{error.lineno}"
    else:
        place = _place(error) or place
    said = error.message if isinstance(error, TemplateError) else str(error)
    if isinstance(error, TemplateNotFound):
        said = f"there is no template {said}"
    cause = (said or "it can't be rendered").rstrip(".")
    return f"{place}: {cause} (docs/site.md lists what each template is given)"


def _place(error: Exception) -> str | None:
    """Return file and line of the innermost template of a catalog in which an error came up."""
    steps = traceback.extract_tb(error.__traceback__)
    places = [
        f"{step.filename}:{step.lineno}" for step in steps if step.filename.startswith(_FOLDER)
    ]
    return places[-1] if places else None
