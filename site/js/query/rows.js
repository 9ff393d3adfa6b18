// The rows between stages, and the stages that process single rows (query language, 8).

import { Unfit, ofStage } from "./accumulators.js";
import { FIELDS, below } from "./field_paths.js";
import { names, record, replaced } from "./json.js";
import { MISSING, isObject, member } from "./query_values.js";

/** @typedef {import("./documents.js").Row} Row */
/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {import("./limits.js").StepBudget} StepBudget */
/** @typedef {import("./stages.js").Project} Project */
/** @typedef {Row[] | UnwoundRows} Rows */

/**
 * Documents repeated once per element of a field, with the element as the field's value. Copies of
 * each document for each of its labels would take many times the memory of the plugins, so they are
 * created on access.
 */
export class UnwoundRows {
  /**
   * @param {readonly Row[]} documents
   * @param {string} field
   * @param {readonly unknown[]} elements
   */
  constructor(documents, field, elements) {
    this.documents = documents;
    this.field = field;
    this.elements = elements;
  }

  get length() {
    return this.elements.length;
  }

  *[Symbol.iterator]() {
    for (const [n, row] of this.documents.entries()) {
      yield replaced(row, this.field, this.elements[n]);
    }
  }

  /**
   * Return a part of the rows.
   * @param {number} start
   * @param {number} [stop]
   */
  slice(start, stop) {
    const elements = this.elements.slice(start, stop);
    return new UnwoundRows(this.documents.slice(start, stop), this.field, elements);
  }
}

/**
 * Return the value of every row at a path of a stage.
 * @param {Rows} rows
 * @param {Segments} segments
 */
export function column(rows, segments) {
  return Array.from(rows, (row) => below(row, segments));
}

/**
 * Return one row per element of a field of documents; any other value counts as one element.
 * @param {readonly Row[]} rows
 * @param {string} field
 * @param {StepBudget} budget
 */
export function unwoundDocuments(rows, field, budget) {
  /** @type {Row[]} */
  const documents = [];
  /** @type {unknown[]} */
  const elements = [];
  for (const row of rows) {
    const value = row[field];
    if (value === null) continue;
    for (const element of Array.isArray(value) ? value : [value]) {
      documents.push(row);
      elements.push(element);
    }
  }
  budget.spend(elements.length);
  return new UnwoundRows(documents, field, elements);
}

/**
 * Return one row per element of the list at a path, with the element instead of the list. Any other
 * value leaves its row unchanged; a missing value, null and `[]` yield no row.
 * @param {Rows} rows
 * @param {Segments} segments
 * @param {StepBudget} budget
 */
export function unwound(rows, segments, budget) {
  return Array.from(rows).flatMap((row) => {
    const value = throughObjects(row, segments);
    if (!Array.isArray(value)) return value === MISSING || value === null ? [] : [row];
    budget.make(value.length * Math.max(Object.keys(row).length, FIELDS.size));
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
 * Return a copy of a row with a different value at a path through objects.
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
 * Return rows with only the kept names and the fields of a project stage.
 * @param {Rows} rows
 * @param {Project} stage
 * @param {StepBudget} budget
 */
export function projected(rows, stage, budget) {
  budget.make(rows.length * (stage.kept.length + stage.fields.length));
  /** @type {[string, unknown[]][]} */
  const columns = stage.kept.map((name) => [name, column(rows, [name])]);
  for (const field of stage.fields) {
    columns.push([field.name, converted(rows, field, stage, budget)]);
  }
  return fromColumns(
    columns,
    Array.from(rows, (_, n) => n),
  );
}

/**
 * Return the rows at some positions of named columns, without missing values.
 * @param {readonly (readonly [string, unknown[]])[]} columns
 * @param {readonly number[]} positions
 */
export function fromColumns(columns, positions) {
  return positions.map((n) => {
    const given = columns.filter(([, values]) => values[n] !== MISSING);
    return record(given.map(([name, values]) => [name, values[n]]));
  });
}

/**
 * @param {Rows} rows
 * @param {import("./stages.js").ProjectField} field
 * @param {Project} stage
 * @param {StepBudget} budget
 */
function converted(rows, { segments, operator }, stage, budget) {
  const values = column(rows, segments);
  if (!operator) return values;
  const convert = OPERATORS[operator];
  return ofStage(operator, segments, stage.pointer, () =>
    values.map((value) => convert(value, budget)),
  );
}

/** @type {Record<string, (value: unknown, budget: StepBudget) => unknown>} */
const OPERATORS = {
  size: (value) => {
    if (!Array.isArray(value)) throw new Unfit("a value is not a list");
    return value.length;
  },
  object_to_array: (value, budget) => {
    if (value === null || value === MISSING) return null;
    if (!isObject(value)) throw new Unfit("a value is not an object");
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
    if (!Array.isArray(value)) throw new Unfit("a value is not a list");
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
  } else if (isObject(element) && JSON.stringify(Object.keys(element).sort()) === '["k","v"]') {
    found = [element.k, element.v];
  } else {
    throw new Unfit("an element is neither {k, v} nor [key, value]");
  }
  const [name, value] = found;
  if (typeof name !== "string") throw new Unfit("a key is not a string");
  return [name, value];
}
