// A table and a stage that looks at row after row in, the rows that it makes out (query language, 8).

import { Unfit } from "./accumulators.js";
import { bad } from "./errors.js";
import { names, record, replaced } from "./json.js";
import { MISSING, isObject, member } from "./query_values.js";

/** @typedef {import("./limits.js").StepBudget} StepBudget */
/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {import("./stages.js").Project} Project */
/** @typedef {import("./documents.js").Row} Row */
/** @typedef {import("./row_tables.js").Table} Table */

/**
 * Return one row per element of the list at a path, the element in the list's place. A value that
 * is no list leaves its row as it is; no value, null and `[]` leave none.
 * @param {Table} table
 * @param {Segments} segments
 * @param {StepBudget} budget
 */
export function unwound(table, segments, budget) {
  return table.rows().flatMap((row) => {
    const value = throughObjects(row, segments);
    if (!Array.isArray(value)) return value === MISSING || value === null ? [] : [row];
    budget.make(value.length * Object.keys(row).length);
    return value.map((element) => withValue(row, segments, element));
  });
}

/**
 * @param {Row} row
 * @param {Segments} segments
 */
function throughObjects(row, segments) {
  /** @type {unknown} */
  let value = row;
  for (const segment of segments) {
    if (!isObject(value)) return MISSING;
    value = member(value, segment);
  }
  return value;
}

/**
 * Return a copy of a row with another value at a path that leads through objects.
 * @param {Row} row
 * @param {Segments} segments
 * @param {unknown} value
 * @returns {Row}
 */
function withValue(row, [name, ...rest], value) {
  const inner = rest.length ? withValue(/** @type {Row} */ (row[name]), rest, value) : value;
  return replaced(row, name, inner);
}

/**
 * Return rows of the kept names and the fields of a project stage, and nothing else.
 * @param {Table} table
 * @param {Project} stage
 * @param {StepBudget} budget
 */
export function projected(table, stage, budget) {
  budget.make(table.length * (stage.kept.length + stage.fields.length));
  const columns = stage.kept.map((name) => ({ name, values: table.values([name]) }));
  for (const field of stage.fields) {
    columns.push({ name: field.name, values: column(table, field, stage, budget) });
  }
  return Array.from({ length: table.length }, (_, n) => {
    const given = columns.filter(({ values }) => values[n] !== MISSING);
    return record(given.map(({ name, values }) => [name, values[n]]));
  });
}

/**
 * @param {Table} table
 * @param {import("./stages.js").ProjectField} field
 * @param {Project} stage
 * @param {StepBudget} budget
 */
function column(table, { segments, operator }, stage, budget) {
  const values = table.values(segments);
  if (!operator) return values;
  try {
    return values.map((value) => OPERATORS[operator](value, budget));
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    throw bad(`${operator} of ${segments.join(".")}: ${error.message}`, stage.pointer);
  }
}

/** @type {Record<string, (value: unknown, budget: StepBudget) => unknown>} */
const OPERATORS = {
  size: (value) => {
    if (!Array.isArray(value)) throw new Unfit("a value is no list");
    return value.length;
  },
  object_to_array: (value, budget) => {
    if (value === null || value === MISSING) return null;
    if (!isObject(value)) throw new Unfit("a value is no object");
    const given = names(value);
    budget.make(given.length);
    return given.map((name) =>
      record([
        ["k", name],
        ["v", value[name]],
      ]),
    );
  },
  array_to_object: (value, budget) => {
    if (value === null || value === MISSING) return null;
    if (!Array.isArray(value)) throw new Unfit("a value is no list");
    budget.make(value.length);
    if (new Set(value.map((element) => Array.isArray(element))).size > 1) {
      throw new Unfit("its elements are of several kinds");
    }
    return record(value.map(pair));
  },
};

/**
 * Return the name and the value of `{k, v}` or `[key, value]`.
 * @param {unknown} element
 * @returns {[string, unknown]}
 */
function pair(element) {
  let found;
  if (Array.isArray(element) && element.length === 2) {
    found = element;
  } else if (isObject(element) && Object.keys(element).sort().join() === "k,v") {
    found = [element.k, element.v];
  } else {
    throw new Unfit("an element is neither {k, v} nor [key, value]");
  }
  const [name, value] = found;
  if (typeof name !== "string") throw new Unfit("a key is no string");
  return [name, value];
}
