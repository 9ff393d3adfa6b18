// Finds the documents that pass filters and returns their indexes (query language, 3).

import { reach } from "./field_paths.js";
import { CONTAIN_STEP } from "./limits.js";
import { TimeDiff } from "./query_times.js";
import { MISSING, compareKeys, isObject, keyOf, label } from "./query_values.js";
import { countCharacters, fold } from "./text.js";

/** @typedef {import("./conditions.js").Condition} Condition */
/** @typedef {import("./conditions.js").Test} Test */
/** @typedef {import("./documents.js").Row} Row */
/** @typedef {import("./limits.js").StepBudget} StepBudget */
/** @typedef {import("./query_times.js").Instant} Instant */
/** @typedef {(value: unknown) => boolean} Holds */

/**
 * Whether the order of two keys satisfies each comparison operator.
 * @type {Record<string, (order: number) => boolean>}
 */
export const SYMBOLS = {
  eq: (order) => order === 0,
  not: (order) => order !== 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

/**
 * Return the indexes of the documents that pass all of `every` and, if any, one of `some`.
 * @param {import("./conditions.js").Filters} filters
 * @param {import("./documents.js").Documents} documents
 * @param {Instant} now
 * @param {StepBudget} budget
 */
export function passing(filters, documents, now, budget) {
  const every = filters.every.map((condition) => conditionTest(condition, now, budget));
  const some = filters.some.map((condition) => conditionTest(condition, now, budget));
  /** @type {number[]} */
  const indexes = [];
  for (const [index, row] of documents.rows.entries()) {
    const passes = every.every((holds) => holds(row));
    if (passes && (!some.length || some.some((holds) => holds(row)))) indexes.push(index);
  }
  return indexes;
}

/**
 * Return a test of a document.
 * @param {Condition} condition
 * @param {Instant} now
 * @param {StepBudget} budget
 * @returns {(row: Row) => boolean}
 */
function conditionTest({ segments, test, negated }, now, budget) {
  const holds = reachedTest(test, now, budget);
  return (row) => reach(row, segments, budget).some(holds) !== negated;
}

/**
 * Return a test of one value at a path.
 * @param {Test} test
 * @param {Instant} now
 * @param {StepBudget} budget
 * @returns {Holds}
 */
function reachedTest(test, now, budget) {
  switch (test.family) {
    case "exist":
      return (value) => value !== MISSING;
    case "match":
      return matchTest(test.members, budget);
    case "equal":
      return anyCandidate(equalTest(test.values, budget), budget);
    case "compare": {
      const bound = test.bound instanceof TimeDiff ? test.bound.at(now) : test.bound;
      return anyCandidate(compareTest(test.comparison, bound, budget), budget);
    }
    case "contain":
      return anyCandidate(containTest(test.texts, budget), budget);
    case "regex":
      return anyCandidate(regexTest(test.patterns, budget), budget);
  }
}

/**
 * Return a test of a value or, if it is a list, of its elements; a missing value counts as null.
 * @param {Holds} holds
 * @param {StepBudget} budget
 * @returns {Holds}
 */
function anyCandidate(holds, budget) {
  return (value) => {
    if (!Array.isArray(value)) return holds(value === MISSING ? null : value);
    budget.spend(value.length);
    return holds(value) || value.some(holds);
  };
}

/**
 * Return a test for a list with an element that equals all members.
 * @param {[readonly string[], unknown][]} members
 * @param {StepBudget} budget
 * @returns {Holds}
 */
function matchTest(members, budget) {
  const tests = members.map(([segments, value]) => {
    const holds = anyCandidate(equalTest([value], budget), budget);
    return (/** @type {unknown} */ element) => reach(element, segments, budget).some(holds);
  });
  /** @type {Holds} */
  const fits = (element) => {
    budget.spend(1);
    return isObject(element) && tests.every((holds) => holds(element));
  };
  return (value) => Array.isArray(value) && value.some(fits);
}

/**
 * @param {unknown[]} values
 * @param {StepBudget} budget
 * @returns {Holds}
 */
function equalTest(values, budget) {
  const labels = new Set(values.map((value) => label(keyOf(value, budget))));
  const [lists, objects] = [values.some(Array.isArray), values.some(isObject)];
  return (candidate) => {
    if (Array.isArray(candidate) ? !lists : isObject(candidate) && !objects) return false;
    return labels.has(label(keyOf(candidate, budget)));
  };
}

/**
 * Return a test of the candidates with the bound's type, which is not a list or an object.
 * @param {string} comparison
 * @param {unknown} bound
 * @param {StepBudget} budget
 * @returns {Holds}
 */
function compareTest(comparison, bound, budget) {
  const [compares, wanted] = [SYMBOLS[comparison], keyOf(bound, budget)];
  return (candidate) => {
    if (Array.isArray(candidate) || isObject(candidate)) return false;
    const found = keyOf(candidate, budget);
    return found.rank === wanted.rank && compares(compareKeys(found, wanted));
  };
}

/**
 * @param {string[]} texts folded
 * @param {StepBudget} budget
 * @returns {Holds}
 */
function containTest(texts, budget) {
  return (candidate) => {
    if (typeof candidate !== "string") return false;
    budget.spend(texts.length * (1 + Math.floor(countCharacters(candidate) / CONTAIN_STEP)));
    const folded = fold(candidate);
    return texts.some((text) => folded.includes(text));
  };
}

/**
 * @param {import("./query_patterns.js").Pattern[]} patterns
 * @param {StepBudget} budget
 * @returns {Holds}
 */
function regexTest(patterns, budget) {
  return (candidate) =>
    typeof candidate === "string" && patterns.some((pattern) => pattern.found(candidate, budget));
}
