// The search of the home page: the query is kept in the address, the index is fetched on first use,
// and results replace the page's own list. Values are only inserted as text.
"use strict";
(() => {
  /**
   * @typedef {Map<string, Set<string>>} Chosen  Values by field.
   * @typedef {Omit<SearchQuestion, "chosen" | "size"> & {chosen: Chosen}} State
   * @typedef {{list: Element, boxes: Map<string, Box>, open: boolean, more: HTMLElement, link: HTMLElement | null}} Group
   * @typedef {{item: HTMLElement, tick: HTMLInputElement, figure: HTMLElement}} Box  Of a word.
   */
  const { Source, Term } = globalThis.catalogSearch;
  const { row } = globalThis.catalogRows;
  const { ages } = globalThis.catalogDates;
  const { element, elements, make } = globalThis.catalogElements;
  const { startWorker } = globalThis.catalogScripts;
  const { counted, number: shown, parts: inParts, t } = globalThis.catalogWords;
  const IN_WORKER = 5000;
  const SHOWN_VALUES = 8;
  const QUIET = 500;
  const NAMES = new Map([
    ["service_type", "service_type"],
    ["provider", "provider"],
    ["labels", "label"],
    ["state", "state"],
    ["registry_type", "registry_type"],
    ["repository", "repository"],
  ]);
  const TITLES = new Map([
    ["service_type", t("service_type")],
    ["provider", t("provider")],
    ["labels", t("label")],
    ["state", t("state")],
    ["registry_type", t("registry_type")],
    ["repository", t("repository")],
  ]);
  const SORTS = new Set(["name", "updated", "newest"]);
  /** Display texts of API values, by field and value; facets and answers add others. */
  const SHOWN = new Map([
    ["state ENABLED", t("enabled")],
    ["state DISABLED", t("disabled")],
    ["state DEPRECATED", t("deprecated")],
  ]);
  const page = document.documentElement;
  if (!document.getElementById("q") || !page.classList.contains("js")) return;
  const field = element("#q", HTMLInputElement);
  const sort = element("#sort", HTMLSelectElement);
  const [count, said, chips, note, found, pages, listed, facets, fold, chosenCount] = [
    "#count",
    "#said",
    "#chips",
    "#note",
    "#found",
    "#found-pages",
    "#listed",
    "#facets",
    ".fold",
    "#chosen",
  ].map((selector) => element(selector, HTMLElement));
  const ownCount = count.textContent;
  count.tabIndex = -1; // Takes the focus of controls that are no longer there.
  const size = Number(found.dataset.size);
  const root = new URL(page.dataset.root || "./", location.href);
  const fromDisk = location.protocol === "file:";
  const slashKey = element(".big kbd", HTMLElement);
  const clear = make("button", { class: "clear", type: "button", "aria-label": t("clear_search") });
  clear.append(make("span", { "aria-hidden": "true" }, "✕"));
  clear.hidden = true;
  clear.addEventListener("click", () => {
    clearQuery();
    field.focus();
  });
  field.after(clear);

  // ---- The query and its address

  /** The chosen values of a field. @param {Chosen} chosen @param {string} name */
  const valuesOf = (chosen, name) => chosen.get(name) ?? new Set();

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
      for (const value of valuesOf(asked.chosen, name)) given.append(short, value);
    if (asked.sort) given.set("sort", asked.sort);
    if (number > 1) given.set("page", String(number));
    const text = given.toString();
    return location.pathname + (text ? `?${text}` : "");
  }

  /** @param {State} asked */
  const isAsked = (asked) =>
    asked.q.trim() !== "" ||
    asked.sort !== "" ||
    asked.page > 1 ||
    [...asked.chosen.values()].some((values) => values.size > 0);
  let state = read();

  /** @param {Partial<State>} change_ @param {{push?: boolean}} how */
  function change(change_, { push = false } = {}) {
    state = { ...state, page: 1, ...change_ };
    entered = false;
    if (!fromDisk) history[push ? "pushState" : "replaceState"](null, "", address(state));
    show();
  }

  // ---- The index

  /** @type {SearchSource | null} */
  let source = null;

  /** Closes the source; the next question opens a new one. */
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

  /** @returns {Worker | null} */
  function started() {
    try {
      return startWorker(found.dataset.scan ?? "");
    } catch {
      return null;
    }
  }

  /** The same in a worker, or null if the browser has none. @returns {SearchSource | null} */
  function inWorker() {
    /** @type {Map<number, {resolve: (found: SearchAnswer) => void, reject: (why: Error) => void}>} */
    const waiting = new Map();
    const worker = started();
    if (!worker) return null;
    worker.addEventListener("message", (/** @type {MessageEvent<SearchReply>} */ { data }) => {
      if (data.number === undefined) {
        told(data.loaded, data.total, data.failed);
        return;
      }
      const one = waiting.get(data.number);
      waiting.delete(data.number);
      if (data.error === undefined) one?.resolve(data.found);
      else one?.reject(new Error(data.error));
    });
    /** @param {SearchMessage} message */
    const send = (message) => worker.postMessage(message);
    send({ root: root.href });
    let last = 0;
    /** @type {SearchSource} */
    const made = {
      end: () => worker.terminate(),
      ask: (question) =>
        new Promise((resolve, reject) => {
          last += 1;
          waiting.set(last, { resolve, reject });
          send({ number: last, question });
        }),
    };
    worker.addEventListener("error", () => {
      for (const { reject } of waiting.values()) reject(new Error("the worker failed"));
      waiting.clear();
      if (source === made) closed(); // It may have failed before there was a question.
    });
    return made;
  }

  let loaded = 0;
  let partly = false;
  /** @type {SearchProgress} */
  function told(now, _total, failed) {
    partly = failed === true;
    if (now === loaded && !partly) return;
    const first = loaded === 0;
    loaded = now;
    if (!first) show();
  }

  // ---- Showing

  let speaking = 0;
  /** @param {string} words Announced once, after a short time without changes. */
  function announce(words) {
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      said.textContent = words;
    }, QUIET);
  }

  /** @param {boolean} on Whether results replace the page's own list. */
  function turn(on) {
    found.hidden = !on;
    listed.hidden = on;
    if (!on) {
      pages.hidden = true;
      count.textContent = ownCount;
    }
    page.classList.remove("asking");
  }

  const best = new Option(t("best_match"), "");
  /** «Best match» is only offered with a query; without one, plugins are sorted by name. */
  function showSort() {
    if (state.q.trim() !== "") sort.prepend(best);
    else best.remove();
    sort.value = state.sort || (best.isConnected ? "" : "name");
    clear.hidden = field.value === "";
    slashKey.hidden = !clear.hidden;
  }

  let asking = 0;
  let answered = 0;
  /** Whether Enter waits for the answer to what was typed. */
  let entered = false;
  async function show() {
    if (document.activeElement !== field) field.value = state.q;
    showSort();
    const asked = state;
    const wanted = isAsked(asked);
    if (!wanted) {
      turn(false);
      page.classList.remove("searched");
      note.hidden = true;
      announce("");
      if (!source) {
        showChips(asked.chosen);
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
    answered = number;
    showFacets(answer);
    showChips(answer.chosen.map(([name, values]) => [name, values.map(([value]) => value)]));
    showSheet(answer.count);
    if (!wanted) return;
    showNote(asked, answer);
    showRows(asked, answer);
    turn(true);
    if (entered && document.activeElement === field) enter();
    entered = false;
  }

  function failed() {
    closed();
    turn(false);
    answered = asking;
    entered = false;
    const again = make("button", { class: "button small", type: "button" }, t("try_again"));
    again.addEventListener("click", () => {
      note.hidden = true;
      field.focus();
      show();
    });
    note.replaceChildren(
      ...(fromDisk ? [t("search_needs_server")] : [t("list_not_loaded"), " ", again]),
    );
    note.hidden = false;
    announce(note.textContent ?? "");
  }

  /** @param {State} asked @param {SearchAnswer} answer */
  function showNote(asked, answer) {
    /** @type {(Node | string)[]} */
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
        count.focus();
        change({ literal: true }, { push: true });
      });
      const results = words.flatMap((word, n) => [
        n > 0 ? ", " : "",
        make("b", {}, make("bdi", {}, word)),
      ]);
      parts.push(...inParts("showing_results", { words: results, link: literal }));
    }
    if (partly) parts.push(" ", t("some_not_loaded"));
    note.replaceChildren(...parts);
    note.hidden = parts.length === 0;
  }

  /** @param {State} asked @param {SearchAnswer} answer */
  function showRows(asked, answer) {
    const many = t("found_of", {
      plugins: counted("count_plugins", answer.count),
      total: shown(answer.total),
    });
    const loading = answer.loaded < answer.total && !partly;
    count.textContent = loading ? t("still_loading", { found: many }) : many;
    announce(answer.count === 0 && !loading ? t("nothing_found") : (count.textContent ?? ""));
    const terms = answer.terms.map((term) => new Term(term));
    const focused = found.contains(document.activeElement) ? document.activeElement : null;
    found.replaceChildren(
      ...(answer.count > 0
        ? answer.rows.map((plugin) => row(plugin, root, terms))
        : nothing(asked, answer)),
      ...outside(asked, answer),
    );
    ages(found);
    if (focused instanceof HTMLAnchorElement) {
      const same = elements("a", HTMLAnchorElement, found).find((a) => a.href === focused.href);
      (same ?? count).focus({ preventScroll: true });
    }
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

  /** @param {number} number @param {number} last @returns {(number | null)[]} The page links; null is a gap. */
  function offered(number, last) {
    const near = [...new Set([1, last, number - 2, number - 1, number, number + 1, number + 2])]
      .filter((n) => n >= 1 && n <= last)
      .sort((a, b) => a - b);
    return near.flatMap((n, place) => (place > 0 && n - near[place - 1] > 1 ? [null, n] : [n]));
  }

  /** @param {State} asked @param {number | null} n @param {number} number */
  function pageLink(asked, n, number) {
    if (n === null) return make("span", { "aria-hidden": "true" }, "…");
    const link = make(
      "a",
      { href: address(asked, n), ...(n === number && { "aria-current": "page" }) },
      String(n),
    );
    link.addEventListener("click", (event) => {
      event.preventDefault();
      change({ page: n }, { push: true });
      count.focus({ preventScroll: true });
      count.scrollIntoView({ block: "start" });
    });
    return link;
  }

  /** What to do where nothing was found. @param {State} asked @param {SearchAnswer} answer */
  function nothing(asked, answer) {
    const clear = make(
      "button",
      { class: "button primary", type: "button" },
      t("show_all_plugins", { plugins: counted("count_plugins", answer.total) }),
    );
    clear.addEventListener("click", () => {
      clearAll();
      field.focus();
    });
    const what = asked.q.trim()
      ? inParts("nothing_matches", { query: make("b", {}, make("bdi", {}, asked.q.trim())) })
      : [t("nothing_has_all")];
    const fewer = asked.q.trim() ? t("try_fewer") : t("remove_a_filter");
    const next = answer.near.length > 0 ? t("nearest") : fewer;
    const acts = make("p", { class: "acts" }, clear);
    if (found.dataset.add) {
      const add = { class: "button", href: found.dataset.add };
      acts.append(make("a", add, t("add_a_plugin")));
    }
    return [
      make("div", { class: "empty" }, make("h3", {}, ...what), make("p", {}, next)),
      make("div", {}, ...answer.near.map((plugin) => row(plugin, root))),
      make("div", { class: "empty" }, acts),
    ];
  }

  /** What the query finds outside the filters. @param {State} asked @param {SearchAnswer} answer */
  function outside(asked, answer) {
    const { count: others, rows } = answer.outside;
    if (others === 0) return [];
    const links = rows.flatMap((plugin, n) => {
      const href = new URL(`plugins/${encodeURIComponent(plugin.id)}/`, root).href;
      const link = make("a", { href }, make("bdi", {}, plugin.name));
      const off = plugin.state === "ENABLED" ? [] : [` (${t("disabled")})`];
      return [n > 0 ? ", " : "", link, ...off];
    });
    const query = make("bdi", {}, asked.q.trim());
    const said = inParts("more_outside", { plugins: counted("count_more", others), query, links });
    return [make("p", { class: "note" }, make("span", {}, ...said))];
  }

  function clearQuery() {
    field.value = "";
    change({ q: "", literal: false }, { push: true });
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

  /** The word of a value. @param {string} name @param {string} value */
  const wordOf = (name, value) => SHOWN.get(`${name} ${value}`) ?? value;

  /** A button for each word, not for each value. @param {Iterable<[string, Iterable<string>]>} chosen */
  function showChips(chosen) {
    const buttons = [...chosen].flatMap(([name, values]) => {
      const words = new Map([...values].map((value) => [wordOf(name, value), value]));
      return [...words].map(([text, value]) => {
        const button = make(
          "button",
          { class: "chip", type: "button" },
          `${TITLES.get(name) ?? ""}: `,
          make("bdi", {}, text),
          make("span", { "aria-hidden": "true" }, " ✕"),
          make("span", { class: "vh" }, ` ${t("remove")}`),
        );
        button.addEventListener("click", () => choose(name, value, false));
        return button;
      });
    });
    chosenCount.textContent = buttons.length > 0 ? ` · ${buttons.length}` : "";
    if (buttons.length > 0) {
      const all = make("button", { class: "plain-link", type: "button" }, t("clear_all"));
      all.addEventListener("click", clearAll);
      buttons.push(all);
    }
    const at = [...chips.children].findIndex((chip) => chip.matches(":focus"));
    chips.replaceChildren(...buttons);
    chips.hidden = buttons.length === 0;
    // The next one takes the focus of a removed one.
    if (at >= 0) (buttons[Math.min(at, buttons.length - 1)] ?? field).focus();
  }

  // ---- Facets: the page's links become checkboxes

  /** @type {Map<string, Group>} */
  const groups = new Map();
  const sheet = make("button", { class: "button primary show", type: "button" });

  /** The last button of the filters on a phone. @param {number} number */
  function showSheet(number) {
    sheet.textContent = t("show_plugins", { plugins: counted("count_plugins", number) });
  }

  /** @param {string} name @param {string} value @param {string} text @param {string} [number] @returns {Box} */
  function box(name, value, text, number = "") {
    const tick = make("input", { type: "checkbox" });
    tick.checked = [...valuesOf(state.chosen, name)].some((each) => wordOf(name, each) === text);
    tick.addEventListener("change", () => choose(name, value, tick.checked));
    const figure = make("b", {}, number);
    const label = make("label", {}, tick, make("span", { dir: "auto" }, text), figure);
    return { item: make("li", {}, label), tick, figure };
  }

  /** @param {string} name @param {string} value @param {boolean} on */
  function choose(name, value, on) {
    const word = wordOf(name, value);
    const others = [...valuesOf(state.chosen, name)].filter((each) => wordOf(name, each) !== word);
    const values = new Set(on ? [...others, value] : others);
    change({ chosen: new Map(state.chosen).set(name, values) }, { push: true });
  }

  function boxesForLinks() {
    for (const section of facets.querySelectorAll("section")) {
      const name = section.dataset.field ?? "";
      const heading = element("h2", HTMLElement, section);
      heading.id = `by-${name}`;
      heading.tabIndex = -1;
      section.setAttribute("role", "group");
      section.setAttribute("aria-labelledby", heading.id);
      const list = section.querySelector("ul");
      if (!list) continue;
      /** @type {Map<string, Box>} */
      const boxes = new Map();
      for (const link of list.querySelectorAll("a")) {
        const [text, number] = [...link.children].map((each) => each.textContent ?? "");
        const value = link.dataset.value ?? text;
        SHOWN.set(`${name} ${value}`, text);
        const made = box(name, value, text, number);
        boxes.set(text, made);
        link.parentElement?.replaceWith(made.item);
      }
      const more = make("button", { class: "plain-link all", type: "button" });
      const [link = null] = elements(".all", HTMLElement, section);
      /** @type {Group} */
      const group = { list, boxes, open: false, more, link };
      more.addEventListener("click", () => {
        group.open = !group.open;
        show();
      });
      groups.set(name, group);
    }
    showSheet(Number(found.dataset.count));
    sheet.addEventListener("click", () => {
      fold.click();
      count.focus({ preventScroll: true });
      count.scrollIntoView({ block: "start" });
    });
    facets.append(sheet);
  }

  /** @param {SearchAnswer} answer */
  function showFacets(answer) {
    const focused = document.activeElement;
    const heading = focused?.closest("#facets section")?.querySelector("h2");
    for (const [name, values, number] of answer.facets) {
      const group = groups.get(name);
      if (!group) continue;
      const chosen = new Set(new Map(answer.chosen).get(name)?.map(([, word]) => word));
      const items = values
        .filter(([, word], n) => group.open || n < SHOWN_VALUES || chosen.has(word))
        .map(([value, word, plugins]) => {
          const text = SHOWN.get(`${name} ${value}`) ?? word;
          SHOWN.set(`${name} ${value}`, text);
          const one = group.boxes.get(text) ?? box(name, value, text);
          group.boxes.set(text, one);
          one.tick.checked = chosen.has(word);
          one.figure.textContent = shown(plugins);
          return one.item;
        });
      group.list.replaceChildren(...items);
      if (group.list.parentElement) {
        group.list.parentElement.hidden = items.length < 2 && chosen.size === 0;
      }
      // The page of all values has those that the search does not name.
      if (group.link) group.link.hidden = number <= values.length;
      if (values.length > SHOWN_VALUES && !group.more.isConnected) group.list.after(group.more);
      group.more.hidden = values.length <= SHOWN_VALUES;
      group.more.textContent = group.open
        ? t("show_fewer")
        : number > values.length
          ? t("show_first", { number: shown(values.length) })
          : t("show_all", { number: shown(values.length) });
    }
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus();
    else heading?.focus(); // That of a value beyond the first ones.
  }

  // ---- Keyboard

  /** The links of the plugins that are shown. */
  const links = () => elements("h3 a", HTMLElement, found.hidden ? listed : found);

  /** Opens the only result, or goes to the first one. */
  function enter() {
    const [first, ...others] = links();
    if (others.length === 0 && !found.hidden) first?.click();
    else first?.focus();
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target === field;
    const shownLinks = links();
    const at = shownLinks.findIndex((link) => link.matches(":focus"));
    if (event.key === "Escape") {
      if (inField) {
        if (field.value) clearQuery();
        else field.blur();
      } else if (at >= 0 || !found.hidden) field.focus();
      else return;
    } else if (event.key === "Enter" && inField) {
      if (isAsked(state) && answered !== asking) entered = true;
      else enter();
    } else if (
      (inField && event.key === "ArrowDown") ||
      (at >= 0 && ["ArrowDown", "ArrowRight"].includes(event.key))
    ) {
      shownLinks[Math.min(at + 1, shownLinks.length - 1)]?.focus();
    } else if (at >= 0 && ["ArrowUp", "ArrowLeft"].includes(event.key)) {
      (at === 0 ? field : shownLinks[at - 1]).focus();
    } else return;
    event.preventDefault();
  }

  // On a page from disk the links stay, because the pages of their values need no index.
  if (fromDisk) facets.classList.add("links");
  else {
    boxesForLinks();
    field.addEventListener("focus", () => opened().first?.catch(() => {}), { once: true });
  }
  field.addEventListener("input", () => change({ q: field.value, literal: false }));
  sort.addEventListener("change", () => {
    const isUsual = sort.value === "name" && state.q.trim() === "";
    change({ sort: isUsual ? "" : sort.value }, { push: true });
  });
  fold.addEventListener("click", () =>
    fold.setAttribute("aria-expanded", String(facets.classList.toggle("open"))),
  );
  document.addEventListener("keydown", walk);
  field.form?.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("popstate", () => {
    state = read();
    entered = false;
    field.value = state.q;
    show();
  });
  if (isAsked(state)) show();
  else page.classList.remove("asking", "searched");
})();
