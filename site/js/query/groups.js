// A table and a group stage in, one row per group out (query language, 8, group).

import { ACCUMULATORS, Unfit } from "./accumulators.js";
import { formatted } from "./date_formats.js";
import { bad } from "./errors.js";
import { record } from "./json.js";
import { SYMBOLS } from "./matching.js";
import { Instant } from "./query_times.js";
import { MISSING, compareKeys, compareTuples, keyOf, labels } from "./query_values.js";

/** @typedef {import("./limits.js").StepBudget} StepBudget */
/** @typedef {import("./stages.js").Group} Group */
/** @typedef {import("./row_tables.js").Table} Table */

/**
 * Return one row per distinct tuple of keys, ordered by it (D-A1).
 * @param {Table} table
 * @param {Group} stage
 * @param {StepBudget} budget
 */
export function grouped(table, stage, budget) {
  budget.spend(table.length * (1 + stage.keys.length + stage.fields.length));
  const columns = stage.keys.map((key) => keyColumn(table, key, stage));
  const groups = partition(table.length, columns, budget);
  const fields = stage.fields.map((field) => fieldValues(table, field, groups, stage, budget));
  return groups.map((members, n) => {
    /** @type {[string, unknown][]} */
    const row = [];
    stage.keys.forEach(({ name }, k) => {
      const value = columns[k][members[0]];
      if (value !== MISSING) row.push([name, value]);
    });
    for (const [k, { name }] of stage.fields.entries()) row.push([name, fields[k][n]]);
    return record(row);
  });
}

/**
 * @param {Table} table
 * @param {import("./stages.js").GroupKey} key
 * @param {Group} stage
 */
function keyColumn(table, { segments, format }, stage) {
  const column = table.values(segments);
  if (format === null) return column;
  return column.map((value) => {
    if (value === null || value === MISSING) return null;
    if (value instanceof Instant) return formatted(format, value);
    throw bad(`${segments.join(".")} is not a date in every row`, stage.pointer);
  });
}

/**
 * Return the groups, ordered by their keys across all types: each the positions of its rows.
 * @param {number} length
 * @param {unknown[][]} columns
 * @param {StepBudget} budget
 * @returns {number[][]}
 */
function partition(length, columns, budget) {
  if (!columns.length) return length ? [Array.from({ length }, (_, n) => n)] : [];
  const groups = new Map();
  for (let n = 0; n < length; n++) {
    const keys = columns.map((column) => keyOf(column[n], budget));
    const name = labels(keys);
    const group = groups.get(name);
    if (group) group.members.push(n);
    else groups.set(name, { keys, members: [n] });
  }
  const sorted = Array.from(groups.values());
  sorted.sort((one, other) => compareTuples(one.keys, other.keys));
  return sorted.map(({ members }) => members);
}

/**
 * Return the values of one field for each group.
 * @param {Table} table
 * @param {import("./stages.js").GroupField} field
 * @param {number[][]} groups
 * @param {Group} stage
 * @param {StepBudget} budget
 * @returns {unknown[]}
 */
function fieldValues(table, field, groups, stage, budget) {
  const passes = passing(table, field.conditions, budget);
  if (field.operator === "count") {
    return groups.map((members) => (passes ? members.filter((n) => passes[n]) : members).length);
  }
  if (field.operator === "push") return pushed(table, field, groups, budget);
  const values = table.values(field.segments);
  // A row that fails gives 0, and average divides by it too (query language, 8, conditions).
  const column = passes ? values.map((value, n) => (passes[n] ? value : 0)) : values;
  const accumulate = ACCUMULATORS[field.operator];
  try {
    return groups.map((members) =>
      accumulate(
        members.map((n) => column[n]),
        budget,
      ),
    );
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    throw bad(`${field.operator} of ${field.segments.join(".")}: ${error.message}`, stage.pointer);
  }
}

/**
 * @param {Table} table
 * @param {import("./stages.js").GroupField} field
 * @param {number[][]} groups
 * @param {StepBudget} budget
 */
function pushed(table, field, groups, budget) {
  budget.make(table.length * field.fields.length);
  const columns = field.fields.map(({ name, segments }) => ({
    name,
    values: table.values(segments),
  }));
  return groups.map((members) =>
    members.map((n) => {
      const given = columns.filter(({ values }) => values[n] !== MISSING);
      return record(given.map(({ name, values }) => [name, values[n]]));
    }),
  );
}

/**
 * Return whether each row meets all conditions, null when there are none.
 * @param {Table} table
 * @param {import("./stages.js").GroupCondition[]} conditions
 * @param {StepBudget} budget
 * @returns {boolean[] | null}
 */
function passing(table, conditions, budget) {
  /** @type {boolean[] | null} */
  let passes = null;
  for (const { segments, operator, value } of conditions) {
    budget.spend(table.length);
    const [bound, compares] = [keyOf(value, budget), SYMBOLS[operator]];
    const keys = table.values(segments).map((each) => keyOf(each, budget));
    const met = keys.map((key) => compares(compareKeys(key, bound)));
    passes = passes ? passes.map((passed, n) => passed && met[n]) : met;
  }
  return passes;
}
