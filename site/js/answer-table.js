// The console's answer as a table and as CSV: which columns it has, and how a value is shown.
"use strict";
(() => {
  const { make } = globalThis.catalogElements;
  const { counted } = globalThis.catalogWords;
  const MOST_ROWS = 200;
  const MOST_MEMBERS = 12;
  const MOST_ITEMS = 3;
  const LONGEST = 300;
  const LONG = 24;
  const PLUGIN_ID = /^[a-z][a-z0-9-]{0,63}$/;
  const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d/;
  const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;
  const FIRST = ["plugin_id", "name", "state", "service_type", "provider", "updated_at"];

  /** @param {unknown} value @returns {value is JsonObject} */
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  /** @param {unknown} value */
  const plain = (value) =>
    value === undefined || value === null
      ? ""
      : typeof value === "string"
        ? value
        : JSON.stringify(value);

  /** The value at a path: a member with that very name, or a member of a member. @type {typeof catalogAnswer.valueAt} */
  function valueAt(row, path) {
    if (Object.hasOwn(row, path)) return row[path];
    /** @type {unknown} */
    let value = row;
    for (const name of path.split("."))
      value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    return value;
  }

  /** @type {typeof catalogAnswer.records} */
  const records = (rows) =>
    rows.every(isObject) ? rows : rows.map((value) => (isObject(value) ? value : { value }));

  /** @type {typeof catalogAnswer.columnsOf} */
  function columnsOf(kind, only, rows) {
    const names = namesOf(rows);
    const first = only.length > 0 ? only : FIRST.filter((name) => names.has(name));
    const chosen = kind === "stat" || first.length === 0 ? [...names] : first;
    const shown = new Set(chosen);
    const others = [...names, ...members(rows, "tags")].filter((name) => !shown.has(name));
    return { chosen, others };
  }

  /** The members of all rows in their order, whichever of the rows lack one. @param {JsonObject[]} rows */
  function namesOf(rows) {
    const shapes = new Map(rows.map(Object.keys).map((names) => [JSON.stringify(names), names]));
    const longest = [...shapes.keys()].sort().map((shape) => shapes.get(shape) ?? []);
    longest.sort((one, other) => other.length - one.length);
    /** @type {Map<string | null, string | null>} */
    const following = new Map([[null, null]]);
    for (const names of longest) {
      /** @type {string | null} */
      let before = null;
      for (const name of names) {
        if (!following.has(name)) {
          following.set(name, following.get(before) ?? null);
          following.set(before, name);
        }
        before = name;
      }
    }
    /** @type {Set<string>} */
    const found = new Set();
    let last = following.get(null) ?? null;
    while (last !== null) {
      found.add(last);
      last = following.get(last) ?? null;
    }
    return found;
  }

  /** The paths of the members of an object that each row may have. @param {JsonObject[]} rows @param {string} field */
  function members(rows, field) {
    const names = new Set(
      rows.flatMap(({ [field]: value }) => (isObject(value) ? Object.keys(value) : [])),
    );
    return [...names]
      .filter((name) => !name.includes("."))
      .sort()
      .slice(0, MOST_MEMBERS)
      .map((name) => `${field}.${name}`);
  }

  /** @type {typeof catalogAnswer.constantsOf} */
  function constantsOf(rows, columns) {
    if (rows.length < 2) return [];
    return columns.slice(1).flatMap((name) => {
      const value = plain(valueAt(rows[0], name));
      const isShort = value !== "" && value.length <= LONG * 2;
      return isShort && rows.every((row) => plain(valueAt(row, name)) === value)
        ? [{ name, value }]
        : [];
    });
  }

  /** @type {typeof catalogAnswer.table} */
  function table(rows, columns, { root, sorted }) {
    const shown = rows.slice(0, MOST_ROWS);
    const isNumber = new Set(
      columns.filter((name) =>
        shown.every((row) => ["number", "undefined"].includes(typeof valueAt(row, name))),
      ),
    );
    const heads = columns.map((name) => {
      /** @type {Record<string, string>} */
      const given = { scope: "col", class: isNumber.has(name) ? "number" : "" };
      if (sorted?.key === name) given["aria-sort"] = sorted.desc ? "descending" : "ascending";
      return make("th", given, make("bdi", {}, name));
    });
    const lines = shown.map((row) =>
      make("tr", {}, ...columns.map((name) => cell(name, valueAt(row, name), root))),
    );
    const made = make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...heads)),
      make("tbody", {}, ...lines),
    );
    const rest = rows.length - shown.length;
    return rest > 0 ? [made, make("p", { class: "more" }, counted("rest_rows", rest))] : [made];
  }

  /** @param {string} name @param {unknown} value @param {URL} root */
  function cell(name, value, root) {
    if (typeof value === "number") return make("td", { class: "number" }, plain(value));
    if (Array.isArray(value)) return listCell(value);
    if (isObject(value)) return objectCell(value);
    const text = plain(value);
    const day = TIME.exec(text)?.[1];
    if (day) return make("td", {}, make("time", { datetime: text, title: text }, day));
    const shown = make("bdi", {}, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
    if (name === "plugin_id" && PLUGIN_ID.test(text))
      return make(
        "td",
        { class: "id" },
        make("a", { href: new URL(`plugins/${text}/`, root).href }, shown),
      );
    return make("td", text.length > LONG ? { class: "long" } : {}, shown);
  }

  /** The first items of a list; a button shows the others. @param {unknown[]} items */
  function listCell(items) {
    /** @param {unknown[]} some */
    const joined = (some) => some.map(plain).join(", ");
    const shown = make("bdi", {}, joined(items.slice(0, MOST_ITEMS)));
    const made = make("td", { class: "long" }, shown);
    if (items.length <= MOST_ITEMS) return made;
    const text = counted("and_more", items.length - MOST_ITEMS);
    const more = make("button", { class: "plain-link", type: "button" }, text);
    more.addEventListener("click", () => {
      shown.textContent = joined(items);
      more.remove();
    });
    made.append(" ", more);
    return made;
  }

  /** @param {JsonObject} value */
  function objectCell(value) {
    const names = Object.keys(value);
    if (names.length === 0) return make("td", {}, "{}");
    const text = JSON.stringify(value, null, 2);
    return make(
      "td",
      {},
      make(
        "details",
        {},
        make("summary", {}, counted("count_members", names.length)),
        make("pre", {}, make("code", {}, text)),
      ),
    );
  }

  /**
   * RFC 4180, but no cell starts like a formula (hardening R-46), as `catalogctl list --format csv`.
   * @type {typeof catalogAnswer.csv}
   */
  function csv(rows, columns) {
    /** @param {unknown} value */
    const cellOf = (value) => {
      const text = plain(value);
      const safe = !FORMULA.test(text) ? text : typeof value === "string" ? `'${text}` : ` ${text}`;
      return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    const lines = rows.map((row) => columns.map((name) => cellOf(valueAt(row, name))));
    return [columns.map(cellOf), ...lines].map((line) => `${line.join(",")}\n`).join("");
  }

  globalThis.catalogAnswer = { columnsOf, constantsOf, csv, records, table, valueAt };
})();
