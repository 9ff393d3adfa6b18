"""Render the site's templates and a catalog's replacements for them.

The head, header and footer, which many pages share, are rendered once per relative path to the
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
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from catalogctl import resources
from catalogctl.errors import CatalogctlError
from catalogctl.publish.site.escaping import SafeHtml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from catalogctl.publish.site.texts import TemplateTexts, Texts

BUILT_IN = "built-in"
"""The prefix under which a catalog's template includes the one that it replaces."""


_OF_PLUGIN_PAGES = ("plugin", "options", "related", "row", "base", "head", "top", "foot")

_BETWEEN_TAGS = re.compile(r"(?<=[>}])\n[ \t]+(?=[<{])")
_INDENTED = re.compile(r"\n[ \t]+")

_FOLDER = "site/templates/"
"""The folder with a catalog's own templates."""


class TemplateFailedError(CatalogctlError):
    """A catalog's own template is broken or uses a value that its page does not have."""


class Frame(NamedTuple):
    """The rendered parts around a page's content."""

    head: SafeHtml
    top: SafeHtml
    foot: SafeHtml


class Templates:
    """All templates, compiled once; `own` has the catalog's templates by file name.

    `shared` has the values available in all templates.
    """

    def __init__(self, shared: Mapping[str, Any], own: Mapping[str, str], t: Texts) -> None:
        ours = FileSystemLoader(resources.folder("site") / "templates")
        kind = ImmutableSandboxedEnvironment if own else Environment
        every = ChoiceLoader([DictLoader(own), ours, PrefixLoader({BUILT_IN: ours})])
        texts = t.for_templates()
        self._environment = kind(
            loader=_Loader(every, texts),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals = {**shared, "t": texts}
        self._own = own
        self._compiled: dict[str, Template] = {}
        self._frames: dict[tuple[str, str, bool, bool], Frame] = {}

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """Return a rendered template; raise TemplateFailedError if the catalog's own one fails."""
        try:
            return self._template(name).render(values)
        except Exception as error:
            if not self._own:
                raise
            raise TemplateFailedError(_words(name, error)) from error

    def compile_plugin_page(self) -> None:
        """Compile the templates that every process needs, before processes are forked.

        Raise TemplateFailedError if one of the catalog's own templates is broken.
        """
        for name in _OF_PLUGIN_PAGES:
            try:
                self._template(name)
            except TemplateError as error:
                raise TemplateFailedError(_words(name, error)) from error

    def _template(self, name: str) -> Template:
        """Return a compiled template; jinja2's own cache would ask its loaders each time."""
        template = self._compiled.get(name)
        if template is None:
            template = self._compiled[name] = self._environment.get_template(f"{name}.html")
        return template

    def page(self, name: str, values: Mapping[str, Any]) -> bytes:
        """Return a complete page: the output of its template inside `base.html`.

        Page templates don't extend `base.html`, because passing every piece of a page through both
        would take a third of the time.
        """
        main = SafeHtml(self.render(name, values))
        return self.render("base", {**values, "main": main}).encode()

    def frame(self, root: str, current: str, *, is_home: bool = False, known: bool = True) -> Frame:
        """Return the frame of a page; `known` is true if the path to the root is known."""
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
    """The templates of another loader, with lines joined in our own templates."""

    def __init__(self, loader: BaseLoader, t: TemplateTexts) -> None:
        self._loader = loader
        self._t = t

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, path, is_fresh = self._loader.get_source(environment, template)
        if path is None:
            return source, _FOLDER + template, is_fresh
        return joined_lines(source), path, is_fresh

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  (jinja2's name)
    ) -> Template:
        """Return a compiled template in which each text without a value is a constant."""
        source, path, is_fresh = self.get_source(environment, name)
        tree = _ConstantTexts(self._t, name).visit(environment.parse(source, name, path))
        code = environment.compile(tree, name, path)
        # A dict, because jinja2 copies what it gives here, a chain of mappings, for each rendering.
        every = dict(globals or {})
        return environment.template_class.from_code(environment, code, every, is_fresh)


class _ConstantTexts(NodeTransformer):
    """Puts the markup of `{{ t.key }}` where it is shown: it is the same on every page."""

    def __init__(self, t: TemplateTexts, name: str) -> None:
        self._t, self._name = t, name

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802  (jinja2's name)
        """Replace the texts that an output consists of; those with values are called later."""
        node.nodes = [self._constant(each) for each in node.nodes]
        return node

    def _constant(self, node: nodes.Expr) -> nodes.Expr:
        if not (isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name)):
            return node
        if node.node.name != "t":
            return node
        try:
            text = str(getattr(self._t, node.attr))
        except TemplateError as error:
            raise TemplateSyntaxError(str(error), node.lineno, self._name) from error
        return nodes.TemplateData(text, lineno=node.lineno)


def joined_lines(source: str) -> str:
    """Return a template with each indented line joined to the one above it.

    Line breaks between tags are removed, and others become a space. Our templates can thus be
    formatted for readability without making pages larger.
    """
    return _INDENTED.sub(" ", _BETWEEN_TAGS.sub("", source))


def _words(name: str, error: Exception) -> str:
    """Return where a template is broken, and how to fix it."""
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
    """Return file and line of the innermost catalog template in an error's traceback."""
    steps = traceback.extract_tb(error.__traceback__)
    places = [
        f"{step.filename}:{step.lineno}" for step in steps if step.filename.startswith(_FOLDER)
    ]
    return places[-1] if places else None
