"""What stands in a page is escaped as markupsafe does it, whichever way was the quicker one."""

from __future__ import annotations

import markupsafe
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from catalogctl.publish.site import escaping

TEXTS = st.text() | st.text(alphabet="&<>'\"a;#\0\xe9")


@given(text=TEXTS)
def test_a_text_is_escaped_as_markupsafe_does_it(text: str) -> None:
    assert escaping.escaped(text) == str(markupsafe.escape(text))
    assert escaping._by_the_public_way(text) == str(markupsafe.escape(text))


class _OwnHtml:
    def __html__(self) -> str:
        return "<b>"


class _Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2.5, ["<"], Markup("<b>"), _OwnHtml(), _Text("<'>"), {"<": '"'}],
    ids=lambda value: type(value).__name__,
)
def test_another_value_is_escaped_as_markupsafe_does_it(value: object) -> None:
    assert str(escaping.escaped(value)) == str(markupsafe.escape(value))


@given(texts=st.lists(TEXTS))
def test_contents_of_elements_are_escaped_together(texts: list[str]) -> None:
    alone = [text.replace("\0", "") for text in texts]
    together = escaping.contents(alone)
    assert [Markup(text).unescape() for text in together] == [
        Markup(markupsafe.escape(text)).unescape() for text in alone
    ]
    assert not any("<" in text or ">" in text for text in together)
