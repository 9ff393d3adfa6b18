// Dotted paths: which ones are valid, and which values they reach in a document or a row.

import { bad, quote, unknownWord } from "./errors.js";
import { INFO_NAMES, FIELDS as TABLE } from "./language.js";
import { MAX_SEGMENTS } from "./limits.js";
import { MISSING, isObject, member } from "./query_values.js";

/** The kinds of fields in the query document, which determine what may follow in a path. */
export const [TEXT, DATE, LABELS, OBJECT, INFO] = [
  "a string",
  "a date",
  "a list of strings",
  "an object",
  "repository_info",
];

/** The fields of the query document in the order of PluginInfo (query language, 1). */
export const FIELDS = new Map(TABLE);

/** @typedef {readonly string[]} Segments the names of a path */

/**
 * Return the names of a path.
 * @param {string} text
 * @param {string} pointer
 * @returns {Segments}
 */
export function split(text, pointer) {
  const segments = text.split(".");
  if (segments.length > MAX_SEGMENTS) {
    throw bad(`a path has at most ${MAX_SEGMENTS} names: ${quote(text)}`, pointer);
  }
  for (const segment of segments) {
    if (!segment) throw bad(`${quote(text)} has an empty name`, pointer);
    if (segment.startsWith("$")) {
      const hint = "operators of a database are not part of the API";
      throw bad(`${quote(text)} has a name that starts with "$"`, pointer, hint);
    }
  }
  return segments;
}

/**
 * Return a path below query documents with the alias `repository.X` resolved.
 * @param {Segments} segments
 * @returns {Segments}
 */
export function ofDocuments(segments) {
  const isAlias = segments[0] === "repository" && segments.length > 1;
  return isAlias ? ["repository_info", ...segments.slice(1)] : segments;
}

/**
 * Return the names of a path of the query document; refuse unknown paths (D-F4).
 * @param {string} text
 * @param {string} pointer
 * @returns {Segments}
 */
export function parsePath(text, pointer) {
  const segments = ofDocuments(split(text, pointer));
  const [field, ...rest] = segments;
  const kind = FIELDS.get(field);
  if (!kind) {
    const fields = Array.from(FIELDS.keys());
    const words = { word: field, known: fields, otherwise: `the fields are ${fields.join(", ")}` };
    const error = unknownWord(bad, `there is no field ${quote(text)}`, pointer, words);
    if (error.meant) error.meant = [error.meant, ...rest].join(".");
    throw error;
  }
  if (!rest.length || kind === OBJECT || kind === LABELS) return segments;
  if (kind !== INFO) {
    throw bad(`there is no ${quote(text)}: ${field} is ${kind}`, pointer, `write "${field}"`);
  }
  if (rest.length > 1 || !INFO_NAMES.includes(rest[0])) {
    const what = `there is no ${quote(text)}: repository_info has ${INFO_NAMES.join(", ")}`;
    const error = unknownWord(bad, what, pointer, { word: rest[0], known: INFO_NAMES });
    if (error.meant) error.meant = `${field}.${error.meant}`;
    throw error;
  }
  return segments;
}

/**
 * Return the values at a path of a condition or sort (query language, 3.1).
 * @param {unknown} value
 * @param {Segments} segments
 * @param {import("./limits.js").StepBudget} budget
 */
export function reach(value, segments, budget) {
  let reached = [value];
  for (const segment of segments) {
    /** @type {unknown[]} */
    const found = [];
    for (const each of reached) {
      if (isObject(each)) found.push(member(each, segment));
      else for (const value of elements(each, segment)) found.push(value);
    }
    budget.spend(found.length);
    reached = found;
  }
  return reached;
}

/**
 * Return what a name reaches in a value that is not an object. For a list, these are the element at
 * that position and the members of its elements.
 * @param {unknown} value
 * @param {string} segment
 * @returns {unknown[]}
 */
function elements(value, segment) {
  if (!Array.isArray(value)) return [MISSING];
  const found = value.filter(isObject).map((element) => member(element, segment));
  if (/^[0-9]{1,9}$/.test(segment) && Number(segment) < value.length) {
    found.unshift(value[Number(segment)]);
  }
  return found;
}

/**
 * Return the single value at a path of a stage: lists are mapped, digits are names (D-A10).
 * @param {unknown} value
 * @param {Segments} segments
 * @returns {unknown}
 */
export function below(value, segments) {
  for (const [position, segment] of segments.entries()) {
    if (isObject(value)) {
      value = member(value, segment);
    } else if (Array.isArray(value)) {
      const rest = segments.slice(position);
      const found = value.filter(isObject).map((element) => below(element, rest));
      return found.filter((one) => one !== MISSING);
    } else {
      return MISSING;
    }
  }
  return value;
}
