"""What a preview adds to the published pages: a script that reloads them and shows problems."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogctl.serve.preview import State

_SCRIPT = b'<script src="/_preview/reload.js" defer></script>'
_END = b"</head>"

RELOAD = """\
"use strict";
(async () => {
  let attempt = "";
  let edition = null;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const show = (state) => {
    document.getElementById("preview-problems")?.remove();
    const lines = state.problems.map(
      (each) => `${each.severity}[${each.code}] ${each.place}: ${each.message}`);
    if (state.error) lines.unshift(state.error);
    if (!lines.length) return;
    const box = document.createElement("section");
    box.id = "preview-problems";
    box.setAttribute("role", "status");
    const title = document.createElement("h2");
    title.textContent = "Problems in the catalog";
    const list = document.createElement("ul");
    for (const line of lines.slice(0, 50)) {
      const item = document.createElement("li");
      item.textContent = line;
      list.append(item);
    }
    box.append(title, list);
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
    """Return a page with the script that keeps it fresh."""
    return page.replace(_END, _SCRIPT + _END, 1)


def nothing_yet(state: State) -> str:
    """Return the page that stands for a catalog which could not be built even once."""
    lines = [f"{each.file}:{each.line}:{each.column}: {each.message}" for each in state.problems]
    if state.error:
        lines.insert(0, state.error)
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    what = f"<ul>{items}</ul>" if items else "<p>The first build is under way.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<title>No preview yet</title></head>"
        f"<body><h1>Nothing could be built yet</h1>{what}</body></html>\n"
    )
