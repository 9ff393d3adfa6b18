"""Render the site's templates, and those that a catalog puts in their place.

The head, the header and the footer, the same on many pages, are rendered once for each way to the
root. A catalog's own templates run in jinja2's sandbox.
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

from catalogctl import resources
from catalogctl.errors import CatalogctlError
from catalogctl.publish.site.escaping import SafeHtml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalogctl.publish.site.texts import Texts

BUILT_IN = "built-in"
"""The prefix under which a catalog's template includes the one that it replaces."""


_OF_PLUGIN_PAGES = ("plugin", "options", "related", "card", "base", "head", "top", "foot")

_BETWEEN_TAGS = re.compile(r"(?<=[>}])\n[ \t]+(?=[<{])")
_INDENTED = re.compile(r"\n[ \t]+")

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

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """Return a template filled in; TemplateFailedError: a catalog's own one is wrong."""
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

    def page(self, name: str, values: Mapping[str, Any]) -> bytes:
        """Return a whole page: what its template makes, inside `base.html`.

        The one is not an extension of the other: every piece of a page would be handed through
        both, which is a third of the time.
        """
        main = SafeHtml(self.render(name, values))
        return self.render("base", {**values, "main": main}).encode()

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
    """The templates of another loader, the lines of ours joined."""

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, path, is_fresh = self._loader.get_source(environment, template)
        if path is None:
            return source, _FOLDER + template, is_fresh
        return joined_lines(source), path, is_fresh


def joined_lines(source: str) -> str:
    """Return a template with each indented line joined to the one above it.

    Between tags nothing stands for the line end, elsewhere a blank does: so our templates are laid
    out for people, and pages have not a byte more.
    """
    return _INDENTED.sub(" ", _BETWEEN_TAGS.sub("", source))


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
