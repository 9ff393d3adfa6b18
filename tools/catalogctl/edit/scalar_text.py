r"""Write a JSON scalar or a key as YAML text that every reader reads as that value.

Text is written without quotes if YAML 1.1, YAML 1.2 and human readers agree that it is text; else
in double quotes, or in single ones if double ones would need a backslash.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from catalogctl.source.character_names import COMMA
from catalogctl.source.yaml_scalars import read_plain

if TYPE_CHECKING:
    from catalogctl.edit.layout import LayoutNode
    from catalogctl.jsontypes import JSON

_FIRST = frozenset("?:,[]{}#&*!|>'\"%@`=")
_NEVER_PLAIN = re.compile(r":(?:\s|\Z)|\s#|\A(?:-(?:\s|\Z)|---|\.\.\.)")
_IN_FLOW = re.compile(rf"[,\[\]{{}}?]|:(?!//)|{COMMA.pattern}")
_ONE_LINER = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_JOINERS = frozenset("\u200c\u200d")


def scalar(value: JSON, *, flow: bool = False, quote: str = "") -> str:
    """Return a scalar on one line; `quote` is the preferred quote for text, if it can be used.

    `flow` means inside brackets, where fewer texts can do without quotes.
    """
    if isinstance(value, str):
        return _text(value, flow=flow, quote=quote)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return _number(value) if isinstance(value, float) else str(value)


def habit(old: LayoutNode, *, flow: bool = False) -> str:
    """Return the quote that an author chose for a text; "" if it has none or needed it.

    A quote that the old text needed is no preference for the new one.
    """
    if old.style not in ("'", '"'):
        return ""
    return "" if _text(old.text, flow=flow, quote="")[0] == old.style else old.style


def _number(value: float) -> str:
    """Return a float with the dot and the exponent's sign; without them, YAML 1.1 reads text."""
    text = repr(value)
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{mantissa}e{exponent if exponent[0] in '+-' else '+' + exponent}"


def _text(text: str, *, flow: bool, quote: str) -> str:
    printable = all(map(is_printable, text))
    if not quote and printable and is_plain(text, flow=flow):
        return text
    if printable and (quote == "'" or (not quote and re.search(r'["\\]', text))):
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def is_plain(text: str, *, flow: bool = False) -> bool:
    """Return whether a one-line text is still text without quotes."""
    return (
        bool(text)
        and text == text.strip()
        and text[0] not in _FIRST
        and not _NEVER_PLAIN.search(text)
        and not (flow and _IN_FLOW.search(text))
        and read_plain(text) == (text,)
    )


def is_printable(character: str) -> bool:
    """Return whether a character may be written without an escape."""
    return character.isprintable() or character in _JOINERS


def _escaped(character: str) -> str:
    """Return a character as written between double quotes."""
    if character in _ONE_LINER:
        return _ONE_LINER[character]
    if is_printable(character):
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  (four digits)
