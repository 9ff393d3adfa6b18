// Answers a list query on documents (query language, 5).

import { passing } from "./matching.js";
import { ordered } from "./order.js";
import { cut, minimal, tree } from "./projection.js";

/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {import("./order.js").SortKey} SortKey */
/** @typedef {import("./documents.js").PluginInfo} PluginInfo */
/** @typedef {{start: number, limit: number}} Page rows from `start` (from 1); limit 0 means all */

/**
 * A checked list query; `only` are the paths to include in a row, null for all.
 * @typedef {{filters: import("./conditions.js").Filters, sort: SortKey[], page: Page,
 *   countOnly: boolean, minimal: boolean, only: Segments[] | null}} ListQuery
 */

/**
 * Return `{results, total_count}`.
 * @param {ListQuery} query
 * @param {import("./documents.js").Documents} documents
 * @param {import("./query_times.js").Instant} now
 * @param {import("./limits.js").StepBudget} budget
 */
export function answerList(query, documents, now, budget) {
  const found = passing(query.filters, documents, now, budget);
  const total_count = found.length;
  if (query.countOnly) return { results: [], total_count };
  const sorted = ordered(found, query.sort, (index) => documents.rows[index], budget);
  const infos = paged(sorted, query.page).map((index) => documents.plugins[index]);
  return { results: rowsOf(infos, query), total_count };
}

/**
 * Return the requested part of each PluginInfo.
 * @param {PluginInfo[]} infos
 * @param {ListQuery} query
 */
function rowsOf(infos, query) {
  if (query.minimal) return infos.map(minimal);
  if (!query.only) return infos;
  const kept = tree(query.only);
  return infos.map((info) => cut(info, kept));
}

/**
 * Return the rows of one page, or all rows if there is no limit.
 * @template {{slice: (start: number, stop?: number) => T}} T
 * @param {T} rows
 * @param {Page} page
 * @returns {T}
 */
export function paged(rows, { start, limit }) {
  return limit ? rows.slice(start - 1, start - 1 + limit) : rows;
}
