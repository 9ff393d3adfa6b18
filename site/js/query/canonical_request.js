// A request in, the text out that addresses its answer: JSON as RFC 8785 writes it.

import { KINDS } from "./query_requests.js";
import { Message, read } from "./shape.js";

/**
 * Return the canonical query of a request. Two spellings of one query give the same text. Only the
 * shape is checked.
 * @param {"list" | "stat"} kind
 * @param {unknown} request
 */
export function canonical(kind, request) {
  const { shape, fields } = KINDS[kind];
  const message = read(request, shape);
  const query = message.one("query")?.toJSON() ?? {};
  const own = fields
    .filter((field) => message.has(field))
    .map((field) => ({ key: field, operator: "eq", value: message.text(field) }));
  if (own.length) query.filter = [.../** @type {unknown[]} */ (query.filter ?? []), ...own];
  return text({ kind, query });
}

/**
 * Return a value as RFC 8785 writes it: members sorted by their 16-bit units, numbers and strings
 * as JSON.stringify writes them.
 * @param {any} value
 * @returns {string}
 */
function text(value) {
  if (value instanceof Message) return text(value.toJSON());
  if (Array.isArray(value)) return `[${value.map(text).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${text(value[name])}`).join(",")}}`;
}
