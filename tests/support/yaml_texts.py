"""Random JSON values, random ways to write them as YAML, and random edits of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import assume, reject
from hypothesis import strategies as st

from catalogctl.source.document import parse

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

SHORT_TEXTS = r"""
yes on null ~ 1 012 1e3 1_000 1:30 0x1F 2022-01-01 = << - ? # *x &x !t % @ ` ' " a'b a"b \ \n
{ [ a] a, --- ... https://icon-path/icon.png 웹훅 😀
""".split()  # noqa: SIM905  (quotes in quotes can't be read)
LONG_TEXTS = ("- a", ": ", "a: b", "a #b", "a, b", "trailing ", "two  blanks", "a" * 120)
LINES = ("a\nb", "a\nb\n", "\n", "a\n\nb\n\n", " a\n b", "\t", "\u2028", "\ufeff", "a\u00a0b")
TEXTS = st.one_of(
    st.sampled_from(["", " ", *SHORT_TEXTS, *LONG_TEXTS, *LINES, "a word " * 30 + "end"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co"]), max_size=12),
)
SCHEMA = "# yaml-language-server: $schema=https://a.example/schema.json\n"
"""A comment that is the file's own, whatever stands below it."""

NAMES = st.one_of(
    st.sampled_from(["name", "tags", "icon", "a", "b", "yes", "1", "spaceone:x", "a b", "웹", "-"]),
    TEXTS.filter(lambda text: "\n" not in text and len(text) < 100),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=5)


@dataclass(frozen=True)
class Written:
    """A YAML file and its value; `parts` are the bytes of each field with what surrounds it."""

    data: bytes
    value: JSONObject
    parts: dict[str, bytes]
    head: bytes


@st.composite
def written(draw: st.DrawFn) -> Written:
    """Draw a file as one of many hands may have written it: quotes, widths, comments, line ends."""
    value: JSONObject = draw(OBJECTS)
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    ends = draw(st.booleans())
    bom = b"\xef\xbb\xbf" if draw(st.booleans()) else b""
    head = draw(st.sampled_from(["", SCHEMA, "# about the file\n\n", "---\n"]))
    texts = {name: _field(draw, name, field) for name, field in value.items()}
    if not ends:
        last = list(texts)[-1]
        texts[last] = texts[last].rstrip("\n")
    parts = {name: text.replace("\n", newline).encode() for name, text in texts.items()}
    start = bom + head.replace("\n", newline).encode()
    made = Written(start + b"".join(parts.values()), value, parts, start)
    document = parse("", "", made.data)
    assume(not document.problems and repr(document.value) == repr(value))
    return made


def _field(draw: st.DrawFn, name: str, value: JSON) -> str:
    """Draw one field's text: by PyYAML's dumper, with comments and blank lines put in."""
    for quote in (draw(st.sampled_from([None, None, "'", '"'])), '"'):
        text = yaml.dump(
            {name: value},
            default_flow_style=draw(st.sampled_from([False, False, None, True])),
            default_style=quote if isinstance(value, str) else None,
            indent=draw(st.sampled_from([2, 2, 4])),
            width=draw(st.sampled_from([30, 200])),
            allow_unicode=True,
        )
        text = _unbraced(text) if text.startswith("{") else text
        document = parse("", "", text.encode())
        if not document.problems and repr(document.value) == repr({name: value}):
            break
    else:
        reject()
    lines = text.splitlines(keepends=True) if text.isascii() else [text]
    if len(lines) > 1 and draw(st.booleans()):
        at = draw(st.integers(1, len(lines) - 1))
        blank = draw(st.sampled_from(["", "  ", "    "]))
        lines[at:at] = [f"{blank}# a comment\n"]
    if draw(st.booleans()) and lines[-1].endswith("\n"):
        lines[-1] = f"{lines[-1][:-1]}  # why\n"
    before = draw(st.sampled_from(["", "", "# about it\n", "\n", "\n# about it\n"]))
    return before + "".join(lines)


def _unbraced(text: str) -> str:
    """Return `{a: [1]}` as `a: [1]`, where that is the whole text."""
    return text.strip()[1:-1] + "\n"


@dataclass(frozen=True)
class Edit:
    """A value for a pointer, or, with `takes`, none."""

    pointer: str
    value: JSON
    takes: bool


@st.composite
def edits(draw: st.DrawFn, value: JSONObject) -> Edit:
    """Draw an edit of a value: of something that is there, or of a new member or element."""
    node: Any = value
    pointer = ""
    while True:
        names = list(node) if isinstance(node, dict) else [str(each) for each in range(len(node))]
        new = draw(NAMES) if isinstance(node, dict) else "-"
        name = draw(st.sampled_from([*names, new]))
        pointer += "/" + name.replace("~", "~0").replace("/", "~1")
        if name not in names:
            return Edit(pointer, draw(VALUES), takes=False)
        node = node[name] if isinstance(node, dict) else node[int(name)]
        if not isinstance(node, dict | list) or draw(st.booleans()):
            return Edit(pointer, draw(VALUES), takes=draw(st.booleans()))


UNUSUAL = (
    "@1: &@1 word\n*@1 : value",
    "? @1\n: &@1 {a: 1}\n@2: *@1",
    "? # why\n  @1\n: # because\n  x",
    "@1: |+\n  a\n\n",
    "@1: |2\n    a\n  b",
    "@1: >+\n  a\n  b\n\n",
    "@1: |- # why\n  a\n  # no comment",
    "@1: [a, # why\n  b ] # both",
    "@1: {a: 1, # why\n  # off\n  b: [c,\n  d]} # both",
    "@1: [ # all\n\n  a\n  # off\n  ] # end",
    "@1:\n- - a # why\n  - b\n- # none\n  c: 1",
    "@1: &@1 # why\n  a: 1.10\n@2: [*@1, *@1]",
    "@1: a\n  b\n  # why",
    "@1: 'a\n\n  b' # why",
    '"@1": "a\\\n  b"',
    "@1: !\n",
    "@1:\n\n\n  a:\n\n  # why\n  b: 0o17 # eight",
    "@1: [[a, b], # why\n  {c: 1, # because\n  d: 2}, ]",
    "@1: {\"a\": 1,\n  'b': 2 # why\n  , c: 3}",
    "@1: [\n  a\n  ,\n  b # why\n  ,\n  ]",
    "@1: [a: 1, b: 2]",
    "@1: {? a : 1, # why\n  ? b : 2}",
    "@1: #why\n    - a\n    # off\n\n    - b\n   # off",
    "? @1" + "k" * 1100 + "\n: x # why",
)
"""Members as few people write them; "@" stands for a name that is unique."""


@st.composite
def unusual(draw: st.DrawFn) -> bytes:
    """Draw a file with some of the unusual members below one field."""
    members = draw(st.lists(st.sampled_from(UNUSUAL), min_size=1, max_size=4))
    parts = [each.replace("@", f"k{number}_") for number, each in enumerate(members)]
    text = "tags:\n  " + "\n".join(parts).replace("\n", "\n  ")
    text += draw(st.sampled_from(["\n", "", "\nz: 1\n"]))
    data = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode()
    assume(not parse("", "", data).problems)
    return data
