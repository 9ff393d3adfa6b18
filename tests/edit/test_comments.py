"""A comment belongs to its entry, in lines and in brackets, and goes only with it."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogctl.edit import set_value, unset_value
from catalogctl.edit.canonical_layout import formatted
from catalogctl.schemas import fields
from catalogctl.source.document import parse
from support.commented import OFF, Commented, commented, value_of

PROPERTY = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


def comments(data: bytes) -> list[str]:
    return sorted(each.rstrip() for each in re.findall(r"#[^\r\n]*", data.decode()))


def tags(data: bytes) -> Any:
    document = parse("f", "f", data)
    assert document.problems == (), data
    return document.value["tags"]


def lines_of(data: bytes) -> dict[str, str]:
    """Return the line of each comment that stands beside something."""
    lines = [line.strip() for line in re.split(r"\r\n|\n|\r", data.decode())]
    return {
        line[line.index("# beside") :]: line.strip("-, ").split()[0].rstrip(",:")
        for line in lines
        if "# beside" in line
    }


@PROPERTY
@given(st.data())
def test_what_is_taken_out_takes_its_own_comments_and_no_other(data: st.DataObject) -> None:
    file: Commented = data.draw(commented())
    at = data.draw(st.integers(0, len(file.parts) - 1))
    part = file.parts[at]
    result = unset_value(file.data, f"/tags/{at if file.is_list else part.name}")
    rest = file.parts[:at] + file.parts[at + 1 :]
    assert tags(result) == value_of(rest, is_list=file.is_list)
    assert comments(result) == sorted(set(comments(file.data)) - part.comments)
    assert lines_of(result).items() <= lines_of(file.data).items()


@PROPERTY
@given(st.data())
def test_what_is_put_in_takes_no_comment_from_another(data: st.DataObject) -> None:
    file: Commented = data.draw(commented())
    name = "-" if file.is_list else "new"
    result = set_value(file.data, f"/tags/{name}", "vnew")
    added = [*file.value, "vnew"] if file.is_list else {**file.value, "new": "vnew"}
    assert tags(result) == added
    assert comments(result) == comments(file.data)
    assert lines_of(result) == lines_of(file.data)


@PROPERTY
@given(st.data())
def test_a_field_that_is_replaced_keeps_the_comments_of_what_stays(data: st.DataObject) -> None:
    file: Commented = data.draw(commented())
    kept = data.draw(st.lists(st.sampled_from(file.parts), unique_by=lambda part: part.name))
    if file.is_list and "tags: [" in file.text:  # elements in brackets are not moved
        kept = [part for part in file.parts if part in kept]
    wanted: Any = value_of(kept, is_list=file.is_list)
    if data.draw(st.booleans()):
        wanted = [*wanted, "vnew"] if file.is_list else {**wanted, "new": "vnew"}
    result = set_value(file.data, "/tags", wanted)
    assert tags(result) == wanted
    stay = set().union(*(part.comments for part in kept)) | ({OFF} if file.off else set())
    assert set(comments(result)) >= stay
    beside = {comment: line for comment, line in lines_of(file.data).items() if comment in stay}
    assert beside.items() <= lines_of(result).items()
    if wanted == file.value:
        assert result == file.data


@PROPERTY
@given(st.data())
def test_a_value_that_is_changed_leaves_every_comment(data: st.DataObject) -> None:
    file: Commented = data.draw(commented())
    at = data.draw(st.integers(0, len(file.parts) - 1))
    if file.parts[at].parts:
        return
    result = set_value(file.data, f"/tags/{at if file.is_list else file.parts[at].name}", "other")
    assert comments(result) == comments(file.data)
    assert lines_of(result).keys() == lines_of(file.data).keys()


@PROPERTY
@given(commented())
def test_the_layout_keeps_every_comment_with_its_entry(file: Commented) -> None:
    once = formatted(file.data, fields("PluginFile"))
    assert tags(once) == file.value
    assert comments(once) == comments(file.data)
    assert lines_of(once) == lines_of(file.data)
    assert formatted(once, fields("PluginFile")) == once
