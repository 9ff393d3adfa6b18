// The query language of `list` and `stat` for browsers: gives the same answers as catalogctl's own
// engine, from a catalog's published plugins. It does not depend on a page, so it also runs in a
// worker. docs/query-javascript.md shows how to use it.

import { canonical } from "./query/canonical_request.js";
import { Documents, baseOrder } from "./query/documents.js";
import { QueryError, bad } from "./query/errors.js";
import { parse } from "./query/json_reader.js";
import { StepBudget } from "./query/limits.js";
import { answerList } from "./query/list_query.js";
import { EVERY, everything } from "./query/published_plugins.js";
import { parseList, parseStat } from "./query/query_requests.js";
import { answerStat } from "./query/stat_query.js";
import { MAX_MS, MIN_MS, instant } from "./query/query_times.js";

export { EVERY, QueryError, canonical, everything, parse };

/** @typedef {import("./query/documents.js").PluginInfo} PluginInfo */
/** @typedef {readonly PluginInfo[] | {results: readonly PluginInfo[]}} Plugins */

/**
 * What an answer depends on besides the request and the plugins. `now` comes from the catalog's
 * index.json, never from the reader's clock. With EVERY as the repository, the plugins are those of
 * several, and keep the order in which they are given: by repository, then by name.
 * @typedef {{now: string, repositoryId: string}} Context
 */

/**
 * Answer a list query with `{results, total_count}`; throw QueryError if that is not possible. The
 * rows of the answer may be the plugins themselves, so do not modify them.
 * @param {Plugins} plugins
 * @param {unknown} request a PluginQuery
 * @param {Context} context
 * @returns {{results: Record<string, unknown>[], total_count: number}}
 */
export function list(plugins, request, { now, repositoryId }) {
  const query = parseList(request, repositoryId);
  const documents = documentsOf(plugins, repositoryId);
  return within(() => answerList(query, documents, moment(now), new StepBudget(documents.length)));
}

/**
 * Answer a stat query with `{results}`, and `total_count` if the request has a page limit; throw
 * QueryError if that is not possible.
 * @param {Plugins} plugins
 * @param {unknown} request a PluginStatQuery
 * @param {Context} context
 * @returns {{results: unknown[], total_count?: number}}
 */
export function stat(plugins, request, { now, repositoryId }) {
  const query = parseStat(request, repositoryId);
  const documents = documentsOf(plugins, repositoryId);
  return within(() => answerStat(query, documents, moment(now), new StepBudget(documents.length)));
}

/**
 * Return the id of a request's answer, the hex sha256 of its canonical query. `answers/<id>.json`
 * contains the answer if the catalog published it. Needs a secure context (https or localhost).
 * @param {"list" | "stat"} kind
 * @param {unknown} request
 * @returns {Promise<string>}
 */
export async function queryId(kind, request) {
  const bytes = new TextEncoder().encode(canonical(kind, request));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @type {WeakMap<object, Documents>} */
const inBaseOrder = new WeakMap();
/** @type {WeakMap<object, Documents>} */
const asGiven = new WeakMap();

/**
 * Return the documents of some plugins, cached for as long as the plugins exist.
 * @param {Plugins} plugins
 * @param {string} repositoryId
 */
function documentsOf(plugins, repositoryId) {
  const given = "results" in plugins ? plugins.results : plugins;
  const known = repositoryId === EVERY ? asGiven : inBaseOrder;
  let documents = known.get(given);
  if (!documents) {
    documents = new Documents(repositoryId === EVERY ? given : baseOrder(given));
    known.set(given, documents);
  }
  return documents;
}

/** @param {string} now */
function moment(now) {
  const found = instant(now);
  if (!found) {
    throw new TypeError(`"${now}" is not a time: write it like 2022-11-01T12:34:56.000Z`);
  }
  if (MIN_MS <= found.ms && found.ms <= MAX_MS) return found;
  const range = [MIN_MS, MAX_MS].map((ms) => new Date(ms).toISOString()).join(" to ");
  throw new TypeError(`"${now}" is out of range: give a time from ${range}`);
}

/**
 * Convert a stack overflow from deep nesting to a QueryError. Plugin files have at most 64 levels,
 * but a tree published by another tool may have more.
 * @template T
 * @param {() => T} answer
 * @returns {T}
 */
function within(answer) {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw bad("a value nests too deep to be looked at", "/query");
  }
}
