// Converts the JSON of a `PluginQuery` or `PluginStatQuery` to a checked query (query language, 2).
// Checks run in this order: shape, required members, repository, a stat's aggregate or distinct,
// the conditions' structure, then everything that depends on paths. The first failure is reported.

import { readFilters } from "./conditions.js";
import { QueryError, quote } from "./errors.js";
import { ordering, readOnly } from "./projection.js";
import { readSort } from "./order.js";
import { ofDocuments, parsePath, split } from "./field_paths.js";
import { Message, read } from "./shape.js";
import { readStages } from "./stages.js";

/** The shape of each kind of request, and its fields that become conditions, in order. */
export const KINDS = {
  list: {
    shape: "PluginQuery",
    fields: [
      "plugin_id",
      "name",
      "state",
      "service_type",
      "provider",
      "registry_type",
      "domain_id",
    ],
  },
  stat: { shape: "PluginStatQuery", fields: ["domain_id"] },
};

/**
 * Return the query of a `PluginQuery`.
 * @param {unknown} request
 * @param {string} repositoryId this catalog's own id, the default of requests
 * @returns {import("./list_query.js").ListQuery}
 */
export function parseList(request, repositoryId) {
  const message = read(request, KINDS.list.shape);
  checkRepository(message, repositoryId);
  const query = message.one("query") ?? new Message("/query");
  const filters = readFilters(query, ownFields(message, KINDS.list.fields));
  const sort = readSort(query.one("sort"), parsePath, "ERROR_REQUIRED_PARAMETER");
  const only = readOnly(query.texts("only"), query.place("only"));
  return {
    filters,
    sort,
    page: pageOf(query),
    countOnly: query.flag("count_only"),
    minimal: query.flag("minimal"),
    only: only.length ? [...only, ...ordering(sort)] : null,
  };
}

/**
 * Return the query of a `PluginStatQuery`.
 * @param {unknown} request
 * @param {string} repositoryId
 * @returns {import("./stat_query.js").StatQuery}
 */
export function parseStat(request, repositoryId) {
  const message = read(request, KINDS.stat.shape);
  const query = message.one("query");
  if (!query) {
    throw new QueryError("ERROR_REQUIRED_PARAMETER", "the request has no query", message.pointer);
  }
  checkRepository(message, repositoryId);
  const [aggregate, path] = [query.many("aggregate"), query.text("distinct")];
  if (!aggregate.length && !path) {
    const what = "the query has neither aggregate nor distinct";
    const hint = "say what to count: a group stage, or a distinct path";
    throw new QueryError("ERROR_REQUIRED_PARAMETER", what, query.pointer, hint);
  }
  const filters = readFilters(query, ownFields(message, KINDS.stat.fields));
  const page = pageOf(query);
  if (aggregate.length) return { filters, stages: readStages(aggregate), distinct: [], page };
  const distinct = ofDocuments(split(path ?? "", query.place("distinct")));
  return { filters, stages: [], distinct, page };
}

/**
 * @param {Message} message
 * @param {string} repositoryId
 */
function checkRepository(message, repositoryId) {
  const asked = message.text("repository_id");
  if (asked === null || asked === repositoryId) return;
  const place = message.place("repository_id");
  const hint = `this catalog is ${quote(repositoryId)}`;
  throw new QueryError(
    "ERROR_NOT_FOUND",
    `there is no repository ${quote(asked)} here`,
    place,
    hint,
  );
}

/**
 * @param {Message} message
 * @param {readonly string[]} fields
 * @returns {import("./conditions.js").Condition[]}
 */
function ownFields(message, fields) {
  return fields
    .filter((field) => message.has(field))
    .map((field) => ({
      segments: [field],
      test: { family: "equal", values: [message.text(field)] },
      negated: false,
    }));
}

/**
 * @param {Message} query
 * @returns {import("./list_query.js").Page}
 */
function pageOf(query) {
  const page = query.one("page");
  return { start: page?.whole("start") ?? 1, limit: page?.whole("limit") ?? 0 };
}
