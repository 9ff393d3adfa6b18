"""An edit changes one value and no other byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catalogctl.edit import set_value, unset_value
from catalogctl.edit.scalar_text import scalar
from catalogctl.errors import ApiError
from catalogctl.source.document import parse
from support.yaml_texts import NAMES, TEXTS, VALUES, Edit, Written, edits, unusual, written

FILE = """\
# yaml-language-server: $schema=../../schemas/PluginFile.schema.json
name: "Jira"   # as on their site
image: acme/jira

# where to find it
labels: [jira, 'issue tracker']
tags:
    # shown on the page
    icon: https://icon-path/icon.png  # square
    description: >-
      Two lines
      of text

    # "spaceone:x": later
template:
    options:
        schema: {type: object, required: [a]}
        list:
        - one   # first
        - two
registry_config: {}
"""

CASES: dict[str, tuple[str, Any, str, str]] = {
    "a text keeps its quotes and its comment": (
        "/name", "Jira Cloud",
        'name: "Jira"   # as', 'name: "Jira Cloud"   # as',
    ),
    "a text that would be read otherwise is quoted": (
        "/image", "yes", "image: acme/jira", 'image: "yes"',
    ),
    "a text with quotes in it": ("/image", '"b"', "image: acme/jira", "image: '\"b\"'"),
    "a text of several lines": (
        "/image", "one\ntwo\n",
        "image: acme/jira\n", "image: |\n    one\n    two\n",
    ),
    "a text in the place of a folded one": (
        "/tags/description", "One line",
        "description: >-\n      Two lines\n      of text\n", "description: One line\n",
    ),
    "a number keeps its kind": ("/image", 4.0, "image: acme/jira", "image: 4.0"),
    "an element in brackets": ("/labels/1", "bugs", "'issue tracker']", "'bugs']"),
    "an element more in brackets": (
        "/labels/-", "a, b", "'issue tracker']", "'issue tracker', \"a, b\"]",
    ),
    "an element in brackets with a comma of another script": (
        "/labels/-", "a\uff0cb", "'issue tracker']", "'issue tracker', \"a\uff0cb\"]",
    ),
    "an element more in lines": (
        "/template/options/list/-", "three", "        - two\n", "        - two\n        - three\n",
    ),
    "a member deep in brackets": (
        "/template/options/schema/required/-", "b", "required: [a]}", "required: [a, b]}",
    ),
    "a new member at the end": (
        "/tags/support", "acme",
        "      of text\n", "      of text\n    support: acme\n",
    ),
    "a mapping that is made on the way": (
        "/capability/auth/kind", "token",
        "image: acme/jira\n", "image: acme/jira\ncapability:\n    auth:\n        kind: token\n",
    ),
    "an empty mapping opens": (
        "/registry_config/a", "b", "registry_config: {}\n", "registry_config:\n    a: b\n",
    ),
    "a mapping in the place of a text": (
        "/name", {"a": 1}, 'name: "Jira"   # as on their site\n',
        "name:   # as on their site\n    a: 1\n",
    ),
    "a text in the place of a mapping": (
        "/template", "none",
        FILE[FILE.index("template:") : FILE.index("registry_config")], "template: none\n",
    ),
    "a list of which one element is new": (
        "/labels", ["jira", "cloud", "issue tracker"],
        "[jira, 'issue", "[jira, cloud, 'issue",
    ),
    "a list in another order": (
        "/template/options/list", ["two", "one"],
        "- one   # first\n        - two\n", "- two\n        - one   # first\n",
    ),
    "a mapping of which one member is other": (
        "/tags", {"icon": "https://icon-path/new.png", "description": "Two lines of text"},
        "icon.png  # square", "new.png  # square",
    ),
    "a new field at its place": (
        "/provider", "atlassian",
        "image: acme/jira\n", "image: acme/jira\nprovider: atlassian\n",
    ),
    "a new field that comes first": (
        "/plugin_id", "jira", 'name: "Jira"', 'plugin_id: jira\nname: "Jira"',
    ),
    "the same value": ("/name", "Jira", "", ""),
}  # fmt: skip

TAKEN = {
    "a field with the comment above it": (
        "/labels", "\n# where to find it\nlabels: [jira, 'issue tracker']\n", "\n",
    ),
    "a member with its comments": (
        "/tags/icon",
        "    # shown on the page\n    icon: https://icon-path/icon.png  # square\n", "",
    ),
    "the first field, not the file's own comment": (
        "/name", 'name: "Jira"   # as on their site\n', "",
    ),
    "the first element in brackets": ("/labels/0", "[jira, ", "["),
    "the last element in brackets": ("/labels/1", ", 'issue tracker']", "]"),
    "the only element in brackets": ("/template/options/schema/required/0", "[a]", "[]"),
    "an element in lines, with its comment": (
        "/template/options/list/0", "        - one   # first\n", "",
    ),
}  # fmt: skip

ORDER = ("plugin_id", "name", "image", "provider", "capability", "template", "labels", "tags")


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("case", CASES)
def test_a_value_is_set_as_a_careful_person_would(case: str, newline: str) -> None:
    pointer, value, before, after = CASES[case]
    wanted = FILE.replace(before, after, 1).replace("\n", newline).encode()
    assert set_value(FILE.replace("\n", newline).encode(), pointer, value, order=ORDER) == wanted


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("case", TAKEN)
def test_a_value_is_taken_out_as_a_careful_person_would(case: str, newline: str) -> None:
    pointer, before, after = TAKEN[case]
    wanted = FILE.replace(before, after, 1).replace("\n", newline).encode()
    assert unset_value(FILE.replace("\n", newline).encode(), pointer) == wanted


@pytest.mark.parametrize(
    ("before", "pointer", "after"),
    [
        ("a: 1", "/b", "a: 1\nb: 2"),
        ("\ufeffa: 1\n", "/b", "\ufeffa: 1\nb: 2\n"),
        ("a: 1\n\n\n", "/b", "a: 1\nb: 2\n\n\n"),
        ("a: 1\n...\n", "/b", "a: 1\nb: 2\n...\n"),
        ("a: |+\n  x\n\n", "/b", "a: |+\n  x\n\nb: 2\n"),
        ("a: |\n  x", "/b", "a: |\n  x\nb: 2"),
        ("t:\n  a: >\n    x", "/t/b", "t:\n  a: >\n    x\n  b: 2"),
        ("a: &k x\n*k : 1\n", "/x", "a: &k x\n*k : 2\n"),
        ("l: [\n  a, # A\n  b # B\n]\n", "/l/-", "l: [\n  a, # A\n  b, # B\n  2\n]\n"),
        ("l: [\n  a, # A\n]\n", "/l/-", "l: [\n  a, # A\n  2,\n]\n"),
        ("l: [a, # A\n  b # B\n  ]\n", "/l/-", "l: [a, # A\n  b, # B\n  2\n  ]\n"),
        ("l: [ a # A\n  , b # B\n  ]\n", "/l/-", "l: [ a # A\n  , b # B\n  , 2\n  ]\n"),
        ("l: [\n  # off\n]\n", "/l/-", "l: [\n  # off\n  2\n]\n"),
        ("l: [\n  a,\n  b ]\n", "/l/-", "l: [\n  a,\n  b,\n  2 ]\n"),
        ("l: []\n  # off\n", "/l/-", "l:\n  - 2\n  # off\n"),
        ("{a: 1}", "/b", "{a: 1, b: 2}"),
        ("{\n  a: 1,\n  c: 3\n}\n", "/b", "{\n  a: 1,\n  c: 3,\n  b: 2\n}\n"),
        ("a:\n- x: 1\n  y: 2\n", "/a/0/b", "a:\n- x: 1\n  y: 2\n  b: 2\n"),
        ("a: # c", "/a/b", "a: # c\n  b: 2"),
        ("a:\nc: 3", "/a", "a: 2\nc: 3"),
        ("l:\n-\n- x\n", "/l/0", "l:\n- 2\n- x\n"),
        ("? a\n: 1\n", "/b", "? a\n: 1\nb: 2\n"),
        ("a: |\n  x\n", "/b", "a: |\n  x\nb: 2\n"),
        ("a: &x\n  c: 1\nd: *x\n", "/d/b", "a: &x\n  c: 1\nd:\n  c: 1\n  b: 2\n"),
    ],
)
def test_the_ends_of_a_file_and_odd_ways_to_write_are_kept(
    before: str, pointer: str, after: str
) -> None:
    """Q-21: byte order mark, missing final newline, and all else that is not the value."""
    assert set_value(before.encode(), pointer, 2) == after.encode()


@pytest.mark.parametrize(
    ("before", "pointer", "after"),
    [
        ("l: [\n  a, # A\n  b # B\n]\n", "/l/1", "l: [\n  a # A\n]\n"),
        ("l: [\n  a, # A\n  b # B\n]\n", "/l/0", "l: [\n  b # B\n]\n"),
        ("l: [\n  # on a\n  a,\n  # on b\n  b\n]\n", "/l/1", "l: [\n  # on a\n  a\n]\n"),
        ("l: [a, b, # both\n  c] # end\n", "/l/1", "l: [a, # both\n  c] # end\n"),
        ("l: [a, b,\n  c] # end\n", "/l/2", "l: [a, b] # end\n"),
        ("l: [ a # A\n  , b # B\n  , c\n  ]\n", "/l/1", "l: [ a # A\n  , c\n  ]\n"),
        ("l: [\n  a # A\n]\n", "/l/0", "l: []\n"),
        ("l: [\n  a, # A\n  # off\n]\n", "/l/0", "l: [\n  # off\n]\n"),
        ("t: {\n  a: 1, # A\n  b: 2, # B\n}\n", "/t/b", "t: {\n  a: 1, # A\n}\n"),
        ("t:\n  a: 1 # A\n  # off\n", "/t/a", "t: {}\n  # off\n"),
        ("t:\n  # on a\n  a: 1\n\n  # off\nz: 1\n", "/t/a", "t: {}\n\n  # off\nz: 1\n"),
        ("t:\n- a: 1 # A\n  # off\n- b\n", "/t/0/a", "t:\n- {}\n  # off\n- b\n"),
        ("t: &k # T\n  a: 1 # A\n  # off\nz: 1\n", "/t/a", "t: &k {} # T\n  # off\nz: 1\n"),
        ("z: 1\nt:\n  a: 1", "/t/a", "z: 1\nt: {}"),
        ("a: |+\n  x\n\nb: |-\n  y\n\n\nc: 1\n", "/b", "a: |+\n  x\n\nc: 1\n"),
        ("t:\n  a: |+\n    x\n\n  b: 1\n\n", "/t/b", "t:\n  a: |+\n    x\n\n"),
        ("a: |+\n  x\n\nb: 1", "/b", "a: |+\n  x\n\n"),
        ("a: &k x\n*k : 1\nb: 2\n", "/x", "a: &k x\nb: 2\n"),
        ("# on a\na: 1\nb: 2\n", "/a", "b: 2\n"),
        ("t:\n- a: 1\n  b: 2\n  c: 3\n", "/t/0/a", "t:\n- b: 2\n  c: 3\n"),
        ("# own\n\na: 1\nb: 2\n", "/a", "# own\n\nb: 2\n"),
        ("t:\n  # b: y\n  a: 1\n", "/t/a", "t: {}\n  # b: y\n"),
        (
            "t:\n  # 'b c':\n  # on b\n  a: 1\n  c: 2\n",
            "/t/a",
            "t:\n  # 'b c':\n  # on b\n  c: 2\n",
        ),
        ("l:\n  # - old\n  - a\n  # - older\n", "/l/0", "l: []\n  # - old\n  # - older\n"),
        ("l:\n  - b\n  #- - old\n  - a\n", "/l/1", "l:\n  - b\n  #- - old\n"),
        ("l: [\n  # old,\n  a,\n  b,\n]\n", "/l/0", "l: [\n  # old,\n  b,\n]\n"),
        ("l: [\n  # old,\n  a\n]\n", "/l/0", "l: [\n  # old,\n]\n"),
        ('l: [\n  a,\n  # "b c",\n  b\n]\n', "/l/1", 'l: [\n  a\n  # "b c",\n]\n'),
        ("l: [\n  a\n  # , c\n  , b\n]\n", "/l/1", "l: [\n  a\n  # , c\n]\n"),
        ("t: {\n  a: 1,\n  # c: 3,\n  b: 2,\n}\n", "/t/b", "t: {\n  a: 1,\n  # c: 3,\n}\n"),
        (
            "t:\n  # see http://b, then c\n  # (-1 is: no entry)\n  a: 1\n  b: 2\n",
            "/t/a",
            "t:\n  b: 2\n",
        ),
    ],
)
def test_what_is_taken_out_takes_what_is_its_own(before: str, pointer: str, after: str) -> None:
    assert unset_value(before.encode(), pointer) == after.encode()
    assert (
        unset_value(before.replace("\n", "\r\n").encode(), pointer)
        == after.replace("\n", "\r\n").encode()
    )


@pytest.mark.parametrize("pointer", ["/a", "/b", "/b/c", "/d/-"])
def test_a_text_that_ends_with_a_line_break_keeps_it_at_the_end_of_a_file(pointer: str) -> None:
    """The one case in which a missing final newline can't stay missing."""
    data = b"d: []\na: 1" if pointer != "/d/-" else b"a: 1\nd: []"
    there = set_value(data, pointer, "x\ny\n")
    assert there.endswith(b"y\n")
    assert unset_value(there + b"z: 1", "/z") == there


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("a: [k, 'l']\n", ["x, y", "]"], "a: [\"x, y\", ']']\n"),
        ("a: [\"k, l\", 'm']\n", ["x", "y"], "a: [x, 'y']\n"),
        ("a: [k, l, m]\n", ["k", "x", "y"], "a: [k, x, y]\n"),
        (
            "a:\n  - k\n  - 'l'  # L\n  - m\n",
            ["k", "x", "y", "z"],
            "a:\n  - k\n  - 'x'  # L\n  - y\n  - z\n",
        ),
        ("a: [k, l, m, n]\n", ["x", "y", "n"], "a: [x, y, n]\n"),
    ],
)
def test_neighbours_in_a_list_are_each_replaced_by_their_own(
    before: str, value: Any, after: str
) -> None:
    assert set_value(before.encode(), "/a", value) == after.encode()


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("a:\n  x: 1", ["y"], "a:\n  - y"),
        ("a:\n  x: 1\n", ["y"], "a:\n  - y\n"),
        ("a:\n  x: 1\nz: 1\n", ["y"], "a:\n  - y\nz: 1\n"),
        ("a:\n  x: 1\nz: 1\n", "y\nz\n", "a: |\n  y\n  z\nz: 1\n"),
        ("a: |-\n  x", "y\nz", "a: |-\n  y\n  z"),
        ("a: |-\n  x", "y\nz\n", "a: |\n  y\n  z\n"),
        ("b: 1\na:\n  - x", {"c": "y\nz\n"}, "b: 1\na:\n  c: |\n    y\n    z\n"),
    ],
)
def test_lines_are_replaced_without_a_line_break_more_or_less(
    before: str, value: Any, after: str
) -> None:
    """Q-21."""
    assert set_value(before.encode(), "/a", value) == after.encode()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("one\ttwo\nthree", "|-\n  one\ttwo\n  three"),
        ("one\u2028two\nthree", '"one\\u2028two\\nthree"'),
        ("one\ufefftwo\nthree", '"one\\ufefftwo\\nthree"'),
    ],
)
def test_a_text_of_several_lines_is_quoted_where_one_could_not_read_it(
    value: str, written: str
) -> None:
    assert set_value(b"a: x\n", "/a", value) == f"a: {written}\n".encode()


def test_what_an_alias_needs_is_not_changed_under_it() -> None:
    data = b"a: &x {c: 1}\nd: *x\n"
    with pytest.raises(ApiError, match="without changing something else"):
        set_value(data, "/a/c", 2)
    with pytest.raises(ApiError):
        unset_value(data, "/a")


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("/a/b", "/a is text and has no 'b'"),
        ("/list/x", "/list is a list of 1: 'x' is not a number from 0 to 1"),
        ("/list/2", "/list is a list of 1: '2' is not a number from 0 to 1"),
        ("", "name a field"),
    ],
)
def test_a_pointer_that_leads_nowhere_is_refused(pointer: str, words: str) -> None:
    with pytest.raises(ApiError) as refused:
        set_value(b"a: x\nlist: [1]\n", pointer, 1)
    assert str(refused.value) == words


@pytest.mark.parametrize("value", ["a\u202eb", "a\x07", 2**53 + 1])
def test_a_value_that_no_file_may_hold_is_refused(value: Any) -> None:
    """R-06, product contract 8: the strict reader has the last word."""
    with pytest.raises(ApiError) as refused:
        set_value(b"a: x\n", "/b", value)
    assert "can't be written at /b" in str(refused.value)


def value_of(data: bytes) -> Any:
    document = parse("f", "f", data)
    assert document.problems == (), data
    return document.value


def same(left: Any, right: Any) -> bool:
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def asked(value: Any, edit: Edit) -> Any:
    """Apply an edit the simple way: to the value."""
    changed = json.loads(json.dumps(value))
    names = [part.replace("~1", "/").replace("~0", "~") for part in edit.pointer.split("/")[1:]]
    owner = changed
    for name in names[:-1]:
        owner = owner[name] if isinstance(owner, dict) else owner[int(name)]
    last: Any = names[-1]
    if isinstance(owner, list):
        last = len(owner) if last == "-" else int(last)
    if edit.takes:
        del owner[last]
    elif isinstance(owner, list):
        owner[last : last + 1] = [edit.value]
    else:
        owner[last] = edit.value
    return changed


def done(data: bytes, edit: Edit) -> bytes:
    if edit.takes:
        return unset_value(data, edit.pointer)
    return set_value(data, edit.pointer, edit.value)


@settings(max_examples=75, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_edited_file_holds_exactly_what_was_asked(data: st.DataObject) -> None:
    file: Written = data.draw(written())
    edit = data.draw(edits(file.value))
    wanted = asked(file.value, edit)
    assume(wanted)
    assert same(value_of(done(file.data, edit)), wanted)


@settings(max_examples=75, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_bytes_of_every_other_field_stay(data: st.DataObject) -> None:
    file: Written = data.draw(written())
    edit = data.draw(edits(file.value))
    assume(asked(file.value, edit))
    result = done(file.data, edit)
    field = edit.pointer.split("/")[1].replace("~1", "/").replace("~0", "~")
    names = list(file.value)
    at = names.index(field) if field in names else len(names)
    before = file.head + b"".join(file.parts[name] for name in names[:at])
    after = b"".join(file.parts[name] for name in names[at + 1 :])

    assert result.startswith(before.rstrip(b"\r\n"))
    assert result.endswith(after.lstrip(b"\r\n"))


@settings(max_examples=75, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_was_put_in_and_taken_out_again_leaves_no_trace(data: st.DataObject) -> None:
    file: Written = data.draw(written())
    name = data.draw(NAMES.filter(lambda name: name not in file.value))
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    value = data.draw(VALUES)
    there = set_value(file.data, pointer, value)
    assume(there.endswith(b"\n") == file.data.endswith(b"\n"))  # or a last line break is forced
    assert unset_value(there, pointer) == file.data


@settings(max_examples=75, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_changed_text_changed_back_leaves_no_trace(data: st.DataObject) -> None:
    """Quotes that the other text needs are no habit, so they end with it."""
    name, old = data.draw(NAMES), data.draw(st.sampled_from(["abc", "https://a.example/"]))
    quote = data.draw(st.sampled_from(["", "'", '"']))
    comment = data.draw(st.sampled_from(["", "  # why", " #"]))
    key = json.dumps(name)
    assume(parse("", "", f"{key}: 1".encode()).value == {name: 1})
    before = f"# top\n{key}:  {quote}{old}{quote}{comment}\nz: 1".encode()
    assume(name != "z")
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    other = data.draw(TEXTS)
    assume(not quote or (other.isprintable() and scalar(other)[0] != quote))
    assert set_value(set_value(before, pointer, other), pointer, old) == before


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_an_edit_of_an_unusual_file_is_right_or_refused(data: st.DataObject) -> None:
    """Only an anchor, which something else may need, is a reason to refuse."""
    file = data.draw(unusual())
    edit = data.draw(edits(value_of(file)))
    try:
        result = done(file, edit)
    except ApiError:
        assert b"&" in file
        return
    assert same(value_of(result), asked(value_of(file), edit))
