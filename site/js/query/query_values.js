// The values that conditions and stages compare: equality, order, case and output. The order of
// types is missing, null, number, string, object, list, boolean, date (query language, 6).

import { names, record } from "./json.js";
import { JSON_STEP } from "./limits.js";
import { compareText, countCharacters, isBroken } from "./text.js";
import { Instant, written } from "./query_times.js";

/** @typedef {import("./limits.js").StepBudget} StepBudget */

/** The marker for a missing member, which differs from null. */
export const MISSING = Symbol("missing");

const [MISSING_RANK, NULL, NUMBER, STRING, OBJECT, LIST, BOOLEAN, DATE] = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * The key for sorting and grouping a value: its type's rank and a comparable value.
 * @typedef {{rank: number, of: any}} Key
 */

/** @type {Key} */
export const NULL_KEY = { rank: NULL, of: 0 };
/** @type {Key} */
const MISSING_KEY = { rank: MISSING_RANK, of: 0 };

/**
 * Return whether a value is a JSON object, not a list or date.
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  if (typeof value !== "object" || value === null) return false;
  return !Array.isArray(value) && !(value instanceof Instant);
}

/**
 * Return an object's own member, or MISSING if it has none.
 * @param {Record<string, unknown>} object
 * @param {string} name
 */
export function member(object, name) {
  return Object.hasOwn(object, name) ? object[name] : MISSING;
}

/**
 * @param {unknown} value
 * @param {StepBudget} budget
 * @returns {Key}
 */
export function keyOf(value, budget) {
  if (typeof value === "string") return { rank: STRING, of: value };
  if (value === null) return NULL_KEY;
  if (value === MISSING) return MISSING_KEY;
  if (typeof value === "boolean") return { rank: BOOLEAN, of: Number(value) };
  if (typeof value === "number") return { rank: NUMBER, of: value };
  if (value instanceof Instant) return { rank: DATE, of: value.ms };
  if (Array.isArray(value)) {
    budget.spend(1 + value.length);
    return { rank: LIST, of: value.map((element) => keyOf(element, budget)) };
  }
  return { rank: OBJECT, of: canonicalText(value, budget) };
}

/**
 * Compare two keys across all types; return a negative number, 0 or a positive number.
 * @param {Key} one
 * @param {Key} other
 * @returns {number}
 */
export function compareKeys(one, other) {
  if (one.rank !== other.rank) return one.rank - other.rank;
  if (one.rank === STRING || one.rank === OBJECT) return compareText(one.of, other.of);
  if (one.rank === LIST) return compareTuples(one.of, other.of);
  // Infinities, which another tool's tree may contain, can't be subtracted.
  return one.of < other.of ? -1 : one.of > other.of ? 1 : 0;
}

/**
 * Compare two lists of keys by element, then by length.
 * @param {readonly Key[]} one
 * @param {readonly Key[]} other
 */
export function compareTuples(one, other) {
  for (let i = 0; i < one.length && i < other.length; i++) {
    const order = compareKeys(one[i], other[i]);
    if (order) return order;
  }
  return one.length - other.length;
}

/**
 * Return a text that is the same for two keys exactly if they are equal, for maps and sets.
 * @param {Key} key
 * @returns {string}
 */
export function label(key) {
  if (key.rank === LIST) return labels(key.of);
  const text = String(key.of === 0 ? 0 : key.of); // -0 and 0 are equal
  return `${key.rank}${text.length}:${text}`;
}

/**
 * Return a text that is the same for two tuples of keys exactly if they are equal.
 * @param {readonly Key[]} keys
 */
export function labels(keys) {
  return `${LIST}${keys.length}[${keys.map(label).join("")}`;
}

/**
 * Return a value as JSON with sorted keys, so that equal values have equal texts (D-A3).
 * @param {unknown} value
 * @param {StepBudget} budget
 * @returns {string}
 */
function canonicalText(value, budget) {
  budget.spend(1);
  let text;
  if (Array.isArray(value)) {
    text = `[${value.map((element) => canonicalText(element, budget)).join(",")}]`;
  } else if (value instanceof Instant) {
    return JSON.stringify(written(value));
  } else if (isObject(value)) {
    const sorted = Object.keys(value).sort(compareText);
    const members = sorted.map((n) => `${quoted(n)}:${canonicalText(value[n], budget)}`);
    text = `{${members.join(",")}}`;
  } else {
    return typeof value === "string" ? quoted(value) : JSON.stringify(value);
  }
  budget.spend(Math.floor(countCharacters(text) / JSON_STEP));
  return text;
}

/**
 * Return a text as JSON. JSON.stringify would escape half of a surrogate pair.
 * @param {string} text
 */
function quoted(text) {
  if (!isBroken(text)) return JSON.stringify(text);
  const parts = text.split(/([\ud800-\udfff])/u);
  return `"${parts.map((part, n) => (n % 2 ? part : JSON.stringify(part).slice(1, -1))).join("")}"`;
}

/**
 * Return a value for use in an answer, with all dates in it as text.
 * @param {unknown} value
 * @param {StepBudget} budget
 * @returns {unknown}
 */
export function printed(value, budget) {
  budget.make(1);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Instant) return written(value);
  if (Array.isArray(value)) return value.map((element) => printed(element, budget));
  const object = /** @type {Record<string, unknown>} */ (value);
  return record(names(object).map((name) => [name, printed(object[name], budget)]));
}
