"""Put a plugin file into the canonical layout, keeping its comments.

Fields are in the order of the API's request, everything else in the author's order. Every
collection is on lines of its own, indented by two spaces; text is quoted only if necessary; long
text is folded; a comment stays with what it is about; several blank lines become one. Lines end
with a line feed, and there is no byte order mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.edit.comments import Comment, EntryComments, FileComments, read_comments
from catalogctl.edit.layout import is_like, read_layout
from catalogctl.edit.scalar_text import scalar
from catalogctl.edit.yaml_lines import LONGEST_KEY, Indents, member_lines, parts
from catalogctl.jsontypes import is_same_json
from catalogctl.source.document import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.edit.layout import LayoutEntry, LayoutNode
    from catalogctl.jsontypes import JSON, JSONObject

_STEPS = Indents()


def laid_out(value: JSONObject, order: Sequence[str], head: Sequence[str] = ()) -> bytes:
    """Return a value as a file, below the comment lines `head`; null fields are left out."""
    given: JSONObject = {name: field for name, field in value.items() if field is not None}
    lines = [
        line for name in _sorted(given, order) for line in member_lines(name, given[name], _STEPS)
    ]
    return "".join(f"{line}\n" for line in (*head, *lines)).encode()


def formatted(data: bytes, order: Sequence[str]) -> bytes:
    """Return a file in the canonical layout, with the same value.

    A file is returned unchanged if it has problems, or if libyaml reads it differently from
    YAML 1.2.
    """
    value = parse("", "", data).accepted
    if not value:
        return data
    layout = read_layout(data)
    if not is_like(layout.root, value):
        return data
    comments = read_comments(layout)
    body = list(_members(layout.root, value, comments, 0, _sorted(value, order)))
    lines = list(_comment_lines(comments.head, 0))
    body = body[1:] if body and not body[0] else body
    lines += [*_blank(comments.spaced), *body, *_comment_lines(comments.tail, 0)]
    result = "".join(f"{line}\n" for line in lines).encode()
    again = parse("", "", result)
    return result if not again.problems and _is_same(again.value, value) else data


def _is_same(left: JSONObject, right: JSONObject) -> bool:
    """Return whether two documents are the same except for the order of their fields."""
    return left.keys() == right.keys() and all(
        is_same_json(left[name], right[name], ordered=True) for name in left
    )


def _sorted(value: JSONObject, order: Sequence[str]) -> list[str]:
    """Return the fields of a document: the known ones in order, then the others."""
    return [name for name in order if name in value] + [n for n in value if n not in order]


def _blank(wanted: object) -> list[str]:
    return [""] if wanted else []


def _comment_lines(comments: Sequence[Comment], across: int) -> Iterator[str]:
    for comment in comments:
        yield from _blank(comment.spaced)
        yield " " * across + comment.text


def _members(
    node: LayoutNode, value: JSONObject, comments: FileComments, across: int, names: Sequence[str]
) -> Iterator[str]:
    for name in names:
        entry = node.named[name]
        about = comments.about(entry)
        yield from _comment_lines(about.above, across)
        yield from _blank(about.spaced)
        yield from _member(entry, value[name], comments, across)


def _member(entry: LayoutEntry, value: JSON, comments: FileComments, across: int) -> Iterator[str]:
    """Yield the lines of one member, beginning with its key."""
    name, about, blanks = str(entry.name), comments.about(entry), " " * across
    key = f"{blanks}{scalar(name)}"
    if len(name) > LONGEST_KEY:
        yield f"{blanks}? {scalar(name)}"
        key = blanks
    if isinstance(value, dict | list) and value:
        yield f"{key}:{_beside(about)}"
        yield from _collection(entry, value, comments, across + 2)
        return
    head, body = _scalar(entry.value, value, across, key.strip())
    yield f"{key}:{head}{_beside(about)}"
    yield from _below(about, body, across)


def _beside(about: EntryComments) -> str:
    return "".join(f"  {text}" for text in about.beside[:1])


def _scalar(node: LayoutNode, value: JSON, across: int, key: str = "") -> tuple[str, list[str]]:
    """Return what follows a key or a dash, and the lines below it; a number stays as written."""
    written = node.target or node
    if isinstance(value, int | float) and not isinstance(value, bool) and not written.style:
        return f" {written.text}", []
    return parts(value, _STEPS, across, key=key)


def _below(about: EntryComments, body: list[str], across: int) -> Iterator[str]:
    """Yield the lines below a key or a dash; a comment must not become part of a block scalar."""
    yield from (" " * across + line if line else line for line in body)
    yield from _comment_lines(about.inside, across if body else across + 2)


def _collection(
    entry: LayoutEntry, value: JSONObject | list[JSON], comments: FileComments, across: int
) -> Iterator[str]:
    """Yield the lines of a non-empty collection, with the comments at its end."""
    node, own = entry.value, comments
    if node.target is not None:  # the comments there belong to the anchored value
        node, own = node.target, FileComments()
    lines = (
        _members(node, value, own, across, list(value))
        if isinstance(value, dict)
        else _elements(node, value, own, across)
    )
    for number, line in enumerate(lines):
        if line or number:
            yield line
    yield from _comment_lines(comments.about(entry).inside, across)


def _elements(
    node: LayoutNode, value: list[JSON], comments: FileComments, across: int
) -> Iterator[str]:
    for entry, element in zip(node.entries, value, strict=True):
        about = comments.about(entry)
        yield from _comment_lines(about.above, across)
        yield from _blank(about.spaced)
        blanks = " " * across
        if isinstance(element, dict | list) and element:
            for text in about.beside:
                yield f"{blanks}{text}"
            lines = list(_collection(entry, element, comments, across + 2))
            yield from _dashed(lines, across)
        else:
            head, body = _scalar(entry.value, element, across)
            yield f"{blanks}-{head}{_beside(about)}"
            yield from _below(about, body, across)


def _dashed(lines: list[str], across: int) -> Iterator[str]:
    """Yield an element's lines with the dash before the first one that is not a comment."""
    first = next(number for number, line in enumerate(lines) if line.lstrip()[:1] not in ("", "#"))
    for number, line in enumerate(lines):
        if number < first:
            yield " " * across + line.lstrip() if line else line
        elif number == first:
            yield " " * across + "- " + line[across + 2 :]
        else:
            yield line
