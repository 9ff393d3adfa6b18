"""How long a registry wants us to wait, in all the ways in which that is said."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from catalogctl.fetch.waiting import retry_after, until_reset
from catalogctl.resolve.resolve_limits import ResolveLimits

NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"retry-after": "0"}, 0, id="none at all"),
        pytest.param({"retry-after": " 5 "}, 5, id="seconds"),
        pytest.param({"retry-after": "2.5"}, 2.5, id="a fraction"),
        pytest.param({"retry-after": "3600"}, 3600, id="an hour"),
        pytest.param({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30, id="a date"),
        pytest.param({"retry-after": formatdate(NOW - 30, usegmt=True)}, 0, id="a date gone by"),
        pytest.param({"retry-after": "soon"}, None, id="a word"),
        pytest.param({"retry-after": "-5"}, None, id="a negative number"),
        pytest.param({"retry-after": "1e3"}, None, id="an exponent"),
        pytest.param({"retry-after": "\u0665"}, None, id="a digit of another script"),
        pytest.param({"retry-after": "9" * 500}, None, id="infinite"),
        pytest.param({"retry-after": "Mon, 99 Foo 0001 99:99:99 GMT"}, None, id="no date"),
        pytest.param({"retry-after": "Mon, 01 Jan 0001 00:00:00 -2359"}, 0, id="before time"),
        pytest.param({"x-retry-after": str(NOW + 7)}, 7, id="Docker Hub's time since 1970"),
        pytest.param({"x-retry-after": str(NOW - 7)}, 0, id="one gone by"),
        pytest.param({"x-retry-after": "8"}, 8, id="its seconds"),
        pytest.param({"retry-after": "x", "x-retry-after": "8"}, 8, id="the one that is readable"),
    ],
)
def test_retry_after_is_read(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after(headers, NOW) == expected


@pytest.mark.parametrize(
    ("remaining", "reset", "expected"),
    [("4", str(NOW + 9), 9), ("5", str(NOW + 9), None), ("0", "", None), ("x", "1", None)],
)
def test_a_limit_that_is_nearly_used_up_is_waited_out(
    remaining: str, reset: str, expected: float | None
) -> None:
    headers = {"x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset}
    assert until_reset(headers, NOW) == expected


def test_pauses_grow_are_spread_and_have_an_end() -> None:
    limits = ResolveLimits()
    for attempt, most in ((1, 0.5), (2, 1.0), (3, 2.0), (20, 20.0)):
        pauses = [limits.pause_after(attempt) for _ in range(200)]
        assert all(0 <= pause <= most for pause in pauses)
        assert max(pauses) - min(pauses) > most / 2
