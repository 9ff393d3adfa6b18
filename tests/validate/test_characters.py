"""Where in a text a character stands that can't be seen."""

from __future__ import annotations

import pytest

from catalogctl.validate.rules.characters import strays

ZERO_WIDTH = "\u200b"


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        (f"{ZERO_WIDTH}aws", "starts with"),
        (f"aws{ZERO_WIDTH}", "ends with"),
        (f"a{ZERO_WIDTH}ws", "holds"),
        (f"{ZERO_WIDTH}a{ZERO_WIDTH}ws", "holds"),
        (f"{ZERO_WIDTH}aws{ZERO_WIDTH}", "starts with"),
    ],
)
def test_the_message_says_where_it_stands(text: str, verb: str) -> None:
    (found,) = strays("/provider", text)
    assert found.message.startswith(f"provider {verb} ")
    assert found.hint == 'write "aws"'
