// Completes a partial query at the cursor: names of members, fields and operators.
"use strict";
(() => {
  /**
   * A container around the cursor; for an object, the current member and the texts seen before it.
   * @typedef {{list: boolean, name: string, wantsName: boolean, seen: Map<string, string>}} Container
   */
  const FIELDS = [
    "plugin_id",
    "name",
    "state",
    "service_type",
    "provider",
    "labels",
    "image",
    "registry_type",
    "registry_url",
    "created_at",
    "updated_at",
    "capability",
    "template",
    "tags",
    "registry_config",
    "domain_id",
    "project_id",
    "repository_info.name",
    "repository_info.repository_id",
    "repository_info.repository_type",
  ];
  const CONDITION = ["key", "value", "operator"];
  const SORT = ["key", "desc", "keys"];
  /** The members of each object, by its path: the names above it, "*" for a list item. */
  const MEMBERS = new Map(
    Object.entries({
      list: ["filter", "filter_or", "sort", "page", "only", "minimal", "count_only", "keyword"],
      stat: ["filter", "filter_or", "aggregate", "page", "distinct", "keyword"],
      "filter/*": CONDITION,
      "filter_or/*": CONDITION,
      sort: SORT,
      "sort/keys/*": ["key", "desc"],
      page: ["start", "limit"],
      "aggregate/*": ["unwind", "group", "count", "sort", "project", "limit", "skip"],
      "aggregate/*/unwind": ["path"],
      "aggregate/*/count": ["name"],
      "aggregate/*/sort": SORT,
      "aggregate/*/sort/keys/*": ["key", "desc"],
      "aggregate/*/group": ["keys", "fields"],
      "aggregate/*/group/keys/*": ["key", "name", "date_format"],
      "aggregate/*/group/fields/*": ["key", "name", "operator", "fields", "conditions"],
      "aggregate/*/group/fields/*/fields/*": ["key", "name"],
      "aggregate/*/group/fields/*/conditions/*": CONDITION,
      "aggregate/*/project": ["fields", "exclude_keys"],
      "aggregate/*/project/fields/*": ["key", "name", "operator"],
    }),
  );
  const FIELD_NAMES = new Set(["key", "k", "path", "distinct"]);
  const VALUES = new Map([
    ["state", ["ENABLED", "DISABLED"]],
    ["registry_type", ["DOCKER_HUB", "AWS_PUBLIC_ECR"]],
  ]);

  /**
   * The position of the cursor: the path to its container, the member whose value it is in, and the
   * text of the string around it (null outside of a string).
   * @param {string} text  Up to the cursor.
   */
  function placeOf(text) {
    /** @type {Container[]} */
    const around = [];
    let at = 0;
    while (at < text.length) {
      const letter = text[at];
      const top = around.at(-1);
      if (letter === '"') {
        const end = closing(text, at);
        if (end < 0) return { around, prefix: text.slice(at + 1), from: at + 1 };
        const inside = text.slice(at + 1, end);
        if (top && !top.list && top.wantsName) top.name = inside;
        else if (top && !top.list) top.seen.set(top.name, inside);
        at = end;
      } else if (letter === "{" || letter === "[") {
        around.push({
          list: letter === "[",
          name: "",
          wantsName: letter === "{",
          seen: new Map(),
        });
      } else if (letter === "}" || letter === "]") around.pop();
      else if (letter === ":" && top) top.wantsName = false;
      else if (letter === "," && top) top.wantsName = !top.list;
      at += 1;
    }
    return { around, prefix: null, from: text.length };
  }

  /** @param {string} text @param {number} from */
  function closing(text, from) {
    for (let at = from + 1; at < text.length; at += 1) {
      if (text[at] === "\\") at += 1;
      else if (text[at] === '"') return at;
    }
    return -1;
  }

  /**
   * @param {QueryKind} kind @param {string} before  The text up to the cursor.
   * @param {KnownWords} known
   * @returns {Completions}
   */
  function offers(kind, before, known) {
    const { around, prefix, from } = placeOf(before);
    const top = around.at(-1);
    /** @type {readonly string[]} */
    let words = [];
    if (top) {
      const way = around
        .flatMap((_each, n) => (n === 0 ? [] : [around[n - 1].list ? "*" : around[n - 1].name]))
        .join("/");
      if (top.wantsName) words = MEMBERS.get(way === "" ? kind : way) ?? [];
      else if (top.list) words = around.at(-2)?.name === "only" ? [...FIELDS, ...known.fields] : [];
      else words = values(top, way, known);
    }
    const start = (prefix ?? "").toLowerCase();
    const fitting = [...new Set(words)].filter(
      (word) => word.toLowerCase().includes(start) && word !== prefix,
    );
    fitting.sort(
      (one, other) =>
        Number(other.toLowerCase().startsWith(start)) - Number(one.toLowerCase().startsWith(start)),
    );
    return { from, prefix: prefix ?? "", quoted: prefix !== null, words: fitting.slice(0, 40) };
  }

  /** @param {Container} top @param {string} way @param {KnownWords} known */
  function values(top, way, known) {
    if (FIELD_NAMES.has(top.name)) return [...FIELDS, ...known.fields];
    if (top.name === "operator" || top.name === "o") {
      return way.endsWith("group/fields/*")
        ? known.accumulators
        : way.endsWith("project/fields/*")
          ? ["size", "object_to_array", "array_to_object"]
          : known.operators;
    }
    if (top.name === "value" || top.name === "v")
      return VALUES.get(top.seen.get("key") ?? top.seen.get("k") ?? "") ?? [];
    return [];
  }

  globalThis.catalogComplete = { offers };
})();
