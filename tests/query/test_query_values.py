"""Numbers of queries are doubles, whatever JSON has."""

from __future__ import annotations

import math

import pytest

from catalogctl.query.query_values import double, plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2, 2.0),
        (2**53 + 1, 2.0**53),
        (10**308, 1e308),
        (10**400, math.inf),
        (-(10**400), -math.inf),
    ],
)
def test_a_number_is_the_double_that_it_stands_for(value: int, expected: float) -> None:
    """Query spec 1."""
    assert double(value) == expected
    assert isinstance(double(value), float)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(2.0, "2"), (2.5, "2.5"), (-0.5, "-0.5"), (2.0**53, str(2**53)), (2.0**54, repr(2.0**54))],
)
def test_a_whole_number_prints_without_a_point_while_it_is_exact(
    number: float, expected: str
) -> None:
    assert repr(plain(number)) == expected
