r"""Escape text of any origin, so that no terminal interprets it and no CI executes it.

Escaped visibly are: C0 and C1 controls, DEL, bidi controls, U+2028 and U+2029 (line ends to some
readers), lone surrogates (bytes of a file name that are not UTF-8), and what GitHub's runner
interprets as a command: `::` at the start of a line, `##[` anywhere. The runner skips blanks before
the former, and ignores characters without a glyph (runner, ActionCommand).
"""

from __future__ import annotations

import re

from catalogctl.redaction import redacted

_NO_SHAPE = (
    "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2060-\\u206f"
    "\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\uffff\\U000e0000-\\U000e0fff"
)
_CONTROL = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)
_INLINE = re.compile(f"(#[{_NO_SHAPE}]*#[{_NO_SHAPE}]*)\\[")
_BLANK = r" \t\r\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space within a line; with line ends, matching a run of them would take quadratic time."""
_LEADING = re.compile(f"^([{_BLANK}{_NO_SHAPE}]*):(?=[{_NO_SHAPE}]*:)", re.MULTILINE)
_COLOUR = r"\x1b\[[0-9;]*m"
_LEADING_DRAWN = re.compile(
    f"^((?:[{_BLANK}{_NO_SHAPE}]|{_COLOUR})*):(?=(?:[{_NO_SHAPE}]|{_COLOUR})*:)", re.MULTILINE
)
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def clean(text: str, *, keep_newline: bool = False) -> str:
    """Return a text that is safe to print: with control sequences escaped and credentials cut."""
    return escaped(redacted(text), keep_newline=keep_newline)


def escaped(text: str, *, keep_newline: bool = False) -> str:
    r"""Return the text with everything unsafe visibly escaped, such as `\x1b` or `\u202e`."""
    if keep_newline and "\n" in text:
        return "\n".join(escaped(line) for line in text.split("\n"))
    if _CONTROL.search(text):
        text = _CONTROL.sub(lambda match: escape(match[0]), text)
    if "#" in text:
        text = _INLINE.sub(r"\1\\x5b", text)
    return _LEADING.sub(r"\1\\x3a", text) if ":" in text else text


def clean_drawn(text: str) -> str:
    """Return folded lines, made safe: folding may have moved `::` to the start of a line."""
    return _LEADING_DRAWN.sub(r"\1\\x3a", text) if "::" in text else text


def escape(character: str) -> str:
    r"""Return one character as a visible escape."""
    code = ord(character)
    if code > 0xFFFF:  # noqa: PLR2004  (the maximum of four digits)
        return f"\\U{code:08x}"
    return _SHORT.get(character) or (f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}")  # noqa: PLR2004  (two digits)


def is_control(character: str) -> bool:
    """Return whether a character must be escaped in any output."""
    return _CONTROL.match(character) is not None


def is_clean(text: str) -> bool:
    """Return whether a text is safe unescaped."""
    return not (_CONTROL.search(text) or _INLINE.search(text) or _LEADING.search(text))


def commands(text: str) -> set[int]:
    """Return the indexes of the brackets that complete an inline command of the runner."""
    return {match.end() - 1 for match in _INLINE.finditer(text)} if "#" in text else set()


def clean_quoted(text: str) -> str:
    r"""Return JSON or YAML with everything unsafe in its quoted strings written as `\uXXXX`.

    Line ends are kept, as they belong to the document; the encoder escaped those in strings.
    """
    text = _CONTROL.sub(
        lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", text
    )
    return _INLINE.sub(r"\1\\u005b", text)


def ascii_only(text: str) -> str:
    """Return the text for a stream that supports only ASCII, with other characters escaped."""
    return text if text.isascii() else text.encode("ascii", "backslashreplace").decode("ascii")
