"""A mistake is told where it was made, and the rest of the file is read as it was meant."""

from __future__ import annotations

import time

import pytest

from catalogctl.source import strict_yaml
from catalogctl.source.positions import MAX_REPORTED, examine

NBSP, ZWSP, WIDE, BOM = "\u00a0", "\u200b", "\u3000", "\ufeff"
COLON, COMMA, HASH = "\uff1a", "\uff0c", "\uff03"

MISTAKES: list[tuple[str, str, tuple[int, int, str], object]] = [
    # a colon, or the space after it
    ("no space after the colon", "a: 1\nb:x\nc: 2\n", (2, 1, "space"), {"a": 1, "b": "x", "c": 2}),
    ("no space at the end", "a: 1\nb:x", (2, 1, "space"), {"a": 1, "b": "x"}),
    ("no space anywhere", "a:x\n", (1, 1, "space"), {"a": "x"}),
    (
        "no colon",
        "a: 1\nb x\n\n# c\nd: 2\n",
        (2, 1, "colon is missing"),
        {"a": 1, "b": "x", "d": 2},
    ),
    ("no colon at first", "a x\nb: 2\n", (1, 1, "colon is missing"), {"a": "x", "b": 2}),
    ("no colon at last", "a: 1\nb x\n", (2, 1, "colon is missing"), {"a": 1, "b": "x"}),
    (
        "no colon below a key",
        "t:\n  i x\n  d: y\n",
        (2, 3, "colon is missing"),
        {"t": {"i": "x", "d": "y"}},
    ),
    (
        "no colon above a mapping",
        "a: 1\nt\n  i: x\n",
        (2, 1, "colon is missing"),
        {"a": 1, "t": {"i": "x"}},
    ),
    (
        "no colon above a list",
        "t\n  - i\n  - j\nb: 1\n",
        (1, 1, "colon is missing"),
        {"t": ["i", "j"], "b": 1},
    ),
    (
        "no colon in an element",
        "t:\n  - i x\n    d: y\n",
        (2, 5, "colon is missing"),
        {"t": [{"i": "x", "d": "y"}]},
    ),
    ("a colon too many", "a: x: y\nb: 1\n", (1, 5, '":" is not allowed'), None),
    ("a line too deep", "a: x\n  b: y\nc: 1\n", (2, 3, "more"), {"a": "x", "b": "y", "c": 1}),
    ("a text that goes on", "a: x\n  b c: y\n", (2, 6, '":" is not allowed'), None),
    ("no colon after quotes", "a: 1\n'b' x\nc: 2\n", (2, 1, "colon"), {"a": 1, "b": "x", "c": 2}),
    # in braces and brackets, where YAML itself allows it
    ("no colon in braces", "a: {b: c, d e f}\n", (1, 11, "colon"), {"a": {"b": "c", "d": "e f"}}),
    ("no space in braces", "a: {b: c, d:e}\n", (1, 11, "space"), {"a": {"b": "c", "d": "e"}}),
    ("no colon after a question mark", "a: {? d e}\n", (1, 7, "colon"), {"a": {"d": "e"}}),
    ("a wide colon in braces", f"a: {{bc{COLON}d}}\n", (1, 7, "U+FF1A"), {"a": {"bc": "d"}}),
    ("no key in braces", "a: {http://b}\n", (1, 5, "colon"), {"a": {"http://b": None}}),
    ("no colon on two lines", "a: {b\n  c}\n", (1, 5, "colon"), {"a": {"b": "c"}}),
    (
        "a wide colon on two lines",
        f"a: {{b\n  c{COLON}d}}\n",
        (2, 4, "U+FF1A"),
        {"a": {"b c": "d"}},
    ),
    ("a wide comma in brackets", f"a: [b, c{COMMA}d]\n", (1, 9, "U+FF0C"), None),
    ("a wide comma on two lines", f"a: [b\n  c{COMMA}d, e]\n", (2, 4, "U+FF0C"), None),
    # dashes
    ("no space after a dash", "t:\n  - i\n  -j\n  - k\n", (3, 3, "space"), {"t": ["i", "j", "k"]}),
    ("no dash", "t:\n  - i\n  j\n  - k\n", (3, 3, '"-" is missing'), {"t": ["i", "j", "k"]}),
    # what is opened and never closed
    ("an open list", "a: [b, c\nd: [e]\n", (1, 4, "never closed"), {"a": ["b", "c"], "d": ["e"]}),
    ("an open list at the end", "a: [b, c\n", (1, 4, "never closed"), {"a": ["b", "c"]}),
    ("an open list of lines", "a: [\n  b,\n  c\nd: 1\n", (1, 4, "never closed"), None),
    ("an open list, commented", "a: [b  # c]\nd: 1\n", (1, 4, "never"), {"a": ["b"], "d": 1}),
    ("an open mapping", "a: {b: c\nd: {e: f}\n", (1, 4, "never closed"), None),
    ("an open mapping inside", "a: {b: {c: d}\ne: 1\n", (1, 4, "never closed"), None),
    ("another bracket closes", "a: [b}\nc: 1\n", (1, 4, "never closed"), None),
    ("another bracket closes, below", "a: [b}\nc: 1\n", (1, 4, "never"), {"a": "[b}", "c": 1}),
    # commas
    ("a comma is missing", "a: ['b' 'c']\n", (1, 7, "comma"), {"a": ["b", "c"]}),
    ("no comma in braces", "a: {b: 1 c: 2}\nd: 1\n", (1, 8, "comma"), None),
    ("no comma after quotes", "a: {b: 'c' d: e}\n", (1, 10, "comma"), {"a": {"b": "c", "d": "e"}}),
    (
        "no comma at the end of a line",
        "a: {\n  b: c  # {\n  # [\n  d: 1}\ne: 1\n",
        (2, 6, "comma is missing after"),
        {"a": {"b": "c", "d": 1}, "e": 1},
    ),
    (
        "no comma in JSON",
        '{\n"a":"b"\n"c":["d",\n"e"]}\n',
        (2, 7, "comma is missing after"),
        {"a": "b", "c": ["d", "e"]},
    ),
    ("two commas", "a: [b,, c]\nd: 1\n", (1, 7, "before this comma"), {"a": ["b", "c"], "d": 1}),
    ("a comma at first", "a: {, b: c}\n", (1, 5, "before this comma"), {"a": {"b": "c"}}),
    ("a colon in braces", "a: {b: c: d}\ne: 1\n", (1, 9, '":" is not'), None),
    # indentation
    (
        "a member indented less",
        "t:\n    a: 1\n   b: 2\n   c: 3\nd: 4\n",
        (3, 4, "indented less"),
        {"t": {"a": 1, "b": 2, "c": 3}, "d": 4},
    ),
    ("an element indented less", "t:\n  - a\n - b\n", (3, 2, "indented less"), {"t": ["a", "b"]}),
    (
        "a mapping indented less",
        "t:\n  a: 1\n b:\n   c: 2\n  d: 3\n",
        (3, 2, "indented less"),
        {"t": {"a": 1, "b": {"c": 2}, "d": 3}},
    ),
    (
        "a mapping indented less, as deep as its siblings",
        "t:\n  a: 1\n b:\n  c: 2\nd: 3\n",
        (3, 2, "indented less"),
        None,
    ),
    ("a blank at first", " a: 1\nb: 2\n", (1, 1, "more than those below"), {"a": 1, "b": 2}),
    (
        "blanks at first",
        "# c\n\n  a: 1\n  b: {}\nc: 2\n",
        (3, 1, "more than those below"),
        {"a": 1, "b": {}, "c": 2},
    ),
    # values that are not quoted, or not as they should be: they are taken as one text
    ("text after a list", "a: [b] c\nd: 1\n", (1, 8, "follows the end"), {"a": "[b] c", "d": 1}),
    ("text after quotes", 'a: "b" c\nd: 1\n', (1, 8, "closing quote"), {"a": '"b" c', "d": 1}),
    ("a path in quotes", 'a: "C:\\dir"\nb: 1\n', (1, 7, "escape"), {"a": '"C:\\dir"', "b": 1}),
    ("half a character", 'a: "\\ud83d\\ude00"\nb: 1\n', (1, 7, "half a character"), None),
    ("text after a sign", "a: > 5 b\n  c\nd: 1\n", (1, 6, '">"'), {"a": "> 5 b", "d": 1}),
    ("a bracket alone", "- a: ]\n  b: 1\n", (1, 6, "value is expected"), None),
    ("a list beside its key", "a: - b\nc: 1\n", (1, 4, '"-" is not'), {"a": "- b", "c": 1}),
    ("a question", "a: ? b\nc: 1\n", (1, 4, '"?" is not'), {"a": "? b", "c": 1}),
    ("an open quote", 'a: "b\nc: d\n', (1, 4, "never closed"), {"a": "b", "c": "d"}),
    ("a quote closed by the next", 'a: "b\nc: "d"\n', (1, 4, "never closed"), {"a": "b", "c": "d"}),
    ("a quote in quotes", "a: 'it's'\nb: 1\n", (1, 8, "closing quote"), None),
    # tabs
    ("a tab", "t:\n\ti: x\n", (2, 1, "a tab indents"), {"t": {"i": "x"}}),
    ("a tab after blanks", "t:\n  \ti: x\n", (2, 3, "a tab indents"), {"t": {"i": "x"}}),
    ("tabs", "t:\n\ti: x\n\tj: y\n", (2, 1, "a tab indents"), {"t": {"i": "x", "j": "y"}}),
    ("a tab below spaces", "t:\n  i: x\n\tj: y\n", (3, 1, "a tab"), {"t": {"i": "x", "j": "y"}}),
    ("a tab in a block", "t: |\n  i\n\tj\nk: 1\n", (3, 1, "a tab indents"), None),
    # characters that look like others, or that nobody sees
    ("a wide colon", f"a: 1\nb{COLON}x\nc: 2\n", (2, 2, "U+FF1A (full-width colon)"), None),
    ("a wide colon alone", f"b{COLON}x\n", (1, 2, "U+FF1A"), {"b": "x"}),
    ("a wide hash", f"{HASH} c\na: 1\n", (1, 1, "U+FF03 (full-width number sign)"), {"a": 1}),
    ("a wide comma in quotes", f"a: ['b'{COMMA} c]\n", (1, 8, "U+FF0C"), {"a": ["b", "c"]}),
    ("curly quotes", "a: \u201cb: c\u201d\n", (1, 4, "U+201C"), {"a": "b: c"}),
    ("a no-break space after the colon", f"a:{NBSP}b\nc: 1\n", (1, 3, "U+00A0 (no-break"), None),
    ("a no-break space after a dash", f"t:\n- a\n-{NBSP}b\n", (3, 2, "U+00A0"), {"t": ["a", "b"]}),
    ("no-break spaces indent", f"t:\n{NBSP * 2}i: x\n", (2, 1, "U+00A0"), {"t": {"i": "x"}}),
    ("a wide space indents", f"t:\n {WIDE}i: x\n", (2, 2, "U+3000"), {"t": {"i": "x"}}),
    ("no width and blanks", f"t:\n{ZWSP}  i: x\n  j: y\n", (2, 1, "U+200B"), None),
    ("a wide space in a key", f"a b{WIDE}c: x\n", (1, 4, "U+3000 (ideographic"), {"a b c": "x"}),
    ("a blank before the colon", f"a{NBSP}: x\n", (1, 2, "U+00A0"), {"a": "x"}),
    ("no width in a key", f"a{ZWSP}b: x\n", (1, 2, "U+200B (zero width space)"), {"ab": "x"}),
    ("no width before a key", f"a: 1\n{ZWSP}b: x\n", (2, 1, "U+200B"), {"a": 1, "b": "x"}),
    ("no width in a quoted key", f'"a{ZWSP}b": x\n', (1, 3, "U+200B"), {"ab": "x"}),
    ("no width in a key of two lines", f"? a\n  b{ZWSP}c\n: x\n", (2, 4, "U+200B"), {"a bc": "x"}),
    ("a joiner among Latin letters", "a\u200db: x\n", (1, 2, "U+200D"), {"ab": "x"}),
    ("a mark in the middle", f"a: 1\n{BOM}b: x\n", (2, 1, "U+FEFF"), {"a": 1, "b": "x"}),
    ("a mark twice", f"{BOM}{BOM}a: 1\nb: x\n", (1, 1, "U+FEFF"), {"a": 1, "b": "x"}),
    ("a mark in a key", f"a{BOM}b: x\n", (1, 2, "U+FEFF (byte order mark)"), {"ab": "x"}),
    # merge conflicts
    (
        "a conflict at first",
        "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> topic\nb: 3\n",
        (1, 1, "a merge conflict was left here"),
        {"a": 1, "b": 3},
    ),
    (
        "a conflict with its base",
        "a: 1\n<<<<<<< HEAD\nb: 1\n||||||| 1a2b3c4\nb: 0\n=======\nb: 2\n>>>>>>> feat: topic\n",
        (2, 1, "a merge conflict was left here"),
        {"a": 1, "b": 1},
    ),
    (
        "a conflict with other line ends",
        "a: 1\r\n<<<<<<< HEAD\r\nb: 1\r\n=======\r\nb: 2\r\n>>>>>>> topic\r\n",
        (2, 1, "a merge conflict was left here"),
        {"a": 1, "b": 1},
    ),
    (
        "a conflict in a list",
        "a:\n  - b\n<<<<<<< HEAD\n  - c\n=======\n  - d\n>>>>>>> topic\n  - e\n",
        (3, 1, "a merge conflict was left here"),
        {"a": ["b", "c", "e"]},
    ),
    (
        "a conflict in brackets",
        "a: [\n  b,\n<<<<<<< HEAD\n  c,\n=======\n  d,\n>>>>>>> topic\n  e]\n",
        (3, 1, "a merge conflict was left here"),
        {"a": ["b", "c", "e"]},
    ),
    (
        "a conflict in a block",
        "a: |\n  b\n<<<<<<< HEAD\n  c\n=======\n  d\n>>>>>>> topic\n",
        (3, 1, "a merge conflict was left here"),
        {"a": "b\n\nc\n"},
    ),
    (
        "a conflict in quotes",
        'a: "b\n<<<<<<< HEAD\n  c\n=======\n  d\n>>>>>>> topic\n  e"\n',
        (2, 1, "a merge conflict was left here"),
        None,
    ),
    ("a marker alone", "a: 1\n>>>>>>> topic\nb: 2\n", (2, 1, "conflict"), {"a": 1, "b": 2}),
    ("a line of equals signs", "a: 1\n=======\nb: 2\n", (2, 1, "conflict"), {"a": 1, "b": 2}),
    ("a marker in brackets", "a: [b,\n=======\nc]\n", (2, 1, "conflict"), {"a": ["b", "c"]}),
]


@pytest.mark.parametrize(
    ("text", "place", "value"), [each[1:] for each in MISTAKES], ids=[each[0] for each in MISTAKES]
)
def test_a_mistake_stands_where_it_was_made(
    text: str, place: tuple[int, int, str], value: object
) -> None:
    data = text.encode()
    assert strict_yaml.load(data) is None
    found = examine(data)
    (flaw,) = found.flaws
    assert (*flaw.place, flaw.message) == (*place[:2], flaw.message)
    assert place[2] in flaw.message
    assert flaw.hint
    if value is not None:
        assert found.is_whole
        assert found.value == value


def test_a_mistake_in_a_key_is_at_the_name_and_not_at_the_value() -> None:
    """R-14: a pointer with the value would show a password."""
    flaws = examine(f"a: {{password b, c:d, e{COLON}f}}\n".encode()).flaws
    assert [flaw.pointer for flaw in flaws] == ["/a/password", "/a/c", "/a/e"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a x\nb y\nc: 1\n", [(1, 1), (2, 1)]),
        ("a:x\nb: [c\nd y\ne: *f\n", [(1, 1), (2, 4), (3, 1), (4, 4)]),
        ("<<<<<<< a\nb: 1\n=======\nb: 2\n>>>>>>> c\nd x\ne: yes\n", [(1, 1), (6, 1), (7, 4)]),
        (f"t:\n{NBSP * 2}a: 1\n{NBSP * 2}b: yes\n", [(2, 1), (3, 1), (3, 6)]),
        ("a: !x 1\nb: \x07\nc: .inf\n? [d]\n: 1\na: 2\n", [(1, 4), (2, 4), (3, 4), (4, 3), (6, 1)]),
        ("a: @b\nc x\n", [(1, 4), (2, 1)]),
        ("a: %b\nc: `d`\ne: f: g\n", [(1, 4), (2, 4), (3, 5)]),
        ("a: \u201cb\u201d\nc x\nd: 1\n", [(2, 1)]),
        ("a: {b: 1 c: 2 d: 3}\ne: yes\n", [(1, 8), (1, 13), (2, 4)]),
        ("a: [b,, c,, d]\ne: yes\n", [(1, 7), (1, 11), (2, 4)]),
        ("{\n'a': 1\n'b': 2\n'c': yes}\n", [(2, 6), (3, 6), (4, 6)]),
        ("a: 'it's'\nb: [c] d\ne: {f: , , g: h}\ni: yes\n", [(1, 8), (2, 8), (3, 10), (4, 4)]),
        (" a: yes\nb:\n  c: 1\n d: no\n", [(1, 1), (1, 5), (4, 2), (4, 5)]),
        ("a: {b c, d:e, f: yes}\ng: h: i\n", [(1, 5), (1, 10), (1, 18), (2, 5)]),
        ("a: [b, \u201cc\u201d\nd x\ne: 1\n", [(1, 4), (2, 1)]),
    ],
)
def test_one_mistake_hides_no_other_one(text: str, places: list[tuple[int, int]]) -> None:
    assert [tuple(flaw.place) for flaw in examine(text.encode()).flaws] == places


def test_a_column_is_that_of_the_file_and_not_of_the_mended_text() -> None:
    found = examine(b"a:{b: yes, c: x}\n")
    assert [tuple(flaw.place) for flaw in found.flaws] == [(1, 1), (1, 7)]
    assert tuple(found.locate("/a/c")) == (1, 15)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: |\n  =======\n  b\n", id="a line of equals signs in a block"),
        pytest.param("a: |\n  <<<<<<< a\n  =======\n  >>>>>>> b\n", id="a conflict shown in one"),
        pytest.param('a: "b\n=======\nc"\n', id="a line of equals signs in quotes"),
        pytest.param("# =======\na: 1\n", id="in a comment"),
        pytest.param(f"a: b{NBSP}c\n", id="a no-break space in a value"),
        pytest.param('"a\\u00a0b": c\n', id="one behind an escape"),
        pytest.param(f'"a\\u00a0b": c{NBSP}d\n', id="one behind an escape, and one in the value"),
        pytest.param("\u0645\u06cc\u200c\u062e: x\n", id="a joiner where a script needs it"),
        pytest.param("a: \u8981\u6ce8\u610f\uff1ab\uff0cc\n", id="Chinese punctuation in a text"),
        pytest.param("a: {b, 'c d', e: , f g: }\n", id="a key in braces without a value"),
        pytest.param(f"a: [b, 'c{COMMA}d', {{e: f{COMMA}g}}]\n", id="a wide comma in a text"),
        pytest.param("a: |\n  x", id="a block without a line end"),
    ],
)
def test_these_are_no_mistakes(text: str) -> None:
    found = examine(text.encode())
    assert found.flaws == ()
    assert found.is_whole


def test_a_block_that_ends_with_the_file_ends_its_line() -> None:
    data = b"a: |\n  x"
    assert strict_yaml.load(data) == examine(data).value == {"a": "x\n"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [?x]\n", (1, 5)),
        ("a: { ?x: y }\n", (1, 6)),
        ("a: [b, ?c: d]\n", (1, 8)),
        ("a: &b:c d\n", (1, 4)),
        ("a: &b c\nd: [*b:e]\n", (2, 5)),
    ],
)
def test_what_yaml_1_2_reads_otherwise_is_refused(text: str, place: tuple[int, int]) -> None:
    data = text.encode()
    assert strict_yaml.load(data) is None
    (flaw,) = examine(data).flaws
    assert tuple(flaw.place) == place
    assert "YAML 1.2" in flaw.message


@pytest.mark.parametrize("text", ["a: [? x]\n", "a: x?y\n", "a: [x?]\n", "?a: 1\n", "a:\n- ?b\n"])
def test_a_question_mark_that_all_read_alike_is_fine(text: str) -> None:
    assert examine(text.encode()).flaws == ()


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("1.10", "1.1"),
        ("10.10", "10.1"),
        ("1.0e+2", "100.0"),
        ("0x10", "16"),
        ("007", "7"),
        ("+1", "1"),
        (".5", "0.5"),
        ("5.", "5.0"),
        ("-0", "0"),
        ("0.1000000000000000055", "0.1"),
    ],
)
def test_a_number_that_is_published_otherwise_is_told(text: str, published: str) -> None:
    data = f"a: {{b: [{text}]}}\n".encode()
    assert strict_yaml.load(data) is None
    found = examine(data)
    assert found.flaws == ()
    (number,) = found.numbers
    assert (*number.place, number.pointer) == (1, 9, "/a/b/0")
    assert number.message == f"{text} is published as {published}"


@pytest.mark.parametrize("text", ["0", "1", "-7", "4.0", "1.5", "-0.25", "1.1", '"1.10"', "true"])
def test_a_number_that_stays_what_it_is_is_not(text: str) -> None:
    data = f"a: {text}\n".encode()
    assert strict_yaml.load(data) is not None
    assert examine(data).numbers == ()


LARGE = 256 * 1024
HOSTILE = {
    "bare lines": "a: b\n" + "foo bar\n" * (LARGE // 8),
    "open brackets": "a: " + "[b, " * (LARGE // 4),
    "open brackets, few levels": "a: " + "[" * 60 + "b, " * (LARGE // 3),
    "conflicts": "<<<<<<< a\n=======\n>>>>>>> b\n" * (LARGE // 28),
    "open conflicts": "<<<<<<< a\n" * (LARGE // 10),
    "wide colons": f"a{COLON}b\n" * (LARGE // 6),
    "wide colons in a line": "a" + f"{COLON}b" * (LARGE // 4) + "\nc: d\n",
    "no-break spaces": "t:\n" + f"{NBSP * 2}a: 1\n" * (LARGE // 10),
    "tabs": "t:\n" + "\ta: 1\n" * (LARGE // 6),
    "open quotes": 'a: "x\n' * (LARGE // 6),
    "at signs": "a: @x\n" * (LARGE // 6),
    "colons": "a: b: c\n" * (LARGE // 8),
    "question marks": "a: [" + "?x," * (LARGE // 3) + "]",
    "numbers": "a: [" + "1.10, " * (LARGE // 6) + "]",
    "marks": f"{BOM}a: b\n" * (LARGE // 9),
    "lines indented less": "t:\n" + "  a: 1\n b: 1\n" * (LARGE // 14),
    "lines indented less and less": "".join(" " * (200 - i) + "a: 1\n" for i in range(200)) * 10,
    "no commas": "{" + "'a': 1\n" * (LARGE // 7) + "}",
    "no commas in a line": "a: {" + "'a': 1 " * (LARGE // 7) + "}\n",
    "commas": "a: [" + "," * LARGE + "]\n",
    "text after quotes": "a: 'b' c\n" * (LARGE // 9),
    "text after quotes in a line": "a: " + "'b' c" * (LARGE // 5) + "\n",
    "keys in braces": "a: {" + "b c, " * (LARGE // 5) + "}\n",
    "wide commas in brackets": "a: [" + f"b{COMMA}c, " * (LARGE // 8) + "]\n",
    "blank lines": "\n" * LARGE + "foo\nb: c\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_worst_file_is_looked_through_in_time(text: str) -> None:
    """R-10, R-17: what was meant is tried within a budget."""
    started = time.process_time()
    found = examine(text.encode())
    assert time.process_time() - started < 5
    assert found.flaws or found.numbers
    assert len(found.flaws) <= MAX_REPORTED
