"""The reader of usual files reads what the parser reads, or leaves a file to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalogctl.source import plain_lines, strict_yaml

ROOT = Path(__file__).parents[2]

USUAL = """\
# yaml-language-server: $schema=../../schemas/PluginFile.schema.json
name: Collector
image: acme/plugin-x

capability:
  supported_schema:
    - aws_access_key
    - "aws: role"
  monitoring_type: METRIC
  # which one
  use_resource_secret: true
template:
  options:
    schema:
      required: [region, 'x']
      properties:
        region: {}
        interval:
          minimum: -4.0
labels:
- object
- key: value
  other: '# no comment'
- deep:
    deeper: ~
tags: []
"""


def test_a_usual_file_is_read_line_by_line() -> None:
    text = USUAL.replace(", 'x'", "")
    value = plain_lines.load(text)
    assert value is not None
    assert value == strict_yaml.load_events(text.encode(), text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "a:\n",
        "a: \n",
        "a: b \n",
        "a: b # c\n",
        "a: b: c\n",
        "a: b:\n",
        "a: yes\n",
        "yes: a\n",
        "a: 012\n",
        "a: 1\na: 2\n",
        "a: 1\n b: 2\n",
        "a:\n  b: 1\n c: 2\n",
        "a:\n- b\n  - c\n",
        "a:\n  - b\n c: d\n",
        "a: b\n  c\n",
        "a: |\n  b\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !!str b\n",
        "a: 'it''s'\n",
        'a: "\\n"\n',
        "a: [b, [c]]\n",
        "a: [b,]\n",
        "a: [yes]\n",
        "a: {b: c}\n",
        "a: - b\n",
        "- a\n",
        "a\n",
        " a: b\n",
        "a: b\n---\nc: d\n",
        "a: b\r\n",
        "a:\tb\n",
        "a: b\x85c: d\n",
        "a: \u202eb\n",
        "a: \ufeffb\n",
        "a: \xa0\n",
    ],
)
def test_what_is_not_usual_is_left_to_the_parser(text: str) -> None:
    assert plain_lines.load(text) is None


def test_a_list_that_was_read_before_is_no_shared_one() -> None:
    first, second = plain_lines.load("a: [b]\n"), plain_lines.load("a: [b]\n")
    assert first == second == {"a": ["b"]}
    assert first is not None
    assert second is not None
    assert first["a"] is not second["a"]


@pytest.mark.parametrize("last", ["a: b", "a: []", "a: {}", "- b", "- []", "- a: b", "- a: []"])
def test_sixty_four_levels_are_the_most_here_too(last: str) -> None:
    for levels in range(56, 70):
        text = "".join(f"{' ' * depth}a:\n" for depth in range(levels))
        text += f"{' ' * levels}{last}\n"
        value = plain_lines.load(text)
        assert value is None or value == strict_yaml.load_events(text.encode(), text)


def test_a_long_line_is_not_remembered() -> None:
    """A stranger's file must not stay in memory for the rest of the run."""
    before = len(plain_lines._remembered)
    for number in range(20):
        assert plain_lines.load(f"a{number}: [{', '.join(['word'] * 1000)}]\n") is not None
    assert len(plain_lines._remembered) == before


def test_most_shipped_files_are_usual() -> None:
    files = sorted((ROOT / "catalog/plugins").glob("*.yaml"))
    texts = [file.read_text("utf-8") for file in files]
    for file, text in zip(files, texts, strict=True):
        value = plain_lines.load(text)
        assert value is None or value == strict_yaml.load_events(text.encode(), text), file.name
    usual = [text for text in texts if plain_lines.load(text) is not None]
    assert len(usual) > len(texts) / 2


INDENT = st.sampled_from(["", "  ", "    ", " ", "      "])
KEY = st.sampled_from(["a: ", "b: ", "a:", "b:", "c:", "no: ", "1: ", "a :", '"a": ', "a:  ", "?"])
DASH = st.sampled_from(["", "", "- ", "-", "-  ", "- - "])
VALUES = """
    x|x y|1|-1|1.0|0o7|1e3|~|true|no|x:y|x: y|x #y|=x|x#y|#x|'x'|'x|"x"|"x" |"x"y|[]|[x, 1]|[x,]|[ ]
    |{}|{x}|<<|*x|&x|!x|>|%x|@x|`x|-x|--- x|...|\xa0|é|라|x\ty|x\x85y|x\u2028y|x\ufeff|\U0001f600
    |2001-01-01|1:30|x, y|[a b]""".replace("\n    ", "").split("|")
VALUE = st.sampled_from(["", "|", *VALUES])
LINE = st.tuples(INDENT, DASH, KEY | st.just(""), VALUE).map("".join)
TEXT = st.lists(LINE | st.sampled_from(["", "# x", "  #", "---", "..."]), max_size=8)


@given(TEXT.map("\n".join))
@example("a:\n- b: 1\n  a: 2\n- x\nb: [x, 1]\n")
@settings(max_examples=1500, deadline=None)
def test_what_is_read_line_by_line_is_what_the_parser_reads(text: str) -> None:
    value = plain_lines.load(text)
    if value is not None:
        by_events = strict_yaml.load_events(text.encode(), text)
        assert by_events is not None
        assert repr(value) == repr(by_events)
