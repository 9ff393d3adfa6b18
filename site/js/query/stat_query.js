// A stat query and documents in, its answer out (query language, 8).

import { distinct } from "./accumulators.js";
import { grouped } from "./groups.js";
import { record } from "./json.js";
import { paged } from "./list_query.js";
import { passing } from "./matching.js";
import { inOrder } from "./order.js";
import { FIELDS, reach } from "./field_paths.js";
import { projected, unwound } from "./rows.js";
import { DocumentTable, RowTable, UnwoundTable } from "./row_tables.js";
import { MISSING, member, printed } from "./query_values.js";

/** @typedef {import("./limits.js").Budget} Budget */
/** @typedef {import("./row_tables.js").Table} Table */

/**
 * What a stat asks for: stages, or, without any, the distinct values at a path.
 * @typedef {{filters: import("./conditions.js").Filters, stages: import("./stages.js").Stage[],
 *   distinct: import("./field_paths.js").Segments, page: import("./list_query.js").Page}} StatQuery
 */

/**
 * Return `{results}`, with `total_count` under a page limit.
 * @param {StatQuery} query
 * @param {import("./documents.js").Documents} documents
 * @param {import("./query_times.js").Instant} now
 * @param {Budget} budget
 */
export function answerStat(query, documents, now, budget) {
  const indexes = passing(query.filters, documents, now, budget);
  const { page } = query;
  if (!query.stages.length) {
    const found = distinctValues(documents, indexes, query.distinct, budget);
    return answer(page.limit, found.length, paged(found, page));
  }
  /** @type {Table} */
  let table = new DocumentTable(documents, indexes);
  for (const stage of query.stages) table = run(stage, table, budget);
  const shown = page.limit ? table.slice(page.start - 1, page.start - 1 + page.limit) : table;
  return answer(page.limit, table.length, shown.results(budget));
}

/**
 * @param {number} limit
 * @param {number} total_count
 * @param {unknown[]} results
 */
const answer = (limit, total_count, results) => (limit ? { total_count, results } : { results });

/**
 * @param {import("./documents.js").Documents} documents
 * @param {number[]} indexes
 * @param {import("./field_paths.js").Segments} segments
 * @param {Budget} budget
 */
function distinctValues(documents, indexes, segments, budget) {
  if (!FIELDS.has(segments[0])) return [];
  const column = documents.column(segments[0]);
  const values = indexes.flatMap((index) => reach(column[index], segments, 1).flat());
  budget.spend(values.length);
  return distinct(values, budget).map((value) => printed(value, budget));
}

/**
 * @param {import("./stages.js").Stage} stage
 * @param {Table} table
 * @param {Budget} budget
 * @returns {Table}
 */
function run(stage, table, budget) {
  budget.spend(table.length);
  switch (stage.stage) {
    case "unwind":
      return unwoundTable(table, stage.segments, budget);
    case "group":
      return new RowTable(grouped(table, stage, budget), true);
    case "count":
      return new RowTable(table.length ? [record([[stage.name, table.length]])] : [], true);
    case "sort":
      return sorted(table, stage.keys, budget);
    case "project":
      return new RowTable(projected(table, stage, budget), true);
    case "limit":
      return table.slice(0, stage.count);
    case "skip":
      return table.slice(stage.count);
  }
}

/**
 * Unwind a table; a whole field of documents needs no rows yet: the usual case, labels.
 * @param {Table} table
 * @param {import("./field_paths.js").Segments} segments
 * @param {Budget} budget
 * @returns {Table}
 */
function unwoundTable(table, segments, budget) {
  const [field] = segments;
  if (!(table instanceof DocumentTable) || segments.length > 1 || !FIELDS.has(field)) {
    return new RowTable(unwound(table, segments, budget), table.flat);
  }
  /** @type {number[]} */
  const indexes = [];
  /** @type {unknown[]} */
  const elements = [];
  table.values(segments).forEach((value, n) => {
    if (value === null || value === MISSING) return;
    for (const element of Array.isArray(value) ? value : [value]) {
      indexes.push(table.indexes[n]);
      elements.push(element);
    }
  });
  budget.spend(elements.length);
  return new UnwoundTable(new DocumentTable(table.documents, indexes), field, elements);
}

/**
 * @param {Table} table
 * @param {import("./order.js").SortKey[]} keys
 * @param {Budget} budget
 * @returns {Table}
 */
function sorted(table, keys, budget) {
  if (!(table instanceof DocumentTable)) {
    return new RowTable(inOrder(table.rows(), keys, member, budget), table.flat);
  }
  const { documents } = table;
  /** @param {number} index @param {string} field */
  const valueAt = (index, field) => (FIELDS.has(field) ? documents.column(field)[index] : MISSING);
  return new DocumentTable(documents, inOrder(table.indexes, keys, valueAt, budget));
}
