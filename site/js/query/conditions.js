// Converts messages of `filter` and `filter_or` to checked conditions (query language, 3).
// Conditions are checked in two passes: first the structure and value types of all conditions, then
// paths and what depends on them.

import { QueryError, bad, child, kind, quote, unknownWord } from "./errors.js";
import { names } from "./json.js";
import { MAX_CONDITIONS, MAX_PATTERNS, MAX_SUB_KEYS } from "./limits.js";
import { LIST_HINTS, SYNONYMS as NAMES, OPERATORS as TABLE } from "./language.js";
import { DATE, FIELDS, parsePath, split } from "./field_paths.js";
import { compilePattern } from "./query_patterns.js";
import { fold } from "./text.js";
import { instant, timediff, trimmed } from "./query_times.js";
import { isObject } from "./query_values.js";

/** @typedef {import("./shape.js").Message} Message */
/** @typedef {import("./language.js").Operator} Operator */
/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {import("./query_patterns.js").Pattern} Pattern */

/**
 * A test of the values at a path, by family; the texts of `contain` are already case-folded.
 * @typedef {{family: "equal", values: unknown[]}
 *   | {family: "compare", comparison: string, bound: unknown}
 *   | {family: "contain", texts: string[]}
 *   | {family: "regex", patterns: Pattern[]}
 *   | {family: "exist"}
 *   | {family: "match", members: [Segments, unknown][]}} Test
 */

/**
 * A test at a path; if negated, it passes exactly where the test fails.
 * @typedef {{segments: Segments, test: Test, negated: boolean}} Condition
 */

/** @typedef {{every: Condition[], some: Condition[]}} Filters all of `every` and one of `some` */

const OPERATORS = new Map(TABLE.map((operator) => [operator.name, operator]));
const SYNONYMS = new Map(NAMES);
const KEYWORD_FIELDS = ["plugin_id", "name", "provider", "labels"];
const LIST_TYPE = "ERROR_OPERATOR_LIST_VALUE_TYPE";

/**
 * Return the conditions of a query; `more` are the conditions from the request's own fields.
 * @param {Message} query
 * @param {Condition[]} more
 * @returns {Filters}
 */
export function readFilters(query, more) {
  const every = query.many("filter");
  const both = [...every, ...query.many("filter_or")];
  if (both.length > MAX_CONDITIONS) {
    throw bad(
      `a query has at most ${MAX_CONDITIONS.toLocaleString("en")} conditions`,
      query.pointer,
    );
  }
  both.forEach(checkStructure);
  const found = both.map(readCondition);
  const patterns = found.flatMap(({ test }) => (test.family === "regex" ? test.patterns : []));
  if (patterns.length > MAX_PATTERNS) {
    throw bad(`a query has at most ${MAX_PATTERNS} regular expressions`, query.pointer);
  }
  return {
    every: [...found.slice(0, every.length), ...more],
    some: [...found.slice(every.length), ...keywordConditions(query.text("keyword") ?? "")],
  };
}

/**
 * Return the conditions that a keyword adds to `filter_or` (query language, 4; D-K1).
 * @param {string} keyword
 * @returns {Condition[]}
 */
function keywordConditions(keyword) {
  const texts = trimmed(keyword).split(" ").filter(Boolean).map(fold);
  if (!texts.length) return [];
  return KEYWORD_FIELDS.map((field) => ({
    segments: [field],
    test: { family: "contain", texts },
    negated: false,
  }));
}

/**
 * Check the parts of a condition that do not depend on its path.
 * @param {Message} message
 */
function checkStructure(message) {
  const name = message.text("operator");
  const operator = OPERATORS.get(name ?? "");
  if (!operator) throw noOperator(message, name);
  const [value, place] = [message.value("value"), message.place("value")];
  if (operator.takesList && !Array.isArray(value)) {
    const given = message.has("value") ? `takes a list, not ${kind(value)}` : "has no value";
    throw new QueryError(LIST_TYPE, `"${name}" ${given}`, place, "write a list");
  }
  if (!operator.takesList && Array.isArray(value)) {
    const what = `"${name}" does not take a list`;
    throw new QueryError("ERROR_OPERATOR_VALUE_TYPE", what, place, LIST_HINTS[operator.name]);
  }
  if (!message.text("key")) throw bad("a condition has no key", message.place("key"));
  checkValue(operator, value, message);
}

/**
 * @param {Message} message
 * @param {string | null} name
 */
function noOperator(message, name) {
  if (!name) return bad("a condition has no operator", message.place("operator"));
  const operators = Array.from(OPERATORS.keys());
  const otherwise = `the operators are ${operators.join(", ")}`;
  const words = { word: name, known: operators, otherwise };
  return unknownOperator(`there is no operator ${quote(name)}`, message.place("operator"), words);
}

/**
 * Return the error of a word that is not an operator of a condition. A word that begins like a
 * negation is never taken for an operator that is not one.
 * @param {string} message
 * @param {string} pointer
 * @param {{word: string, known: readonly string[], otherwise?: string}} words
 */
export function unknownOperator(message, pointer, words) {
  const meant = SYNONYMS.get(words.word.toLowerCase()) ?? "";
  const isNegation = /^[n!]/i.test(words.word);
  const known = words.known.filter((name) => !isNegation || OPERATORS.get(name)?.negated);
  const word = known.includes(meant) ? meant : words.word;
  return unknownWord(bad, message, pointer, { ...words, word, known });
}

/**
 * @param {Operator} operator
 * @param {unknown} value
 * @param {Message} message
 */
function checkValue({ name, family }, value, message) {
  const place = message.place("value");
  const given = message.has("value") ? kind(value) : "nothing";
  if (family === "exist") {
    if (typeof value === "boolean") return;
    const what = `"exists" takes true or false, not ${given}`;
    throw new QueryError("ERROR_OPERATOR_BOOLEAN_TYPE", what, place);
  }
  if (family === "match") {
    if (isObject(value)) return;
    const what = `"match" takes an object, not ${given}`;
    throw new QueryError("ERROR_OPERATOR_DICT_VALUE_TYPE", what, place);
  }
  if (!message.has("value")) {
    throw bad(`"${name}" has no value`, place, "null is a value too: write it");
  }
  if ((family === "contain" || family === "regex") && Array.isArray(value) && !value.length) {
    throw new QueryError(LIST_TYPE, `"${name}" takes a list that is not empty`, place);
  }
  if (family === "datetime" && !(typeof value === "string" && instant(value))) {
    throw noDate(value, place);
  }
  if (family === "timediff" && !(typeof value === "string" && timediff(value))) {
    const shown = typeof value === "string" ? quote(value) : given;
    const hint = 'write "now-7d", "now/w + 1h" or the like';
    throw bad(`${shown} is no expression of a time`, place, hint);
  }
}

/**
 * Return a condition with a checked structure, after checking its path and what depends on it.
 * @param {Message} message
 * @returns {Condition}
 */
function readCondition(message) {
  const operator = /** @type {Operator} */ (OPERATORS.get(message.text("operator") ?? ""));
  const segments = parsePath(message.text("key") ?? "", message.place("key"));
  const [value, place] = [message.value("value"), message.place("value")];
  const negated = operator.negated || (operator.family === "exist" && value === false);
  return { segments, test: readTest(operator, segments, value, place), negated };
}

/**
 * @param {Operator} operator
 * @param {Segments} segments
 * @param {any} value
 * @param {string} place
 * @returns {Test}
 */
function readTest({ name, family, comparison, takesList }, segments, value, place) {
  const isDate = FIELDS.get(segments[0]) === DATE;
  switch (family) {
    case "exist":
      return { family };
    case "match":
      return { family, members: readMatch(value, place) };
    case "equal":
      return { family, values: [readBound(isDate, value, place)] };
    case "one_of":
      return { family: "equal", values: readElements(isDate, value, place) };
    case "compare":
      if (isObject(value)) throw bad(`"${name}" does not take an object`, place);
      return { family, comparison, bound: readBound(isDate, value, place) };
    case "datetime":
      return { family: "compare", comparison, bound: instant(value) };
    case "timediff":
      return { family: "compare", comparison, bound: timediff(value) };
  }
  const texts = takesList ? value : [value];
  const placeOf = (/** @type {number} */ n) => (takesList ? child(place, n) : place);
  checkTexts(name, isDate, texts, placeOf);
  if (family === "contain") return { family, texts: texts.map(fold) };
  const patterns = Array.from(texts, (text, n) => compilePattern(text, placeOf(n)));
  return { family: "regex", patterns };
}

/**
 * Refuse values and paths that contain* and regex* can't search; a date is not a text (D-F8).
 * @param {string} name
 * @param {boolean} isDate
 * @param {unknown[]} texts
 * @param {(n: number) => string} placeOf
 */
function checkTexts(name, isDate, texts, placeOf) {
  if (isDate) {
    const hint = "compare it: datetime_gte, datetime_lt";
    throw bad(`"${name}" does not look into a date`, placeOf(0), hint);
  }
  const n = texts.findIndex((text) => typeof text !== "string");
  if (n >= 0) throw bad(`"${name}" takes strings, not ${kind(texts[n])}`, placeOf(n));
}

/**
 * Return the value to compare with; for a date field, a string is parsed as a date (D-F9).
 * @param {boolean} isDate
 * @param {unknown} value
 * @param {string} place
 */
export function readBound(isDate, value, place) {
  if (!isDate || typeof value !== "string") return value;
  const moment = instant(value);
  if (!moment) throw noDate(value, place);
  return moment;
}

/**
 * @param {boolean} isDate
 * @param {unknown[]} values
 * @param {string} place
 */
function readElements(isDate, values, place) {
  return values.map((value, n) => {
    if (Array.isArray(value)) throw bad("a list can't be an element here", child(place, n));
    return isDate ? readBound(isDate, value, child(place, n)) : value;
  });
}

/**
 * @param {Record<string, unknown>} value
 * @param {string} place
 * @returns {[Segments, unknown][]}
 */
function readMatch(value, place) {
  const found = names(value);
  if (!found.length || found.length > MAX_SUB_KEYS) {
    throw bad(`"match" takes an object of 1 to ${MAX_SUB_KEYS} sub-keys`, place);
  }
  refuseDollars(value, place);
  return found.map((name) => [split(name, child(place, name)), value[name]]);
}

/**
 * Refuse keys that start with «$», at any depth (D-F11).
 * @param {unknown} value
 * @param {string} pointer
 */
function refuseDollars(value, pointer) {
  if (Array.isArray(value)) {
    for (const [n, element] of value.entries()) refuseDollars(element, child(pointer, n));
  } else if (isObject(value)) {
    for (const name of names(value)) {
      const place = child(pointer, name);
      if (name.startsWith("$")) {
        const hint = "operators of a database are not part of the API";
        throw bad(`the key ${quote(name)} starts with "$"`, place, hint);
      }
      refuseDollars(value[name], place);
    }
  }
}

/**
 * @param {unknown} value
 * @param {string} place
 */
function noDate(value, place) {
  const shown = typeof value === "string" ? quote(value) : kind(value);
  return bad(`${shown} is no date`, place, 'write "2022-02-01" or "2022-02-01T09:00:00Z"');
}
