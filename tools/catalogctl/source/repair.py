"""Find the mistakes in a text that is not valid YAML, and return a text without them.

Likely fixes are tried: if the parser gets further with one, that was the mistake, and the rest of
the file is read as if it were fixed. So one mistake does not hide another (product contract, 3).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import yaml
from yaml.error import MarkedYAMLError
from yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from catalogctl.source import merge_conflicts
from catalogctl.source.character_names import (
    BLANKS,
    BYTE_ORDER_MARK,
    HIDDEN,
    character_name,
    without_hidden,
)
from catalogctl.source.flaws import Flaw, Place
from catalogctl.source.mistakes import Suspicion, as_text, is_a_word, suspicions
from catalogctl.source.strict_yaml import MAX_DEPTH, parser
from catalogctl.source.syntax_errors import is_nesting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_INDENTATION = re.compile(f"[ {BLANKS}{HIDDEN}]*")

MOST_TRIED = 60
"""Limit of the fixes that are tried for one file, if it is small."""

MOST_READ = 512 * 1024
"""Limit of the characters that are parsed for one file in total."""


@dataclass(slots=True)
class Repaired:
    """A text while it is being fixed: its lines without line endings, and what was wrong with them.

    `column_shifts` has, by line, the column from which it is longer than the author's line, and by
    how many characters. `altered` has, by line, the column from which values differ from what was
    written, `guessed` the lines whose keys may not be keys. `is_whole` means that the text can be
    parsed now.
    """

    lines: list[str]
    flaws: list[Flaw] = field(default_factory=list)
    column_shifts: dict[int, tuple[int, int]] = field(default_factory=dict)
    altered: dict[int, int] = field(default_factory=dict)
    guessed: set[int] = field(default_factory=set)
    is_whole: bool = True

    @property
    def text(self) -> str:
        """The fixed text, with a line feed at its end."""
        return "\n".join((*self.lines, ""))

    def place(self, line: int, column: int) -> Place:
        """Return the place in the author's text of a line and column, from 0, of the fixed text."""
        at, more = self.column_shifts.get(line, (0, 0))
        return Place(line + 1, 1 + (max(at, column - more) if column >= at else column))


def repair(text: str) -> Repaired:
    """Return a text with its mistakes fixed as far as possible."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    repaired = Repaired(lines[:-1] if lines[-1] == "" else lines)
    if BYTE_ORDER_MARK in text:
        _without_marks(repaired)
    error = _error(repaired.text)
    if merge_conflicts.may_hold_conflicts(text):
        _without_conflicts(repaired, is_yaml=error is None)
        error = _error(repaired.text) if repaired.flaws else error
    tries = min(MOST_TRIED, MOST_READ // (len(text) + 1))
    while error is not None and repaired.lines:
        tries, error = _fix_first_error(repaired, error, tries)
        if not repaired.is_whole:
            break
    return repaired


def repair_indentation(repaired: Repaired, numbers: Iterable[int]) -> Repaired | None:
    """Return the text with these lines indented by plain spaces, or None if it is not YAML then."""
    lines, column_shifts = list(repaired.lines), dict(repaired.column_shifts)
    for number in numbers:
        before = _INDENTATION.match(lines[number])
        if before is not None:
            width = len(without_hidden(before.group()))
            lines[number] = " " * width + lines[number][before.end() :]
            column_shifts[number] = (0, width - before.end())
    indented = replace(repaired, lines=lines, column_shifts=column_shifts)
    return indented if _error(indented.text) is None else None


def _without_marks(repaired: Repaired) -> None:
    """Remove byte order marks at the beginning of lines, which libyaml ignores."""
    for number, line in enumerate(repaired.lines):
        count = len(line) - len(line.lstrip(BYTE_ORDER_MARK))
        if count:
            repaired.lines[number] = line[count:]
            repaired.column_shifts[number] = (0, -count)
            message = f"{character_name(BYTE_ORDER_MARK)} does not belong here"
            hint, place = "remove it: it is invisible", Place(number + 1, 1)
            repaired.flaws.append(Flaw("refused-character", place, "", message, hint))


def _fix_first_error(
    repaired: Repaired, error: yaml.YAMLError, tries: int
) -> tuple[int, yaml.YAMLError | None]:
    """Fix the mistake that causes an error; return the number of tries left, and the next error."""
    for each in suspicions(repaired.lines, error):
        attempts = [each] if each.needs_proof else [each, _as_text(repaired, each)]
        for attempt in attempts:
            can_try = tries > 0 and _can_edit(repaired, attempt)
            tries -= can_try
            following = _error("\n".join((*_with(repaired, attempt), ""))) if can_try else error
            if following is None or (
                following is not error and _is_further(repaired, attempt, following)
            ):
                _report(repaired, each)
                _edit(repaired, attempt)
                return tries, following
        if not each.needs_proof:
            _report(repaired, each)
            repaired.is_whole = False
            return tries, error
    raise AssertionError("the last suspicion needs no proof")


def _as_text(repaired: Repaired, suspicion: Suspicion) -> Suspicion:
    """Return the same suspicion with the value of its line taken as one text."""
    edits = as_text(repaired.lines, min(suspicion.line, len(repaired.lines) - 1))
    return replace(suspicion, edits=edits, is_altered=True, is_guess=False)


def _can_edit(repaired: Repaired, suspicion: Suspicion) -> bool:
    """Return whether a suspicion has edits, of lines whose columns are known afterwards.

    Where a value is altered, nothing is reported behind the place of the edit.
    """
    known = (
        suspicion.is_altered or not edit.more or edit.number not in repaired.column_shifts
        for edit in suspicion.edits
    )
    return bool(suspicion.edits) and all(known)


def _report(repaired: Repaired, suspicion: Suspicion) -> None:
    place = repaired.place(suspicion.line, suspicion.column)
    flaw = Flaw("yaml-syntax", place, "", suspicion.message, suspicion.hint)
    repaired.flaws.append(flaw)


def _edit(repaired: Repaired, suspicion: Suspicion) -> None:
    repaired.lines = _with(repaired, suspicion)
    for number, _, at, more in suspicion.edits:
        if suspicion.is_altered:
            repaired.altered[number] = repaired.place(number, at).column
        repaired.column_shifts.setdefault(number, (at, more))
        if suspicion.is_guess:
            repaired.guessed.add(number)


def _with(repaired: Repaired, suspicion: Suspicion) -> list[str]:
    lines = list(repaired.lines)
    for edit in suspicion.edits:
        lines[edit.number] = edit.text
    return lines


def _is_further(repaired: Repaired, suspicion: Suspicion, error: yaml.YAMLError) -> bool:
    """Return whether the next mistake is below the fixed lines, or after what was fixed."""
    others = suspicions(_with(repaired, suspicion), error)
    following = next(each for each in others if not each.needs_proof)
    lines = (suspicion.line, suspicion.edits[0].number)
    return (following.line, following.column) > (suspicion.reaches or (max(lines), math.inf))


def _without_conflicts(repaired: Repaired, *, is_yaml: bool) -> None:
    """Keep the first side of each merge conflict; a lone marker may be part of a quoted text."""
    quoted = set(_quoted(repaired.text)) if is_yaml else set()
    for each in list(merge_conflicts.conflicts(repaired.lines)):
        if quoted.issuperset(each.markers) and not each.is_closed:
            continue
        for number in (*each.markers, *each.others):
            repaired.lines[number] = ""
        hint = merge_conflicts.hint(each)
        message, place = merge_conflicts.MESSAGE, Place(each.first + 1, 1)
        repaired.flaws.append(Flaw("merge-conflict", place, "", message, hint))


def _quoted(text: str) -> Iterator[int]:
    """Yield the lines of each quoted or block scalar, except its first one."""
    for event in _events(text):
        if type(event) is ScalarEvent and event.style:
            marks: Any = event
            yield from range(marks.start_mark.line + 1, marks.end_mark.line + 1)


def _error(text: str) -> yaml.YAMLError | None:
    """Return the first error of a text; None if it is valid YAML or nested too deeply."""
    try:
        events = _events(text)
        first = next(islice(events, 2, None), None)
        for _ in events:
            pass
    except yaml.YAMLError as error:
        return None if is_nesting(error) else error
    if isinstance(first, ScalarEvent) and not first.style and not is_a_word(first.value):
        marks: Any = first
        why = "could not find expected ':'"
        return MarkedYAMLError("", marks.start_mark, why, marks.end_mark)
    return None


def _events(text: str) -> Iterator[Any]:
    """Yield the events of a text, down to the deepest allowed level."""
    reader, depth = parser(text.encode()), 0
    while depth <= MAX_DEPTH:
        event = reader.get_event()
        if event is None or isinstance(event, StreamEndEvent):
            return
        depth += isinstance(event, MappingStartEvent | SequenceStartEvent)
        depth -= isinstance(event, MappingEndEvent | SequenceEndEvent)
        yield event
