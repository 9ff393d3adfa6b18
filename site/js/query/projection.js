// Selects the part of a PluginInfo at the paths of `only` (query language, 5.5).

import { bad, child, quote } from "./errors.js";
import { FIELDS, LABELS, OBJECT, parsePath } from "./field_paths.js";
import { names, record } from "./json.js";
import { isObject } from "./query_values.js";

/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {import("./documents.js").PluginInfo} PluginInfo */
/** @typedef {Map<string, any>} Tree what to keep, by name; an empty tree keeps everything */

const MINIMAL = [
  "plugin_id",
  "name",
  "state",
  "image",
  "service_type",
  "registry_type",
  "provider",
];

/**
 * Return the checked paths of `only`; refuse paths that rows do not have (D-L3).
 * @param {readonly string[]} texts
 * @param {string} pointer
 * @returns {Segments[]}
 */
export function readOnly(texts, pointer) {
  return texts.map((text, n) => {
    const place = child(pointer, n);
    const segments = parsePath(text, place);
    const [field, ...rest] = segments;
    if (field === "repository_id" || (FIELDS.get(field) === LABELS && rest.length)) {
      const hint = `write "${field === "repository_id" ? "repository_info" : "labels"}"`;
      throw bad(`a row has no ${quote(text)}`, place, hint);
    }
    return keptPart(segments);
  });
}

/**
 * Return the fields that sorting adds to `only`: those of its keys, or the name.
 * @param {readonly import("./order.js").SortKey[]} keys
 * @returns {Segments[]}
 */
export function ordering(keys) {
  if (!keys.length) return [["name"]];
  const found = keys.map(({ segments }) => keptPart(segments));
  return found.filter(([field]) => field !== "repository_id");
}

/**
 * Return the part of a path used to select from rows, which only goes through objects.
 * @param {Segments} segments
 */
function keptPart(segments) {
  return FIELDS.get(segments[0]) === OBJECT ? segments : segments.slice(0, 1);
}

/**
 * Return those of the seven fields of a minimal row that the plugin has.
 * @param {PluginInfo} info
 */
export function minimal(info) {
  const given = MINIMAL.filter((name) => Object.hasOwn(info, name));
  return record(given.map((name) => [name, info[name]]));
}

/**
 * Return paths as one tree; a complete path takes precedence over paths below it.
 * @param {readonly Segments[]} paths
 * @returns {Tree}
 */
export function tree(paths) {
  /** @type {Tree} */
  const root = new Map();
  for (const path of paths.slice().sort((one, other) => other.length - one.length)) {
    let node = root;
    for (const name of path.slice(0, -1)) {
      if (!node.has(name)) node.set(name, new Map());
      node = node.get(name);
    }
    node.set(path[path.length - 1], new Map());
  }
  return root;
}

/**
 * Return the part of an object that a tree keeps, in the object's order. For a list, return its
 * objects, each reduced in the same way.
 * @param {Record<string, unknown>} object
 * @param {Tree} kept
 * @returns {Record<string, unknown>}
 */
export function cut(object, kept) {
  /** @type {[string, unknown][]} */
  const found = [];
  for (const name of names(object)) {
    const inner = kept.get(name);
    const value = object[name];
    if (inner && !inner.size) {
      found.push([name, value]);
    } else if (inner && Array.isArray(value)) {
      found.push([name, value.filter(isObject).map((element) => cut(element, inner))]);
    } else if (inner && isObject(value)) {
      found.push([name, cut(value, inner)]);
    }
  }
  return record(found);
}
