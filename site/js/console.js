// The query console: an editor with completion and error positions, the answer as table, JSON and
// chart, the same query for other tools, and a link to it. Queries run in a worker.
"use strict";
(() => {
  const { offers } = globalThis.catalogComplete;
  const { columnsOf, constantsOf, csv, records, table } = globalThis.catalogAnswer;
  const { element, elements, make } = globalThis.catalogElements;
  const { lines } = globalThis.catalogLines;
  const { startWorker } = globalThis.catalogScripts;
  const { counted, number, t, size: shownSize } = globalThis.catalogWords;
  const SVG = "http://www.w3.org/2000/svg";
  const LARGE = 5_000_000;
  const PATIENCE = 5000;
  const MOST_BARS = 40;
  const SMALL = 0.01;
  const MOST_CHIPS = 3;
  const LONGEST = 200_000;
  const EVERY = "*";
  /** @param {string} id */
  const byId = (id) => element(`#${id}`, HTMLElement);
  const box = byId("console");
  const editor = element("#query", HTMLTextAreaElement);
  const under = element(".under", HTMLElement, box);
  const wrong = byId("wrong");
  const menu = byId("offers");
  const summary = byId("summary");
  const heading = byId("answer-title");
  const gutter = byId("gutter");
  const answered = byId("answered");
  const picker = element("#example", HTMLSelectElement);
  /** Chooses the repository; only in a catalog with upstreams. */
  const [chooser] = elements("#repository", HTMLSelectElement, box);
  const kinds = elements("input[name=kind]", HTMLInputElement, box);
  /** @type {ConsoleValues} */
  const told = JSON.parse(byId("told").textContent ?? "");
  /** Those that can be asked, by id. @type {Map<string, Pick<AskedRepository, "all" | "in_parts">>} */
  const repositories = new Map([
    [told.repository_id, told],
    ...(told.repositories ?? []).map((each) => /** @type {const} */ ([each.repository_id, each])),
  ]);
  const root = new URL(box.dataset.root ?? "", location.href);
  /** @type {KnownWords} */
  const known = { fields: [], operators: told.operators, accumulators: told.accumulators };
  /** @returns {QueryKind} */
  const kind = () =>
    kinds.some((each) => each.checked && each.value === "stat") ? "stat" : "list";
  /** The repository that is asked, EVERY for all. */
  const repository = () => chooser?.value ?? told.repository_id;
  /** @param {QueryExample} example */
  const repositoryOf = (example) => example.repository_id ?? told.repository_id;
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
    loading = new Map();
    return worker;
  }

  /** Ends the worker; its pending tasks fail with the message. @param {string} message */
  function ended(message) {
    worker?.terminate();
    worker = null;
    for (const one of waiting.values()) {
      clearTimeout(one.timer);
      one.resolve({ failed: { code: "", hint: "", meant: "", message, ended: true } });
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

  /** What was loaded of which repository, by the worker that runs. */
  let loading = new Map();
  /** @type {Promise<PublishedIndex> | null} */
  let reading = null;
  /** The repositories whose large lists may be loaded. @type {Set<string>} */
  const agreed = new Set();

  /** What `index.json` says of the sizes of the lists. */
  function published() {
    reading ??= fetch(new URL(told.index, root)).then((answer) => {
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      return answer.json();
    });
    return reading;
  }

  /** @param {string} repositoryId @returns {Promise<QueryReply>} */
  function loaded(repositoryId) {
    started();
    const found = loading.get(repositoryId) ?? send({ load: root.href, repositoryId });
    loading.set(repositoryId, found);
    return found;
  }

  /** The size of the list of a repository. @param {PublishedIndex} index @param {string} asked */
  function sizeOf({ lists, repositories = [] }, asked) {
    const other = repositories.find((each) => each.repository_info.repository_id === asked);
    const list = (asked === EVERY ? lists.every : other?.lists.all) ?? lists.all;
    return (list.parts ?? [list]).reduce((sum, file) => sum + file.size, 0);
  }

  // ---- Running queries

  let runs = 0;

  /** Answers the query in the editor, unless another run starts before the answer is there. */
  async function run() {
    close();
    runs += 1;
    const mine = runs;
    // An answer that is still being computed would hold up this one.
    if ([...waiting.values()].some(({ timer }) => timer > 0)) ended("");
    if (location.protocol === "file:") {
      report(t("console_needs_server"));
      return;
    }
    const [asked, text, repositoryId] = [kind(), editor.value, repository()];
    const { failed: broken } = await send({ read: text });
    if (mine !== runs) return;
    if (broken) {
      complain(broken, text);
      return;
    }
    const index = await published().catch((/** @type {Error} */ error) => {
      reading = null;
      if (mine === runs) report(t("list_failed", { why: error.message }));
    });
    if (!index || mine !== runs) return;
    const size = sizeOf(index, repositoryId);
    if (!agreed.has(repositoryId) && size > LARGE) {
      askFirst(size, repositoryId);
      return;
    }
    remember(asked, text, repositoryId);
    summary.textContent = "…";
    const { failed: missing, loaded: list } = await loaded(repositoryId);
    if (!list) loading.delete(repositoryId);
    if (mine !== runs) return;
    if (!list) {
      report(t("list_failed", { why: missing?.message ?? "" }));
      return;
    }
    const { fields, now } = list;
    known.fields = fields;
    const examples = told.examples
      .filter((each) => repositoryOf(each) === repositoryId)
      .map((each) => ({ ...each, request: { query: queryOf(each) } }));
    const reply = await send({ kind: asked, text, now, repositoryId, examples }, PATIENCE);
    if (mine !== runs) return;
    if (reply.failed) complain(reply.failed, text);
    else if (reply.answered) {
      showAnswer(asked, repositoryId, reply.answered, now);
      if (editor.value !== text || kind() !== asked || repository() !== repositoryId) edited();
    }
  }

  /**
   * @param {QueryKind} asked @param {string} repositoryId
   * @param {QueryAnswered} found @param {string} now
   */
  function showAnswer(asked, repositoryId, found, now) {
    settle();
    /** @type {{results?: unknown[], total_count?: number}} */
    const answer = JSON.parse(found.answer);
    const rows = Array.isArray(answer.results) ? answer.results : [];
    const total = answer.total_count ?? rows.length;
    const all = asked === "list" ? counted("count_plugins", total) : counted("count_rows", total);
    shown.isCount = asked === "list" && isObject(found.query) && found.query.count_only === true;
    if (shown.isCount) heading.textContent = t("counted_only", { plugins: all });
    else
      heading.textContent =
        total === rows.length ? all : t("rows_of", { number: number(rows.length), rows: all });
    const time = found.ms < 1 ? t("under_one") : Math.round(found.ms);
    summary.textContent = t("asked", { time, now });
    hideAnswer(false);
    show(asked, answer, found.query);
    showLines(asked, repositoryId, found.query, found.path);
  }

  /** @param {boolean} hidden */
  function hideAnswer(hidden) {
    answered.hidden = hidden;
    byId("tools").hidden = hidden;
  }

  /** Removes the previous answer, which next to an error would look like that of this query. */
  function cleared() {
    hideAnswer(true);
    heading.textContent = t("answer");
    summary.textContent = "";
    for (const each of ["columns", "same", "table", "json", "chart", "lines"])
      byId(each).replaceChildren();
    turn(byId("as-table"));
  }

  /** @param {number} bytes @param {string} repositoryId */
  function askFirst(bytes, repositoryId) {
    const size = shownSize(bytes);
    const button = make(
      "button",
      { class: "button small", type: "button" },
      t("load_and_run", { size }),
    );
    button.addEventListener("click", () => {
      agreed.add(repositoryId);
      editor.focus();
      run();
    });
    wrong.replaceChildren(t("list_has", { size }), " ", button);
    if (answered.hidden) summary.textContent = "";
  }

  /** Line and column, counted from 1. @param {string} text @param {number} at */
  function lineOf(text, at) {
    const before = text.slice(0, at).split("\n");
    return { line: before.length, column: [...(before.at(-1) ?? "")].length + 1 };
  }

  /** Removes what was said about the last query, and its marks. */
  function settle() {
    editor.removeAttribute("aria-invalid");
    wrong.replaceChildren();
    under.replaceChildren();
    drawGutter(0);
    answered.classList.remove("stale");
  }

  /** Says in place of an answer why there is none. @param {string} text */
  function report(text) {
    settle();
    cleared();
    wrong.replaceChildren(make("p", {}, text));
  }

  /**
   * Says what is wrong with a query. If it is still in the editor, marks the place, and offers the
   * word that was meant.
   * @param {QueryFailure} failure @param {string} text
   */
  function complain({ code, hint, meant, message, place, ended: notAsked }, text) {
    report(message);
    if (notAsked) return;
    const title = make("h2", {}, code || t("not_a_query"));
    const told = make("p", {}, message, hint ? ` (${hint})` : "");
    wrong.replaceChildren(title, told);
    if (editor.value !== text) return;
    editor.setAttribute("aria-invalid", "true");
    if (!place) return;
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
    told.prepend(go, ": ");
    if (meant) wrong.append(correction(meant, place));
    const end = Math.max(place[1], place[0] + 1);
    under.replaceChildren(
      editor.value.slice(0, place[0]),
      make("mark", {}, editor.value.slice(place[0], end) || " "),
      `${editor.value.slice(end)}\n`,
    );
    drawGutter(line);
    followEditor();
  }

  /** A button that writes the word that was meant, and runs the query. @param {string} meant @param {TextRange} place */
  function correction(meant, place) {
    const button = make(
      "button",
      { class: "button small", type: "button" },
      t("write_instead"),
      " ",
      make("code", {}, meant),
    );
    button.addEventListener("click", () => {
      editor.setRangeText(JSON.stringify(meant), ...place, "end");
      editor.focus();
      edited();
      run();
    });
    return make("p", {}, button);
  }

  /** The numbers of the lines beside the editor; one of them may be marked. @param {number} marked */
  function drawGutter(marked) {
    const count = editor.value.split("\n").length;
    gutter.replaceChildren(
      ...Array.from({ length: count }, (_, n) =>
        make("li", n + 1 === marked ? { class: "marked" } : {}, String(n + 1)),
      ),
    );
  }

  function followEditor() {
    under.scrollTop = editor.scrollTop;
    under.scrollLeft = editor.scrollLeft;
    gutter.scrollTop = editor.scrollTop;
  }

  /** What is shown is no longer the answer of the text in the editor. */
  function edited() {
    settle();
    answered.classList.toggle("stale", !answered.hidden);
    if (!answered.hidden) summary.textContent = t("stale");
    picker.value = ""; // So that the same example can be chosen again.
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
    // An example without an answer asks whatever repository is chosen.
    const asked = example.path ? repositoryOf(example) : repository();
    write(example.kind, JSON.stringify(queryOf(example), null, 2), asked);
  }

  /** @param {string} asked @param {string} text @param {string} repositoryId */
  function write(asked, text, repositoryId) {
    for (const each of kinds) each.checked = each.value === asked;
    if (chooser && chooser.value !== repositoryId) {
      chooser.value = repositoryId;
      offerExamples();
    }
    editor.value = text;
    edited();
    close();
  }

  /** Offers the examples of the repository that is chosen. */
  function offerExamples() {
    picker.replaceChildren(
      picker.options[0],
      ...[...told.examples.entries()]
        .filter(([, each]) => !each.path || repositoryOf(each) === repository())
        .map(([n, each]) => make("option", { value: String(n) }, `${each.title} (${each.kind})`)),
    );
  }

  /** @param {QueryKind} asked @param {string} text @param {string} repositoryId */
  function remember(asked, text, repositoryId) {
    const place = repositoryId === told.repository_id ? "" : `@${encodeURIComponent(repositoryId)}`;
    history.replaceState(null, "", `#${asked}${place}:${encodeURIComponent(text)}`);
  }

  /** Loads the query in the address, or the catalog's query that it names. */
  function fromAddress() {
    const [, asked, place, text] = /^#(list|stat)(?:@([^:]*))?:(.*)$/s.exec(location.hash) ?? [];
    const [, name] = /^#name=([a-z0-9-]+)$/.exec(location.hash) ?? [];
    const example = told.examples.find((each) => each.name && each.name === name);
    if (asked) {
      try {
        const repositoryId = place ? decodeURIComponent(place) : told.repository_id;
        if (!repositories.has(repositoryId)) return false;
        write(asked, decodeURIComponent(text).slice(0, LONGEST), repositoryId);
      } catch {
        return false; // A broken address contains no query.
      }
      return true;
    }
    if (example) choose(example);
    return example !== undefined;
  }

  // ---- The answer

  /** The answer that is shown: its rows, and what the table makes of them. */
  const shown = {
    text: "",
    /** @type {JsonObject[]} */
    rows: [],
    /** @type {string[]} */
    columns: [],
    /** @type {string[]} */
    offered: [],
    /** @type {TableView} */
    view: { root, sorted: null },
    isCount: false,
  };

  /** @param {unknown} value */
  const cell = (value) => (typeof value === "string" ? value : JSON.stringify(value));

  /** @param {QueryKind} asked @param {{results?: unknown[]}} answer @param {unknown} query */
  function show(asked, answer, query) {
    const { only, sort } = isObject(query) ? query : { only: [], sort: null };
    const rows = records(Array.isArray(answer.results) ? answer.results : []);
    const paths = Array.isArray(only) ? only.map(String) : [];
    const { chosen, others } = columnsOf(asked, paths, rows);
    const same = asked === "list" ? constantsOf(rows, chosen) : [];
    const told = new Set(same.map(({ name }) => name));
    shown.text = JSON.stringify(answer, null, 2);
    shown.rows = rows;
    shown.columns = chosen.filter((name) => !told.has(name));
    shown.offered = [...shown.columns, ...told, ...others];
    shown.view = {
      root,
      sorted: isObject(sort) ? { key: String(sort.key), desc: sort.desc === true } : null,
    };
    showSame(same);
    showColumns();
    showTable();
    const text = shown.text.length > LONGEST ? `${shown.text.slice(0, LONGEST)}\n…` : shown.text;
    byId("json").replaceChildren(
      make("div", { class: "code" }, make("pre", { tabindex: "0" }, make("code", {}, text))),
    );
    const parts = asked === "stat" ? chart(rows) : [];
    const drawn = parts.length > 0;
    byId("chart").replaceChildren(...parts);
    byId("as-chart").hidden = !drawn;
    const open = element("#views [aria-selected=true]", HTMLElement, box);
    turn(
      drawn && open.id === "as-table"
        ? byId("as-chart")
        : !drawn && open.id === "as-chart"
          ? byId("as-table")
          : open,
    );
  }

  /** Says once what is the same in every row. @param {SameValue[]} same */
  function showSame(same) {
    const told = same.flatMap(({ name, value }, n) => [
      n > 0 ? ", " : "",
      make("code", {}, name),
      ` ${t("is")} `,
      make("code", {}, make("bdi", {}, value)),
    ]);
    byId("same").replaceChildren(
      ...(told.length > 0 ? [`${t("same_in_all")} `, ...told, "."] : []),
    );
  }

  function showTable() {
    const { rows, columns, view, isCount } = shown;
    const none = isCount ? [] : [make("p", { class: "none" }, t("no_rows"))];
    byId("table").replaceChildren(...(rows.length > 0 ? table(rows, columns, view) : none));
  }

  /** Chips that choose the columns: those shown, a few others, and a menu of the rest. */
  function showColumns() {
    const on = new Set(shown.columns);
    const off = shown.offered.filter((name) => !on.has(name));
    const place = byId("columns");
    place.replaceChildren();
    if (shown.rows.length === 0 || shown.offered.length < 2) return;
    const open = make(
      "details",
      {},
      make("summary", {}, counted("more_columns", off.length - MOST_CHIPS)),
      make("div", { class: "chips" }, ...off.slice(MOST_CHIPS).map((name) => chip(name, false))),
    );
    place.append(
      make("span", {}, t("columns")),
      ...shown.columns.map((name) => chip(name, true)),
      ...off.slice(0, MOST_CHIPS).map((name) => chip(name, false)),
      ...(off.length > MOST_CHIPS ? [open] : []),
    );
  }

  /** @param {string} name @param {boolean} on */
  function chip(name, on) {
    const button = make(
      "button",
      { class: "chip", type: "button", "aria-pressed": String(on) },
      make("bdi", {}, name),
    );
    button.addEventListener("click", () => {
      const columns = on ? shown.columns.filter((each) => each !== name) : [...shown.columns, name];
      if (columns.length === 0) return;
      shown.columns = columns;
      showColumns();
      showTable();
      const again = elements("#columns .chip", HTMLElement, box).find(
        (each) => each.textContent === name,
      );
      again?.focus();
    });
    return button;
  }

  /** Saves the rows with the columns shown as a file. */
  function saveCsv() {
    const url = URL.createObjectURL(
      new Blob([csv(shown.rows, shown.columns)], { type: "text/csv" }),
    );
    make("a", { href: url, download: "plugins.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  /**
   * Bars, if rows have a value and then a number, as in statistics.py, and how many rows have none.
   * @param {JsonObject[]} rows
   */
  function chart(rows) {
    const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const [named, measure] = keys;
    if (keys.length !== 2 || !rows.every((row) => typeof row[measure] === "number")) return [];
    const bars = rows.slice(0, MOST_BARS).map((row) => {
      const value = row[named] ?? null;
      const text = value === null ? t("no_value", { key: named }) : cell(value);
      return { text, length: Number(row[measure]) };
    });
    const most = Math.max(...bars.map(({ length }) => length), 0) || 1;
    const svg = document.createElementNS(SVG, "svg");
    const name = `${measure} by ${named}: ${bars
      .slice(0, 3)
      .map(({ text, length }) => `${text} ${length}`)
      .join(", ")}`;
    for (const [key, value] of Object.entries({
      role: "img",
      "aria-label": name,
      width: "100%",
      height: "100%",
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
          y: `${(100 * (n + 0.25)) / bars.length}%`,
          width,
          height: `${50 / bars.length}%`,
          rx: "4",
        }))
          bar.setAttribute(key, value);
        svg.append(bar);
      }
    });
    const items = bars.map(({ text, length }) => {
      // Two decimals would make a small number 0.
      const figure = Math.abs(length) < SMALL ? String(length) : number(length);
      return make("li", {}, make("span", {}, make("bdi", {}, text)), make("b", {}, figure));
    });
    const drawn = make("div", { class: "chart" }, make("ul", {}, ...items), svg);
    const rest = rows.length - bars.length;
    return rest > 0 ? [drawn, make("p", { class: "more" }, counted("rest_rows", rest))] : [drawn];
  }

  /**
   * @param {QueryKind} asked @param {string} repositoryId
   * @param {unknown} query @param {string} path
   */
  function showLines(asked, repositoryId, query, path) {
    const { all, in_parts: inParts } = repositories.get(repositoryId) ?? told;
    const made = lines({
      kind: asked,
      query,
      base: told.base_url,
      repositoryId: repositoryId === told.repository_id ? "" : repositoryId,
      path,
      all,
      inParts,
    });
    const chosen = elements("#lines [aria-selected=true]", HTMLElement, box)[0]?.id;
    const snippets = made.map(([id, title, text]) => snippet(id, title, text));
    byId("lines").replaceChildren(
      make(
        "div",
        { class: "tabs", role: "tablist", "aria-label": t("same_elsewhere") },
        ...snippets.map(({ tab }) => tab),
      ),
      ...snippets.map(({ panel }) => panel),
    );
    turn(snippets.find(({ tab }) => tab.id === chosen)?.tab ?? snippets[0].tab);
  }

  /** The tab and the panel of a snippet. @param {string} id @param {string} title @param {string} text */
  function snippet(id, title, text) {
    const tab = make(
      "button",
      { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": id },
      title,
    );
    const copy = make(
      "button",
      { class: "button small", type: "button" },
      t("copy"),
      make("span", { class: "vh" }, ` ${title}`),
    );
    copy.addEventListener("click", () => copied(text, copy));
    const code = make("pre", { tabindex: "0" }, make("code", {}, text));
    const panel = make(
      "div",
      { id, role: "tabpanel", "aria-labelledby": tab.id },
      make("div", { class: "code" }, code),
      make("p", {}, copy),
    );
    return { tab, panel };
  }

  /**
   * What copy buttons say until they are clicked, and the timer that restores it.
   * @type {WeakMap<HTMLElement, {before: Node[], timer: number}>}
   */
  const clicked = new WeakMap();

  /** @param {string} text @param {HTMLElement} button */
  async function copied(text, button) {
    const one = clicked.get(button) ?? { before: [...button.childNodes], timer: 0 };
    clicked.set(button, one);
    let said = t("copied");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      said = t("select_it");
    }
    clearTimeout(one.timer);
    button.replaceChildren(said);
    one.timer = setTimeout(() => button.replaceChildren(...one.before), 1500);
  }

  /** Shows the panel of a tab instead of those of the others in its list. @param {HTMLElement} chosen */
  function turn(chosen) {
    for (const tab of elements("[role=tab]", HTMLElement, chosen.parentElement ?? box)) {
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
    edited();
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

  offerExamples();
  chooser?.addEventListener("change", () => {
    offerExamples();
    edited();
    run();
  });
  picker.addEventListener("change", () => {
    const { value } = picker;
    if (value === "") return;
    choose(told.examples[Number(value)]);
    picker.value = value;
    run();
  });
  for (const each of kinds) each.addEventListener("change", edited);
  editor.addEventListener("input", () => {
    edited();
    open();
  });
  editor.addEventListener("keydown", key);
  editor.addEventListener("blur", close);
  editor.addEventListener("scroll", followEditor);
  byId("run").addEventListener("click", run);
  byId("share").addEventListener("click", () => {
    remember(kind(), editor.value, repository());
    copied(location.href, byId("share"));
  });
  byId("copy-answer").addEventListener("click", () => copied(shown.text, byId("copy-answer")));
  byId("save-csv").addEventListener("click", saveCsv);
  box.addEventListener("click", ({ target }) => {
    const tab = target instanceof Element ? target.closest("[role=tab]") : null;
    if (tab instanceof HTMLElement) turn(tab);
  });
  box.addEventListener("keydown", (event) => {
    const list = event.target instanceof Element ? event.target.closest("[role=tablist]") : null;
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!list || step === 0) return;
    const tabs = elements("[role=tab]:not([hidden])", HTMLElement, list);
    const at = tabs.findIndex((tab) => tab.matches(":focus"));
    const to = tabs[(at + step + tabs.length) % tabs.length];
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
