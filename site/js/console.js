// The query console: an editor with completion and error positions, the answer as table, JSON and
// chart, the same query for other tools, and a link to it. Queries run in a worker.
"use strict";
(() => {
  const { offers } = globalThis.catalogComplete;
  const { element, elements, make } = globalThis.catalogElements;
  const { lines } = globalThis.catalogLines;
  const { startWorker } = globalThis.catalogScripts;
  const { counted, number, t, size: shownSize } = globalThis.catalogWords;
  const SVG = "http://www.w3.org/2000/svg";
  const LARGE = 5_000_000;
  const PATIENCE = 5000;
  const MOST_ROWS = 200;
  const MOST_COLUMNS = 24;
  const MOST_BARS = 40;
  const LONGEST = 200_000;
  const ROW = 1.875;
  const PLUGIN_ID = /^[a-z][a-z0-9-]{0,63}$/;
  /** @param {string} id */
  const byId = (id) => element(`#${id}`, HTMLElement);
  const box = byId("console");
  const editor = element("#query", HTMLTextAreaElement);
  const under = element(".under", HTMLElement, box);
  const wrong = byId("wrong");
  const menu = byId("offers");
  const summary = byId("summary");
  const picker = element("#example", HTMLSelectElement);
  const kinds = elements("input[name=kind]", HTMLInputElement, box);
  /** @type {ConsoleValues} */
  const told = JSON.parse(byId("told").textContent ?? "");
  const root = new URL(box.dataset.root ?? "", location.href);
  /** @type {KnownWords} */
  const known = { fields: [], operators: told.operators, accumulators: told.accumulators };
  /** @returns {QueryKind} */
  const kind = () =>
    kinds.some((each) => each.checked && each.value === "stat") ? "stat" : "list";
  /** @param {unknown} value @returns {value is JsonObject} */
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  // ---- The worker

  /** @type {Worker | null} */
  let worker = null;
  let last = 0;
  /** @type {Map<number, {resolve: (reply: QueryReply) => void, timer: number}>} */
  const waiting = new Map();

  function started() {
    if (worker) return worker;
    worker = startWorker(box.dataset.worker ?? "", { type: "module" });
    worker.addEventListener(
      "message",
      (/** @type {MessageEvent<QueryReply & {number: number}>} */ { data }) => {
        const one = waiting.get(data.number);
        waiting.delete(data.number);
        clearTimeout(one?.timer);
        one?.resolve(data);
      },
    );
    worker.addEventListener("error", () => ended(t("no_engine")));
    loading = null;
    return worker;
  }

  /** Ends the worker; its pending tasks fail with the message. @param {string} message */
  function ended(message) {
    worker?.terminate();
    worker = null;
    for (const one of waiting.values()) {
      clearTimeout(one.timer);
      one.resolve({ failed: { code: "", hint: "", message } });
    }
    waiting.clear();
  }

  /**
   * @param {QueryTask} task @param {number} [patience] Timeout in milliseconds; default: none.
   * @returns {Promise<QueryReply>}
   */
  function send(task, patience) {
    return new Promise((resolve) => {
      last += 1;
      const timer = patience
        ? setTimeout(() => ended(t("stopped", { seconds: patience / 1000 })), patience)
        : 0;
      waiting.set(last, { resolve, timer });
      started().postMessage({ ...task, number: last });
    });
  }

  /** @type {Promise<QueryReply> | null} */
  let loading = null;
  /** @type {Promise<PublishedIndex> | null} */
  let reading = null;
  let agreed = false;

  /** What `index.json` says of this build: its time, and the size of the list of all plugins. */
  function published() {
    reading ??= fetch(new URL(told.index, root)).then((answer) => {
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      return answer.json();
    });
    return reading;
  }

  function loaded() {
    started();
    loading ??= send({ load: root.href });
    return loading;
  }

  // ---- Running queries

  async function run() {
    close();
    if (location.protocol === "file:") {
      complain(t("console_needs_server"));
      return;
    }
    const [asked, text] = [kind(), editor.value];
    const { failed: broken } = await send({ read: text });
    if (broken) {
      complain(broken.message, broken.place);
      return;
    }
    const index = await published().catch((/** @type {Error} */ error) => {
      reading = null;
      complain(t("list_failed", { why: error.message }));
    });
    if (!index) return;
    const { now } = index;
    const { all } = index.lists;
    const size = (all.parts ?? [all]).reduce((sum, file) => sum + file.size, 0);
    if (!agreed && size > LARGE) {
      askFirst(size);
      return;
    }
    remember(asked, text);
    summary.textContent = "…";
    const list = await loaded();
    if (list.failed) {
      loading = null;
      complain(t("list_failed", { why: list.failed.message }));
      return;
    }
    known.fields = list.loaded?.fields ?? [];
    const { repository_id: repositoryId } = told;
    const examples = told.examples.map((each) => ({ ...each, request: { query: queryOf(each) } }));
    const reply = await send({ kind: asked, text, now, repositoryId, examples }, PATIENCE);
    if (reply.failed) {
      const { code, message, hint, place } = reply.failed;
      complain([code, code ? ": " : "", message, hint ? ` (${hint})` : ""].join(""), place);
    } else if (reply.answered) showAnswer(asked, reply.answered, now);
  }

  /** @param {QueryKind} asked @param {QueryAnswered} found @param {string} now */
  function showAnswer(asked, found, now) {
    complain("");
    /** @type {{results?: unknown[], total_count?: number}} */
    const answer = JSON.parse(found.answer);
    const rows = Array.isArray(answer.results) ? answer.results : [];
    const total = answer.total_count ?? rows.length;
    const all = counted("count_rows", total);
    const many =
      total === rows.length ? all : t("rows_of", { number: number(rows.length), rows: all });
    summary.textContent = t("asked", {
      rows: many,
      time: found.ms < 1 ? t("under_one") : Math.round(found.ms),
      now,
    });
    show(asked, answer, rows);
    showLines(asked, found.query, found.path);
  }

  /** Removes the previous answer, which next to an error would look like that of this query. */
  function cleared() {
    summary.textContent = "";
    byId("table").replaceChildren(make("p", { class: "none" }, t("run_first")));
    for (const each of ["json", "chart", "lines"]) byId(each).replaceChildren();
    byId("as-chart").hidden = true;
    turn(byId("as-table"));
  }

  /** @param {number} bytes */
  function askFirst(bytes) {
    const size = shownSize(bytes);
    const button = make(
      "button",
      { class: "button small", type: "button" },
      t("load_and_run", { size }),
    );
    button.addEventListener("click", () => {
      agreed = true;
      run();
    });
    wrong.replaceChildren(t("list_has", { size }), " ", button);
  }

  /** Line and column, counted from 1. @param {string} text @param {number} at */
  function lineOf(text, at) {
    const before = text.slice(0, at).split("\n");
    return { line: before.length, column: [...(before.at(-1) ?? "")].length + 1 };
  }

  /** @param {string} text @param {TextRange} [place] */
  function complain(text, place) {
    editor.setAttribute("aria-invalid", String(text !== ""));
    if (!text) {
      wrong.replaceChildren();
      under.replaceChildren();
      return;
    }
    cleared();
    if (!place) {
      wrong.replaceChildren(text);
      under.replaceChildren();
      return;
    }
    const { line, column } = lineOf(editor.value, place[0]);
    const go = make(
      "button",
      { class: "plain-link", type: "button" },
      t("line_column", { line, column }),
    );
    go.addEventListener("click", () => {
      editor.focus();
      editor.setSelectionRange(...place);
    });
    wrong.replaceChildren(go, `: ${text}`);
    const end = Math.max(place[1], place[0] + 1);
    under.replaceChildren(
      editor.value.slice(0, place[0]),
      make("mark", {}, editor.value.slice(place[0], end) || " "),
      `${editor.value.slice(end)}\n`,
    );
    under.scrollTop = editor.scrollTop;
  }

  // ---- Examples and the address

  /**
   * The query of an example; the request's other fields become conditions, as when it is run.
   * @param {QueryExample} example
   */
  function queryOf({ request }) {
    const { query = {}, ...fields } = request;
    const own = Object.entries(fields)
      .filter(([, value]) => value)
      .map(([key, value]) => ({ key, value, operator: "eq" }));
    if (own.length === 0) return query;
    const filter = Array.isArray(query.filter) ? query.filter : [];
    return { ...query, filter: [...filter, ...own] };
  }

  /** @param {QueryExample} example */
  function choose(example) {
    write(example.kind, JSON.stringify(queryOf(example), null, 2));
  }

  /** @param {string} asked @param {string} text */
  function write(asked, text) {
    for (const each of kinds) each.checked = each.value === asked;
    editor.value = text;
    complain("");
    close();
  }

  /** @param {QueryKind} asked @param {string} text */
  function remember(asked, text) {
    history.replaceState(null, "", `#${asked}:${encodeURIComponent(text)}`);
  }

  /** Loads the query in the address, or the catalog's query that it names. */
  function fromAddress() {
    const [, asked, text] = /^#(list|stat):(.*)$/s.exec(location.hash) ?? [];
    const [, name] = /^#name=([a-z0-9-]+)$/.exec(location.hash) ?? [];
    const example = told.examples.find((each) => each.name && each.name === name);
    if (asked) {
      try {
        write(asked, decodeURIComponent(text).slice(0, LONGEST));
      } catch {
        return false; // A broken address contains no query.
      }
      return true;
    }
    if (example) choose(example);
    return example !== undefined;
  }

  // ---- The answer

  /** @param {unknown} value */
  const cell = (value) =>
    value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

  /** @param {QueryKind} asked @param {object} answer @param {unknown[]} rows */
  function show(asked, answer, rows) {
    byId("table").replaceChildren(table(rows));
    const text = JSON.stringify(answer, null, 2);
    const code = make("code", {}, text.length > LONGEST ? `${text.slice(0, LONGEST)}\n…` : text);
    byId("json").replaceChildren(
      make("div", { class: "code" }, make("pre", { tabindex: "0" }, code)),
    );
    const drawn = asked === "stat" ? chart(rows) : null;
    byId("chart").replaceChildren(...(drawn ? [drawn] : []));
    byId("as-chart").hidden = !drawn;
    const open = element("[role=tab][aria-selected=true]", HTMLElement, box);
    turn(
      drawn && open.id === "as-table"
        ? byId("as-chart")
        : open.hidden || (!drawn && open.id === "as-chart")
          ? byId("as-table")
          : open,
    );
  }

  /** @param {unknown[]} rows */
  function table(rows) {
    if (rows.length === 0) return make("p", { class: "none" }, t("no_rows"));
    const records = rows.every(isObject) ? rows : rows.map((value) => ({ value }));
    const shown = records.slice(0, MOST_ROWS);
    const names = new Set(shown.flatMap((row) => Object.keys(row)));
    const keys = [...names].slice(0, MOST_COLUMNS);
    /** @param {JsonObject} row */
    const line = (row) =>
      make("tr", {}, ...keys.map((key) => make("td", {}, content(key, row[key]))));
    const body = make("tbody", {}, ...shown.map(line));
    const made = make(
      "table",
      {},
      make(
        "thead",
        {},
        make("tr", {}, ...keys.map((key) => make("th", { scope: "col" }, make("bdi", {}, key)))),
      ),
      body,
    );
    if (rows.length <= MOST_ROWS) return made;
    return make(
      "div",
      {},
      made,
      make("p", { class: "more" }, counted("rest_rows", rows.length - MOST_ROWS)),
    );
  }

  /** @param {string} key @param {unknown} value */
  function content(key, value) {
    const text = cell(value);
    const shown = make("bdi", {}, text.length > 300 ? `${text.slice(0, 300)}…` : text);
    if (key === "plugin_id" && PLUGIN_ID.test(text))
      return make("a", { href: new URL(`plugins/${text}/`, root).href }, shown);
    return shown;
  }

  /** Bars, if each row has one value and one number. @param {unknown[]} rows */
  function chart(rows) {
    if (!rows.every(isObject)) return null;
    const keys = Object.keys(rows[0] ?? {});
    if (keys.length !== 2) return null;
    const measure = keys.find((key) => rows.every((row) => typeof row[key] === "number"));
    const named = keys.find((key) => key !== measure);
    if (!measure || !named) return null;
    const shown = rows.slice(0, MOST_BARS);
    const bars = shown.map((row) => ({ value: row[named], length: Number(row[measure]) }));
    const most = Math.max(...bars.map(({ length }) => length), 0) || 1;
    const svg = document.createElementNS(SVG, "svg");
    const name = `${measure} by ${named}: ${bars
      .slice(0, 3)
      .map(({ value, length }) => `${cell(value)} ${length}`)
      .join(", ")}`;
    for (const [key, value] of Object.entries({
      role: "img",
      "aria-label": name,
      width: "100%",
      height: `${bars.length * ROW}em`,
    }))
      svg.setAttribute(key, value);
    bars.forEach(({ length }, n) => {
      for (const [css, width] of [
        ["track", "100%"],
        ["bar c0", `${(100 * Math.max(0, length)) / most}%`],
      ]) {
        const bar = document.createElementNS(SVG, "rect");
        for (const [key, value] of Object.entries({
          class: css,
          x: "0",
          y: `${n * ROW + 0.5}em`,
          width,
          height: ".875em",
          rx: "4",
        }))
          bar.setAttribute(key, value);
        svg.append(bar);
      }
    });
    const items = bars.map(({ value, length }) => {
      const text = value === null ? t("no_value", { key: named }) : cell(value);
      return make("li", {}, make("span", {}, make("bdi", {}, text)), make("b", {}, number(length)));
    });
    return make("div", { class: "chart" }, make("ul", {}, ...items), svg);
  }

  /** @param {QueryKind} asked @param {unknown} query @param {string} path */
  function showLines(asked, query, path) {
    const made = lines({
      kind: asked,
      query,
      base: told.base_url,
      path,
      all: told.all,
      inParts: told.in_parts,
    });
    byId("lines").replaceChildren(
      ...made.map(([id, title, text]) => {
        const code = make("code", {}, text);
        const copy = make(
          "button",
          { class: "button small", type: "button" },
          t("copy"),
          make("span", { class: "vh" }, ` ${title}`),
        );
        copy.addEventListener("click", () => copied(text, copy));
        return make(
          "section",
          { id },
          make("h3", {}, `${title} `, copy),
          make("div", { class: "code" }, make("pre", { tabindex: "0" }, code)),
        );
      }),
    );
  }

  /** @param {string} text @param {HTMLElement} button */
  async function copied(text, button) {
    const before = [...button.childNodes];
    let said = t("copied");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      said = t("select_it");
    }
    button.replaceChildren(said);
    setTimeout(() => button.replaceChildren(...before), 1500);
  }

  const tabs = elements("[role=tab]", HTMLElement, box);
  /** @param {HTMLElement} chosen */
  function turn(chosen) {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      byId(tab.getAttribute("aria-controls") ?? "").hidden = !on;
    }
  }

  // ---- Completion

  let chosen = -1;
  /** @type {Completions} */
  const NOTHING = { from: 0, prefix: "", quoted: false, words: [] };
  let offered = NOTHING;

  function close() {
    menu.hidden = true;
    menu.replaceChildren();
    chosen = -1;
    editor.removeAttribute("aria-activedescendant");
  }

  function open({ asked = false } = {}) {
    const at = editor.selectionStart;
    offered =
      at === editor.selectionEnd ? offers(kind(), editor.value.slice(0, at), known) : NOTHING;
    if (offered.words.length === 0 || (!offered.quoted && !asked)) {
      close();
      return;
    }
    menu.replaceChildren(
      ...offered.words.map((word, n) => {
        const item = make(
          "li",
          { role: "option", id: `offer-${n}`, "aria-selected": "false" },
          word,
        );
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(word);
        });
        return item;
      }),
    );
    menu.hidden = false;
    mark(0);
  }

  /** @param {number} n */
  function mark(n) {
    menu.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = (n + menu.children.length) % menu.children.length;
    menu.children[chosen].setAttribute("aria-selected", "true");
    menu.children[chosen].scrollIntoView({ block: "nearest" });
    editor.setAttribute("aria-activedescendant", `offer-${chosen}`);
  }

  /** @param {string} word */
  function take(word) {
    const at = editor.selectionStart;
    const rest = editor.value.slice(at);
    // The rest of the partial word is removed, but its closing quote is kept.
    const tail = offered.quoted ? (/^[\w.]*"?/.exec(rest)?.[0] ?? "") : "";
    const text = `${offered.quoted ? "" : '"'}${word}"`;
    editor.setRangeText(text, offered.from, at + tail.length, "end");
    close();
    complain("");
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
    else if (event.key === " " && event.ctrlKey) open({ asked: true });
    else if (menu.hidden) return;
    else if (event.key === "ArrowDown" || (event.key === "ArrowRight" && event.altKey))
      mark(chosen + 1);
    else if (event.key === "ArrowUp") mark(chosen - 1);
    else if (event.key === "Enter" || event.key === "Tab") take(offered.words[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  }

  for (const [n, example] of told.examples.entries())
    picker.append(make("option", { value: String(n) }, `${example.title} (${example.kind})`));
  picker.addEventListener("change", () => {
    if (picker.value === "") return;
    choose(told.examples[Number(picker.value)]);
    run();
  });
  editor.addEventListener("input", () => {
    complain("");
    open();
  });
  editor.addEventListener("keydown", key);
  editor.addEventListener("blur", close);
  editor.addEventListener("scroll", () => {
    under.scrollTop = editor.scrollTop;
  });
  byId("run").addEventListener("click", run);
  byId("share").addEventListener("click", () => {
    remember(kind(), editor.value);
    copied(location.href, byId("share"));
  });
  byId("views").addEventListener("click", (event) => {
    const tab = tabs.find((each) => event.target instanceof Node && each.contains(event.target));
    if (tab) turn(tab);
  });
  byId("views").addEventListener("keydown", (event) => {
    const shown = tabs.filter((tab) => !tab.hidden);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = shown.findIndex((tab) => tab.matches(":focus"));
    const to = shown[(at + step + shown.length) % shown.length];
    if (step === 0 || !to) return;
    event.preventDefault();
    turn(to);
    to.focus();
  });
  addEventListener("hashchange", () => {
    if (fromAddress()) run();
  });
  if (fromAddress()) run();
  else choose(told.examples[0]);
})();
