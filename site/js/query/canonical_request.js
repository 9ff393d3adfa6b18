// Converts a request to the text that identifies its answer: JSON in the form of RFC 8785.

import { KINDS } from "./query_requests.js";
import { Message, read } from "./shape.js";

/**
 * Return the canonical query of a request. Two spellings of a query give the same text. Only the
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
 * Return a value in the form of RFC 8785: members sorted by 16-bit units, numbers and strings as in
 * JSON.stringify.
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
