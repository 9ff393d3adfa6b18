// Filters and documents in, the indexes of the documents that pass out (query language, 3).

import { reach } from "./field_paths.js";
import { compareText, fold } from "./text.js";
import { Instant, at } from "./query_times.js";
import { MISSING, isObject, keyOf, label } from "./query_values.js";

/** @typedef {import("./conditions.js").Test} Test */
/** @typedef {import("./limits.js").Budget} Budget */
/** @typedef {(value: any) => boolean} Holds */

const BELOW = 4; // what it takes to look below a field, in looks at a field

/**
 * Return the indexes of the documents that pass all of `every` and, if there are some, one of `some`.
 * @param {import("./conditions.js").Filters} filters
 * @param {import("./documents.js").Documents} documents
 * @param {Instant} now
 * @param {Budget} budget
 * @returns {number[]}
 */
export function passing(filters, documents, now, budget) {
  /** @param {import("./conditions.js").Condition} condition @param {number[]} among */
  const narrowed = (condition, among) => {
    budget.spend(among.length * weight(condition));
    const holds = conditionTest(condition, documents, now, budget);
    return among.filter((index) => holds(index) !== condition.negated);
  };
  let indexes = Array.from({ length: documents.length }, (_, index) => index);
  for (const condition of filters.every) indexes = narrowed(condition, indexes);
  if (!filters.some.length) return indexes;
  const found = new Set();
  for (const condition of filters.some) {
    const open = indexes.filter((index) => !found.has(index));
    for (const index of narrowed(condition, open)) found.add(index);
  }
  return indexes.filter((index) => found.has(index));
}

/** @param {import("./conditions.js").Condition} condition */
function weight({ test, segments }) {
  const looks = segments.length === 1 ? 1 : BELOW + segments.length - 1;
  return test.texts?.length ?? test.patterns?.length ?? looks;
}

/**
 * Return whether a condition's test holds of a document, by its index.
 * @param {import("./conditions.js").Condition} condition
 * @param {import("./documents.js").Documents} documents
 * @param {Instant} now
 * @param {Budget} budget
 * @returns {(index: number) => boolean}
 */
function conditionTest({ segments, test }, documents, now, budget) {
  const field = segments[0];
  const column = documents.column(field);
  if (test.texts && segments.length === 1 && !column.some(Array.isArray)) {
    // The usual search: the column's case is folded once for all queries.
    const [folded, texts] = [documents.folded(field), test.texts];
    return (index) => texts.some((text) => folded[index]?.includes(text));
  }
  const holds = reachedTest(test, now, budget);
  if (segments.length === 1) return (index) => holds(column[index]);
  return (index) => {
    const reached = reach(column[index], segments, 1);
    budget.spend(reached.length);
    return reached.some(holds);
  };
}

/**
 * Return the function for a test that looks at reached values one by one.
 * @param {Test} test
 * @param {Instant} now
 * @param {Budget} budget
 * @returns {Holds}
 */
function reachedTest(test, now, budget) {
  if (test.family === "exist") return (value) => value !== MISSING;
  if (test.family === "match") return matchTest(test.members ?? [], budget);
  return anyCandidate(candidateTest(test, now, budget));
}

/**
 * Return a test of a reached value or, if it is a list, of an element.
 * @param {Holds} holds
 * @returns {Holds}
 */
const anyCandidate = (holds) => (value) =>
  holds(value) || (Array.isArray(value) && value.some(holds));

/**
 * Return a test of a reached value: a list with one element that equals all members.
 * @param {[readonly string[], unknown][]} members
 * @param {Budget} budget
 * @returns {Holds}
 */
function matchTest(members, budget) {
  const tests = members.map(([segments, value]) => {
    const holds = anyCandidate(equalTest(value, budget));
    return (/** @type {unknown} */ element) => reach(element, segments).some(holds);
  });
  /** @param {unknown} element */
  const fits = (element) => {
    budget.spend(1 + tests.length);
    return isObject(element) && tests.every((holds) => holds(element));
  };
  return (value) => Array.isArray(value) && value.some(fits);
}

/**
 * @param {Test} test
 * @param {Instant} now
 * @param {Budget} budget
 * @returns {Holds}
 */
function candidateTest(test, now, budget) {
  switch (test.family) {
    case "equal":
      return equalTest(test.value, budget);
    case "one_of":
      return oneOfTest(test.values ?? [], budget);
    case "compare":
      return compareTest(test.comparison ?? "", test.diff ? at(test.diff, now) : test.bound);
    case "contain":
      return containTest(test.texts ?? []);
  }
  const patterns = test.patterns ?? [];
  return (value) =>
    typeof value === "string" && patterns.some((pattern) => pattern.found(value, budget));
}

/** @type {Holds} */
const isNothing = (candidate) => candidate === null || candidate === MISSING;

/**
 * @param {unknown} value
 * @param {Budget} budget
 * @returns {Holds}
 */
function equalTest(value, budget) {
  if (value === null) return isNothing;
  if (typeof value !== "object") return (candidate) => candidate === value;
  if (value instanceof Instant) {
    return (candidate) => candidate instanceof Instant && candidate.ms === value.ms;
  }
  const wanted = label(keyOf(value, budget));
  const isList = Array.isArray(value);
  return (candidate) =>
    (isList ? Array.isArray(candidate) : isObject(candidate)) &&
    label(keyOf(candidate, budget)) === wanted;
}

/**
 * @param {unknown[]} values
 * @param {Budget} budget
 * @returns {Holds}
 */
function oneOfTest(values, budget) {
  const texts = new Set(values.filter((value) => typeof value === "string"));
  const others = new Set();
  for (const value of values) {
    if (typeof value !== "string") others.add(label(keyOf(value, budget)));
  }
  if (values.includes(null)) others.add(label(keyOf(MISSING, budget)));
  return (candidate) => {
    if (typeof candidate === "string") return texts.has(candidate);
    return others.size > 0 && others.has(label(keyOf(candidate, budget)));
  };
}

/** @type {Record<string, (one: any, other: any) => boolean>} */
const COMPARES = {
  lt: (one, other) => one < other,
  lte: (one, other) => one <= other,
  gt: (one, other) => one > other,
  gte: (one, other) => one >= other,
};

/**
 * Return a test of the candidates that have the bound's type.
 * @param {string} comparison
 * @param {unknown} bound
 * @returns {Holds}
 */
function compareTest(comparison, bound) {
  const compares = COMPARES[comparison];
  if (bound === null) return comparison.endsWith("e") ? isNothing : () => false;
  if (typeof bound === "string") {
    return (candidate) =>
      typeof candidate === "string" && compares(compareText(candidate, bound), 0);
  }
  if (bound instanceof Instant) {
    return (candidate) => candidate instanceof Instant && compares(candidate.ms, bound.ms);
  }
  return (candidate) => typeof candidate === typeof bound && compares(candidate, bound);
}

/**
 * @param {string[]} texts folded
 * @returns {Holds}
 */
function containTest(texts) {
  return (candidate) => {
    if (typeof candidate !== "string") return false;
    const folded = fold(candidate);
    return texts.some((text) => folded.includes(text));
  };
}
