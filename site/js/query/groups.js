// Applies a group stage to rows and returns one row per group (query language, 8, group).

import { ACCUMULATORS, ofStage } from "./accumulators.js";
import { formatted } from "./date_formats.js";
import { bad } from "./errors.js";
import { names, record } from "./json.js";
import { SYMBOLS } from "./matching.js";
import { Instant } from "./query_times.js";
import { MISSING, compareKeys, compareTuples, keyOf, labels } from "./query_values.js";
import { column, fromColumns } from "./rows.js";

/** @typedef {import("./limits.js").StepBudget} StepBudget */
/** @typedef {import("./stages.js").Group} Group */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * Return one row per distinct tuple of keys, ordered by the tuples (D-A1).
 * @param {Rows} rows
 * @param {Group} stage
 * @param {StepBudget} budget
 */
export function grouped(rows, stage, budget) {
  budget.spend(rows.length * (1 + stage.keys.length + stage.fields.length));
  /** @type {[string, unknown[]][]} */
  const columns = stage.keys.map((key) => [key.name, keyColumn(rows, key, stage)]);
  const keyValues = columns.map(([, values]) => values);
  const groups = partition(rows.length, keyValues, budget);
  const fields = stage.fields.map((field) => fieldValues(rows, field, groups, stage, budget));
  const made = fromColumns(
    columns,
    groups.map((members) => members[0]),
  );
  return made.map((row, n) => {
    const given = names(row).map((name) => /** @type {const} */ ([name, row[name]]));
    const added = stage.fields.map(({ name }, k) => /** @type {const} */ ([name, fields[k][n]]));
    return record([...given, ...added]);
  });
}

/**
 * @param {Rows} rows
 * @param {import("./stages.js").GroupKey} key
 * @param {Group} stage
 */
function keyColumn(rows, { segments, format }, stage) {
  const values = column(rows, segments);
  if (format === null) return values;
  return values.map((value) => {
    if (value === null || value === MISSING) return null;
    if (value instanceof Instant) return formatted(format, value);
    throw bad(`${segments.join(".")} is not a date in every row`, stage.pointer);
  });
}

/**
 * Return the groups, ordered by their keys across all types; each has the positions of its rows.
 * @param {number} length
 * @param {unknown[][]} columns
 * @param {StepBudget} budget
 * @returns {number[][]}
 */
function partition(length, columns, budget) {
  const keys = columns.map((values) => values.map((value) => keyOf(value, budget)));
  /** @type {Map<string, {tuple: import("./query_values.js").Key[], members: number[]}>} */
  const groups = new Map();
  for (let n = 0; n < length; n++) {
    const tuple = keys.map((values) => values[n]);
    const name = labels(tuple);
    const group = groups.get(name);
    if (group) group.members.push(n);
    else groups.set(name, { tuple, members: [n] });
  }
  const sorted = Array.from(groups.values());
  sorted.sort((one, other) => compareTuples(one.tuple, other.tuple));
  return sorted.map(({ members }) => members);
}

/**
 * Return the value of one field for each group.
 * @param {Rows} rows
 * @param {import("./stages.js").GroupField} field
 * @param {number[][]} groups
 * @param {Group} stage
 * @param {StepBudget} budget
 * @returns {unknown[]}
 */
function fieldValues(rows, field, groups, stage, budget) {
  const passes = passing(rows, field.conditions, budget);
  if (field.operator === "count") {
    return groups.map((members) => members.filter((n) => passes[n]).length);
  }
  if (field.operator === "push") return pushed(rows, field, groups, budget);
  // A row that fails counts as 0 and is included in averages (query language, 8, conditions).
  const values = column(rows, field.segments).map((value, n) => (passes[n] ? value : 0));
  const accumulate = ACCUMULATORS[field.operator];
  return ofStage(field.operator, field.segments, stage.pointer, () =>
    groups.map((members) => {
      const own = members.map((n) => values[n]);
      return accumulate(own, budget);
    }),
  );
}

/**
 * @param {Rows} rows
 * @param {import("./stages.js").GroupField} field
 * @param {number[][]} groups
 * @param {StepBudget} budget
 */
function pushed(rows, field, groups, budget) {
  budget.make(rows.length * field.fields.length);
  const columns = field.fields.map(
    ({ name, segments }) => /** @type {const} */ ([name, column(rows, segments)]),
  );
  return groups.map((members) => fromColumns(columns, members));
}

/**
 * Return whether each row meets all conditions.
 * @param {Rows} rows
 * @param {import("./stages.js").GroupCondition[]} conditions
 * @param {StepBudget} budget
 */
function passing(rows, conditions, budget) {
  let passes = Array.from(rows, () => true);
  for (const { segments, operator, value } of conditions) {
    budget.spend(rows.length);
    const [bound, compares] = [keyOf(value, budget), SYMBOLS[operator]];
    const keys = column(rows, segments).map((each) => keyOf(each, budget));
    passes = passes.map((passed, n) => passed && compares(compareKeys(keys[n], bound)));
  }
  return passes;
}
