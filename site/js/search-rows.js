// The row of a plugin, as `row.html` renders it, for the search and the page «not found». Values are
// only inserted as text.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const { plain } = globalThis.catalogSearch;
  const { make } = globalThis.catalogElements;
  const { t } = globalThis.catalogWords;
  const MONTHS = t("months").split(" ");

  /** @param {SearchRow} plugin @param {URL} root */
  function avatar(plugin, root) {
    const look = plugin.state === "ENABLED" ? `av h${plugin.hue}` : "av hx off";
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `#g-${plugin.glyph}`);
    svg.append(use);
    const made = make("span", { class: look, "aria-hidden": "true" });
    made.append(svg);
    if (plugin.icon) made.append(picture(new URL(plugin.icon, root).href));
    return made;
  }

  /** @param {string} address */
  function picture(address) {
    const made = make("img", {
      alt: "",
      width: "44",
      height: "44",
      loading: "lazy",
      decoding: "async",
      referrerpolicy: "no-referrer",
    });
    made.addEventListener("error", () => made.remove());
    made.src = address;
    return made;
  }

  /** @param {number} days Since 1970. */
  function time(days) {
    const date = new Date(days * 86_400_000);
    const text = t("day", {
      day: date.getUTCDate(),
      month: MONTHS[date.getUTCMonth()],
      year: date.getUTCFullYear(),
    });
    return make("time", { datetime: date.toISOString().slice(0, 10) }, text);
  }

  /** A text with the terms in <mark>. @param {string} text @param {SearchTerm[]} terms @returns {(Node | string)[]} */
  function marked(text, terms) {
    const normalized = plain(text);
    if (!terms.some((term) => term.placesIn(normalized).length > 0)) return [text];
    // The original position of each normalized letter, as one letter may become several.
    let flat = "";
    const places = [];
    let at = 0;
    for (const letter of text) {
      const one = plain(letter);
      for (let n = 0; n < one.length; n += 1) places.push(at);
      flat += one;
      at += letter.length;
    }
    places.push(text.length);
    /** @type {[number, number][]} */
    const hits = [];
    for (const term of terms) {
      for (const [from, end] of term.placesIn(flat)) {
        let to = end;
        while (to < flat.length && places[to] === places[to - 1]) to += 1;
        hits.push([places[from], places[to]]);
      }
    }
    hits.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
    /** @type {(Node | string)[]} */
    const parts = [];
    let done = 0;
    for (const [from, to] of hits) {
      if (from < done) continue;
      parts.push(text.slice(done, from), make("mark", {}, text.slice(from, to)));
      done = to;
    }
    return [...parts, text.slice(done)];
  }

  /** @param {SearchRow} plugin @param {URL} root @param {SearchTerm[]} terms */
  function heading(plugin, root, terms) {
    const href = new URL(`plugins/${encodeURIComponent(plugin.id)}/`, root).href;
    const link = make("a", { href }, make("bdi", {}, ...marked(plugin.name, terms)));
    const made = make("h3", {}, link);
    if (plugin.state !== "ENABLED") made.append(" ", make("span", { class: "tag" }, t("disabled")));
    if (plugin.deprecated) made.append(" ", make("span", { class: "tag warn" }, t("deprecated")));
    return made;
  }

  /** The last line; labels are in it if they match. @param {SearchRow} plugin @param {SearchTerm[]} terms */
  function meta(plugin, terms) {
    const hits = plugin.labels.filter((label) =>
      terms.some((term) => term.placesIn(plain(label)).length > 0),
    );
    const made = make("div", { class: "meta" }, make("span", {}, plugin.kind));
    if (plugin.provider) made.append(make("span", {}, plugin.providerWord));
    if (plugin.repository) made.append(make("span", {}, make("bdi", {}, plugin.repository)));
    made.append(make("span", {}, make("code", {}, ...marked(plugin.id, terms))));
    for (const label of hits) made.append(make("span", { dir: "auto" }, ...marked(label, terms)));
    return made;
  }

  /** @param {SearchRow} plugin */
  function version(plugin) {
    const made = make(
      "div",
      { class: "ver" },
      make("span", { class: "vh" }, `${t("newest_version")} `),
      make("code", {}, plugin.version),
    );
    if (plugin.released > 0) made.append(time(plugin.released));
    return made;
  }

  /** @type {typeof catalogRows.row} */
  function row(plugin, root, terms = []) {
    const made = make(
      "article",
      { class: plugin.state === "ENABLED" ? "item" : "item off" },
      avatar(plugin, root),
      heading(plugin, root, terms),
    );
    if (plugin.text) made.append(make("p", { dir: "auto" }, ...marked(plugin.text, terms)));
    made.append(meta(plugin, terms));
    if (plugin.version) made.append(version(plugin));
    return made;
  }

  globalThis.catalogRows = { row };
})();
