// A stat query and documents in, its answer out (query language, 8).

import { distinct } from "./accumulators.js";
import { FIELDS, reach } from "./field_paths.js";
import { grouped } from "./groups.js";
import { record } from "./json.js";
import { paged } from "./list_query.js";
import { passing } from "./matching.js";
import { ordered } from "./order.js";
import { printed } from "./query_values.js";
import { RowTable, UnwoundTable } from "./row_tables.js";
import { projected, unwound } from "./rows.js";

/** @typedef {import("./documents.js").Row} Row */
/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {import("./limits.js").StepBudget} StepBudget */
/** @typedef {import("./row_tables.js").Table} Table */

/**
 * What a stat asks for: stages, or, without any, the distinct values at a path.
 * @typedef {{filters: import("./conditions.js").Filters, stages: import("./stages.js").Stage[],
 *   distinct: Segments, page: import("./list_query.js").Page}} StatQuery
 */

/**
 * Return `{results}`, with `total_count` under a page limit.
 * @param {StatQuery} query
 * @param {import("./documents.js").Documents} documents
 * @param {import("./query_times.js").Instant} now
 * @param {StepBudget} budget
 */
export function answerStat(query, documents, now, budget) {
  const indexes = passing(query.filters, documents, now, budget);
  const rows = indexes.map((index) => documents.rows[index]);
  const { page } = query;
  if (!query.stages.length) {
    const found = distinctValues(rows, query.distinct, budget);
    return answer(page.limit, found.length, paged(found, page));
  }
  /** @type {Table} */
  let table = new RowTable(rows, false);
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
 * @param {readonly Row[]} rows
 * @param {Segments} segments
 * @param {StepBudget} budget
 */
function distinctValues(rows, segments, budget) {
  if (!FIELDS.has(segments[0])) return [];
  const values = rows.flatMap((row) => reach(row, segments, budget).flat());
  budget.spend(values.length);
  return distinct(values, budget).map((value) => printed(value, budget));
}

/**
 * @param {import("./stages.js").Stage} stage
 * @param {Table} table
 * @param {StepBudget} budget
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
      return new RowTable(
        ordered(table.rows(), stage.keys, (row) => row, budget),
        table.flat,
      );
    case "project":
      return new RowTable(projected(table, stage, budget), true);
    case "limit":
      return table.slice(0, stage.count);
    case "skip":
      return table.slice(stage.count);
  }
}

/**
 * Unwind a table; a whole field of documents needs no copies of them (`UnwoundTable`).
 * @param {Table} table
 * @param {Segments} segments
 * @param {StepBudget} budget
 * @returns {Table}
 */
function unwoundTable(table, segments, budget) {
  const [field] = segments;
  const isWhole = segments.length === 1 && FIELDS.has(field);
  if (!(table instanceof RowTable) || table.flat || !isWhole) {
    return new RowTable(unwound(table, segments, budget), table.flat);
  }
  /** @type {Row[]} */
  const rows = [];
  /** @type {unknown[]} */
  const elements = [];
  for (const row of table.rows()) {
    const value = row[field];
    if (value === null) continue;
    for (const element of Array.isArray(value) ? value : [value]) {
      rows.push(row);
      elements.push(element);
    }
  }
  budget.spend(elements.length);
  return new UnwoundTable(rows, field, elements);
}
