"""Which calls lead from one state of a plugin file to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.model.calls_between_versions import calls_between, changed_fields
from catalogctl.source.document import parse
from catalogctl.source.settings import Settings
from catalogctl.validate.effective_request import effective

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

FILE = """\
name: Hyperbilling
service_type: cost_analysis.DataSource
image: acme/plugin-hyperbilling
tags: {icon: a, size: 4.0}
"""


def calls(before: str | None, after: str | None) -> list[str]:
    states = [
        None if text is None else effective(parse("x", "x", text.encode()).value, Settings())
        for text in (before, after)
    ]
    return list(calls_between(*states))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(None, FILE, ["register"], id="added"),
        pytest.param(FILE, None, ["deregister"], id="deleted"),
        pytest.param(
            None, FILE + "state: DISABLED\n", ["register", "disable"], id="added disabled"
        ),
        pytest.param(FILE, FILE.replace("Hyper", "Over"), ["update"], id="name"),
        pytest.param(FILE, FILE.replace("acme", "other"), ["update"], id="image"),
        pytest.param(FILE, FILE + "state: DISABLED\n", ["disable"], id="disabled"),
        pytest.param(FILE + "state: DISABLED\n", FILE, ["enable"], id="state taken out"),
        pytest.param(
            FILE, FILE + "state: DISABLED\nlabels: [a]\n", ["update", "disable"], id="two calls"
        ),
        pytest.param(FILE, "# a comment\n" + FILE, [], id="a comment"),
        pytest.param(FILE, FILE + "state: ENABLED\n", [], id="a default written out"),
        pytest.param(FILE, FILE + "provider:\n", [], id="null is not given"),
        pytest.param(
            FILE, FILE.replace("icon: a, size: 4.0", "size: 4.0, icon: a"), [], id="order"
        ),
        pytest.param(FILE, FILE.replace("4.0", "4"), ["update"], id="4 is not 4.0"),
        pytest.param(FILE, FILE + "maintainers: ['@ann']\n", [], id="maintainers"),
        pytest.param(FILE, FILE + "deprecated: {reason: old}\n", [], id="deprecated"),
        pytest.param(FILE, "name: [\n", ["update"], id="broken"),
    ],
)
def test_a_change_of_a_file_is_these_calls(
    before: str | None, after: str | None, expected: list[str]
) -> None:
    assert calls(before, after) == expected


SCALARS: list[JSON] = [1, 1.0, True, 0, -0.0, False, "1", "", "ENABLED", "DISABLED", "a" * 300]
NESTED: list[JSON] = [[1], [1.0], [], [None], {}, {"a": None}, {"a": 1, "b": 2}, {"b": 2, "a": 1}]
VALUES = st.sampled_from([*SCALARS, *NESTED])
FIELDS = st.sampled_from(
    ["name", "image", "state", "tags", "labels", "plugin_id", "maintainers", "deprecated"]
)
REQUESTS = st.none() | st.dictionaries(FIELDS, VALUES, max_size=4)


@given(before=REQUESTS, after=REQUESTS)
def test_the_calls_are_those_that_comparing_the_values_field_by_field_gives(
    before: JSONObject | None, after: JSONObject | None
) -> None:
    """States keep a digest of the fields: it finds the same changes."""
    assert calls_between(before, after) == field_by_field(before, after)


def field_by_field(before: JSONObject | None, after: JSONObject | None) -> tuple[str, ...]:
    if before is None or after is None:
        if after is None:
            return () if before is None else ("deregister",)
        return ("register", "disable") if after.get("state") == "DISABLED" else ("register",)
    beside = {"state", "plugin_id", "versions", "maintainers", "deprecated"}
    calls = ["update"] if changed_fields(before, after) - beside else []
    if "state" in before and "state" in after and before["state"] != after["state"]:
        calls.append("disable" if after["state"] == "DISABLED" else "enable")
    return tuple(calls)
