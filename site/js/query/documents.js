// Converts PluginInfo objects to query documents (query language, 1). Plugins are not modified.

import { DATE, FIELDS, OBJECT } from "./field_paths.js";
import { MAX_MS, MIN_MS, instant } from "./query_times.js";
import { isObject } from "./query_values.js";
import { compareText } from "./text.js";

/** @typedef {Record<string, any>} PluginInfo */
/** @typedef {Record<string, unknown>} Row a query document, or the result of a stage */

const NULLABLE = ["provider", "project_id"];
const OBJECTS = Array.from(FIELDS.keys()).filter((field) => FIELDS.get(field) === OBJECT);
const DATES = Array.from(FIELDS.keys()).filter((field) => FIELDS.get(field) === DATE);

/**
 * Return plugins in base order, which determines ties, pages, first and last (D-S1).
 * @param {readonly PluginInfo[]} plugins
 */
export function baseOrder(plugins) {
  return plugins.slice().sort((one, other) => {
    const byName = compareText(String(one.name), String(other.name));
    return byName || compareText(String(one.plugin_id), String(other.plugin_id));
  });
}

/** Plugins in base order with their query documents; reusable for many queries. */
export class Documents {
  /** @param {readonly PluginInfo[]} plugins */
  constructor(plugins) {
    this.plugins = plugins;
    /** @type {Map<string, unknown>} texts parsed as dates; many plugins share a commit's date */
    const moments = new Map();
    this.rows = plugins.map((info) => queryDocument(info, moments));
  }

  get length() {
    return this.plugins.length;
  }
}

/**
 * Return a plugin's query document, with dates as instants; nested values are not copied.
 * @param {PluginInfo} info
 * @param {Map<string, unknown>} moments
 */
function queryDocument(info, moments) {
  /** @type {Row} */
  const made = {};
  for (const field of FIELDS.keys()) made[field] = info[field] ?? null;
  for (const field of NULLABLE) made[field] ||= null;
  for (const field of OBJECTS) made[field] ||= {};
  for (const field of DATES) made[field] = dateOf(made[field], moments);
  made.labels ||= [];
  const repository = isObject(info.repository_info) ? info.repository_info : {};
  made.repository_info = repository;
  made.repository_id = repository.repository_id ?? null;
  return made;
}

/**
 * Return a date; any other text, as in a tree of another tool, is returned unchanged.
 * @param {unknown} value
 * @param {Map<string, unknown>} moments
 */
function dateOf(value, moments) {
  if (typeof value !== "string") return value;
  if (!moments.has(value)) {
    const moment = instant(value);
    const isDate = moment && MIN_MS <= moment.ms && moment.ms <= MAX_MS;
    moments.set(value, isDate ? moment : value);
  }
  return moments.get(value);
}
