// PluginInfo objects in, query documents out (query language, 1). Nothing of a plugin is changed.

import { DATE, FIELDS, OBJECT } from "./field_paths.js";
import { MAX_MS, MIN_MS, instant } from "./query_times.js";
import { isObject } from "./query_values.js";
import { compareText } from "./text.js";

/** @typedef {Record<string, any>} PluginInfo */
/** @typedef {Record<string, unknown>} Row a query document, or what a stage has made */

const NULLABLE = ["provider", "project_id"];
const OBJECTS = Array.from(FIELDS.keys()).filter((field) => FIELDS.get(field) === OBJECT);
const DATES = Array.from(FIELDS.keys()).filter((field) => FIELDS.get(field) === DATE);

/**
 * Return plugins in the order on which ties, pages, first and last rest (D-S1).
 * @param {readonly PluginInfo[]} plugins
 */
export function baseOrder(plugins) {
  return plugins.slice().sort((one, other) => {
    const byName = compareText(String(one.name), String(other.name));
    return byName || compareText(String(one.plugin_id), String(other.plugin_id));
  });
}

/** Some plugins in base order, and the query document of each; reusable for many queries. */
export class Documents {
  /** @param {readonly PluginInfo[]} plugins */
  constructor(plugins) {
    this.plugins = plugins;
    /** @type {Map<string, unknown>} what texts are as dates; many plugins share that of a commit */
    const moments = new Map();
    this.rows = plugins.map((info) => queryDocument(info, moments));
  }

  get length() {
    return this.plugins.length;
  }
}

/**
 * Return the query document of a plugin, its dates as instants; nothing below is copied.
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
 * Return a date; a text that is not one, in a tree of another tool, stays as it is.
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
