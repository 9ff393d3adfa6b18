// Rows between two stages. Unwinding a list of documents, as labels are, gives many rows that differ
// in one field alone: a copy of each document for each element would take many times the memory.

import { FIELDS, below } from "./field_paths.js";
import { record, replaced } from "./json.js";
import { Instant, written } from "./query_times.js";
import { printed } from "./query_values.js";

/** @typedef {import("./documents.js").Row} Row */
/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {UnwoundTable | RowTable} Table */

/** Documents, each as often as one of its fields has elements, and those in their place. */
export class UnwoundTable {
  /**
   * @param {readonly Row[]} documents
   * @param {string} field
   * @param {readonly unknown[]} elements
   */
  constructor(documents, field, elements) {
    this.documents = documents;
    this.field = field;
    this.elements = elements;
    this.flat = false;
  }

  get length() {
    return this.elements.length;
  }

  /**
   * Return the value of every row at a path of a stage.
   * @param {Segments} segments
   */
  values([name, ...rest]) {
    if (name !== this.field) return this.documents.map((row) => below(row, [name, ...rest]));
    return this.elements.map((element) => below(element, rest));
  }

  /**
   * Return whole query documents, an element in each.
   * @returns {readonly Row[]}
   */
  rows() {
    return this.documents.map((row, n) => replaced(row, this.field, this.elements[n]));
  }

  /**
   * @param {number} start
   * @param {number} [end]
   */
  slice(start, end) {
    const elements = this.elements.slice(start, end);
    return new UnwoundTable(this.documents.slice(start, end), this.field, elements);
  }

  /**
   * Return the rows as an answer shows them.
   * @param {import("./limits.js").StepBudget} budget
   */
  results(budget) {
    budget.make(this.length * FIELDS.size);
    return this.rows().map(printedDocument);
  }
}

/** Rows; `flat` once a stage has made them, so that they are not documents any more. */
export class RowTable {
  /**
   * @param {readonly Row[]} table
   * @param {boolean} flat
   */
  constructor(table, flat) {
    this.table = table;
    this.flat = flat;
  }

  get length() {
    return this.table.length;
  }

  /**
   * Return the value of every row at a path of a stage.
   * @param {Segments} segments
   */
  values(segments) {
    return this.table.map((row) => below(row, segments));
  }

  rows() {
    return this.table;
  }

  /**
   * @param {number} start
   * @param {number} [end]
   */
  slice(start, end) {
    return new RowTable(this.table.slice(start, end), this.flat);
  }

  /**
   * Return the rows as an answer shows them.
   * @param {import("./limits.js").StepBudget} budget
   */
  results(budget) {
    return this.table.map((row) => (this.flat ? printed(row, budget) : printedDocument(row)));
  }
}

/**
 * Return a document with its dates as text: nothing below its fields is one.
 * @param {Row} row
 */
function printedDocument(row) {
  return record(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Instant ? written(value) : value,
    ]),
  );
}
