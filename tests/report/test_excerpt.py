"""The line of source below a problem, and the caret under its place."""

from __future__ import annotations

import pytest

from catalogctl.report.excerpt import excerpt


@pytest.mark.parametrize(
    ("line", "column", "marks"),
    [
        ("image: acme/x", 8, "       ^^^^^^"),
        ("image: acme/x  # why", 8, "       ^^^^^^"),
        ('name: "a b" # c', 7, "      ^^^^^"),
        ("name: 'it''s'", 7, "      ^^^^^^^"),
        ("labels: [billing, aws]", 10, "         ^^^^^^^"),
        ("tags: {a: b, c: d}", 14, "             ^"),
        ("lables: [x]", 1, "^^^^^^"),
        ("a: http://x/y: z", 4, "   ^^^^^^^^^^"),
        ("a: &anchor b", 4, "   ^^^^^^^"),
        ("a: |", 4, "   ^"),
        ("", 1, "^"),
        ("abc", 4, "   ^"),
        ("abc", 99, "   ^"),
        ("- # c", 3, "  ^^^"),
    ],
)
def test_the_mark_is_as_long_as_the_word(line: str, column: int, marks: str) -> None:
    assert excerpt(line, column, width=80, unicode=True) == (line, marks)


def test_a_line_as_long_as_its_file_costs_no_more_than_what_is_shown() -> None:
    line = "a: " + "x" * 250_000 + " y"
    shown = excerpt(line, 200_000, width=40, unicode=True)
    assert len(shown.text) <= 40
    assert len(shown.marks) <= 40
