// Sorts rows by sort keys (query language, 5.2).

import { QueryError, bad, quote } from "./errors.js";
import { reach } from "./field_paths.js";
import { MISSING, NULL_KEY, compareKeys, keyOf } from "./query_values.js";

/** @typedef {import("./documents.js").Row} Row */
/** @typedef {import("./limits.js").StepBudget} StepBudget */
/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {{segments: Segments, desc: boolean}} SortKey */

/**
 * Return the keys of a sort: its `key`, else its `keys`; `code` is the error code if it has none.
 * @param {import("./shape.js").Message | null} sort
 * @param {(text: string, pointer: string) => Segments} readPath
 * @param {string} code
 * @returns {SortKey[]}
 */
export function readSort(sort, readPath, code) {
  if (!sort) return [];
  return (sort.has("key") ? [sort] : sort.many("keys")).map((message) => {
    const [text, place] = [message.text("key"), message.place("key")];
    if (text === null) throw new QueryError(code, "a sort key has no key", place);
    if (/^[-+]/.test(text)) {
      const hint = `write "${text.slice(1)}"${text[0] === "-" ? ", and desc: true" : ""}`;
      throw bad(`the sort key ${quote(text)} starts with a sign`, place, hint);
    }
    return { segments: readPath(text, place), desc: message.flag("desc") };
  });
}

/**
 * Return items sorted by the keys of their rows; the sort is stable.
 * @template T
 * @param {readonly T[]} items
 * @param {readonly SortKey[]} keys
 * @param {(item: T) => Row} rowOf
 * @param {StepBudget} budget
 * @returns {T[]}
 */
export function ordered(items, keys, rowOf, budget) {
  let found = items.slice();
  for (const key of keys.slice().reverse()) {
    const weighted = found.map((item) => ({ item, weight: weigh(rowOf(item), key, budget) }));
    weighted.sort((one, other) => {
      const order = compareKeys(one.weight, other.weight);
      return key.desc ? -order : order;
    });
    found = weighted.map(({ item }) => item);
  }
  return found;
}

/**
 * Return a row's sort value; a list counts as its smallest or largest element.
 * @param {Row} row
 * @param {SortKey} key
 * @param {StepBudget} budget
 */
function weigh(row, { segments, desc }, budget) {
  const values = reach(row, segments, budget).flatMap((value) =>
    Array.isArray(value) && !value.length ? [null] : value,
  );
  budget.spend(values.length);
  const keys = values.map((value) => (value === MISSING ? NULL_KEY : keyOf(value, budget)));
  if (!keys.length) return NULL_KEY;
  return keys.reduce((best, one) => {
    const order = compareKeys(one, best);
    return (desc ? order > 0 : order < 0) ? one : best;
  });
}
