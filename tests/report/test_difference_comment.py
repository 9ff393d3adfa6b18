"""A pull request's comment holds what authors wrote as text, whatever they wrote (R-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from catalogctl.report import difference_comment, difference_text

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

PLAIN = "plain"
HOSTILE = [
    "@everyone [click](https://evil.example) ![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)> <!-- --> </details>",
    "`` ` ``` ````",
    "`",
    "a\n\n# heading\n\n- item\n::error::x\n",
    "</code>|x|y|\n|---|---|\n",
    "\u202eevil\u2028\x1b[31m",
    "#1 GH-1 acme/repo#1 https://evil.example",
    "&lt;b&gt; \\`x\\` ~~x~~ **b** ${{ github.token }}",
    " ",
    "",
]
MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})


def _bare(text: str, kind: str) -> JSONObject:
    """Return the change of a file that is no plugin and of which there is nothing to say."""
    return {
        "file": text,
        "plugin_id": None,
        "kind": kind,
        "calls": [],
        "fields": {},
        "owners": [],
        "problems": [],
    }


def difference_of(text: str) -> JSONObject:
    """Return a difference in which the author wrote the text wherever an author can."""
    return {
        "base": "0" * 40,
        "changes": [
            {
                "file": f"catalog/plugins/{text}.yaml",
                "plugin_id": text,
                "calls": ["register"],
                "fields": {f"/tags/{text}": {"before": text, "after": {text: [text]}}},
                "owners": [text],
                "renamed": text,
                "template": [{"pointer": f"/{text}", "breaking": True, "message": text}],
                "problems": [
                    {
                        "code": "query",
                        "severity": "error",
                        "file": text,
                        "line": 1,
                        "column": 1,
                        "pointer": text,
                        "message": text,
                        "hint": f"do {text}",
                    }
                ],
            },
            {
                "file": f"catalog/versions/{text}.json",
                "plugin_id": None,
                "kind": "lock",
                "calls": [],
                "fields": {f"/other_tags/{text}": {"before": None, "after": text}},
                "owners": [],
                "problems": [],
                "versions": {
                    "added": [{"tag": text, "digest": text}],
                    "removed": [{"tag": text, "digest": None}],
                    "moved": [{"tag": text, "before": text, "after": None}],
                },
            },
            *(_bare(text, kind) for kind in ("other", "settings", "query", "lock")),
        ],
        "answers": {"added": [text], "changed": [text], "removed": [text]},
        "counts": {text: {text: {"before": 1, "after": 2}}},
        "verdict": {"auto_mergeable": False, "because": [text]},
        "labels": [],
    }


def shape(text: str) -> list[str]:
    """Return what a renderer makes of Markdown, without the words; HTML is shown as it is."""
    found: list[str] = []
    for token in MARKDOWN.parse(text):
        found.append(token.content if token.type == "html_block" else token.type)
        found.extend(
            child.content if child.type == "html_inline" else child.type
            for child in token.children or ()
        )
    return found


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_nothing_of_an_author_survives_but_text(text: str) -> None:
    """R-05: no link, mention, picture or HTML; values make no other output."""
    rendered = difference_comment.render(difference_of(text))
    assert shape(rendered) == shape(difference_comment.render(difference_of(PLAIN)))


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet="`@#<>[]()!*_~\\|\n\r\t &;:/-ax\u2028\u202e", max_size=30))
def test_any_text_is_only_text(text: str) -> None:
    """R-05."""
    rendered = difference_comment.render(difference_of(text))
    assert shape(rendered) == shape(difference_comment.render(difference_of(PLAIN)))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_line_is_a_command_or_holds_a_control(text: str) -> None:
    """R-04, R-06."""
    both = (
        difference_comment.render(difference_of(text)),
        difference_text.render(difference_of(text), unicode=False),
    )
    for rendered in both:
        assert not any(line.lstrip().startswith("::") for line in rendered.splitlines())
        assert not {"\x1b", "\u202e", "\u2028", "\r"} & set(rendered)


def test_a_comment_fits_and_says_when_it_is_cut() -> None:
    value = difference_of("x")
    value["changes"] = [*value["changes"]] * 3000  # type: ignore[misc]
    rendered = difference_comment.render(value)
    assert len(rendered) < 65_536
    assert "…and more" in rendered


def test_the_comment_begins_with_the_mark_by_which_it_is_found_again() -> None:
    assert difference_comment.render(difference_of("x")).startswith(f"{difference_comment.MARK}\n")
