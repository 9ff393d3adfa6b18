// A list query and documents in, its answer out (query language, 5).

import { bad, child, quote } from "./errors.js";
import { names, record } from "./json.js";
import { passing } from "./matching.js";
import { inOrder } from "./order.js";
import { FIELDS, LABELS, OBJECT, parsePath } from "./field_paths.js";
import { isObject } from "./query_values.js";

/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {import("./order.js").SortKey} SortKey */
/** @typedef {import("./documents.js").PluginInfo} PluginInfo */
/** @typedef {{start: number, limit: number}} Page rows from `start` (1 is the first); limit 0: all */
/** @typedef {Map<string, any>} Tree what to keep, by name; an empty tree keeps all that is there */

/**
 * What a list asks for; `only` are the paths of a row, null is all of it.
 * @typedef {{filters: import("./conditions.js").Filters, sort: SortKey[], page: Page,
 *   countOnly: boolean, minimal: boolean, only: Segments[] | null}} ListQuery
 */

const MINIMAL = [
  "plugin_id",
  "name",
  "state",
  "image",
  "service_type",
  "registry_type",
  "provider",
];

/**
 * Return `{results, total_count}`.
 * @param {ListQuery} query
 * @param {import("./documents.js").Documents} documents
 * @param {import("./query_times.js").Instant} now
 * @param {import("./limits.js").Budget} budget
 */
export function answerList(query, documents, now, budget) {
  const found = passing(query.filters, documents, now, budget);
  const total_count = found.length;
  if (query.countOnly) return { results: [], total_count };
  const valueAt = (/** @type {number} */ index, /** @type {string} */ field) =>
    documents.column(field)[index];
  const sorted = query.sort.length ? inOrder(found, query.sort, valueAt, budget) : found;
  const rows = paged(sorted, query.page).map((index) => documents.plugins[index]);
  if (query.minimal) return { results: rows.map(minimal), total_count };
  if (!query.only) return { results: rows, total_count };
  const kept = treeOf(query.only);
  return { results: rows.map((row) => cut(row, kept)), total_count };
}

/**
 * Return the rows of one page.
 * @template T
 * @param {readonly T[]} rows
 * @param {Page} page
 */
export function paged(rows, { start, limit }) {
  return limit ? rows.slice(start - 1, start - 1 + limit) : rows.slice();
}

/**
 * Return the checked paths of `only`; refuse what a row does not have (D-L3).
 * @param {readonly string[]} texts
 * @param {string} pointer
 * @returns {Segments[]}
 */
export function readOnly(texts, pointer) {
  return texts.map((text, n) => {
    const place = child(pointer, n);
    const segments = parsePath(text, place);
    const [field, ...rest] = segments;
    if (field === "repository_id" || (FIELDS.get(field) === LABELS && rest.length)) {
      const hint = `write "${field === "repository_id" ? "repository_info" : "labels"}"`;
      throw bad(`a row has no ${quote(text)}`, place, hint);
    }
    return keptPart(segments);
  });
}

/**
 * Return the fields that an order adds to `only`: those of its keys, or the name.
 * @param {readonly SortKey[]} keys
 * @returns {Segments[]}
 */
export function ordering(keys) {
  if (!keys.length) return [["name"]];
  const found = keys.map(({ segments }) => keptPart(segments));
  return found.filter(([field]) => field !== "repository_id");
}

/**
 * Return the part of a path that rows are cut by: below objects alone.
 * @param {Segments} segments
 */
function keptPart(segments) {
  return FIELDS.get(segments[0]) === OBJECT ? segments : segments.slice(0, 1);
}

/** @param {PluginInfo} info */
function minimal(info) {
  const given = MINIMAL.filter((name) => Object.hasOwn(info, name));
  return record(given.map((name) => [name, info[name]]));
}

/**
 * Return paths as one tree; a path requested whole wins over those below it.
 * @param {readonly Segments[]} paths
 * @returns {Tree}
 */
function treeOf(paths) {
  /** @type {Tree} */
  const root = new Map();
  for (const path of paths.slice().sort((one, other) => other.length - one.length)) {
    let node = root;
    for (const name of path.slice(0, -1)) {
      if (!node.has(name)) node.set(name, new Map());
      node = node.get(name);
    }
    node.set(path[path.length - 1], new Map());
  }
  return root;
}

/**
 * Return the part of an object that a tree keeps, in the object's order; of a list, its objects,
 * each cut alike.
 * @param {Record<string, unknown>} object
 * @param {Tree} kept
 * @returns {Record<string, unknown>}
 */
function cut(object, kept) {
  /** @type {[string, unknown][]} */
  const found = [];
  for (const name of names(object)) {
    const inner = kept.get(name);
    const value = object[name];
    if (inner && !inner.size) {
      found.push([name, value]);
    } else if (inner && Array.isArray(value)) {
      found.push([name, value.filter(isObject).map((element) => cut(element, inner))]);
    } else if (inner && isObject(value)) {
      found.push([name, cut(value, inner)]);
    }
  }
  return record(found);
}
