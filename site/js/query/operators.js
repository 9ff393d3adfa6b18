// The operators of a condition, as one table (query language, 3.2).

/**
 * What an operator tests, whether it takes a list, whether it is the complement.
 * @typedef {{name: string, family: string, takesList: boolean, negated: boolean,
 *   comparison: string}} Operator
 */

export const COMPARISONS = ["lt", "lte", "gt", "gte"];

/** @type {Map<string, Operator>} */
export const OPERATORS = new Map();
for (const [name, family] of [
  ["eq", "equal"],
  ["not", "equal"],
  ...COMPARISONS.map((comparison) => [comparison, "compare"]),
  ["exists", "exist"],
  ["contain", "contain"],
  ["not_contain", "contain"],
  ["in", "oneOf"],
  ["not_in", "oneOf"],
  ["contain_in", "contain"],
  ["not_contain_in", "contain"],
  ["match", "match"],
  ["regex", "find"],
  ["regex_in", "find"],
  ...COMPARISONS.map((comparison) => [`datetime_${comparison}`, "datetime"]),
  ...COMPARISONS.map((comparison) => [`timediff_${comparison}`, "timediff"]),
]) {
  OPERATORS.set(name, {
    name,
    family,
    takesList: /(^|_)in$/.test(name),
    negated: name.startsWith("not"),
    comparison: name.slice(name.indexOf("_") + 1),
  });
}
