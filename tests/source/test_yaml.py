"""Both passes read the same files, and the careful one says what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.source import positions, strict_yaml
from catalogctl.source.flaws import Place
from catalogctl.source.positions import MAX_ALIAS_NODES, MAX_ALIAS_TEXT, examine
from catalogctl.source.strict_yaml import parser

GOOD = b"""\
name: Hyperbilling  # a comment
"quoted key": 'single'
list: [a, "b", {c: 4.0}]
block: |
  two
  lines
folded: >-
  one
  line
empty:
nested:
  - x: 1
  - y: true
"""

FLAWS = [
    ("duplicate key", b"a: 1\nb: 2\na: 3\n", "duplicate-key", (3, 1)),
    ("nested duplicate", b"a:\n  b: 1\n  b: 2\n", "duplicate-key", (3, 3)),
    ("number as key", b"a:\n  1: x\n", "non-string-key", (2, 3)),
    ("null as key", b"a: 1\n~: x\n", "non-string-key", (2, 1)),
    ("list as key", b"? [a]\n: x\n", "non-string-key", (1, 3)),
    ("list as key, by an alias", b"a: &x [1]\n*x : 2\n", "non-string-key", (2, 1)),
    ("nothing as key, by an alias", b"a: &x\n*x : 2\n", "non-string-key", (2, 1)),
    ("doubtful key", b"on: push\n", "ambiguous-scalar", (1, 1)),
    ("doubtful value", b"a: yes\n", "ambiguous-scalar", (1, 4)),
    ("bare date", b"a: [2022-01-01]\n", "ambiguous-scalar", (1, 5)),
    ("merge key", b"a: &x {b: 1}\nc:\n  <<: *x\n", "ambiguous-scalar", (3, 3)),
    ("infinite", b"a: .inf\n", "number-range", (1, 4)),
    ("too large", b"a: 9007199254740993\n", "number-range", (1, 4)),
    ("local tag", b"a: !thing x\n", "yaml-tag", (1, 4)),
    ("core tag", b"a: !!set {b}\n", "yaml-tag", (1, 4)),
    ("python tag", b"a: !!python/object/apply:os.system [id]\n", "yaml-tag", (1, 4)),
    ("two documents", b"a: 1\n---\nb: 2\n", "several-documents", (2, 1)),
    ("directive", b"%YAML 1.1\n---\na: 1\n", "yaml-directive", (1, 1)),
    ("empty file", b"", "no-mapping", (1, 1)),
    ("only a comment", b"# nothing\n", "no-mapping", (1, 1)),
    ("a list", b"- a\n", "no-mapping", (1, 1)),
    ("a text", b"\nhello\n", "no-mapping", (2, 1)),
    ("not UTF-8", b"a: b\nc: \xff\n", "not-utf-8", (2, 4)),
    ("UTF-16", "a: b".encode("utf-16"), "not-utf-8", (1, 1)),
    ("a bell", b"a: b\x07c\n", "refused-character", (1, 5)),
    ("a bell, escaped", b'a: "b\\ac"\n', "refused-character", (1, 4)),
    ("bidi in a comment", "a: b  # \u202egnol\n".encode(), "refused-character", (1, 9)),
    ("bidi, escaped", b'a: "\\u2066x"\n', "refused-character", (1, 4)),
    ("next line", "a: b\u0085\n".encode(), "refused-character", (1, 5)),
    ("line separator", "a: b\u2028c\n".encode(), "refused-character", (1, 5)),
    ("DEL", b"a: b\x7f\n", "refused-character", (1, 5)),
    ("unknown alias", b"a: *x\n", "alias", (1, 4)),
    ("an alias of itself", b"a: &x\n  b: *x\n", "alias", (2, 6)),
    ("a stray colon", b"a: b: c\n", "yaml-syntax", (1, 5)),
    ("a tab", b"a:\n\tb: 1\n", "yaml-syntax", (2, 1)),
    ("an open quote", b'a: "b\n', "yaml-syntax", (1, 4)),
    ("an open bracket", b"a: [b\n", "yaml-syntax", (1, 4)),
]


@pytest.mark.parametrize(
    ("data", "code", "place"), [f[1:] for f in FLAWS], ids=[f[0] for f in FLAWS]
)
def test_a_flaw_has_its_code_and_its_place(data: bytes, code: str, place: tuple[int, int]) -> None:
    assert strict_yaml.load(data) is None
    found = examine(data)
    assert [(flaw.code, tuple(flaw.place)) for flaw in found.flaws] == [(code, place)]


def test_every_flaw_of_a_file_is_told() -> None:
    data = b"a: yes\nb: !x 1\na: 2\nc: \x01\n"
    codes = [flaw.code for flaw in examine(data).flaws]
    assert codes == ["ambiguous-scalar", "yaml-tag", "duplicate-key", "refused-character"]


def test_both_passes_read_a_good_file_alike() -> None:
    value = strict_yaml.load(GOOD)
    assert value == examine(GOOD).value == yaml.safe_load(GOOD)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbfa: 1\n", id="byte order mark"),
        pytest.param(b"a: 1\r\nb: 2\r\n", id="CRLF"),
        pytest.param(b"a: 1", id="no final line break"),
        pytest.param(b"---\na: 1\n", id="document start"),
        pytest.param(b"a: 1\n...\n", id="document end"),
        pytest.param(b'a: "\\u2028"\n', id="an escaped line separator"),
        pytest.param("a: 웹훅 😀\n".encode(), id="other scripts"),
        pytest.param(b"a:\tb\n", id="a tab inside a line"),
    ],
)
def test_these_are_fine(data: bytes) -> None:
    assert strict_yaml.load(data) is not None
    assert examine(data).flaws == ()


def test_an_alias_within_the_budget_is_written_out() -> None:
    data = b"a: &x {b: [1, 2]}\nc: *x\nd: [*x, *x]\n"
    assert strict_yaml.load(data) is None
    assert examine(data).value == yaml.safe_load(data)


def test_a_billion_laughs_are_refused_where_they_begin_to_count() -> None:
    """R-10: reading an alias bomb stops at the alias that is one too many."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    found = examine("\n".join(lines).encode())
    ((code, place, *_),) = found.flaws
    assert (code, place.line) == ("alias", 4)
    assert not found.is_whole


def test_aliases_stand_for_ten_thousand_values_at_most() -> None:
    """R-10: counted are the nodes that all aliases of a file are written out to."""
    named = f"a: &a [{', '.join(['x'] * (MAX_ALIAS_NODES // 10 - 1))}]\n"  # 1,000 nodes
    fine = examine((named + "b: [" + "*a, " * 10 + "]\n").encode())
    assert fine.flaws == ()
    over = examine((named + "b: [" + "*a, " * 11 + "]\n").encode())
    assert [(flaw.code, flaw.place) for flaw in over.flaws] == [("alias", Place(2, 45))]


def test_aliases_stand_for_one_mebibyte_of_text_at_most() -> None:
    """R-10: what a file of 256 KiB can stand for is bounded."""
    named = f"a: &a {'x' * (MAX_ALIAS_TEXT // 8)}\n"
    fine = examine((named + "b: [" + "*a, " * 8 + "]\n").encode())
    assert fine.flaws == ()
    over = examine((named + "b: [" + "*a, " * 8 + "]\nc: &c y\nd: *c\n").encode())
    assert [(flaw.code, flaw.place) for flaw in over.flaws] == [("alias", Place(4, 4))]
    assert "1 MiB of text" in over.flaws[0].message


def test_the_keys_that_aliases_stand_for_are_text_too() -> None:
    """R-10: else a file of 216 kB with one long key would stand for 800 MB."""
    key = "x" * (MAX_ALIAS_TEXT // 8 - 1)
    named = f"a: &a\n  ? {key}\n  : y\n"
    assert examine((named + "b: [" + "*a, " * 8 + "]\n").encode()).flaws == ()
    over = examine((named + "b: [" + "*a, " * 9 + "]\n").encode())
    assert [(flaw.code, flaw.place) for flaw in over.flaws] == [("alias", Place(4, 37))]


def test_an_alias_counts_for_the_depth_as_if_it_were_written_out() -> None:
    """R-10: 64 levels, wherever the lower ones were written."""
    named = "a: &a " + "[" * 40 + "]" * 40 + "\n"  # 41 levels: those of the mapping, too
    fine = examine((named + "b: " + "[" * 23 + "*a" + "]" * 23 + "\n").encode())
    assert fine.flaws == ()
    assert fine.value == yaml.safe_load(named + "b: " + "[" * 23 + "*a" + "]" * 23)
    over = examine((named + "b: " + "[" * 24 + "*a" + "]" * 24 + "\n").encode())
    assert [(flaw.code, flaw.place) for flaw in over.flaws] == [("too-deep", Place(2, 28))]
    within = "a: &a " + "[" * 40 + "]" * 40 + "\nb: &b [[*a]]\nc: " + "[" * 22 + "*b"
    twice = examine((within + "]" * 22 + "\n").encode())
    assert [flaw.code for flaw in twice.flaws] == ["too-deep"]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_ten_thousand_levels_are_refused_at_the_limit(
    opening: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-10: libyaml is quadratic in nesting, so reading stops at level 65."""
    read: list[str] = []

    def counted(data: bytes) -> Counted:
        return Counted(parser(data), read)

    for module in (strict_yaml, positions):
        monkeypatch.setattr(module, "parser", counted)
    data = ("a:\n  " + opening * 10_000).encode()
    assert strict_yaml.load(data) is None
    assert examine(data).flaws[-1].code in {"too-deep", "yaml-syntax"}
    assert 0 < len(read) < 1000


class Counted:
    """A parser that counts the events that it is asked for."""

    def __init__(self, parser: Any, read: list[str]) -> None:
        self._parser, self._read = parser, read

    def get_event(self) -> Any:
        event = self._parser.get_event()
        self._read.append(type(event).__name__)
        return event


def test_sixty_four_levels_are_fine_and_one_more_is_not() -> None:
    for levels, fine in ((64, True), (65, False)):
        data = b"a: " + b"[" * (levels - 1) + b"]" * (levels - 1)
        assert (strict_yaml.load(data) is not None) is fine
        assert (examine(data).flaws == ()) is fine


def test_places_are_those_of_keys_values_and_nearest_parents() -> None:
    found = examine("a: 1\nb:\n  - x\n  - 웹: {c: 3}\n".encode())
    assert found.locate("") == Place(1, 1)
    assert found.locate("/b") == Place(3, 3)
    assert found.locate("/b", key=True) == Place(2, 1)
    assert found.locate("/b/1/웹/c") == Place(4, 12)
    assert found.locate("/b/1/웹/c", key=True) == Place(4, 9)
    assert found.locate("/b/1/nothing") == Place(4, 5)
    assert found.locate("/nothing/at/all") == Place(1, 1)


PIECES = st.sampled_from(
    [
        "a",
        "b: ",
        "c:\n",
        "\n",
        "  ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ",",
        ": ",
        "'",
        '"',
        "\\",
        "&x ",
        "*x",
        "!t ",
        "#",
        "|\n",
        ">",
        "---\n",
        "...\n",
        "yes",
        "1",
        "0x1",
        "\t",
        "\r\n",
        "é",
        "\u202e",
        "%Y",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_both_passes_accept_the_same_texts(text: str) -> None:
    """R-10: whatever the text, there is an answer, and the two passes give the same one."""
    _hold_together(text.encode())


@given(st.binary(max_size=60))
@settings(max_examples=100, deadline=None)
def test_both_passes_accept_the_same_bytes(data: bytes) -> None:
    _hold_together(data)


@given(st.integers(0, len(GOOD) * 8 - 1), st.integers(0, len(GOOD)))
@settings(max_examples=100, deadline=None)
def test_a_flipped_bit_or_a_cut_never_ends_in_a_traceback(bit: int, cut: int) -> None:
    flipped = bytearray(GOOD)
    flipped[bit // 8] ^= 1 << bit % 8
    _hold_together(bytes(flipped[:cut]))


def _hold_together(data: bytes) -> None:
    quick, careful = strict_yaml.load(data), examine(data)
    if quick is not None:
        assert careful.flaws == ()
        assert careful.value == quick
    else:
        usual = not any(character in data for character in b"&*?<=>|")
        assert careful.flaws or careful.numbers or not usual
