// Checks that a JavaScript value is JSON suitable for a query; throws QueryError if not.

import { child, invalid, kind } from "./errors.js";
import { names } from "./json.js";
import { MAX_DEPTH, MAX_NODES } from "./limits.js";
import { isBroken } from "./text.js";

/**
 * Refuse values that are not JSON, are nested too deeply or are too large, without recursion.
 * @param {unknown} request
 */
export function check(request) {
  if (!isCollection(request)) return checkScalar(request, "");
  /** @type {[object, string, number][]} */
  const waiting = [[request, "", 1]];
  let nodes = 1;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [collection, pointer, depth] = next;
    if (depth > MAX_DEPTH) {
      throw invalid(`the request nests deeper than ${MAX_DEPTH} levels`, pointer);
    }
    for (const [name, value] of membersOf(collection, pointer)) {
      nodes += 1;
      if (isCollection(value)) waiting.push([value, child(pointer, name), depth + 1]);
      else if (!isPlain(value)) checkScalar(value, child(pointer, name));
    }
    if (nodes > MAX_NODES) throw invalid("the request has more than 2,000,000 values", "");
  }
}

/**
 * @param {unknown} value
 * @returns {value is object}
 */
function isCollection(value) {
  return typeof value === "object" && ["a list", "an object"].includes(kind(value));
}

/**
 * @param {object} collection
 * @param {string} pointer
 * @returns {Iterable<[string | number, unknown]>}
 */
function membersOf(collection, pointer) {
  if (Array.isArray(collection)) return collection.entries();
  const object = /** @type {Record<string, unknown>} */ (collection);
  const given = names(object);
  for (const name of given) checkScalar(name, pointer);
  return given.map((name) => [name, object[name]]);
}

/** @param {unknown} value */
function isPlain(value) {
  return value === null || (typeof value === "string" && !isBroken(value));
}

/**
 * @param {unknown} found
 * @param {string} pointer
 */
function checkScalar(found, pointer) {
  if (typeof found === "string") {
    if (isBroken(found)) throw invalid("half of a surrogate pair is not a character", pointer);
  } else if (typeof found === "number") {
    if (!Number.isFinite(found)) throw invalid("a number must be finite, as a double is", pointer);
  } else if (typeof found !== "boolean" && found !== null) {
    throw invalid(`the value is ${kind(found)}`, pointer);
  }
}
