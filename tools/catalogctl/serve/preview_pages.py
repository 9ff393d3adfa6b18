"""What a preview adds to the published pages: a script that reloads them and shows problems."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from catalogctl.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem
    from catalogctl.serve.preview import PreviewState

_HEAD = (
    b'<link rel="stylesheet" href="/_preview/preview.css">'
    b'<script src="/_preview/reload.js" defer></script>'
)
_END = b"</head>"
MOST_SHOWN = 50

STYLE = """\
.preview-problems {
  color-scheme: light dark; box-sizing: border-box; margin: 1rem auto; padding: 1rem 1.25rem;
  inline-size: min(70rem, 100% - 2rem);
  border: 1px solid light-dark(#a1261d, #ff9f95); border-inline-start-width: .4rem;
  border-radius: 10px;
  background: light-dark(#fbe8e6, #3a1815); color: light-dark(#111b21, #edf3f5);
  font: .9375rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
:root[data-theme="light"] .preview-problems { color-scheme: light; }
:root[data-theme="dark"] .preview-problems { color-scheme: dark; }
.preview-problems h2 { margin: 0 0 .5rem; font-size: 1.125rem; }
.preview-problems ul { margin: 0; padding: 0; list-style: none; }
.preview-problems li {
  padding-block: .5rem; border-block-start: 1px solid light-dark(#a1261d66, #ff9f9566);
}
.preview-problems li > * { display: block; margin: 0; }
.preview-problems .place { font-family: ui-monospace, monospace; font-size: .8125rem; }
.preview-problems .preview-kind { font-weight: 650; color: light-dark(#a1261d, #ff9f95); }
.preview-problems .warning .preview-kind { color: light-dark(#744700, #f1c271); }
.preview-problems .hint::before { content: "help: "; font-weight: 650; }
body.preview-alone {
  color-scheme: light dark; margin: 0 1rem; font: 1rem/1.5 system-ui, sans-serif;
}
"""

RELOAD = """\
"use strict";
(async () => {
  let attempt = "";
  let edition = null;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const make = (tag, name, ...parts) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...parts);
    return element;
  };
  const item = (each) => make("li", each.severity,
    make("code", "place", each.place),
    make("p", "",
      make("span", "preview-kind", `${each.severity}[${each.code}]`), ` ${each.message}`),
    ...(each.hint ? [make("p", "hint", each.hint)] : []));
  const show = (state) => {
    document.querySelector(".preview-problems")?.remove();
    const items = state.problems.map(item);
    if (state.error) items.unshift(make("li", "error", make("p", "", state.error)));
    if (!items.length) return;
    if (state.more) items.push(make("li", "", `and ${state.more} more: catalogctl validate`));
    const box = make("section", "preview-problems",
      make("h2", "", "Problems in the catalog"), make("p", "", state.note),
      make("ul", "", ...items));
    box.setAttribute("role", "status");
    document.body.prepend(box);
  };
  for (;;) {
    try {
      const answer = await fetch(`/_preview/state.json?${attempt}`, { cache: "no-store" });
      const state = await answer.json();
      attempt = String(state.attempt);
      if (edition !== null && state.edition !== edition) location.reload();
      edition = state.edition;
      show(state);
    } catch {
      await pause(2000);
    }
  }
})();
"""


def with_reload(page: bytes) -> bytes:
    """Return a page with the script that keeps it fresh, and the style of what it shows."""
    return page.replace(_END, _HEAD + _END, 1)


def described(state: PreviewState) -> JSONObject:
    """Return a state as the page's script reads it."""
    stands = "The page below is that of the last good build." if _is_broken(state) else ""
    return {
        "attempt": state.attempt,
        "edition": state.edition,
        "error": state.error,
        "note": stands,
        "problems": [_problem(each) for each in state.problems[:MOST_SHOWN]],
        "more": max(0, len(state.problems) - MOST_SHOWN),
    }


def nothing_yet(state: PreviewState) -> str:
    """Return the page that stands for a catalog which could not be built even once."""
    shown = [f"<li class=error><p>{escape(state.error)}</p></li>"] if state.error else []
    shown += [_item(_problem(each)) for each in state.problems[:MOST_SHOWN]]
    title, what = "No preview yet", "<p>The first build is under way.</p>"
    if shown:
        title = "Nothing could be built yet"
        what = f'<section class="preview-problems"><ul>{"".join(shown)}</ul></section>'
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body class="preview-alone"><h1>{title}</h1>{what}</body></html>\n'
    )


def _is_broken(state: PreviewState) -> bool:
    return bool(state.error) or any(each.severity is Severity.ERROR for each in state.problems)


def _problem(problem: Problem) -> dict[str, JSON]:
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "place": f"{problem.file}:{problem.line}:{problem.column}",
        "message": problem.message,
        "hint": problem.hint,
    }


def _item(problem: Mapping[str, JSON]) -> str:
    """Return a problem as the item of a list, as the page's script makes it."""
    texts = {name: escape(str(value)) for name, value in problem.items()}
    hint = f'<p class="hint">{texts["hint"]}</p>' if texts["hint"] else ""
    kind = f'<span class="preview-kind">{texts["severity"]}[{texts["code"]}]</span>'
    return (
        f'<li class="{texts["severity"]}"><code class="place">{texts["place"]}</code>'
        f"<p>{kind} {texts['message']}</p>{hint}</li>"
    )
