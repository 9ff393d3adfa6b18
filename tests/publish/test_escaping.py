"""What is joined in Python, for the inside of elements, is escaped."""

from __future__ import annotations

import html
import re
import sys

from hypothesis import given
from hypothesis import strategies as st

from catalogctl.publish import markup
from catalogctl.publish.site.escaping import attributes, content, contents

TEXTS = st.text() | st.text(alphabet="&<>'\"a;#\0\xe9")


@given(texts=st.lists(TEXTS))
def test_a_text_can_open_no_element_and_reads_as_it_was(texts: list[str]) -> None:
    escaped = [str(content(text)) for text in texts]
    assert not any("<" in text or ">" in text for text in escaped)
    assert [text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            for text in escaped] == texts  # fmt: skip


@given(texts=st.lists(TEXTS))
def test_many_texts_are_escaped_as_each_of_them(texts: list[str]) -> None:
    assert contents(texts) == [content(text) for text in texts]


@given(texts=st.lists(TEXTS))
def test_the_value_of_an_attribute_can_not_end_it_and_reads_as_it_was(texts: list[str]) -> None:
    values = attributes(texts)
    assert not any(re.search("[<>\"']", value) for value in values)
    plain = [value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
             .replace("&#x27;", "'").replace("&amp;", "&") for value in values]  # fmt: skip
    assert plain == texts


def test_quotes_stay_as_they_are() -> None:
    assert content('"it\'s"') == '"it\'s"'
    assert html.unescape(content("&amp;")) == "&amp;"


def test_every_character_becomes_one_that_xml_allows() -> None:
    """Char, in XML 1.0; what it does not have becomes U+FFFD."""
    allowed = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
    wrong = [n for n in range(sys.maxunicode + 1) if not allowed.fullmatch(markup.text(chr(n)))]
    assert wrong == []
