// Added to each page by `catalogctl serve`: reloads the page and shows the catalog's problems.
"use strict";

/**
 * @typedef {{severity: string, code: string, place: string, message: string, hint: string}} Problem
 * @typedef {{attempt: number, edition: number, error: string, note: string, problems: Problem[],
 *   more: number}} State
 */
(async () => {
  let attempt = "";
  /** @type {number | null} */
  let edition = null;
  /** @param {number} ms */
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  /** @type {(tag: string, name: string, ...parts: (Node | string)[]) => HTMLElement} */
  const make = (tag, name, ...parts) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...parts);
    return element;
  };
  /** @param {Problem} each */
  const item = (each) =>
    make(
      "li",
      each.severity,
      make("code", "place", each.place),
      make(
        "p",
        "",
        make("span", "preview-kind", `${each.severity}[${each.code}]`),
        ` ${each.message}`,
      ),
      ...(each.hint ? [make("p", "hint", each.hint)] : []),
    );
  /** @param {State} state */
  const show = (state) => {
    document.querySelector(".preview-problems")?.remove();
    const items = state.problems.map(item);
    if (state.error) items.unshift(make("li", "error", make("p", "", state.error)));
    if (!items.length) return;
    if (state.more) items.push(make("li", "", `and ${state.more} more: catalogctl validate`));
    const box = make(
      "section",
      "preview-problems",
      make("h2", "", "Problems in the catalog"),
      make("p", "", state.note),
      make("ul", "", ...items),
    );
    box.setAttribute("role", "status");
    document.body.prepend(box);
  };
  for (;;) {
    try {
      const answer = await fetch(`/_preview/state.json?${attempt}`, { cache: "no-store" });
      /** @type {State} */
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
