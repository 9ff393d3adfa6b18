"""Check that an SVG picture only draws: every element and attribute is on a list.

Nothing else is left in it: no script, style, event handler or foreign content, and no address but
that of a gradient, a clip path or a mask in the picture itself. A clip path or a mask uses no other
one: twenty that each use the next one twice would be drawn a million times.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat

from catalogctl.source.flaws import Place
from catalogctl.wording import quote

SVG = "http://www.w3.org/2000/svg"
_SPACE = "http://www.w3.org/XML/1998/namespace space"
_ELEMENTS = """
svg g defs title desc path rect circle ellipse line polyline polygon linearGradient radialGradient
stop clipPath mask
"""
_ATTRIBUTES = """
id version role aria-label aria-hidden viewBox preserveAspectRatio width height x y rx ry r cx cy
fx fy fr x1 y1 x2 y2 d points pathLength transform fill fill-opacity fill-rule stroke stroke-width
stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset
opacity color stop-color stop-opacity offset gradientUnits gradientTransform spreadMethod clip-path
clip-rule clipPathUnits mask maskUnits maskContentUnits mask-type vector-effect shape-rendering
paint-order display visibility overflow
"""
ELEMENTS, ATTRIBUTES = frozenset(_ELEMENTS.split()), frozenset(_ATTRIBUTES.split())
_CUTTERS, _CUTS = frozenset({"clipPath", "mask"}), frozenset({"clip-path", "mask"})
"""The elements that cut away parts of others, and the attributes that name them."""
_FUNCTIONS = frozenset(
    {"url", "rgb", "rgba", "hsl", "hsla"}
    | {"translate", "scale", "rotate", "skewx", "skewy", "matrix"}
)
_FUNCTION = re.compile(r"(?<![\w-])([\w-]+)\s*\(")
_URL = re.compile(r"url\s*\(", re.IGNORECASE)
_OWN_URL = re.compile(r"url\(#[A-Za-z_][\w.-]*\)", re.ASCII)
_CUT_HINT = "merge the two into one in your drawing program, or save it as PNG"
_HINT = "save it as plain SVG with paths and gradients only, or as PNG"


class SvgFlaw(NamedTuple):
    """The first thing in a picture that is refused."""

    place: Place
    message: str
    hint: str


class _FoundError(Exception):
    """Ends the parsing of a picture at its first flaw."""

    def __init__(self, flaw: SvgFlaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


def svg_flaw(data: bytes) -> SvgFlaw | None:
    """Return the first thing in an SVG picture that is refused, None if it only draws."""
    reader = _SvgReader()
    try:
        reader.read(data)
    except _FoundError as found:
        return found.flaw
    except expat.ExpatError as error:
        place = Place(error.lineno, error.offset + 1)
        reason = expat.ErrorString(error.code)
        return SvgFlaw(place, f"this is not well-formed XML: {reason}", "save it again as SVG")
    return None


class _SvgReader:
    """Reads a picture element by element, and stops at the first flaw."""

    def __init__(self) -> None:
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        self._is_inside = False
        self._cutters = 0
        parser.ordered_attributes = True
        parser.StartElementHandler = self._element
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.XmlDeclHandler = self._declaration

    def read(self, data: bytes) -> None:
        """Read a picture. Raise _FoundError or ExpatError."""
        self._parser.Parse(data, True)  # noqa: FBT003  (the library's own way)

    def _refuse(self, message: str, hint: str = _HINT) -> None:
        place = Place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)
        raise _FoundError(SvgFlaw(place, message, hint))

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        if encoding is not None and encoding.lower() != "utf-8":
            self._refuse(f"the encoding {quote(encoding)} is not UTF-8", "save it as UTF-8")

    def _doctype(self, name: str, *_: object) -> None:
        self._refuse(f"a DOCTYPE ({quote(name)}) is not allowed", "remove the DOCTYPE")

    def _instruction(self, target: str, data: str) -> None:
        del data
        self._refuse(f"the instruction {quote(target)} is not allowed", "remove it")

    def _element(self, name: str, attributes: list[str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if not self._is_inside and (namespace, local) != (SVG, "svg"):
            self._refuse(f'the outermost element is not <svg xmlns="{SVG}">')
        self._is_inside = True
        if namespace != SVG or local not in ELEMENTS:
            self._refuse(f"the element {quote(local)} is not one that draws")
        self._cutters += local in _CUTTERS
        for attribute, value in zip(attributes[::2], attributes[1::2], strict=True):
            self._check(local, attribute, value)

    def _end(self, name: str) -> None:
        self._cutters -= name.rpartition(" ")[2] in _CUTTERS

    def _check(self, element: str, attribute: str, value: str) -> None:
        if attribute != _SPACE and attribute not in ATTRIBUTES:
            named = attribute.rpartition(" ")[2]
            self._refuse(f"the attribute {quote(named)} of {quote(element)} is not one that draws")
        if "\\" in value or not _has_known_functions(value):
            self._refuse(f"the value {quote(value)} of {quote(attribute)} is not allowed")
        if self._cutters and attribute in _CUTS and _URL.search(value):
            self._refuse(f"{quote(attribute)} is not allowed in a clip path or a mask", _CUT_HINT)


def _has_known_functions(value: str) -> bool:
    """Return whether a value calls only functions that draw, and names only parts of itself."""
    names = [each.lower() for each in _FUNCTION.findall(value)]
    if len(names) != value.count("(") or not _FUNCTIONS.issuperset(names):
        return False
    return len(_URL.findall(value)) == len(_OWN_URL.findall(value))
