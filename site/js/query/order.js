// Sort keys and rows in, rows in order out (query language, 5.2).

import { QueryError, bad, quote } from "./errors.js";
import { reach } from "./field_paths.js";
import { MISSING, NULL_KEY, compareKeys, keyOf } from "./query_values.js";

/** @typedef {import("./limits.js").Budget} Budget */
/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {{segments: Segments, desc: boolean}} SortKey */

/**
 * Return the keys of a sort: its `key`, else its `keys`; `code` is that of a keyless one.
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
 * Return rows in the order of the keys; ties keep the order they had. `valueAt` gives what a row
 * has at the first name of a path.
 * @template T
 * @param {readonly T[]} rows
 * @param {readonly SortKey[]} keys
 * @param {(row: T, name: string) => unknown} valueAt
 * @param {Budget} budget
 * @returns {T[]}
 */
export function inOrder(rows, keys, valueAt, budget) {
  const weighted = rows.map((row) => ({
    row,
    weights: keys.map((key) =>
      weight(reach(valueAt(row, key.segments[0]), key.segments, 1), key, budget),
    ),
  }));
  weighted.sort((one, other) => {
    for (let n = 0; n < keys.length; n++) {
      const order = compareKeys(one.weights[n], other.weights[n]);
      if (order) return keys[n].desc ? -order : order;
    }
    return 0;
  });
  return weighted.map(({ row }) => row);
}

/**
 * Return what reached values sort by: a list counts as its smallest or largest element.
 * @param {unknown[]} reached
 * @param {SortKey} key
 * @param {Budget} budget
 */
function weight(reached, { desc }, budget) {
  budget.spend(1 + reached.length);
  const keys = reached.flatMap((value) => {
    if (Array.isArray(value) && value.length) return value.map((element) => keyOf(element, budget));
    const isNothing = value === MISSING || value === null || Array.isArray(value);
    return [isNothing ? NULL_KEY : keyOf(value, budget)];
  });
  if (!keys.length) return NULL_KEY;
  return keys.reduce((best, one) => {
    const order = compareKeys(one, best);
    return (desc ? order > 0 : order < 0) ? one : best;
  });
}
