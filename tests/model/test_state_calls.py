"""Which calls lead from one state of a plugin file to another."""

from __future__ import annotations

import pytest

from catalogctl.model.state_calls import calls_between
from catalogctl.source.document import parse
from catalogctl.source.settings import Settings
from catalogctl.validate.effective_request import effective

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
