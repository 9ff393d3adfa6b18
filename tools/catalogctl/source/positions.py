"""Read a YAML file with the place of every part, and all that is wrong with it.

The slow, careful twin of `strict_yaml`: it keeps a mark for each key and value, follows aliases
within a budget, and goes on after a problem where the parser can. It runs only for files that the
quick pass did not take, and for files in which a rule found something.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from catalogctl.json_pointer import child, join, split
from catalogctl.source.character_names import BLANK, described, first_unseen, seen
from catalogctl.source.mend import Mended, Mistake, mend, mend_indentation
from catalogctl.source.strict_yaml import (
    BOM,
    MAX_DEPTH,
    REFUSED,
    REFUSED_UNESCAPED,
    parser,
)
from catalogctl.source.syntax_errors import NESTED_TOO_DEEP, explain_syntax_error
from catalogctl.source.yaml_scalars import (
    Ambiguous,
    Unusable,
    is_rewritten,
    number_text,
    read_plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem

MAX_ALIAS_NODES = 10_000
MAX_ALIAS_TEXT = 1024 * 1024
MAX_REPORTED = 500
"""Problems told of one file's text; more than that is noise."""


class Place(NamedTuple):
    """A place in a file, both numbers from 1."""

    line: int
    column: int


TOP = Place(1, 1)


class Flaw(NamedTuple):
    """What is wrong with the text of a file: a problem without the file's name.

    With `hides_value` what stands there can't be told: no rule is asked about it.
    """

    code: str
    place: Place
    pointer: str
    message: str
    hint: str = ""
    hides_value: bool = False


Item: TypeAlias = "tuple[str | int, Place, Node]"
"""A mapping's key or a list's index, its place, the value."""


@dataclass(slots=True)
class Node:
    """A value with its place; `items` are a mapping's (key, place of the key, node) or a list's.

    `nodes` and `text` say what an alias to it costs: nodes and characters when written out.
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
        """Return the item that a pointer's step names; of two with one key the first.

        A report of thousands of problems asks a wide mapping for each of them: once is looked
        through, then known by name.
        """
        if self.named is None:
            self.named = {}
            for item in self.items:
                self.named.setdefault(str(item[0]), item)
        return self.named.get(step)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a careful reading found.

    `value` is what could be read: an ambiguous scalar as the text that it looks like, a mistake
    mended as far as it can be. `is_whole` says that all of the file was read, `altered` are the
    lines whose values were mended, `guessed` those whose keys were. `numbers` are those that are
    published otherwise than written.
    """

    value: JSONObject
    root: Node | None
    flaws: tuple[Flaw, ...]
    is_whole: bool = True
    altered: frozenset[int] = frozenset()
    guessed: frozenset[int] = frozenset()
    numbers: tuple[Flaw, ...] = ()

    def hides(self, problem: Problem) -> bool:
        """Return whether a problem of a value only follows from a flaw where it stands."""
        if problem.line in self.altered:
            return True
        is_unknown = problem.code == "unknown-field"
        if is_unknown and problem.line in self.guessed and "did you mean" not in problem.hint:
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

        Where the pointer leads nowhere, the place of the nearest part above it that exists; the
        whole document is at its first key (product contract, 8).
        """
        node, place = self.root, Place(1, 1)
        if node is None:
            return place
        place = node.items[0][1] if node.items else node.place
        for step in split(pointer):
            found = node.item(step)
            if found is None:
                return place
            _, at, node = found
            place = at if key else node.place
        return place


def examine(data: bytes) -> Examined:
    """Read YAML carefully; never raises for bad input."""
    data = data.removeprefix(BOM)
    try:
        text, flaws = data.decode(), []
    except UnicodeDecodeError as error:
        text, flaws = data.decode(errors="replace"), [_not_utf8(data, error)]
        if "\0" in text:  # another encoding altogether
            return Examined({}, None, tuple(flaws), is_whole=False)
    flaws += islice(_refused_characters(text), MAX_REPORTED)
    is_spoiled = bool(flaws)
    mended = mend(REFUSED_UNESCAPED.sub("\N{REPLACEMENT CHARACTER}", text))
    flaws += [_flaw_of(mistake) for mistake in mended.mistakes]
    reader = _PositionReader(mended, is_spoiled=is_spoiled)
    root = reader.read()
    if reader.indented and (indented := mend_indentation(mended, reader.indented.keys())):
        flaws += [each for each in reader.flaws if each.place in reader.indented.values()]
        reader = _PositionReader(indented, is_spoiled=is_spoiled)
        root = reader.read()
    flaws = sorted({*flaws, *reader.flaws}, key=lambda flaw: (flaw.place, flaw.code))
    value = root.value if root is not None else None
    if not flaws and not isinstance(value, dict):
        flaws = [_not_a_mapping(root)]
    return Examined(
        value if isinstance(value, dict) else {},
        root,
        tuple(flaws[:MAX_REPORTED]),
        isinstance(value, dict) and reader.is_whole,
        frozenset(number + 1 for number in mended.altered),
        frozenset(number + 1 for number in mended.guessed),
        tuple(reader.numbers),
    )


def _flaw_of(mistake: Mistake) -> Flaw:
    place = Place(mistake.line + 1, mistake.column + 1)
    return Flaw(mistake.code, place, "", mistake.message, mistake.hint)


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Flaw:
    before = data[: error.start].decode()
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Flaw(
        "not-utf-8",
        Place(line, column),
        "",
        f"byte 0x{data[error.start]:02x} is not UTF-8",
        "save the file as UTF-8",
    )


def _not_a_mapping(root: Node | None) -> Flaw:
    if root is None or root.value is None:
        return Flaw("no-mapping", Place(1, 1), "", "the file is empty", "write its fields")
    what = "a list" if isinstance(root.value, list) else "a single value"
    return Flaw("no-mapping", root.place, "", f"the file holds {what}", 'write "name: value" lines')


def _refused_characters(text: str) -> Iterator[Flaw]:
    """Yield each control or bidi character that stands in the text itself."""
    line_starts: list[int] | None = None
    for match in REFUSED_UNESCAPED.finditer(text):
        if line_starts is None:
            line_starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
        line = bisect.bisect_right(line_starts, match.start()) - 1
        place = Place(line + 1, match.start() - line_starts[line] + 1)
        yield _refused_character(match.group(), place, "")


def _refused_character(character: str, place: Place, pointer: str) -> Flaw:
    return Flaw(
        "refused-character",
        place,
        pointer,
        f"character U+{ord(character):04X} is not allowed",
        "take it out: it is invisible, or changes the order of what is shown",
    )


class _PositionReader:
    """One careful pass over the events of a document."""

    def __init__(self, mended: Mended, *, is_spoiled: bool = False) -> None:
        self._mended = mended
        self._is_spoiled = is_spoiled
        self._parser = parser(mended.text.encode())
        self._root: Node | None = None
        self._anchors: dict[str, Node] = {}
        self._expanded_nodes = 0
        self._expanded_text = 0
        self.flaws: list[Flaw] = []
        self.numbers: list[Flaw] = []
        self.indented: dict[int, Place] = {}
        self.is_whole = True

    def read(self) -> Node | None:
        """Return the document's node; what was read of it where the rest can't be."""
        try:
            return self._read_stream()
        except yaml.YAMLError as error:
            line, column, message, _ = explain_syntax_error(error)
            if message == NESTED_TOO_DEEP:
                self._too_deep(Place(line, column))
        except _Enough:
            pass
        except _TooDeep as error:
            self._too_deep(error.place)
        self.is_whole = False
        return self._root

    def _too_deep(self, place: Place) -> None:
        message = f"more than {MAX_DEPTH} nested levels"
        self._flaw("too-deep", place, "", message, "flatten the value")

    def _flaw(  # noqa: PLR0913, PLR0917  (the parts of a flaw)
        self,
        code: str,
        place: Place,
        pointer: str,
        message: str,
        hint: str = "",
        hides_value: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        if len(self.flaws) < MAX_REPORTED:
            self.flaws.append(Flaw(code, place, pointer, message, hint, hides_value))

    def _place(self, event: Any) -> Place:
        """Return where an event begins in what the author wrote."""
        line = event.start_mark.line
        return Place(line + 1, self._mended.column(line, event.start_mark.column) + 1)

    def _next(self) -> Any:
        return self._parser.get_event()

    def _read_stream(self) -> Node | None:
        self._next()
        event = self._next()
        if isinstance(event, StreamEndEvent):
            return None
        self._check_directives(event)
        root = self._read_node(self._next())
        self._next()
        event = self._next()
        if isinstance(event, DocumentStartEvent):
            self._flaw(
                "several-documents",
                self._place(event),
                "",
                "a second document starts here",
                'one file holds one document: take out "---" and what follows',
            )
        return root

    def _check_directives(self, event: Any) -> None:
        if isinstance(event, DocumentStartEvent) and (event.tags or event.version):
            self._flaw(
                "yaml-directive",
                self._place(event),
                "",
                "a %-directive is not allowed",
                'take out the lines above "---"',
            )

    def _read_node(self, first: Any) -> Node:
        """Read one node with all that is below it, without recursion."""
        frames: list[_Frame] = []
        event = first
        while True:
            if isinstance(event, MappingEndEvent | SequenceEndEvent):
                node = self._close(frames.pop())
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                frames.append(self._open(event, frames))
                event = self._next()
                continue
            else:
                node = self._leaf(event, frames)
            if not frames:
                return node
            self._add(frames, node, event)
            event = self._next()

    def _open(self, event: Any, frames: list[_Frame]) -> _Frame:
        if len(frames) >= MAX_DEPTH:
            raise _TooDeep(self._place(event))
        is_mapping = isinstance(event, MappingStartEvent)
        node = Node(self._place(event), {} if is_mapping else [], open=True)
        self._root = self._root or node
        self._check_tag(event, frames)
        self._anchor(event, node, frames)
        if frames and frames[-1].expects_key:
            what = "a key is no plain text"
            self._flaw("non-string-key", node.place, _pointer(frames), what, _KEY_HINT)
        return _Frame(node, is_mapping=is_mapping)

    def _close(self, frame: _Frame) -> Node:
        frame.node.open = False
        children = [item[2] for item in frame.node.items]
        keys = sum(map(len, frame.keys))
        frame.node.nodes = 1 + sum(child.nodes for child in children)
        frame.node.text = keys + sum(child.text for child in children)
        frame.node.depth = 1 + max((child.depth for child in children), default=0)
        return frame.node

    def _leaf(self, event: Any, frames: list[_Frame]) -> Node:
        if isinstance(event, AliasEvent):
            return self._alias(event, frames)
        node = Node(self._place(event), text=len(event.value))
        self._check_tag(event, frames)
        node.value = self._scalar(event, frames)
        self._anchor(event, node, frames)
        return node

    def _scalar(self, event: ScalarEvent, frames: list[_Frame]) -> JSON:
        text: str = event.value
        if event.style:
            refused = REFUSED.search(text) if event.style == '"' else None
            if refused:
                place, pointer = self._place(event), _pointer(frames)
                self._flaw(*_refused_character(refused.group(), place, pointer))
            return self._allowed(text)
        reading = read_plain(text)
        if isinstance(reading, tuple):
            value = reading[0]
            if is_rewritten(text, value):
                self._rewritten(event, value, frames)
            return self._allowed(value) if isinstance(value, str) else value
        if len(self.flaws) < MAX_REPORTED:  # else it would not be told
            self._doubtful(event, reading, _pointer(frames))
        return self._allowed(text)

    def _allowed(self, text: str) -> str:
        """Return a text without the characters that were refused."""
        text = REFUSED.sub("", text)
        return text.replace("\N{REPLACEMENT CHARACTER}", "") if self._is_spoiled else text

    def _rewritten(self, event: ScalarEvent, value: JSON, frames: list[_Frame]) -> None:
        if len(self.numbers) < MAX_REPORTED:
            shown = _shortened(event.value)
            message = f"{shown} is published as {number_text(value)}"
            hint = f'quote it if it is a version: "{shown}"'
            place, pointer = self._place(event), _pointer(frames)
            self.numbers.append(Flaw("number-rewritten", place, pointer, message, hint))

    def _doubtful(self, event: ScalarEvent, reading: Ambiguous | Unusable, pointer: str) -> None:
        place, shown = self._place(event), _shortened(event.value)
        if isinstance(reading, Ambiguous):
            message = f"{shown} is {reading.old} in YAML 1.1 and {reading.new} in YAML 1.2"
            self._flaw("ambiguous-scalar", place, pointer, message, f'quote it: "{shown}"')
            return
        hint = f'quote it if text is meant: "{shown}"'
        message = f"{shown} {reading.why}"
        self._flaw("number-range", place, pointer, message, hint, hides_value=True)

    def _alias(self, event: AliasEvent, frames: list[_Frame]) -> Node:
        place = self._place(event)
        self._check_name(event, "*", frames)
        target = self._anchors.get(str(event.anchor))
        if target is None:
            what = f"no anchor &{event.anchor} stands above"
            self._flaw("alias", place, _pointer(frames), what, _STAR, hides_value=True)
            return Node(place)
        if target.open:
            what = f"*{event.anchor} holds itself"
            self._flaw("alias", place, _pointer(frames), what, "write it out", hides_value=True)
            return Node(place)
        self._expanded_nodes += target.nodes
        self._expanded_text += target.text
        if self._expanded_nodes > MAX_ALIAS_NODES or self._expanded_text > MAX_ALIAS_TEXT:
            self._flaw(
                "alias",
                place,
                _pointer(frames),
                f"aliases stand for more than {MAX_ALIAS_NODES} values or 1 MiB of text",
                "write the values out, or have fewer of them",
            )
            raise _Enough
        if len(frames) + target.depth > MAX_DEPTH:
            raise _TooDeep(place)
        return Node(place, target.value, target.items, target.nodes, target.text, target.depth)

    def _add(self, frames: list[_Frame], node: Node, event: Any) -> None:
        """Put a finished node where it belongs: a key, a value, or an element."""
        frame = frames[-1]
        if not frame.is_mapping:
            frame.node.items.append((len(frame.node.items), node.place, node))
            frame.node.value.append(node.value)  # type: ignore[union-attr]  # a list: not a mapping
        elif frame.expects_key:
            self._take_key(frames, node, event)
        else:
            if frame.key is not None:
                frame.node.items.append((frame.key, frame.key_place, node))
                frame.node.value[frame.key] = node.value  # type: ignore[index,call-overload]
            frame.expects_key = True

    def _take_key(self, frames: list[_Frame], node: Node, event: Any) -> None:
        frame = frames[-1]
        frame.expects_key, frame.key, frame.key_place = False, None, node.place
        if not isinstance(event, ScalarEvent) and not isinstance(node.value, str):
            return
        if len(self.flaws) < MAX_REPORTED and self._is_question(event):
            shown = f"?{_shortened(str(node.value or ''))}"
            message = f"{shown} is a key in YAML 1.1 and text in YAML 1.2"
            place, owner = node.place._replace(column=node.place.column - 1), _pointer(frames[:-1])
            self._flaw("ambiguous-scalar", place, owner, message, f'quote it: "{shown}"')
        elif not isinstance(node.value, str):
            what = f"{_shown(event)} is no text"
            owner = _pointer(frames[:-1])
            self._flaw("non-string-key", node.place, owner, what, _KEY_HINT, hides_value=True)
        name = node.value if isinstance(node.value, str) else str(event.value)
        if isinstance(event, ScalarEvent):
            name = self._seen(event, name, frames)
        seen = frame.keys.get(name)
        if seen is not None:
            self._flaw(
                "duplicate-key",
                node.place,
                child(_pointer(frames[:-1]), name),
                f'"{name}" stands here twice: first in line {seen.line}',
                "keep one of the two",
            )
            return
        frame.keys[name] = node.place
        frame.key = name

    def _is_question(self, event: Any) -> bool:
        """Return whether a key stands right behind a question mark, as in `[?x]`."""
        mark = event.start_mark
        return mark.column > 0 and self._line(mark)[mark.column - 1 : mark.column] == "?"

    def _seen(self, event: Any, name: str, frames: list[_Frame]) -> str:
        """Return a key without the characters that nobody sees, unless they are escaped."""
        found = first_unseen(name)
        if found is None:
            return name
        line, start = self._line(event.start_mark), event.start_mark.column
        column = line.find(found.group(), start)
        if column < 0:
            return name
        shown = seen(name)
        at = self._mended.column(event.start_mark.line, column) + 1
        place = Place(event.start_mark.line + 1, at)
        is_before = found.start() == 0
        where = "before" if is_before else "in"
        message = f"{described(found.group())} stands {where} the key {_shortened(shown)}"
        blank = BLANK.match(found.group())
        hint = "write a space, or nothing" if blank else "take it out: nobody sees it"
        if is_before and not line[:start].strip(" "):
            self.indented[event.start_mark.line] = place
            hint = "indent with spaces"
        pointer = child(_pointer(frames[:-1]), shown)
        self._flaw("refused-character", place, pointer, message, hint)
        return shown

    def _line(self, mark: Any) -> str:
        lines = self._mended.lines
        return lines[mark.line] if mark.line < len(lines) else ""

    def _check_tag(self, event: Any, frames: list[_Frame]) -> None:
        if event.tag is not None:
            message = f"tag {event.tag.replace('tag:yaml.org,2002:', '!!')} is not allowed"
            self._flaw("yaml-tag", self._place(event), _pointer(frames), message, "take it out")

    def _anchor(self, event: Any, node: Node, frames: list[_Frame]) -> None:
        if event.anchor is not None:
            self._check_name(event, "&", frames)
            self._anchors[event.anchor] = node

    def _check_name(self, event: Any, sign: str, frames: list[_Frame]) -> None:
        """Refuse the name of an anchor that goes on for a reader of YAML 1.2, as in `&a:b`."""
        line = self._line(event.start_mark)
        start = line.find(f"{sign}{event.anchor}", event.start_mark.column)
        following = line[start + 1 + len(event.anchor) :][:1]
        if start >= 0 and following.strip() and following not in ",[]{}":
            message = f"{sign}{event.anchor}{following}… is another name in YAML 1.2"
            place, pointer = self._place(event), _pointer(frames)
            self._flaw("alias", place, pointer, message, "name it with letters and digits alone")


_SHOWN = 40
_STAR = 'quote the value if it starts with "*"'
_KEY_HINT = "quote the key: names are text"


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _shown(event: ScalarEvent) -> str:
    return (event.value[:_SHOWN] or "an empty key") if event.value else "an empty key"


@dataclass(slots=True)
class _Frame:
    """A collection that is being read."""

    node: Node
    is_mapping: bool
    expects_key: bool = True
    key: str | None = None
    key_place: Place = TOP
    keys: dict[str, Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.expects_key = self.is_mapping


class _Enough(Exception):  # noqa: N818  (never leaves this module)
    """Aliases stand for too much: nothing more is read."""


class _TooDeep(Exception):  # noqa: N818  (never leaves this module)
    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


def _pointer(frames: list[_Frame]) -> str:
    """Return the pointer of the value that comes next."""
    steps = [
        (frame.key or "") if frame.is_mapping else str(len(frame.node.items)) for frame in frames
    ]
    if frames and frames[-1].expects_key:
        steps.pop()
    return join(steps)
