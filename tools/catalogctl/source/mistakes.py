"""Find the likely mistakes in lines that are not valid YAML.

A parser stops where it can't continue, which is often lines below the mistake: a key without its
colon runs on into the next line, a bracket that is never closed swallows the next field. Each
suspicion comes with the lines as they were probably meant; `repair` tries them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml.tokens import (
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    ScalarToken,
    StreamEndToken,
)

from catalogctl.source.character_names import BLANK, LOOKALIKE, UNSEEN, character_name, meant
from catalogctl.source.strict_yaml import MAX_DEPTH, parser
from catalogctl.source.syntax_errors import explain_syntax_error, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BEFORE_COMMENT = re.compile(r"(?<!\s)\s++#|^\s++#")
_COLON = re.compile(r":(?=[ \t]|$)")
_NAME = r"[A-Za-z_][A-Za-z0-9_.-]{0,39}"
_NO_SPACE = re.compile(rf"({_NAME}):(?=[^\s:/])")
_NO_COLON = re.compile(rf"({_NAME}|'[^']*'|\"[^\"]*\")(?=\s|$)")
_KEY_IN_FLOW = re.compile(r"(?:'[^']*+'|\"[^\"]*+\"|[^\s,:{}\[\]'\"]++)\s*+:")
MOST_TOKENS = 20_000
"""Limit of the tokens that are read: a bracket that is open there may be closed later."""

_WRITE = {" ": "write a space", ":": 'write ":", with a space after it'}

_WIDTHS = (2, 4, 8, 0)
"""Numbers of spaces that a tab may stand for; none if it does not belong there."""

_INDENTED_BY_TAB = re.compile(r"[ ]*\t\s*\S")


class Edit(NamedTuple):
    """A line as it was meant: from the column `at`, it is `more` characters longer."""

    number: int
    text: str
    at: int = 0
    more: int = 0


def _insertion(lines: Sequence[str], number: int, at: int, added: str) -> Edit:
    text = lines[number]
    return Edit(number, f"{text[:at]}{added}{text[at:]}", at, len(added))


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A likely mistake at a line and column, both from 0, with its message and hint.

    `edits` are the lines as they were meant. A suspicion that `needs_proof` is dropped if the
    edits don't improve the text: the next mistake must be after the place that it `reaches`, or
    below its own lines. If `is_altered`, the value there is no longer the author's; if `is_guess`,
    the first word of the line is assumed to be a key.
    """

    line: int
    column: int
    message: str
    hint: str
    edits: tuple[Edit, ...] = ()
    needs_proof: bool = False
    is_altered: bool = False
    is_guess: bool = False
    reaches: tuple[int, float] | None = None


def suspicions(lines: Sequence[str], error: yaml.YAMLError) -> Iterator[Suspicion]:
    """Yield the mistakes an author may have made, likeliest first; the last is libyaml's own error.

    `lines` have no line endings.
    """
    line, column = _mark(lines, error, "problem_mark")
    start = _start(lines, error, line, column)
    for number in dict.fromkeys((line, start)):
        yield from _tabs(lines, number)
    above = next((each for each in range(start - 1, -1, -1) if lines[each].strip()), start)
    for number in dict.fromkeys((start, line, above)):
        for each in _lookalikes(lines, number):
            yield replace(each, reaches=(max(start, number), math.inf))
    yield from _dashes(lines, start)
    if start != line or "expected ':'" in words_of(error):
        yield bare_line(lines, start)
    elif "not allowed" in words_of(error) and _NO_SPACE.match(lines[line].lstrip(" -")):
        yield replace(bare_line(lines, line), needs_proof=True)
    elif "not allowed" in words_of(error):
        yield from _too_deep(lines, line, above)
    tokens = list(islice(_tokens(lines), MOST_TOKENS))
    yield from _brackets(lines, tokens, (line, column))
    yield from _quotes(lines, tokens, error, (line, column))
    yield from _commas(lines, error, line, column)
    yield from _indents(lines, error, line, column)
    yield _parser_error(lines, error)


def _mark(lines: Sequence[str], error: yaml.YAMLError, name: str) -> tuple[int, int]:
    mark = getattr(error, name, None) or getattr(error, "problem_mark", None)
    if mark is None:
        return 0, 0
    last = len(lines) - 1
    return (mark.line, mark.column) if mark.line <= last else (last, len(lines[last]))


def _start(lines: Sequence[str], error: yaml.YAMLError, line: int, column: int) -> int:
    """Return the line where the construct began that the parser could not finish."""
    if "expected ':'" in words_of(error):
        return _mark(lines, error, "context_mark")[0]
    if "mapping values are not allowed" in words_of(error):
        return _bare_start(lines, line, column)
    return line


def _bare_start(lines: Sequence[str], line: int, column: int) -> int:
    """Return the first of the lines without a colon that run on into the key of this line.

    Return the line itself if it has an earlier colon, or if the lines above belong to another
    value.
    """
    before = lines[line][:column]
    indent = _indent(before)
    if _COLON.search(before):
        return line
    first = line
    for number in range(line - 1, -1, -1):
        text = lines[number].strip()
        if text.startswith("#") or _COLON.search(text):
            break
        content = _indent(lines[number]) + (2 if text.startswith("- ") else 0)
        is_element = text.startswith("-") and content != indent
        if text and not is_element and content <= indent:
            first = number
    return first


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _tabs(lines: Sequence[str], number: int) -> Iterator[Suspicion]:
    """Suspect the tabs that indent a line and the lines below it that are indented alike."""
    if not _INDENTED_BY_TAB.match(lines[number]):
        return
    tab = Suspicion(number, lines[number].index("\t"), "a tab indents this line", "use spaces")
    for width in _WIDTHS:
        yield replace(tab, edits=tuple(_without_tabs(lines, number, width)), needs_proof=True)
    yield tab


def _without_tabs(lines: Sequence[str], first: int, width: int) -> Iterator[Edit]:
    for number in range(first, len(lines)):
        text = lines[number]
        if text.strip() and not _INDENTED_BY_TAB.match(text):
            return
        content = text.lstrip(" \t")
        blanks = text[: len(text) - len(content)].replace("\t", " " * width)
        yield Edit(number, blanks + content, 0, len(blanks) + len(content) - len(text))


def _lookalikes(lines: Sequence[str], number: int) -> Iterator[Suspicion]:
    """Suspect characters that look like YAML syntax: first only one of them, then all."""
    text = lines[number]
    hidden = UNSEEN.search(text)
    if hidden is not None and not BLANK.match(hidden.group()):
        column = hidden.start()
        repaired = text[:column] + text[column + 1 :]
        yield _wrong_character(hidden, "remove it", Edit(number, repaired, column, -1))
    lookalike = LOOKALIKE.search(text)
    if lookalike is None:
        return
    column, character, rest = lookalike.start(), meant(lookalike.group()), text[lookalike.end() :]
    hint = _WRITE.get(character, f"write {character}")
    space = " " if character == ":" and rest[:1].strip() else ""
    everywhere = LOOKALIKE.sub(lambda match: meant(match.group()), rest)
    for end in dict.fromkeys((rest, everywhere)):
        repaired = f"{text[:column]}{character}{space}{end}"
        yield _wrong_character(lookalike, hint, Edit(number, repaired, column + 1, len(space)))


def _wrong_character(match: re.Match[str], hint: str, edit: Edit) -> Suspicion:
    message = f"{character_name(match.group())} does not belong here"
    return Suspicion(edit.number, match.start(), message, hint, (edit,), needs_proof=True)


def _dashes(lines: Sequence[str], number: int) -> Iterator[Suspicion]:
    """Suspect a list element whose dash is missing or has no space after it."""
    text = lines[number]
    column = _indent(text)
    above = next((each for each in reversed(lines[:number]) if each.strip()), "")
    if not text.strip() or not (above.strip().startswith("- ") and _indent(above) == column):
        return
    if text[column] == "-":
        message, at, added = 'a space is missing after "-"', column + 1, " "
    else:
        message, at, added = 'a "-" is missing before this element', column, "- "
    hint = 'write "- " before each element of the list'
    edit = _insertion(lines, number, at, added)
    yield Suspicion(number, column, message, hint, (edit,), needs_proof=True)


def bare_line(lines: Sequence[str], number: int) -> Suspicion:
    """Return the suspicion that a line is a key without its colon, or without a space after it."""
    text = lines[number]
    column = _indent(text)
    while text[column : column + 2] == "- ":
        column += 2
    close, missing = _NO_SPACE.match(text, column), _NO_COLON.match(text, column)
    if close is not None:
        edit = _insertion(lines, number, close.end(), " ")
        message, hint = "a space is missing after the colon", f'write "{close[1]}: …"'
        return Suspicion(number, column, message, hint, (edit,))
    message = "a colon is missing after the key"
    if missing is None:
        hint = 'write "key: value", with a space after the colon'
        return Suspicion(number, column, message, hint)
    at = missing.end()
    hint = f'write "{missing[1]}: …"' if text[at:].strip() else 'write "key: value", or "key:"'
    edit = _insertion(lines, number, at, ":")
    return Suspicion(number, column, message, hint, (edit,), is_guess=True)


def is_a_word(text: str) -> bool:
    """Return whether a text on its own is something other than a key and a value run together."""
    first = text.partition(" ")[0]
    return not _NO_SPACE.match(first) and not any(
        meant(each.group()) == ":" for each in LOOKALIKE.finditer(first)
    )


def run_together(key: str) -> Suspicion:
    """Return the mistake in a key in braces that is a key and its value without a colon."""
    return next(_lookalikes([key], 0), None) or bare_line([key], 0)


def _too_deep(lines: Sequence[str], number: int, above: int) -> Iterator[Suspicion]:
    """Suspect a key that is indented more than the one above, and so would continue its value."""
    text = lines[number]
    column, width = _indent(text), _indent(lines[above])
    key = _NO_COLON.match(text.partition(":")[0], column)
    if above < number and width < column and key is not None and key.end() == text.find(":"):
        message = "this line is indented more than the one above"
        hint = "indent the two alike, or quote the value above if it goes on here"
        edit = Edit(number, text[column - width :], 0, width - column)
        yield Suspicion(number, column, message, hint, (edit,), needs_proof=True)


def _commas(
    lines: Sequence[str], error: yaml.YAMLError, line: int, column: int
) -> Iterator[Suspicion]:
    """Suspect a comma in brackets that is missing, or that has nothing before it."""
    text, words = lines[line], words_of(error)
    if "expected node content" in words and text[column : column + 1] == ",":
        message, hint = "a value is missing before this comma", "write one, or remove the comma"
        edit = Edit(line, f"{text[:column]} {text[column + 1 :]}", column)
        reaches = (line, column)
        yield Suspicion(line, column, message, hint, (edit,), needs_proof=True, reaches=reaches)
    if "expected ',' or" not in words:
        return
    start = column
    if text[column : column + 1] == ":":  # the key before it was read as part of a text
        start = 1 + max(text.rfind(blank, 0, column) for blank in " \t,[{")
    number, at = line, len(text[:start].rstrip())
    if not at:
        number = _line_above(lines, line)
        at = _end_of_content(lines[number])
    is_entry = "']'" in words or _KEY_IN_FLOW.match(text, start) is not None
    if not is_entry or not at or lines[number][:at].endswith((":", ",", "[", "{")):
        return
    before, after = lines[number][:at], lines[number][at:]
    is_blank = after.startswith(" ")
    edit = Edit(number, f"{before},{after[is_blank:]}", at, 1 - is_blank)
    message, hint, reaches = (
        "a comma is missing after this entry",
        'write "," after it',
        (line, column),
    )
    yield Suspicion(number, at - 1, message, hint, (edit,), needs_proof=True, reaches=reaches)


def _line_above(lines: Sequence[str], number: int) -> int:
    """Return the nearest line above that has more than a comment, or the first line."""
    above = range(number - 1, -1, -1)
    return next((each for each in above if _has_content(lines[each])), 0)


def _has_content(text: str) -> bool:
    return bool(text.strip()) and not text.lstrip().startswith("#")


def _end_of_content(text: str) -> int:
    """Return where the comment at the end of a line begins, or the blanks there."""
    comment = _BEFORE_COMMENT.search(text)
    return comment.start() if comment else len(text.rstrip())


_OUT_OF_LINE = ("expected key", "expected '-' indicator", "expected <document start>")


def _indents(
    lines: Sequence[str], error: yaml.YAMLError, line: int, column: int
) -> Iterator[Suspicion]:
    """Suspect lines that are indented less than their siblings above, or the first ones if more."""
    words = words_of(error)
    if column != _indent(lines[line]) or not any(each in words for each in _OUT_OF_LINE):
        return
    deeper = []
    for number in range(line - 1, -1, -1):
        if _has_content(lines[number]):
            if _indent(lines[number]) <= column:
                break
            deeper.append(number)
    width = min((_indent(lines[number]) for number in deeper), default=0)
    if not deeper or (column == 0 and "<document start>" not in words):
        return
    if column == 0:
        first, message = deeper[-1], "this line is indented more than those below it"
        edits = _shifted(lines, range(first, line), -width)
        yield Suspicion(
            first, 0, message, _ALIKE, edits, needs_proof=True, reaches=(line, math.inf)
        )
        return
    ends = (number for number in range(line, len(lines)) if _ends_block(lines[number], column))
    numbers = range(line, next(ends, len(lines)))
    shallow = [number for number in numbers if _indent(lines[number]) < width]
    for moved in (shallow, numbers):
        edits = _shifted(lines, moved, width - column)
        message = "this line is indented less than the one above"
        yield Suspicion(line, column, message, _ALIKE, edits, needs_proof=True)


_ALIKE = "indent the two alike"


def _ends_block(text: str, column: int) -> bool:
    return _has_content(text) and _indent(text) < column


def _shifted(lines: Sequence[str], numbers: Iterable[int], more: int) -> tuple[Edit, ...]:
    """Return lines with more blanks at their start, or fewer."""
    return tuple(
        Edit(number, " " * (_indent(lines[number]) + more) + lines[number].lstrip(" "), 0, more)
        for number in numbers
        if lines[number].strip()
    )


def as_text(lines: Sequence[str], number: int) -> tuple[Edit, ...]:
    """Return the lines of an entry with its value, whatever it is, as one text in quotes."""
    text = lines[number]
    key = _indent(text)
    while text[key : key + 2] == "- ":
        key += 2
    colon = _COLON.search(text, key)
    rest = text[colon.end() if colon else key :].lstrip()
    if not rest:
        return ()
    start = len(text) - len(rest)
    doubled = rest.replace("'", "''")
    quoted = Edit(number, f"{text[:start]}'{doubled}'", start, 1)
    last = _last_line(lines, number, key)
    return (quoted, *(Edit(each, "") for each in range(number + 1, last + 1)))


def _tokens(lines: Sequence[str]) -> Iterator[Any]:
    """Yield the tokens of a text as far as it can be scanned, down to the deepest allowed level.

    The last token ends the stream only if the whole text could be scanned.
    """
    scanner = parser("\n".join((*lines, "")).encode())
    depth = 0
    try:
        while depth <= MAX_DEPTH:
            token = scanner.get_token()
            yield token
            if isinstance(token, StreamEndToken):
                return
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
    except yaml.YAMLError:
        return


_OPENING = (FlowSequenceStartToken, FlowMappingStartToken)
_CLOSING = (FlowSequenceEndToken, FlowMappingEndToken)


def _brackets(
    lines: Sequence[str], tokens: Sequence[Any], end: tuple[int, int]
) -> Iterator[Suspicion]:
    """Suspect a bracket that is open where the parser stops and is never closed."""
    stack: list[tuple[Any, bool]] = []
    for token in tokens:
        is_before = (token.start_mark.line, token.start_mark.column) < end
        if isinstance(token, _OPENING):
            stack.append((token, is_before))
        elif isinstance(token, _CLOSING) and stack and _fits(stack[-1][0], token):
            stack.pop()
    opening = next((token for token, is_before in reversed(stack) if is_before), None)
    if opening is None:
        return
    line, column = opening.start_mark.line, opening.start_mark.column
    is_list = isinstance(opening, FlowSequenceStartToken)
    what, close = ("list", "]") if is_list else ("mapping", "}")
    last = _last_line(lines, line, _indent(lines[line]))
    at = _end_of_content(lines[last])
    message, hint = f"the {what} that opens here is never closed", f'close it with "{close}"'
    edit = _insertion(lines, last, at, close)
    is_known = isinstance(tokens[-1], StreamEndToken)
    yield Suspicion(line, column, message, hint, (edit,), needs_proof=not is_known)


def _fits(opening: Any, closing: Any) -> bool:
    return isinstance(opening, FlowSequenceStartToken) == isinstance(closing, FlowSequenceEndToken)


def _last_line(lines: Sequence[str], first: int, column: int) -> int:
    """Return the last line of an entry, before the next line that does not begin after a column."""
    last = first
    for number in range(first + 1, len(lines)):
        text = lines[number]
        if text.strip():
            if _indent(text) <= column:
                break
            last = number
    return last


def _quotes(
    lines: Sequence[str], tokens: Sequence[Any], error: yaml.YAMLError, end: tuple[int, int]
) -> Iterator[Suspicion]:
    """Suspect a quote that is never closed, or that ends where the author did not mean it to."""
    if "unexpected end of stream" in words_of(error):
        line, column = _mark(lines, error, "context_mark")
        yield _open_quote(lines, line, column, needs_proof=False)
        return
    quoted = [
        each
        for each in tokens
        if isinstance(each, ScalarToken)
        and each.style in {"'", '"'}
        and (each.end_mark.line, each.end_mark.column) <= end
    ]
    if not quoted or quoted[-1].end_mark.line != end[0]:
        return
    last = quoted[-1]
    if last.start_mark.line < last.end_mark.line:
        yield _open_quote(lines, last.start_mark.line, last.start_mark.column, needs_proof=True)
    elif "expected key" in words_of(error):
        twice = "''" if last.style == "'" else '\\"'
        message, hint = "text follows the closing quote", f"write {twice} for a quote in the text"
        yield Suspicion(end[0], end[1], message, hint)


def _open_quote(lines: Sequence[str], line: int, column: int, *, needs_proof: bool) -> Suspicion:
    edit = _insertion(lines, line, len(lines[line]), lines[line][column])
    message, hint = "the quote that opens here is never closed", "add the closing quote"
    return Suspicion(line, column, message, hint, (edit,), needs_proof)


def _parser_error(lines: Sequence[str], error: yaml.YAMLError) -> Suspicion:
    """Return libyaml's own error as a suspicion, at the place that it reports."""
    line, column, message, hint = explain_syntax_error(error)
    number, at = min(line, len(lines)) - 1, column - 1
    text = lines[number]
    character = text[at : at + 1]
    if character == "\t":
        return Suspicion(line - 1, at, "a tab is used where only spaces are allowed", "use spaces")
    words = words_of(error)
    is_inside = _COLON.search(text[:at]) is not None
    if character in {"@", "`", "%"} and "cannot start" in words:
        message, hint = f'"{character}" can\'t start a value', "quote the value"
        altered = "a"
    elif character == ":" and is_inside and ("not allowed" in words or "expected ','" in words):
        message, hint = '":" is not allowed here', 'quote the value if it holds ": "'
        altered = "-"
    else:
        if "expected key" in words and text[:at].strip():
            message, hint = "something follows the end of the value", "quote the whole value"
        return Suspicion(line - 1, at, message, hint)
    edit = Edit(number, text[:at] + altered + text[at + 1 :], at)
    return Suspicion(line - 1, at, message, hint, (edit,), is_altered=True)
