// Formats an instant with a date format, as a text or a number (query language, 8; D-A11).

import { DAY, calendar, dayNumber, firstMonday } from "./query_times.js";

/** @typedef {import("./query_times.js").Instant} Instant */

/** @param {number} number @param {number} width */
const padded = (number, width) => String(number).padStart(width, "0");

/** @param {Date} date */
const midnightDay = (date) => Math.floor(date.getTime() / DAY);
/** @param {Date} date */
const dayOfYear = (date) => midnightDay(date) - dayNumber(date.getUTCFullYear(), 1, 1) + 1;
/** @param {Date} date */
const isoYear = (date) => {
  const year = date.getUTCFullYear();
  const day = midnightDay(date);
  if (day < firstMonday(year)) return year - 1;
  return day < firstMonday(year + 1) ? year : year + 1;
};

/** @type {Record<string, (date: Date) => string>} */
const DIRECTIVES = {
  Y: (date) => padded(date.getUTCFullYear(), 4),
  m: (date) => padded(date.getUTCMonth() + 1, 2),
  d: (date) => padded(date.getUTCDate(), 2),
  H: (date) => padded(date.getUTCHours(), 2),
  M: (date) => padded(date.getUTCMinutes(), 2),
  S: (date) => padded(date.getUTCSeconds(), 2),
  L: (date) => padded(date.getUTCMilliseconds(), 3),
  j: (date) => padded(dayOfYear(date), 3),
  u: (date) => String(date.getUTCDay() || 7),
  U: (date) => padded(Math.floor((dayOfYear(date) + 6 - date.getUTCDay()) / 7), 2),
  V: (date) => padded(Math.floor((midnightDay(date) - firstMonday(isoYear(date))) / 7) + 1, 2),
  G: (date) => padded(isoYear(date), 4),
  w: (date) => String(date.getUTCDay() + 1),
  z: () => "+0000",
  Z: () => "+000",
  "%": () => "%",
};
const NUMBERS = new Map([
  ["year", (/** @type {Date} */ date) => date.getUTCFullYear()],
  ["month", (/** @type {Date} */ date) => date.getUTCMonth() + 1],
  ["day", (/** @type {Date} */ date) => date.getUTCDate()],
]);
const DIRECTIVE = /%(.?)/gsu;

export const DIRECTIVE_NAMES = Object.keys(DIRECTIVES).map((letter) => `%${letter}`);

/**
 * Return the first unknown directive of a date format, or null if all are known.
 * @param {string} format
 */
export function unknownDirective(format) {
  for (const [directive, letter] of format.matchAll(DIRECTIVE)) {
    if (!Object.hasOwn(DIRECTIVES, letter)) return directive;
  }
  return null;
}

/**
 * Return an instant, in UTC, formatted with a checked date format.
 * @param {string} format
 * @param {Instant} moment
 */
export function formatted(format, moment) {
  const date = calendar(moment);
  const number = NUMBERS.get(format);
  if (number) return number(date);
  return format.replace(DIRECTIVE, (_, letter) => DIRECTIVES[letter](date));
}
