"""Add a script to the published pages that reloads them and shows problems."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from catalogctl.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem
    from catalogctl.serve.preview import PreviewState

_HEAD = (
    b'<link rel="stylesheet" href="/_preview/preview.css">'
    b'<script src="/_preview/reload.js" defer></script>'
    b'<script src="/_preview/suggestions.js" defer></script>'
)
_END = b"</head>"
MOST_SHOWN = 50


def with_reload(page: bytes) -> bytes:
    """Return a page with the preview's scripts, and the style of what they show."""
    return page.replace(_END, _HEAD + _END, 1)


def described(state: PreviewState) -> JSONObject:
    """Return a state in the form that the page's script reads."""
    is_broken = state.error or any(each.severity is Severity.ERROR for each in state.problems)
    return {
        "attempt": state.attempt,
        "edition": state.edition,
        "error": state.error,
        "note": "The page below is that of the last good build." if is_broken else "",
        "problems": [_problem(each) for each in state.problems[:MOST_SHOWN]],
        "more": max(0, len(state.problems) - MOST_SHOWN),
    }


def suggested(problems: Iterable[Problem]) -> list[dict[str, JSON]]:
    """Return the suggestions for a plugin in the form that the script of its page reads."""
    return [_problem(each) for each in problems]


def nothing_yet(state: PreviewState) -> str:
    """Return the page that is shown until a catalog could be built once."""
    items = [f"<li class=error><p>{escape(state.error)}</p></li>"] if state.error else []
    items += [_item(_problem(each)) for each in state.problems[:MOST_SHOWN]]
    title, content = "No preview yet", "<p>The first build is under way.</p>"
    if items:
        title = "Nothing could be built yet"
        content = f'<section class="preview-problems"><ul>{"".join(items)}</ul></section>'
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body class="preview-alone"><h1>{title}</h1>{content}</body></html>\n'
    )


def _problem(problem: Problem) -> dict[str, JSON]:
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "place": f"{problem.file}:{problem.line}:{problem.column}",
        "message": problem.message,
        "hint": problem.hint,
    }


def _item(problem: Mapping[str, JSON]) -> str:
    """Return a problem as a list item, in the same form as the page's script."""
    texts = {name: escape(str(value)) for name, value in problem.items()}
    hint = f'<p class="hint">{texts["hint"]}</p>' if texts["hint"] else ""
    kind = f'<span class="preview-kind">{texts["severity"]}[{texts["code"]}]</span>'
    return (
        f'<li class="{texts["severity"]}"><code class="place">{texts["place"]}</code>'
        f"<p>{kind} {texts['message']}</p>{hint}</li>"
    )
