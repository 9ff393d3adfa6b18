// Added to each page by `catalogctl serve`: tells a plugin's author on its page what it lacks.
"use strict";

/** @typedef {{code: string, place: string, message: string, hint: string}} Suggestion */
(async () => {
  const found = /\/plugins\/([a-z][a-z0-9-]*)\/(?:index\.html)?$/.exec(location.pathname);
  if (!found) return;
  const answer = await fetch(`/_preview/suggestions/${found[1]}`, { cache: "no-store" });
  /** @type {Suggestion[]} */
  const suggestions = answer.ok ? await answer.json() : [];
  if (!suggestions.length) return;
  /** @type {(tag: string, text: string, name?: string) => HTMLElement} */
  const make = (tag, text, name = "") => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.textContent = text;
    return element;
  };
  const list = document.createElement("ul");
  for (const each of suggestions) {
    const item = document.createElement("li");
    item.append(
      make("code", each.place, "place"),
      make("p", each.message),
      make("p", each.hint, "hint"),
    );
    list.append(item);
  }
  const box = make("section", "", "preview-problems suggestions");
  box.append(make("h2", "Suggestions for the author, only in this preview"), list);
  document.body.append(box);
})();
