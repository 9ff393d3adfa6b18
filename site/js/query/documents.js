// PluginInfo objects in, query documents in base order out, column by column (query language, 1).
// A column is made when a query first looks at it and kept. Nothing of a plugin is changed.

import { DATE, FIELDS, INFO, LABELS, OBJECT } from "./field_paths.js";
import { compareText, fold } from "./text.js";
import { MAX_MS, MIN_MS, instant } from "./query_times.js";
import { isObject } from "./query_values.js";

/** @typedef {Record<string, any>} PluginInfo */

const NULLABLE = ["provider", "project_id"];

/** The query documents of some plugins, reusable for many queries. */
export class Documents {
  /** @param {readonly PluginInfo[]} plugins in any order */
  constructor(plugins) {
    this.plugins = inBaseOrder(plugins);
    /** @type {Map<string, unknown[]>} */
    this.columns = new Map();
    /** @type {Map<string, (string | null)[]>} */
    this.foldedColumns = new Map();
  }

  get length() {
    return this.plugins.length;
  }

  /**
   * Return the values of one field of all documents.
   * @param {string} field
   */
  column(field) {
    let found = this.columns.get(field);
    if (!found) {
      found = this.plugins.map(reader(field));
      this.columns.set(field, found);
    }
    return found;
  }

  /**
   * Return a column with case folded, and null for what is no string.
   * @param {string} field
   */
  folded(field) {
    let found = this.foldedColumns.get(field);
    if (!found) {
      found = this.column(field).map((value) => (typeof value === "string" ? fold(value) : null));
      this.foldedColumns.set(field, found);
    }
    return found;
  }

  /**
   * Return whole query documents, their dates as instants.
   * @param {readonly number[]} indexes
   */
  rows(indexes) {
    const columns = Array.from(FIELDS.keys(), (field) => [field, this.column(field)]);
    return indexes.map((index) => {
      /** @type {Record<string, unknown>} */
      const row = {};
      for (const [field, column] of columns) row[/** @type {string} */ (field)] = column[index];
      return row;
    });
  }
}

/**
 * Return plugins in the order on which ties, pages, first and last rest (D-S1).
 * @param {readonly PluginInfo[]} plugins
 */
function inBaseOrder(plugins) {
  return plugins.slice().sort((one, other) => {
    const byName = compareText(String(one.name), String(other.name));
    return byName || compareText(String(one.plugin_id), String(other.plugin_id));
  });
}

/**
 * Return the function that reads a field of a document from a PluginInfo.
 * @param {string} field
 * @returns {(info: PluginInfo) => unknown}
 */
function reader(field) {
  const kind = FIELDS.get(field);
  if (NULLABLE.includes(field)) return (info) => info[field] || null;
  if (field === "repository_id") return (info) => repository(info).repository_id ?? null;
  if (kind === INFO) return repository;
  if (kind === DATE) return (info) => date(info[field]);
  if (kind === LABELS) return (info) => info[field] || [];
  if (kind === OBJECT) return (info) => info[field] || {};
  return (info) => info[field] ?? null;
}

/** @param {PluginInfo} info */
function repository(info) {
  return isObject(info.repository_info) ? info.repository_info : {};
}

/**
 * Return a date; a text that is none, in a tree of another tool, stays as it is.
 * @param {unknown} value
 */
function date(value) {
  const moment = typeof value === "string" ? instant(value) : null;
  return moment && MIN_MS <= moment.ms && moment.ms <= MAX_MS ? moment : (value ?? null);
}
