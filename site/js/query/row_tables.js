// Rows between two stages: documents column by column, or rows as they are. Most pipelines group
// documents first; to read a column of them needs no row at all.

import { record } from "./json.js";
import { FIELDS, below } from "./field_paths.js";
import { Instant, written } from "./query_times.js";
import { MISSING, member, printed } from "./query_values.js";

/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {Record<string, unknown>} Row */
/** @typedef {DocumentTable | UnwoundTable | RowTable} Table */

/** The documents at some indexes, not made into rows yet. */
export class DocumentTable {
  /**
   * @param {import("./documents.js").Documents} documents
   * @param {readonly number[]} indexes
   */
  constructor(documents, indexes) {
    this.documents = documents;
    this.indexes = indexes;
    this.flat = false;
  }

  get length() {
    return this.indexes.length;
  }

  /**
   * Return the value of every row at a path of a stage.
   * @param {Segments} segments
   */
  values(segments) {
    if (!FIELDS.has(segments[0])) return this.indexes.map(() => MISSING);
    const column = this.documents.column(segments[0]);
    if (segments.length === 1) return this.indexes.map((index) => column[index]);
    return this.indexes.map((index) => below(column[index], segments, 1));
  }

  /**
   * Return whole query documents (D-A9).
   * @returns {Row[]}
   */
  rows() {
    return this.documents.rows(this.indexes);
  }

  /**
   * @param {number} start
   * @param {number} [end]
   */
  slice(start, end) {
    return new DocumentTable(this.documents, this.indexes.slice(start, end));
  }

  /** Return the rows as an answer shows them. */
  results() {
    return this.rows().map(printedDocument);
  }
}

/** The documents at some indexes, with elements in the place of one field's lists. */
export class UnwoundTable {
  /**
   * @param {DocumentTable} table
   * @param {string} field
   * @param {readonly unknown[]} elements
   */
  constructor(table, field, elements) {
    this.table = table;
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
  values(segments) {
    if (segments[0] !== this.field) return this.table.values(segments);
    return this.elements.map((element) => below(element, segments, 1));
  }

  /**
   * Return whole query documents, an element in each.
   * @returns {Row[]}
   */
  rows() {
    const rows = this.table.rows();
    for (const [n, element] of this.elements.entries()) rows[n][this.field] = element;
    return rows;
  }

  /**
   * @param {number} start
   * @param {number} [end]
   */
  slice(start, end) {
    const elements = this.elements.slice(start, end);
    return new UnwoundTable(this.table.slice(start, end), this.field, elements);
  }

  /**
   * Return the rows as an answer shows them.
   * @param {import("./limits.js").Budget} budget
   */
  results(budget) {
    budget.make(this.length * FIELDS.size);
    return this.rows().map(printedDocument);
  }
}

/** Rows that a stage has made; `flat` once they are no documents any more. */
export class RowTable {
  /**
   * @param {Row[]} table
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
    return this.table.map((row) => below(member(row, segments[0]), segments, 1));
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
   * @param {import("./limits.js").Budget} budget
   */
  results(budget) {
    if (!this.flat) return this.table.map(printedDocument);
    return this.table.map((row) => printed(row, budget));
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
