// Computes the operators of a group's fields from the values of one group (query language, 8).

import { bad } from "./errors.js";
import { names, record } from "./json.js";
import { MISSING, compareKeys, isObject, keyOf, label } from "./query_values.js";

/** @typedef {import("./limits.js").StepBudget} StepBudget */

/** The reason that a value is unsuitable; the stage adds its place. */
export class Unfit extends Error {}

/**
 * Return the result of a stage's operator; convert an Unfit to the stage's error.
 * @template T
 * @param {string} operator
 * @param {readonly string[]} segments
 * @param {string} pointer
 * @param {() => T} make
 * @returns {T}
 */
export function ofStage(operator, segments, pointer, make) {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    throw bad(`${operator} of ${segments.join(".")}: ${error.message}`, pointer);
  }
}

/**
 * The function of each operator on the values of one group.
 * @type {Record<string, (values: unknown[], budget: StepBudget) => unknown>}
 */
export const ACCUMULATORS = {
  sum: (values) => sum(numbers(values)),
  average: (values) => {
    const found = numbers(values);
    return found.length ? sum(found) / found.length : null;
  },
  max: (values, budget) => extreme(values, (order) => order > 0, budget),
  min: (values, budget) => extreme(values, (order) => order < 0, budget),
  first: (values) => (values[0] === MISSING ? null : values[0]),
  last: (values) => (values[values.length - 1] === MISSING ? null : values[values.length - 1]),
  add_to_set: distinct,
  merge_objects: mergeObjects,
};

/**
 * @param {unknown[]} values
 * @returns {number[]}
 */
const numbers = (values) =>
  /** @type {number[]} */ (values.filter((value) => typeof value === "number"));

/**
 * Return the sum of doubles, added in row order.
 * @param {number[]} values
 */
function sum(values) {
  return finite(values.reduce((total, value) => total + value, 0));
}

/** @param {number} number */
function finite(number) {
  if (Number.isFinite(number)) return number;
  throw new Unfit("the result is larger than a number can be");
}

/**
 * @param {unknown[]} values
 * @param {(order: number) => boolean} isBetter
 * @param {StepBudget} budget
 */
function extreme(values, isBetter, budget) {
  let best = null;
  let bestKey = null;
  for (const value of present(values)) {
    const key = keyOf(value, budget);
    if (!bestKey || isBetter(compareKeys(key, bestKey))) [best, bestKey] = [value, key];
  }
  return best;
}

/** @param {unknown[]} values */
const present = (values) => values.filter((value) => value !== null && value !== MISSING);

/**
 * Return the distinct non-missing values, ordered across all types (D-A3).
 * @param {unknown[]} values
 * @param {StepBudget} budget
 */
export function distinct(values, budget) {
  const found = new Map();
  for (const value of values) {
    if (value === MISSING) continue;
    const key = keyOf(value, budget);
    const name = label(key);
    if (!found.has(name)) found.set(name, { key, value });
  }
  const sorted = Array.from(found.values()).sort((one, other) => compareKeys(one.key, other.key));
  return sorted.map(({ value }) => value);
}

/**
 * @param {unknown[]} values
 * @param {StepBudget} budget
 */
function mergeObjects(values, budget) {
  /** @type {[string, unknown][]} */
  const members = [];
  for (const value of present(values)) {
    if (!isObject(value)) throw new Unfit("a value is not an object");
    const given = names(value);
    budget.make(given.length);
    for (const name of given) members.push([name, value[name]]);
  }
  return record(members);
}
