// The search of the home page: what is asked stands in the address, the index is fetched when the
// search is first used, and results replace the page's own list. Values go in as text only.
"use strict";
(() => {
  /** @typedef {{q: string, literal: boolean, chosen: Map<string, Set<string>>, sort: string, page: number}} State */
  const { Source, Term, plain } = globalThis.catalogSearch;
  const { ages } = globalThis.catalogDates;
  const { startWorker } = globalThis.catalogScripts;
  const { counted, number: shown, parts: inParts, say } = globalThis.catalogWords;
  const IN_WORKER = 5000;
  const SHOWN_VALUES = 8;
  const QUIET = 500;
  const NAMES = new Map([
    ["service_type", "service_type"],
    ["provider", "provider"],
    ["labels", "label"],
    ["state", "state"],
    ["registry_type", "registry_type"],
  ]);
  const SORTS = new Set(["name", "updated", "newest"]);
  /** The API's words that people read otherwise; the page's own facets say what a registry type is here. */
  const SHOWN = new Map([
    ["ENABLED", say("enabled")],
    ["DISABLED", say("disabled")],
  ]);
  const MONTHS = say("months").split(" ");
  const page = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const [field, sort, count, said, chips, note, found, pages, listed, facets, fold, chosenCount] = [
    "q",
    "sort",
    "count",
    "said",
    "chips",
    "note",
    "found",
    "found-pages",
    "listed",
    "facets",
    "",
    "chosen",
  ].map((id) => (id ? byId(id) : document.querySelector(".fold")));
  if (!field || !page.classList.contains("js")) return;
  const ownCount = count.textContent;
  const size = Number(found.dataset.size);
  const root = new URL(page.dataset.root || "./", location.href);
  const fromDisk = location.protocol === "file:";

  /** @param {string} tag @param {Record<string, string>} given @param {...(Node | string)} parts */
  function make(tag, given, ...parts) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
    element.append(...parts);
    return element;
  }

  // ---- What is asked, and the address that says it

  /** @returns {State} */
  function read() {
    const given = new URLSearchParams(location.search);
    const chosen = new Map([...NAMES].map(([name, short]) => [name, new Set(given.getAll(short))]));
    const sorted = given.get("sort") ?? "";
    const number = Number(given.get("page"));
    return {
      q: (given.get("q") ?? "").slice(0, 200),
      literal: given.get("literal") === "1",
      chosen,
      sort: SORTS.has(sorted) ? sorted : "",
      page: Number.isInteger(number) && number > 0 ? number : 1,
    };
  }

  /** @param {State} asked @param {number} [number] @returns {string} */
  function address(asked, number = asked.page) {
    const given = new URLSearchParams();
    if (asked.q.trim()) given.set("q", asked.q.trim());
    if (asked.literal) given.set("literal", "1");
    for (const [name, short] of NAMES)
      for (const value of asked.chosen.get(name)) given.append(short, value);
    if (asked.sort) given.set("sort", asked.sort);
    if (number > 1) given.set("page", String(number));
    const text = given.toString();
    return location.pathname + (text ? `?${text}` : "");
  }

  const isAsked = (asked) =>
    asked.q.trim() !== "" ||
    asked.sort !== "" ||
    asked.page > 1 ||
    [...asked.chosen.values()].some((values) => values.size > 0);
  let state = read();

  /** @param {Partial<State>} change @param {{push?: boolean}} how */
  function change(change_, { push = false } = {}) {
    state = { ...state, page: 1, ...change_ };
    if (!fromDisk) history[push ? "pushState" : "replaceState"](null, "", address(state));
    show();
  }

  // ---- The index

  /** @type {{ask: (question: object) => Promise<object>, end?: () => void} | null} */
  let source = null;

  /** Ends what was asked; the next question starts anew. */
  function closed() {
    source?.end?.();
    source = null;
    loaded = 0;
    partly = false;
  }

  function opened() {
    source ??=
      Number(found.dataset.count) > IN_WORKER
        ? (inWorker() ?? new Source(root, told))
        : new Source(root, told);
    return source;
  }

  /** The same in a worker; null where the browser has none. */
  function inWorker() {
    const waiting = new Map();
    let worker;
    try {
      worker = startWorker(found.dataset.scan);
    } catch {
      return null;
    }
    worker.addEventListener("message", ({ data }) => {
      if (data.number === undefined) {
        told(data.loaded, data.total, data.failed);
        return;
      }
      const [resolve, reject] = waiting.get(data.number);
      waiting.delete(data.number);
      if (data.error) reject(new Error(data.error));
      else resolve(data.found);
    });
    worker.addEventListener("error", () => {
      for (const [, reject] of waiting.values()) reject(new Error("the worker failed"));
      waiting.clear();
    });
    worker.postMessage({ root: root.href });
    let last = 0;
    return {
      end: () => worker.terminate(),
      ask: (question) =>
        new Promise((resolve, reject) => {
          last += 1;
          waiting.set(last, [resolve, reject]);
          worker.postMessage({ number: last, question });
        }),
    };
  }

  let loaded = 0;
  let partly = false;
  function told(now, _total, failed) {
    partly = failed === true;
    if (now === loaded && !partly) return;
    const first = loaded === 0;
    loaded = now;
    if (!first) show();
  }

  // ---- Showing

  let speaking = 0;
  /** @param {string} words Said once, when nothing has changed for a while. */
  function announce(words) {
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      said.textContent = words;
    }, QUIET);
  }

  /** @param {boolean} on Results in place of the page's own list. */
  function turn(on) {
    found.hidden = !on;
    listed.hidden = on;
    if (!on) {
      pages.hidden = true;
      count.textContent = ownCount;
    }
    page.classList.remove("asking");
  }

  let asking = 0;
  async function show() {
    if (document.activeElement !== field) field.value = state.q;
    sort.value = state.sort;
    const asked = state;
    const wanted = isAsked(asked);
    if (!wanted) {
      turn(false);
      note.hidden = true;
      announce("");
      if (!source) {
        showChips(asked, [...asked.chosen]);
        return;
      }
    }
    asking += 1;
    const number = asking;
    let answer;
    try {
      if (fromDisk) throw new Error("a page from disk can fetch nothing");
      answer = await opened().ask({
        ...asked,
        chosen: [...asked.chosen].map(([name, values]) => [name, [...values]]),
        size,
      });
    } catch {
      if (number === asking) failed();
      return;
    }
    if (number !== asking) return;
    showFacets(answer);
    showChips(asked, answer.chosen);
    if (!wanted) return;
    showNote(asked, answer);
    showRows(asked, answer);
    turn(true);
  }

  function failed() {
    closed();
    turn(false);
    const again = make("button", { class: "button small", type: "button" }, say("try_again"));
    again.addEventListener("click", () => {
      note.hidden = true;
      field.focus();
      show();
    });
    note.replaceChildren(
      ...(fromDisk ? [say("search_needs_server")] : [say("list_not_loaded"), " ", again]),
    );
    note.hidden = false;
    announce(note.textContent);
  }

  function showNote(asked, answer) {
    const parts = [];
    if (answer.corrected.length > 0) {
      const words = answer.corrected.flatMap(([, nearest]) => nearest.slice(0, 3));
      const literal = make(
        "a",
        { href: address({ ...asked, literal: true }, 1) },
        make("bdi", {}, asked.q.trim()),
      );
      literal.addEventListener("click", (event) => {
        event.preventDefault();
        change({ literal: true }, { push: true });
      });
      const results = words.flatMap((word, n) => [
        n > 0 ? ", " : "",
        make("b", {}, make("bdi", {}, word)),
      ]);
      parts.push(...inParts("showing_results", { words: results, link: literal }));
    }
    if (partly) parts.push(" ", say("some_not_loaded"));
    note.replaceChildren(...parts);
    note.hidden = parts.length === 0;
  }

  function showRows(asked, answer) {
    const many = say("found_of", {
      plugins: counted("count_plugins", answer.count),
      total: shown(answer.total),
    });
    count.textContent =
      answer.loaded < answer.total && !partly ? say("still_loading", { found: many }) : many;
    announce(answer.count === 0 ? say("nothing_found") : count.textContent);
    const terms = answer.terms.map((term) => new Term(term));
    found.classList.toggle("grid", answer.count > 0);
    found.replaceChildren(
      ...(answer.count > 0 ? answer.rows.map((row) => card(row, terms)) : [nothing(asked)]),
    );
    ages(found);
    const last = Math.ceil(answer.count / size);
    pages.hidden = last < 2;
    pages.replaceChildren(
      make(
        "ul",
        {},
        ...offered(answer.page, last).map((n) => make("li", {}, pageLink(asked, n, answer.page))),
      ),
    );
  }

  /** @returns {(number | null)[]} The pages to offer; null is a gap. */
  function offered(number, last) {
    const near = [...new Set([1, last, number - 2, number - 1, number, number + 1, number + 2])]
      .filter((n) => n >= 1 && n <= last)
      .sort((a, b) => a - b);
    return near.flatMap((n, place) => (place > 0 && n - near[place - 1] > 1 ? [null, n] : [n]));
  }

  function pageLink(asked, n, number) {
    if (n === null) return make("span", { "aria-hidden": "true" }, "…");
    const link = make(
      "a",
      { href: address(asked, n), ...(n === number ? { "aria-current": "page" } : {}) },
      String(n),
    );
    link.addEventListener("click", (event) => {
      event.preventDefault();
      change({ page: n }, { push: true });
      count.scrollIntoView({ block: "start" });
    });
    return link;
  }

  function nothing(asked) {
    const clear = make("button", { class: "button primary", type: "button" }, say("clear_search"));
    clear.addEventListener("click", () => {
      clearAll();
      field.focus();
    });
    const what = asked.q.trim()
      ? inParts("nothing_matches", { query: make("b", {}, make("bdi", {}, asked.q.trim())) })
      : [say("nothing_has_all")];
    const add = found.dataset.add
      ? [
          " ",
          make(
            "a",
            { class: "button", href: found.dataset.add, rel: "noopener" },
            say("add_a_plugin"),
          ),
        ]
      : [];
    return make(
      "div",
      { class: "empty" },
      make("h3", {}, ...what),
      make("p", {}, say("try_fewer")),
      make("p", {}, clear, ...add),
    );
  }

  function clearAll() {
    field.value = "";
    change(
      {
        q: "",
        literal: false,
        sort: "",
        chosen: new Map([...NAMES.keys()].map((name) => [name, new Set()])),
      },
      { push: true },
    );
  }

  function showChips(_asked, chosen) {
    const buttons = chosen.flatMap(([name, values]) =>
      [...values].map((value) => {
        const text = SHOWN.get(value) ?? value;
        const button = make(
          "button",
          { class: "chip", type: "button" },
          make("bdi", {}, text),
          make("span", { "aria-hidden": "true" }, " ✕"),
          make("span", { class: "vh" }, ` ${say("remove")}`),
        );
        button.addEventListener("click", () => choose(name, value, false));
        return button;
      }),
    );
    chosenCount.textContent = buttons.length > 0 ? ` (${buttons.length})` : "";
    if (buttons.length > 0) {
      const all = make("button", { class: "plain-link", type: "button" }, say("clear_all"));
      all.addEventListener("click", clearAll);
      buttons.push(all);
    }
    chips.replaceChildren(...buttons);
    chips.hidden = buttons.length === 0;
  }

  // ---- Cards

  const WORD = /[\p{L}\p{N}]/u;
  function letters(name) {
    return (
      name
        .split(/\s+/)
        .map((word) => word.match(WORD)?.[0] ?? "")
        .filter(Boolean)
        .slice(0, 2)
        .join("")
        .toUpperCase() || "·"
    );
  }

  /** @param {number} days Since 1970. */
  function time(days) {
    const date = new Date(days * 86_400_000);
    const text = say("day", {
      day: date.getUTCDate(),
      month: MONTHS[date.getUTCMonth()],
      year: date.getUTCFullYear(),
    });
    return make("time", { datetime: date.toISOString().slice(0, 10) }, text);
  }

  /** A text with the terms in <mark>. @param {string} text @param {object[]} terms @returns {(Node | string)[]} */
  function marked(text, terms) {
    // One place of the plain text for each of its letters, for one letter may become several.
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
    const hits = [];
    for (const term of terms) {
      for (const [from, end] of term.placesIn(flat)) {
        let to = end;
        while (to < flat.length && places[to] === places[to - 1]) to += 1;
        hits.push([places[from], places[to]]);
      }
    }
    hits.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
    const parts = [];
    let done = 0;
    for (const [from, to] of hits) {
      if (from < done) continue;
      parts.push(text.slice(done, from), make("mark", {}, text.slice(from, to)));
      done = to;
    }
    return [...parts, text.slice(done)];
  }

  function card(row, terms) {
    const enabled = row.state === "ENABLED";
    const avatar = make(
      "span",
      { class: `av c${row.colour}`, "aria-hidden": "true" },
      letters(row.name),
    );
    if (row.icon) {
      const picture = make("img", {
        alt: "",
        width: "44",
        height: "44",
        loading: "lazy",
        decoding: "async",
        referrerpolicy: "no-referrer",
      });
      picture.addEventListener("error", () => picture.remove());
      picture.src = row.icon;
      avatar.append(picture);
    }
    const link = make(
      "a",
      { href: new URL(`plugins/${encodeURIComponent(row.id)}/`, root).href },
      make("bdi", {}, ...marked(row.name, terms)),
    );
    const hits = row.labels.filter((label) =>
      terms.some((term) => term.placesIn(plain(label)).length > 0),
    );
    const labels = [...new Set([...hits, ...row.labels])].slice(0, 3);
    const states = [
      ...(enabled ? [] : [say("disabled")]),
      ...(row.deprecated ? [say("deprecated")] : []),
    ];
    const text = row.text
      ? make("p", { dir: "auto" }, ...marked(row.text, terms))
      : make("p", { class: "none" }, say("no_description"));
    const fact = (name, ...parts) => [make("dt", { class: "vh" }, name), make("dd", {}, ...parts)];
    return make(
      "article",
      { class: enabled ? "card" : "card disabled" },
      avatar,
      make("h3", {}, link),
      make("code", {}, ...marked(row.id, terms)),
      text,
      make(
        "ul",
        {},
        ...states.map((word) => make("li", {}, make("b", {}, word))),
        ...labels.map((label) => make("li", { dir: "auto" }, ...marked(label, terms))),
      ),
      make(
        "dl",
        {},
        ...fact(
          say("service_type"),
          make("span", { class: `dot c${row.colour}` }),
          make("bdi", {}, row.service_type),
        ),
        ...fact(say("version"), row.version ? make("b", {}, row.version) : say("no_version")),
        ...fact(say("provider"), make("bdi", {}, row.provider || say("no_provider"))),
        ...fact(say("updated"), time(row.updated)),
      ),
    );
  }

  // ---- Facets: the links of the page become boxes to tick

  /** @type {Map<string, {list: Element, boxes: Map<string, Element>, open: boolean, more: Element}>} */
  const groups = new Map();

  function box(name, value, text) {
    const tick = make("input", { type: "checkbox" });
    tick.checked = state.chosen.get(name).has(value);
    tick.addEventListener("change", () => choose(name, value, tick.checked));
    return make(
      "li",
      {},
      make("label", {}, tick, make("span", { dir: "auto" }, text), make("b", {}, "")),
    );
  }

  function choose(name, value, on) {
    const chosen = new Map([...state.chosen].map(([each, values]) => [each, new Set(values)]));
    if (on) chosen.get(name).add(value);
    else chosen.get(name).delete(value);
    change({ chosen }, { push: true });
  }

  function boxesForLinks() {
    for (const section of facets.querySelectorAll("section")) {
      const name = section.dataset.field;
      const heading = section.querySelector("h2");
      heading.id = `by-${name}`;
      section.setAttribute("role", "group");
      section.setAttribute("aria-labelledby", heading.id);
      const list = section.querySelector("ul");
      if (!list) continue;
      const boxes = new Map();
      for (const link of list.querySelectorAll("a")) {
        const [text, number] = link.children;
        const value = link.dataset.value ?? text.textContent;
        SHOWN.set(value, text.textContent);
        const item = box(name, value, text.textContent);
        item.querySelector("b").textContent = number.textContent;
        boxes.set(value, item);
        link.parentElement.replaceWith(item);
      }
      const more = make("button", { class: "plain-link all", type: "button" });
      more.addEventListener("click", () => {
        groups.get(name).open = !groups.get(name).open;
        show();
      });
      groups.set(name, { list, boxes, open: false, more, link: section.querySelector(".all") });
    }
  }

  function showFacets(answer) {
    const focused = document.activeElement;
    for (const [name, values] of answer.facets) {
      const group = groups.get(name);
      if (!group) continue;
      const chosen = new Set(new Map(answer.chosen).get(name));
      const items = values
        .filter(([value], n) => group.open || n < SHOWN_VALUES || chosen.has(value))
        .map(([value, number]) => {
          if (!group.boxes.has(value))
            group.boxes.set(value, box(name, value, SHOWN.get(value) ?? value));
          const item = group.boxes.get(value);
          item.querySelector("input").checked = chosen.has(value);
          item.querySelector("b").textContent = shown(number);
          return item;
        });
      group.list.replaceChildren(...items);
      group.list.parentElement.hidden = items.length === 0;
      group.link?.replaceWith(group.more);
      group.link = null;
      if (values.length > SHOWN_VALUES && !group.more.isConnected) group.list.after(group.more);
      group.more.hidden = values.length <= SHOWN_VALUES;
      group.more.textContent = group.open
        ? say("show_fewer")
        : say("show_all", { number: shown(values.length) });
    }
    if (focused?.isConnected && focused !== document.activeElement) focused.focus();
  }

  // ---- Keys

  function walk(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target === field;
    const links = [...document.querySelectorAll(found.hidden ? "#listed h3 a" : "#found h3 a")];
    const at = links.indexOf(event.target);
    if (event.key === "Escape") {
      if (inField) {
        if (field.value) clearAll();
        else field.blur();
      } else if (at >= 0 || !found.hidden) field.focus();
      else return;
    } else if (event.key === "Enter" && inField) {
      if (links.length === 1 && !found.hidden) links[0].click();
      else links[0]?.focus();
    } else if (
      (inField && event.key === "ArrowDown") ||
      (at >= 0 && ["ArrowDown", "ArrowRight"].includes(event.key))
    ) {
      links[Math.min(at + 1, links.length - 1)]?.focus();
    } else if (at >= 0 && ["ArrowUp", "ArrowLeft"].includes(event.key)) {
      (at === 0 ? field : links[at - 1]).focus();
    } else return;
    event.preventDefault();
  }

  // From disk the links stay: they lead to the pages of their values, which need no index.
  if (fromDisk) facets.classList.add("links");
  else {
    boxesForLinks();
    field.addEventListener("focus", () => opened().first?.catch(() => {}), { once: true });
  }
  field.addEventListener("input", () => change({ q: field.value, literal: false }));
  sort.addEventListener("change", () => change({ sort: sort.value }, { push: true }));
  fold.addEventListener("click", () =>
    fold.setAttribute("aria-expanded", String(facets.classList.toggle("open"))),
  );
  document.addEventListener("keydown", walk);
  document
    .querySelector("form.search")
    .addEventListener("submit", (event) => event.preventDefault());
  addEventListener("popstate", () => {
    state = read();
    field.value = state.q;
    show();
  });
  if (isAsked(state)) show();
  else page.classList.remove("asking");
})();
