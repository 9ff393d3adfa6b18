"""Random collections in which each entry has comments that name it, as many hands write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

OFF = "# - off: later"
"""A line that is commented out; it is about no entry."""


@dataclass
class Part:
    """An entry: its name, its scalar or its own entries, and whether comments are around it."""

    name: str
    scalar: str
    parts: list[Part] = field(default_factory=list)
    above: bool = False
    beside: bool = False

    @property
    def comments(self) -> set[str]:
        """The comments that are this entry's, those of what is in it included."""
        own = {f"# above {self.name}"} if self.above else set()
        if self.beside:
            own.add(f"# beside {self.name}")
        return own.union(*(part.comments for part in self.parts))


@dataclass(frozen=True)
class Commented:
    """A file whose field `tags` is a collection; `off` says that a line is commented out in it."""

    text: str
    parts: list[Part]
    is_list: bool
    off: bool

    @property
    def data(self) -> bytes:
        """The file."""
        return self.text.encode()

    @property
    def value(self) -> Any:
        """The value of the field."""
        return value_of(self.parts, is_list=self.is_list)


def value_of(parts: list[Part], *, is_list: bool) -> Any:
    """Return what entries amount to."""
    values = [
        value_of(part.parts, is_list=is_list) if part.parts else part.scalar for part in parts
    ]
    return values if is_list else dict(zip([part.name for part in parts], values, strict=True))


@st.composite
def commented(draw: st.DrawFn) -> Commented:
    """Draw a file with a collection, in lines or in brackets over several lines."""
    is_list, off, newline = draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from("\n\r"))
    in_brackets = draw(st.booleans())
    parts = [
        Part(name, f"v{name}", above=draw(st.booleans()), beside=draw(st.booleans()))
        for name in draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True))
    ]
    for part in parts:
        if not in_brackets and draw(st.booleans()):
            part.beside = False
            part.parts = [
                Part(f"{part.name}1", f"x{part.name}", beside=True),
                Part(f"{part.name}2", "y"),
            ]
    body = _bracketed(draw, parts, is_list=is_list, off=off)
    if not in_brackets:
        body = [*_in_lines(parts, 2, is_list=is_list), *(["  " + OFF] if off else [])]
    lines = ["name: x  # the name", *_opened(body, in_brackets=in_brackets), "z: 1  # the end"]
    if draw(st.booleans()):
        lines.pop()
    end = "\r\n" if newline == "\r" else "\n"
    return Commented(end.join(lines) + draw(st.sampled_from([end, ""])), parts, is_list, off)


def _opened(body: list[str], *, in_brackets: bool) -> list[str]:
    return [f"tags: {body[0]}", *body[1:]] if in_brackets else ["tags:", *body]


def _in_lines(parts: list[Part], across: int, *, is_list: bool) -> Iterator[str]:
    blanks = " " * across
    for part in parts:
        if part.above:
            yield f"{blanks}# above {part.name}"
        beside = f"  # beside {part.name}" if part.beside else ""
        if not part.parts:
            yield f"{blanks}{'-' if is_list else part.name + ':'} {part.scalar}{beside}"
            continue
        inner = list(_in_lines(part.parts, across + 2, is_list=is_list))
        if is_list:
            yield f"{blanks}- {inner[0].strip()}"
            yield from inner[1:]
        else:
            yield f"{blanks}{part.name}:"
            yield from inner


def _bracketed(draw: st.DrawFn, parts: list[Part], *, is_list: bool, off: bool) -> list[str]:
    """Return the lines of a collection in brackets, one entry in each."""
    leads, trails = draw(st.booleans()), draw(st.booleans())
    lines = ["[" if is_list else "{"]
    for number, part in enumerate(parts):
        if part.above:
            lines.append(f"  # above {part.name}")
        last = number == len(parts) - 1
        before = ", " if leads and number else ""
        after = "," if not leads and (trails or not last) else ""
        value = part.scalar if is_list else f"{part.name}: {part.scalar}"
        beside = f"  # beside {part.name}" if part.beside else ""
        lines.append(f"  {before}{value}{after}{beside}")
    if off:
        lines.append("  " + OFF)
    return [*lines, "]" if is_list else "}"]
