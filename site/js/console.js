// The query console: an editor that completes and says where a query is wrong, the answer as table,
// JSON and chart, the same query for other tools, and a link that holds it. It runs in a worker.
"use strict";
(() => {
  const { read, nearest, lineOf } = globalThis.catalogPlaces;
  const { offers } = globalThis.catalogComplete;
  const { lines } = globalThis.catalogLines;
  const { startWorker } = globalThis.catalogScripts;
  const { counted, number, say, size: shownSize } = globalThis.catalogWords;
  const SVG = "http://www.w3.org/2000/svg";
  const LARGE = 5_000_000;
  const PATIENCE = 5000;
  const MOST_ROWS = 200;
  const MOST_COLUMNS = 24;
  const MOST_BARS = 40;
  const LONGEST = 200_000;
  const ROW = 1.875;
  const PLUGIN_ID = /^[a-z][a-z0-9-]{0,63}$/;
  const byId = (id) => document.getElementById(id);
  const box = byId("console");
  const editor = byId("query");
  const under = box.querySelector(".under");
  const wrong = byId("wrong");
  const menu = byId("offers");
  const summary = byId("summary");
  const picker = byId("example");
  const told = JSON.parse(byId("told").textContent);
  const root = new URL(box.dataset.root, location.href);
  const known = { fields: [], operators: told.operators, accumulators: told.accumulators };
  const kind = () => box.querySelector("input[name=kind]:checked").value;

  function make(tag, given, ...parts) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
    element.append(...parts);
    return element;
  }

  // ---- The worker

  let worker = null;
  let last = 0;
  /** @type {Map<number, {resolve: (value: object) => void, timer: number}>} */
  const waiting = new Map();

  function started() {
    if (worker) return worker;
    worker = startWorker(box.dataset.worker, { type: "module" });
    worker.addEventListener("message", ({ data }) => {
      const one = waiting.get(data.number);
      waiting.delete(data.number);
      clearTimeout(one?.timer);
      one?.resolve(data);
    });
    worker.addEventListener("error", () => ended(say("no_engine")));
    loading = null;
    return worker;
  }

  /** Ends the worker; whatever was asked of it fails with the message. */
  function ended(message) {
    worker?.terminate();
    worker = null;
    for (const one of waiting.values()) {
      clearTimeout(one.timer);
      one.resolve({ failed: { code: "", pointer: "", hint: "", message } });
    }
    waiting.clear();
  }

  /** @param {object} question @param {number} [patience] Milliseconds; none: for ever. */
  function send(question, patience) {
    return new Promise((resolve) => {
      last += 1;
      const timer = patience
        ? setTimeout(() => ended(say("stopped", { seconds: patience / 1000 })), patience)
        : 0;
      waiting.set(last, { resolve, timer });
      started().postMessage({ ...question, number: last });
    });
  }

  /** @type {Promise<object> | null} */
  let loading = null;
  let agreed = told.size <= LARGE;

  function loaded() {
    started();
    loading ??= send({ load: new URL(told.all, root).href });
    return loading;
  }

  // ---- Asking

  async function run() {
    close();
    const text = editor.value;
    const { value, places, wrong: broken } = read(text);
    if (broken) {
      complain(broken.text, [broken.from, broken.to]);
      return;
    }
    if (location.protocol === "file:") {
      complain(say("console_needs_server"));
      return;
    }
    if (!agreed) {
      askFirst();
      return;
    }
    remember();
    summary.textContent = "…";
    const list = await loaded();
    if (list.failed) {
      loading = null;
      complain(say("list_failed", { why: list.failed.message }));
      return;
    }
    known.fields = list.fields;
    const { now, repository_id: repositoryId, examples } = told;
    const asked = kind();
    const found = await send(
      {
        kind: asked,
        query: text,
        now,
        repositoryId,
        examples: examples.map((each) => ({ ...each, request: { query: queryOf(each) } })),
      },
      PATIENCE,
    );
    if (found.failed) {
      const { code, message, pointer, hint } = found.failed;
      const place = code ? nearest(places, pointer.replace(/^\/query/, "")) : undefined;
      complain([code, code ? ": " : "", message, hint ? ` (${hint})` : ""].join(""), place);
      return;
    }
    complain("");
    const answer = JSON.parse(found.answer);
    const rows = Array.isArray(answer.results) ? answer.results : [];
    const whole = answer.total_count === undefined || answer.total_count === rows.length;
    const many = whole
      ? counted("count_rows", rows.length)
      : say("rows_of", {
          number: number(rows.length),
          rows: counted("count_rows", answer.total_count),
        });
    summary.textContent = say("asked", {
      rows: many,
      time: found.ms < 1 ? say("under_one") : Math.round(found.ms),
      now,
    });
    show(asked, answer, rows);
    showLines(asked, value, found.path);
  }

  /** Takes the answer of the query before away: beside an error it would be taken for this one's. */
  function cleared() {
    summary.textContent = "";
    byId("table").replaceChildren(make("p", { class: "none" }, say("run_first")));
    for (const each of ["json", "chart", "lines"]) byId(each).replaceChildren();
    byId("as-chart").hidden = true;
    turn(byId("as-table"));
  }

  function askFirst() {
    const size = shownSize(told.size);
    const button = make(
      "button",
      { class: "button small", type: "button" },
      say("load_and_run", { size }),
    );
    button.addEventListener("click", () => {
      agreed = true;
      run();
    });
    wrong.replaceChildren(say("list_has", { size }), " ", button);
  }

  /** @param {string} text @param {[number, number]} [place] */
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
      say("line_column", { line, column }),
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

  /** The query of an example; the request's other fields become conditions, as they are when asked. */
  function queryOf({ request }) {
    const { query = {}, ...fields } = request;
    const own = Object.entries(fields)
      .filter(([, value]) => value)
      .map(([key, value]) => ({ key, value, operator: "eq" }));
    return own.length > 0 ? { ...query, filter: [...(query.filter ?? []), ...own] } : query;
  }

  function choose(example) {
    write(example.kind, JSON.stringify(queryOf(example), null, 2));
  }

  function write(asked, text) {
    for (const each of box.querySelectorAll("input[name=kind]"))
      each.checked = each.value === asked;
    editor.value = text;
    complain("");
    close();
  }

  function remember() {
    history.replaceState(null, "", `#${kind()}:${encodeURIComponent(editor.value)}`);
  }

  /** What the address holds: a query, or the name of one of the catalog's. */
  function fromAddress() {
    const [, asked, text] = /^#(list|stat):(.*)$/s.exec(location.hash) ?? [];
    const [, name] = /^#name=([a-z0-9-]+)$/.exec(location.hash) ?? [];
    const example = told.examples.find((each) => each.name && each.name === name);
    if (asked) {
      try {
        write(asked, decodeURIComponent(text).slice(0, LONGEST));
      } catch {
        return false; // A broken address is no query.
      }
      return true;
    }
    if (example) choose(example);
    return example !== undefined;
  }

  // ---- The answer

  const cell = (value) =>
    value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);

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
    const open = box.querySelector("[role=tab][aria-selected=true]");
    turn(
      drawn && open.id === "as-table"
        ? byId("as-chart")
        : open.hidden || (!drawn && open.id === "as-chart")
          ? byId("as-table")
          : open,
    );
  }

  function table(rows) {
    if (rows.length === 0) return make("p", { class: "none" }, say("no_rows"));
    const objects = rows.every(
      (row) => typeof row === "object" && row !== null && !Array.isArray(row),
    );
    const keys = objects
      ? [...new Set(rows.slice(0, MOST_ROWS).flatMap((row) => Object.keys(row)))].slice(
          0,
          MOST_COLUMNS,
        )
      : ["value"];
    const line = (row) =>
      make("tr", {}, ...keys.map((key) => make("td", {}, content(key, objects ? row[key] : row))));
    const body = make("tbody", {}, ...rows.slice(0, MOST_ROWS).map(line));
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

  function content(key, value) {
    const text = cell(value);
    const shown = make("bdi", {}, text.length > 300 ? `${text.slice(0, 300)}…` : text);
    if (key === "plugin_id" && PLUGIN_ID.test(text))
      return make("a", { href: new URL(`plugins/${text}/`, root).href }, shown);
    return shown;
  }

  /** Bars, when each row is one value and one number. */
  function chart(rows) {
    const keys = Object.keys(rows[0] ?? {});
    if (keys.length !== 2) return null;
    const measure = keys.find((key) => rows.every((row) => typeof row?.[key] === "number"));
    const named = keys.find((key) => key !== measure);
    if (!measure || !named) return null;
    const shown = rows.slice(0, MOST_BARS);
    const most = Math.max(...shown.map((row) => row[measure]), 0) || 1;
    const svg = document.createElementNS(SVG, "svg");
    const name = `${measure} by ${named}: ${shown
      .slice(0, 3)
      .map((row) => `${cell(row[named])} ${row[measure]}`)
      .join(", ")}`;
    for (const [key, value] of Object.entries({
      role: "img",
      "aria-label": name,
      width: "100%",
      height: `${shown.length * ROW}em`,
    }))
      svg.setAttribute(key, value);
    shown.forEach((row, n) => {
      for (const [css, width] of [
        ["track", "100%"],
        ["bar c0", `${(100 * Math.max(0, row[measure])) / most}%`],
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
    const items = shown.map((row) =>
      make(
        "li",
        {},
        make(
          "span",
          {},
          make("bdi", {}, row[named] === null ? say("no_value", { key: named }) : cell(row[named])),
        ),
        make("b", {}, number(row[measure])),
      ),
    );
    return make("div", { class: "chart" }, make("ul", {}, ...items), svg);
  }

  function showLines(asked, query, path) {
    const made = lines({ kind: asked, query, base: told.base_url, path, all: told.all });
    byId("lines").replaceChildren(
      ...made.map(([id, title, text]) => {
        const code = make("code", {}, text);
        const copy = make(
          "button",
          { class: "button small", type: "button" },
          say("copy"),
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

  async function copied(text, button) {
    const before = [...button.childNodes];
    let said = say("copied");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      said = say("select_it");
    }
    button.replaceChildren(said);
    setTimeout(() => button.replaceChildren(...before), 1500);
  }

  const tabs = [...box.querySelectorAll("[role=tab]")];
  function turn(chosen) {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = !on;
    }
  }

  // ---- Completion

  let chosen = -1;
  let offered = { from: 0, prefix: "", quoted: false, words: [] };

  function close() {
    menu.hidden = true;
    menu.replaceChildren();
    chosen = -1;
    editor.removeAttribute("aria-activedescendant");
  }

  function open({ asked = false } = {}) {
    const at = editor.selectionStart;
    offered =
      at === editor.selectionEnd ? offers(kind(), editor.value.slice(0, at), known) : { words: [] };
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

  function mark(n) {
    menu.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = (n + menu.children.length) % menu.children.length;
    menu.children[chosen].setAttribute("aria-selected", "true");
    menu.children[chosen].scrollIntoView({ block: "nearest" });
    editor.setAttribute("aria-activedescendant", `offer-${chosen}`);
  }

  function take(word) {
    const at = editor.selectionStart;
    const rest = editor.value.slice(at);
    // The rest of a half-written word goes, its closing quote stays.
    const tail = offered.quoted ? (/^[\w.]*"?/.exec(rest)?.[0] ?? "") : "";
    const text = `${offered.quoted ? "" : '"'}${word}"`;
    editor.setRangeText(text, offered.from, at + tail.length, "end");
    close();
    complain("");
  }

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
    remember();
    copied(location.href, byId("share"));
  });
  byId("views").addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) turn(tab);
  });
  byId("views").addEventListener("keydown", (event) => {
    const shown = tabs.filter((tab) => !tab.hidden);
    const at = shown.indexOf(document.activeElement);
    const to =
      shown[
        (at + ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0) + shown.length) % shown.length
      ];
    if (!["ArrowRight", "ArrowLeft"].includes(event.key) || !to) return;
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
