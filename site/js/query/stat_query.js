// Answers a stat query on documents (query language, 8).

import { distinct } from "./accumulators.js";
import { FIELDS, reach } from "./field_paths.js";
import { grouped } from "./groups.js";
import { names, record } from "./json.js";
import { paged } from "./list_query.js";
import { passing } from "./matching.js";
import { ordered } from "./order.js";
import { Instant, written } from "./query_times.js";
import { printed } from "./query_values.js";
import { projected, unwound, unwoundDocuments } from "./rows.js";

/** @typedef {import("./documents.js").Row} Row */
/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {import("./limits.js").StepBudget} StepBudget */
/** @typedef {import("./rows.js").Rows} Rows */

/**
 * A checked stat query: stages or, if there are none, the distinct values at a path.
 * @typedef {{filters: import("./conditions.js").Filters, stages: import("./stages.js").Stage[],
 *   distinct: Segments, page: import("./list_query.js").Page}} StatQuery
 */

/**
 * Return `{results}`, with `total_count` if there is a page limit.
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
  /** @type {Rows} */
  let table = rows;
  let areDocuments = true;
  for (const stage of query.stages) {
    table = run(stage, table, budget, areDocuments);
    areDocuments &&= stage.stage === "unwind" || stage.stage === "sort" || stage.stage === "slice";
  }
  const shown = paged(table, page);
  const results = areDocuments
    ? printedDocuments(shown, budget)
    : Array.from(shown, (row) => printed(row, budget));
  return answer(page.limit, table.length, results);
}

/**
 * Return documents with their dates as text; only top-level fields are dates.
 * @param {Rows} rows
 * @param {StepBudget} budget
 */
function printedDocuments(rows, budget) {
  budget.make(rows.length * FIELDS.size);
  return Array.from(rows, (row) =>
    record(
      names(row).map((name) => {
        const value = row[name];
        return [name, value instanceof Instant ? written(value) : value];
      }),
    ),
  );
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
 * @param {Rows} rows
 * @param {StepBudget} budget
 * @param {boolean} areDocuments
 * @returns {Rows}
 */
function run(stage, rows, budget, areDocuments) {
  budget.spend(rows.length);
  switch (stage.stage) {
    case "unwind": {
      const [field, ...rest] = stage.segments;
      const isWhole = areDocuments && Array.isArray(rows) && !rest.length && FIELDS.has(field);
      if (isWhole) return unwoundDocuments(rows, field, budget);
      return unwound(rows, stage.segments, budget);
    }
    case "group":
      return grouped(rows, stage, budget);
    case "count":
      return rows.length ? [record([[stage.name, rows.length]])] : [];
    case "sort":
      return ordered(Array.from(rows), stage.keys, (row) => row, budget);
    case "project":
      return projected(rows, stage, budget);
    case "slice":
      return rows.slice(stage.start, stage.stop);
  }
}
