"""The values of options as people type them in the form, and as YAML in the snippets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from catalogctl.publish.site import snippets
from catalogctl.source.document import parse
from support.form_check import form_check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON
    from support.form_check import FormCheck


@pytest.fixture(scope="module")
def scripts() -> Iterator[FormCheck]:
    with form_check() as checking:
        yield checking


@pytest.mark.parametrize(
    "value",
    [
        *(1e-05, 1e-7, 1e30, -2.5e-9, 1e16, 12345678901234567e3, 0.1, 1.0, -0.5, 2**53, -7, 0),
        *("1e-7", "e", 'a "1e5" b', "\\", '\\"1e5', "a\u2028b", "1.10", "no", None, True),
        {"1e5": [1e-7, {"a": 1e30}], "tail": "\\"},
    ],
)
def test_a_value_in_a_snippet_is_the_same_to_every_reader_of_yaml(
    scripts: FormCheck, value: JSON
) -> None:
    for written in (snippets.quoted(value), scripts.tell(quoted=value)):
        text = f"value: {written}\n"
        read = parse("plugins/a.yaml", "a", text.encode())
        assert (read.value, read.problems) == ({"value": value}, ()), text
        assert yaml.safe_load(text) == {"value": value}, text


@pytest.mark.parametrize(
    ("typed", "value", "or_text"),
    [
        # The value where no text is allowed, and where one is.
        ("7", 7, 7),
        ("1.5", 1.5, 1.5),
        ("true", True, True),
        (' {"a": 1}', {"a": 1}, {"a": 1}),
        ('"7"', "7", "7"),
        ("x", "x", "x"),
        ("1.10", 1.1, "1.10"),
        ("1e5", 100000, "1e5"),
        ("[1.10, 2E-7]", [1.1, 2e-7], [1.1, 2e-7]),
        ('["12345678901234567890"]', ["12345678901234567890"], ["12345678901234567890"]),
        ("9007199254740992", 2**53, 2**53),
    ],
)
def test_a_typed_text_is_json_where_that_says_the_same(
    scripts: FormCheck, typed: str, value: JSON, or_text: JSON
) -> None:
    assert scripts.tell(typed=typed, text_too=False) == [value, ""]
    assert scripts.tell(typed=typed, text_too=True) == [or_text, ""]


@pytest.mark.parametrize(
    ("typed", "loss"),
    [
        ("12345678901234567890", "loses_digits"),
        ("[9007199254740993]", "loses_digits"),
        ("0.12345678901234567890", "loses_digits"),
        ("1e400", "loses_digits"),
        ('{"a": 1, "a": 2}', "member_twice"),
        ('[{"a": {}, "\\u0061": {}}]', "member_twice"),
    ],
)
def test_a_typed_text_that_json_would_change_stays_a_text(
    scripts: FormCheck, typed: str, loss: str
) -> None:
    assert scripts.tell(typed=typed, text_too=False) == [typed, loss]
    assert scripts.tell(typed=typed, text_too=True) == [typed, loss]
