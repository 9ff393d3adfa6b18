"""Read a YAML file with the place of every part and everything that is wrong with it.

This is the slow, careful counterpart of `strict_yaml`: it keeps a mark for each key and value,
follows aliases within a budget, and continues after a problem if the parser can. It runs only for
files that the quick reader rejected, and for files in which a rule found a problem.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from catalogctl.json_pointer import join, split
from catalogctl.source.character_names import (
    BLANK,
    character_name,
    first_unseen,
    without_invisible,
)
from catalogctl.source.flaws import TOP, Flaw, Place, place_of_byte
from catalogctl.source.mistakes import run_together
from catalogctl.source.repair import Repaired, repair, repair_indentation
from catalogctl.source.strict_yaml import (
    BOM,
    MAX_DEPTH,
    REFUSED,
    REFUSED_UNESCAPED,
    is_run_together,
    like_comma,
    parser,
)
from catalogctl.source.syntax_errors import explain_syntax_error, is_nesting
from catalogctl.source.yaml_scalars import Ambiguous, is_rewritten, number_text, read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem

MAX_ALIAS_NODES = 10_000
MAX_ALIAS_TEXT = 1024 * 1024
MAX_REPORTED = 500
"""Limit of the problems that are reported for one file's text; reading ends there."""
_SHOWN = 40
"""Limit of the characters of a key or a value in a message."""
_SECRETS = ("secret-key", "secret-value")
_LINE_END = re.compile(r"\r\n|\r|\n")
_KEY_HINT = "quote the key: names are text"
_ALIAS_HINT = 'quote the value if it starts with "*"'


Item: TypeAlias = "tuple[str | int, Place, Node]"
"""A mapping's key or a list's index, its place and the value."""

_Path: TypeAlias = tuple[str | int, ...]


@dataclass(slots=True)
class Node:
    """A value with its place; `items` are the members of a mapping or the elements of a list.

    `nodes` and `text` are the cost of an alias to it: its nodes and characters when written out.
    """

    place: Place
    value: JSON = None
    items: list[Item] = field(default_factory=list)
    nodes: int = 1
    text: int = 0
    depth: int = 0
    open: bool = False
    named: dict[str, Item] | None = None

    def item(self, step: str) -> Item | None:
        """Return the item that a step of a pointer names; the first one of duplicate keys.

        Items are indexed by name, because a report may look up thousands in one wide mapping.
        """
        if self.named is None:
            self.named = {}
            for item in self.items:
                self.named.setdefault(str(item[0]), item)
        return self.named.get(step)


@dataclass(frozen=True, slots=True)
class Examined:
    """The result of the careful reader.

    `value` is what could be read: an ambiguous scalar is taken as text, and mistakes are fixed as
    far as possible. `is_whole` means that the complete file was read. `altered` has, by line, the
    column at which the first value that was fixed begins, `guessed` the lines whose keys were.
    `numbers` are about numbers that are published differently from how they are written.
    """

    value: JSONObject
    root: Node | None
    flaws: tuple[Flaw, ...]
    is_whole: bool = True
    altered: Mapping[int, int] = field(default_factory=dict)
    guessed: frozenset[int] = frozenset()
    numbers: tuple[Flaw, ...] = ()

    def hides(self, problem: Problem, *, suggests: bool) -> bool:
        """Return whether a problem is a mere consequence of a flaw at the same place.

        An unknown field that `suggests` a name is worth reporting even if its key was guessed.
        """
        altered = self.altered.get(problem.line)
        is_secret = problem.code in _SECRETS
        if altered is not None and problem.column >= altered and not is_secret:
            return True
        is_unknown = problem.code == "unknown-field"
        if is_unknown and problem.line in self.guessed and not suggests:
            return True
        place = (problem.line, problem.column)
        return any(
            (is_unknown and flaw.place == place)
            if flaw.code == "non-string-key"
            else flaw.pointer == problem.pointer
            for flaw in self.flaws
            if flaw.hides_value
        )

    def locate(self, pointer: str, *, key: bool = False) -> Place:
        """Return the place of the value at an RFC 6901 pointer, or of its key.

        If the pointer leads nowhere, return the place of its nearest existing parent. The place of
        the document is that of its first key (product contract, 8).
        """
        node, place = self.root, TOP
        if node is None:
            return place
        place = node.items[0][1] if node.items else node.place
        for step in split(pointer):
            item = node.item(step)
            if item is None:
                return place
            _, key_place, node = item
            place = key_place if key else node.place
        return place


def examine(data: bytes) -> Examined:
    """Read YAML carefully; bad input never raises an error."""
    data = data.removeprefix(BOM)
    try:
        text, flaws = data.decode(), []
    except UnicodeDecodeError as error:
        text, flaws = data.decode(errors="replace"), [_not_utf8(data, error)]
        if "\0" in text:  # another encoding altogether
            return Examined({}, None, tuple(flaws), is_whole=False)
    flaws += islice(_refused_characters(text), MAX_REPORTED)
    is_spoiled = bool(flaws)
    repaired = repair(REFUSED_UNESCAPED.sub("\N{REPLACEMENT CHARACTER}", text))
    flaws += repaired.flaws
    reader = _CarefulReader(repaired, is_spoiled=is_spoiled)
    if reader.indented and (indented := repair_indentation(repaired, reader.indented.keys())):
        flaws += [each for each in reader.flaws if each.place in reader.indented.values()]
        reader = _CarefulReader(indented, is_spoiled=is_spoiled)
    flaws = sorted({*flaws, *reader.flaws}, key=lambda flaw: (flaw.place, flaw))
    value = reader.root.value if reader.root is not None else None
    if not flaws and not isinstance(value, dict):
        flaws = [_not_a_mapping(reader.root)]
    return Examined(
        value if isinstance(value, dict) else {},
        reader.root,
        tuple(flaws[:MAX_REPORTED]),
        isinstance(value, dict) and reader.is_whole,
        reader.altered,
        frozenset(number + 1 for number in repaired.guessed),
        tuple(reader.numbers),
    )


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Flaw:
    message = f"byte 0x{data[error.start]:02x} is not UTF-8"
    place = place_of_byte(data, error.start)
    return Flaw("not-utf-8", place, "", message, "save the file as UTF-8")


def _not_a_mapping(root: Node | None) -> Flaw:
    if root is None or root.value is None:
        return Flaw("no-mapping", TOP, "", "the file is empty", "write its fields")
    what = "a list" if isinstance(root.value, list) else "a single value"
    return Flaw("no-mapping", root.place, "", f"the file holds {what}", 'write "name: value" lines')


def _refused_characters(text: str) -> Iterator[Flaw]:
    """Yield each control or bidi character that is in the text itself, unescaped."""
    if REFUSED_UNESCAPED.search(text):
        for number, line in enumerate(_LINE_END.split(text), start=1):
            for match in REFUSED_UNESCAPED.finditer(line):
                place = Place(number, match.start() + 1)
                yield _refused_character(match.group(), place)


def _refused_character(character: str, place: Place) -> Flaw:
    message = f"character U+{ord(character):04X} is not allowed"
    hint = "remove it: it is invisible, or changes the order of what is shown"
    return Flaw("refused-character", place, "", message, hint)


class _CarefulReader:
    """One careful pass over the events of a document.

    `root` is the document's node, or the part of it that could be read; `altered` is that of
    `Examined`.
    """

    def __init__(self, repaired: Repaired, *, is_spoiled: bool) -> None:
        self._repaired = repaired
        self._is_spoiled = is_spoiled
        self._next = parser(repaired.text.encode()).get_event
        self._anchors: dict[str, Node] = {}
        self._depth = 0
        self._expanded_nodes = 0
        self._expanded_text = 0
        self.root: Node | None = None
        self.flaws: list[Flaw] = []
        self.numbers: list[Flaw] = []
        self.indented: dict[int, Place] = {}
        self.altered = {number + 1: column for number, column in repaired.altered.items()}
        self.is_whole = False
        self._read()

    def _read(self) -> None:
        with suppress(_CannotGoOnError):
            try:
                self._read_stream()
                self.is_whole = True
            except yaml.YAMLError as error:
                if is_nesting(error):
                    self._too_deep(Place(*explain_syntax_error(error)[:2]))

    def _read_stream(self) -> None:
        self._next()
        event = self._next()
        if isinstance(event, StreamEndEvent):
            return
        if event.tags or event.version:
            message, hint = "a %-directive is not allowed", 'take out the lines above "---"'
            self._flaw("yaml-directive", self._place(event), (), message, hint)
        root = self._node(self._next(), ())
        self._next()
        event = self._next()
        if not isinstance(event, StreamEndEvent):
            hint = 'one file holds one document: take out "---" and what follows'
            message = "a second document starts here"
            self._flaw("several-documents", self._place(event), (), message, hint)
        self.root = root

    def _flaw(  # noqa: PLR0913  (the parts of a flaw)
        self,
        code: str,
        place: Place,
        path: Sequence[str | int],
        message: str,
        hint: str,
        *,
        hides_value: bool = False,
    ) -> None:
        """Report a flaw; stop reading at the limit, for nobody reads what would follow."""
        self.flaws.append(Flaw(code, place, join(path), message, hint, hides_value))
        if len(self.flaws) >= MAX_REPORTED:
            raise _CannotGoOnError

    def _too_deep(self, place: Place) -> None:
        message = f"more than {MAX_DEPTH} nested levels"
        self._flaw("too-deep", place, (), message, "flatten the value")

    def _place(self, event: Any, character: str = "") -> Place:
        """Return where an event, or a character that it contains, begins in the author's text."""
        mark = event.start_mark
        found = self._find(event, character) if character else None
        return self._repaired.place(*(found or (mark.line, mark.column)))

    def _find(self, event: Any, character: str) -> tuple[int, int] | None:
        """Return the line and column, from 0, of the first such character in an event's text."""
        start, end = event.start_mark, event.end_mark
        for number in range(start.line, min(end.line + 1, len(self._repaired.lines))):
            line = self._repaired.lines[number]
            first = start.column if number == start.line else 0
            last = end.column if number == end.line else len(line)
            column = line.find(character, first, last)
            if column >= 0:
                return number, column
        return None

    def _contains_fix(self, event: Any) -> bool:
        """Return whether a value was fixed in the line in which it begins."""
        start, end = self._place(event), event.end_mark
        fix = Place(start.line, self.altered.get(start.line, 0))
        return start <= fix < self._repaired.place(end.line, end.column)

    def _mark_altered(self, place: Place) -> None:
        self.altered[place.line] = min(place.column, self.altered.get(place.line, place.column))

    def _is_altered(self, mapping: Node) -> bool:
        """Return whether the last value of a mapping was altered."""
        place = mapping.items[-1][2].place if mapping.items else TOP
        return self.altered.get(place.line, math.inf) <= place.column

    def _is_pair(self, event: Any) -> bool:
        """Return whether an element in brackets is a key and a value without braces."""
        mark = event.start_mark
        is_mapping = isinstance(event, MappingStartEvent)
        return is_mapping and not self._line(mark).startswith("{", mark.column)

    def _node(self, event: Any, path: _Path) -> Node:
        """Read the node that an event begins; the path of a key is that of its mapping."""
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        node = Node(self._place(event))
        if event.tag is not None:
            message = f"tag {event.tag.replace('tag:yaml.org,2002:', '!!')} is not allowed"
            self._flaw("yaml-tag", node.place, path, message, "remove it")
        if event.anchor is not None:
            self._check_name(event, "&", path)
            self._anchors[event.anchor] = node
        if isinstance(event, ScalarEvent):
            node.value, node.text = self._scalar(event, path), len(event.value)
            if self._contains_fix(event):
                self._mark_altered(node.place)
            return node
        self.root = self.root or node
        self._check_depth(1, node.place)
        self._depth += 1
        node.open = True
        if isinstance(event, MappingStartEvent):
            self._read_members(node, path, in_braces=bool(event.flow_style))
        else:
            self._read_elements(node, path, in_brackets=bool(event.flow_style))
        node.open = False
        self._depth -= 1
        children = [child for _, _, child in node.items]
        node.nodes = 1 + sum(child.nodes for child in children)
        keys = sum(len(key) for key, _, _ in node.items if isinstance(key, str))
        node.text = keys + sum(child.text for child in children)
        node.depth = 1 + max((child.depth for child in children), default=0)
        return node

    def _check_depth(self, levels: int, place: Place) -> None:
        """Stop reading if this many more levels would be too many."""
        if self._depth + levels > MAX_DEPTH:
            self._too_deep(place)
            raise _CannotGoOnError

    def _read_elements(self, node: Node, path: _Path, *, in_brackets: bool) -> None:
        elements: list[JSON] = []
        node.value = elements
        while not isinstance(event := self._next(), SequenceEndEvent):
            number = len(elements)
            element = self._node(event, (*path, number))
            if in_brackets and self._is_pair(event) and self._is_altered(element):
                self._mark_altered(element.place)
            comma = like_comma(event) if in_brackets else None
            if comma is not None:
                message = f"{character_name(comma.group())} does not separate elements"
                hint = "write a comma, or quote the element if it is one text"
                place = self._place(event, comma.group())
                self._flaw("yaml-syntax", place, (*path, number), message, hint)
            node.items.append((number, element.place, element))
            elements.append(element.value)

    def _read_members(self, node: Node, path: _Path, *, in_braces: bool) -> None:
        members: JSONObject = {}
        node.value = members
        places: dict[str, Place] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            place, name = self._place(event), self._key(event, path)
            first = places.setdefault(name, place) if name is not None else place
            if first is not place:
                message = f'"{name}" occurs twice: first in line {first.line}'
                pointer = (*path, name or "")
                self._flaw("duplicate-key", place, pointer, message, "keep one of the two")
                name = None
            following = self._next()
            member = self._node(following, (*path, name or ""))
            if name is not None:
                if in_braces and is_run_together(event, following):
                    name, member = self._parted(event, name, path) or (name, member)
                node.items.append((name, place, member))
                members[name] = member.value

    def _parted(self, event: ScalarEvent, key: str, path: _Path) -> tuple[str, Node] | None:
        """Report a key without a colon that is a key and its value; return the two if possible."""
        slip = run_together(key)
        name, colon, value = slip.edits[0].text.partition(": ") if slip.edits else (key, "", "")
        place = self._place(event, key[slip.column : slip.column + 1])
        pointer = (*path, name if colon else key)
        self._flaw("yaml-syntax", place, pointer, slip.message, slip.hint, hides_value=not colon)
        return (name, Node(place, value)) if colon else None

    def _key(self, event: Any, path: _Path) -> str | None:
        """Return a key, or None if it can't be a name; `path` is that of the mapping."""
        node = self._node(event, path)
        is_scalar, is_text = isinstance(event, ScalarEvent), isinstance(node.value, str)
        if not is_scalar and not is_text:
            target = self._anchors.get(str(event.anchor)) if isinstance(event, AliasEvent) else node
            if target is not None and not target.open:  # else `_alias` says what is wrong
                message = "a key is not plain text"
                self._flaw("non-string-key", node.place, path, message, _KEY_HINT)
            return None
        if self._is_question(event):
            shown = f"?{_shortened(str(node.value or ''))}"
            message = f"{shown} is a key in YAML 1.1 and text in YAML 1.2"
            place = Place(node.place.line, node.place.column - 1)
            self._flaw("ambiguous-scalar", place, path, message, f'quote it: "{shown}"')
        elif not is_text:
            message = f"{event.value[:_SHOWN] or 'an empty key'} is not text"
            self._flaw("non-string-key", node.place, path, message, _KEY_HINT, hides_value=True)
        name = str(node.value if is_text else event.value)
        return self._seen(event, name, path) if is_scalar else name

    def _is_question(self, event: Any) -> bool:
        """Return whether a key follows a question mark without a space, as in `[?x]`."""
        mark = event.start_mark
        return mark.column > 0 and self._line(mark)[mark.column - 1 : mark.column] == "?"

    def _seen(self, event: Any, name: str, path: _Path) -> str:
        """Return a key without its invisible characters, unless they are escaped."""
        unseen = first_unseen(name)
        if unseen is None:
            return name
        found = self._find(event, unseen.group())
        if found is None:
            return name
        number, column = found
        line = self._repaired.lines[number]
        shown = without_invisible(name)
        place = self._repaired.place(number, column)
        is_before = unseen.start() == 0
        where = "before" if is_before else "in"
        message = f"{character_name(unseen.group())} is {where} the key {_shortened(shown)}"
        blank = BLANK.match(unseen.group())
        hint = "write a space, or nothing" if blank else "remove it: it is invisible"
        if is_before and not line[:column].strip(" "):
            self.indented[number] = place
            hint = "indent with spaces"
        self._flaw("refused-character", place, (*path, shown), message, hint)
        return shown

    def _line(self, mark: Any) -> str:
        lines = self._repaired.lines
        return lines[mark.line] if mark.line < len(lines) else ""

    def _scalar(self, event: ScalarEvent, path: _Path) -> JSON:
        text: str = event.value
        if event.style:
            refused = REFUSED.search(text) if event.style == '"' else None
            if refused:
                flaw = _refused_character(refused.group(), self._place(event))
                self._flaw(flaw.code, flaw.place, path, flaw.message, flaw.hint)
            return self._allowed(text)
        reading = read_plain(text)
        if isinstance(reading, tuple):
            value = reading[0]
            if is_rewritten(text, value) and len(self.numbers) < MAX_REPORTED:
                shown = _shortened(text)
                message = f"{shown} is published as {number_text(value)}"
                hint = f'quote it if it is a version: "{shown}"'
                place = self._place(event)
                self.numbers.append(Flaw("number-rewritten", place, join(path), message, hint))
            return self._allowed(value) if isinstance(value, str) else value
        shown = _shortened(text)
        if isinstance(reading, Ambiguous):
            message = f"{shown} is {reading.old} in YAML 1.1 and {reading.new} in YAML 1.2"
            hint = f'quote it: "{shown}"'
            self._flaw("ambiguous-scalar", self._place(event), path, message, hint)
        else:
            message, hint = f"{shown} {reading.why}", f'quote it if text is meant: "{shown}"'
            self._flaw("number-range", self._place(event), path, message, hint, hides_value=True)
        return self._allowed(text)

    def _allowed(self, text: str) -> str:
        """Return a text without the refused characters."""
        text = REFUSED.sub("", text)
        return text.replace("\N{REPLACEMENT CHARACTER}", "") if self._is_spoiled else text

    def _alias(self, event: AliasEvent, path: _Path) -> Node:
        """Return the node that an alias refers to, at the place of the alias."""
        place = self._place(event)
        self._check_name(event, "*", path)
        target = self._anchors.get(str(event.anchor))
        if target is None:
            message = f"no anchor &{event.anchor} is defined above"
            self._flaw("alias", place, path, message, _ALIAS_HINT, hides_value=True)
            return Node(place)
        if target.open:
            message = f"*{event.anchor} contains itself"
            self._flaw("alias", place, path, message, "write it out", hides_value=True)
            return Node(place)
        self._expanded_nodes += target.nodes
        self._expanded_text += target.text
        if self._expanded_nodes > MAX_ALIAS_NODES or self._expanded_text > MAX_ALIAS_TEXT:
            message = f"aliases stand for more than {MAX_ALIAS_NODES} values or 1 MiB of text"
            hint = "write the values out, or have fewer of them"
            self._flaw("alias", place, path, message, hint)
            raise _CannotGoOnError
        self._check_depth(target.depth, place)
        return Node(place, target.value, target.items, target.nodes, target.text, target.depth)

    def _check_name(self, event: Any, sign: str, path: _Path) -> None:
        """Report an anchor whose name is longer for a reader of YAML 1.2, as in `&a:b`."""
        line = self._line(event.start_mark)
        start = line.find(f"{sign}{event.anchor}", event.start_mark.column)
        end = start + 1 + len(event.anchor)
        following = line[end : end + 1]
        if start >= 0 and following.strip() and following not in ",[]{}":
            message = f"{sign}{event.anchor}{following}… is another name in YAML 1.2"
            hint = "name it with letters and digits only"
            self._flaw("alias", self._place(event), path, message, hint)


class _CannotGoOnError(Exception):
    """Stops the reading of the document; it never leaves this module."""


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
