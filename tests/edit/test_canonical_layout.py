"""One layout for plugin files: comments and value stay, and the second time nothing changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogctl.edit.canonical_layout import formatted, laid_out
from catalogctl.schemas import fields
from catalogctl.source.document import parse
from support.yaml_texts import OBJECTS, Written, unusual, written

REAL = Path(__file__).parents[2] / "catalog" / "plugins"

CASES = {
    "fields in the order of the request": (
        "state: DISABLED\nimage: a/b\nname: x\n",
        "name: x\nimage: a/b\nstate: DISABLED\n",
    ),
    "lines instead of brackets": (
        "labels: [a, {b: [], c: {}}]\ntags: {d: [[1, 2]]}\n",
        "labels:\n  - a\n  - b: []\n    c: {}\ntags:\n  d:\n    - - 1\n      - 2\n",
    ),
    "quotes only where they are needed": (
        'name: \'x\'\nimage: "yes"\ntags:\n  "a": \'1\'\n  \'b"\': "c"\n',
        'name: x\nimage: "yes"\ntags:\n  a: "1"\n  b": c\n',
    ),
    "two blanks further in": (
        "labels:\n- a\ntags:\n      b:\n          - c\n",
        "labels:\n  - a\ntags:\n  b:\n    - c\n",
    ),
    "a long text is folded": (
        f"name: {'word ' * 30}end\n",
        f"name: >-\n  {'word ' * 18}word\n  {'word ' * 11}end\n",
    ),
    "a folded text that is short is not": ("name: >-\n  two\n  words\n", "name: two words\n"),
    "a text of lines": ('name: "a\\nb\\n"\n', "name: |\n  a\n  b\n"),
    "one blank line of several": ("name: x\n\n\n\nimage: a/b\n\n\n", "name: x\n\nimage: a/b\n"),
    "line feeds, no byte order mark, a last line end": (
        "\ufeffname: x\r\nimage: a/b",
        "name: x\nimage: a/b\n",
    ),
    "comments stay with what they are about": (
        "# the file\n# of x\n\n# the state\nstate: DISABLED   # for now\n# the name\nname: x #n\n",
        "# the file\n# of x\n\n# the name\nname: x  #n\n# the state\nstate: DISABLED  # for now\n",
    ),
    "a comment at the end of a part stays in it": (
        "tags:\n    a: 1\n\n    # b: 2\n# the name\nname: x\n# the end\n",
        "# the name\nname: x\ntags:\n  a: 1\n\n  # b: 2\n# the end\n",
    ),
    "comments in brackets": (
        "labels: [ # all\n  a, # one\n  # two\n  b\n  # no more\n]  # that is it\n",
        "# that is it\nlabels:  # all\n  - a  # one\n  # two\n  - b\n  # no more\n",
    ),
    "a comment beside a dash": (
        "labels:\n- # first\n  a: 1\n  b: 2\n",
        "labels:\n  # first\n  - a: 1\n    b: 2\n",
    ),
    "a comment beside a block of text": (
        "name: >- # n\n  x\nimage: a/b\n",
        "name: x  # n\nimage: a/b\n",
    ),
    "what an anchor stood for": (
        "tags: &t {a: [1]}\ncapability: *t\n",
        "capability:\n  a:\n    - 1\ntags:\n  a:\n    - 1\n",
    ),
    "an alias as a key": (
        "tags:\n  x: &k word\n  *k : value  # why\n",
        "tags:\n  x: word\n  word: value  # why\n",
    ),
    "a number as it was written": (
        "tags: {v: 1.10, w: [10.10, 1.0e+3], x: &a 2.50, y: *a}\n",
        "tags:\n  v: 1.10\n  w:\n    - 10.10\n    - 1.0e+3\n  x: 2.50\n  y: 2.50\n",
    ),
    "a comment directly above the first field goes with it": (
        "# about the image\nimage: a/b\nname: x\n",
        "name: x\n# about the image\nimage: a/b\n",
    ),
    "what has a blank line below is about the file": (
        "# own\n\n# own too\n\n# about the image\nimage: a/b\nname: x\n",
        "# own\n\n# own too\n\nname: x\n# about the image\nimage: a/b\n",
    ),
    "the line for editors is the file's": (
        "# yaml-language-server: $schema=x\n# about the image\nimage: a/b\nname: x\n",
        "# yaml-language-server: $schema=x\nname: x\n# about the image\nimage: a/b\n",
    ),
    "a comment behind a bracket in the line of the last entry": (
        "tags: {a: 1,\n  b: 2} # two\nlabels: [c, d] # both\n",
        "labels:  # both\n  - c\n  - d\ntags:\n  a: 1\n  b: 2  # two\n",
    ),
    "a comment in two lines": (
        "name: x     # first\n            # second\nimage: a/b\n",
        "name: x  # first\n  # second\nimage: a/b\n",
    ),
    "a member that is commented out of an empty mapping": (
        "tags: {}\n  # b: 2\nname: x\n",
        "name: x\ntags: {}\n  # b: 2\n",
    ),
    "a comment below a block of text": (
        "tags:\n  x: |\n      a\n    # c\n  y: 1\n",
        "tags:\n  x: |\n    a\n  # c\n  y: 1\n",
    ),
    "a file that ends inside a block of text": ("name: |\n  x", "name: |\n  x\n"),
    "a document in braces": ('{"image": "a/b", "name": "x"}\n', "name: x\nimage: a/b\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_laid_out(case: str) -> None:
    before, after = CASES[case]
    assert formatted(before.encode(), fields("PluginFile")).decode() == after
    assert formatted(after.encode(), fields("PluginFile")).decode() == after


def value_of(data: bytes) -> Any:
    document = parse("f", "f", data)
    assert document.problems == (), data
    return document.value


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_second_time_nothing_changes(data: st.DataObject) -> None:
    file: Written = data.draw(written())
    once = formatted(file.data, fields("PluginFile"))
    assert formatted(once, fields("PluginFile")) == once
    assert not once.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in once


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_value_and_the_comments_stay(data: st.DataObject) -> None:
    file: Written = data.draw(written())
    once = formatted(file.data, fields("PluginFile"))
    assert {name: json.dumps(each) for name, each in value_of(once).items()} == {
        name: json.dumps(each) for name, each in file.value.items()
    }
    for comment in (b"# about the file", b"# about it", b"# a comment", b"# why"):
        assert once.count(comment) == file.data.count(comment)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS.filter(bool))
def test_a_value_written_anew_is_laid_out_at_once(value: Any) -> None:
    made = laid_out(value, fields("PluginFile"), ["# a comment"])
    given = {name: each for name, each in value.items() if each is not None}
    assert value_of(made + b"z: 1\n").items() >= given.items()
    if given:
        assert formatted(made, fields("PluginFile")) == made


@pytest.mark.parametrize("file", sorted(REAL.iterdir()), ids=lambda path: path.stem)
def test_the_shipped_catalog_is_laid_out(file: Path) -> None:
    assert file.read_bytes() == formatted(file.read_bytes(), fields("PluginFile"))


@settings(max_examples=75, deadline=None, suppress_health_check=list(HealthCheck))
@given(unusual())
def test_unusual_ways_to_write_are_laid_out_or_left(data: bytes) -> None:
    """The value and the comments stay, and the second time nothing changes."""
    once = formatted(data, fields("PluginFile"))
    assert value_of(once) == value_of(data)
    assert formatted(once, fields("PluginFile")) == once
    for comment in ("# why", "# because", "# both", "# all", "# off", "# end", "# none", "# eight"):
        assert once.decode().count(comment) == data.decode().count(comment)
