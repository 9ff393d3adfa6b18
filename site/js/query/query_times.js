// Parses ISO 8601 texts and timediff expressions to instants, and formats instants. The built-in
// Date accepts more texts, which differ between browsers, so it is not used for parsing.

const SECOND = 1_000;
export const DAY = 86_400 * SECOND;
/** @type {Record<string, number>} */
const UNITS = { s: SECOND, m: 60 * SECOND, h: 3_600 * SECOND, d: DAY, w: 7 * DAY };
const FARTHEST = 10 ** 12; // more units than this lead beyond every valid date

const ISO = new RegExp(
  "^(?<year>[0-9]{4})" +
    "(?:(?<dash>-?)(?:W(?<week>[0-9]{2})(?:\\k<dash>(?<weekday>[0-9]))?|(?<dayOfYear>[0-9]{3})" +
    "|(?<month>[0-9]{2})\\k<dash>(?<day>[0-9]{2}))|-(?<monthAlone>[0-9]{2}))?" +
    "(?:[T ](?<hour>[0-9]{2})" +
    "(?:(?<colon>:?)(?<minute>[0-9]{2})" +
    "(?:\\k<colon>(?<second>[0-9]{2})(?:\\.(?<fraction>[0-9]{1,6}))?)?)?" +
    "(?:Z|(?<sign>[+-])(?<offsetHour>[0-9]{2})(?::?(?<offsetMinute>[0-9]{2}))?)?)?$",
);
const WS =
  "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const TIMEDIFF = new RegExp(
  `^(?:${WS}?(?<base>now(?:/[dwm])?)${WS}?(?<sign>[+-])${WS}?(?<digits>[0-9]+)(?<unit>[smhdw])${WS}?` +
    `|${WS}*(?<alone>now(?:/[dwm])?)${WS}*)$`,
);
const OUTER = new RegExp(`^${WS}+|${WS}+$`, "g");

/**
 * Return a text without surrounding whitespace, as defined by Unicode and alike in every engine.
 * @param {string} text
 */
export function trimmed(text) {
  return text.replace(OUTER, "");
}

/** A date in milliseconds since 1970-01-01 UTC. */
export class Instant {
  /** @param {number} ms */
  constructor(ms) {
    this.ms = ms;
  }
}

/** An instant relative to «now»: its base and the milliseconds to add. */
export class TimeDiff {
  /**
   * @param {string} base
   * @param {number} offset
   */
  constructor(base, offset) {
    this.base = base;
    this.offset = offset;
  }

  /**
   * Return the instant for a given «now» (query language, 7).
   * @param {Instant} now
   */
  at(now) {
    const today = now.ms - remainder(now.ms, DAY);
    let start = now.ms;
    if (this.base === "now/d") start = today;
    // 1970-01-01 was a Thursday.
    if (this.base === "now/w") start = today - remainder(today / DAY + 3, 7) * DAY;
    if (this.base === "now/m") start = today - (calendar(now).getUTCDate() - 1) * DAY;
    return new Instant(start + this.offset);
  }
}

/** The bounds of plugins' dates, so that each has a calendar date and can be formatted. */
export const MIN_MS = dayNumber(1, 1, 1) * DAY;
export const MAX_MS = dayNumber(9999, 1, 1) * DAY;

/**
 * Return the days from 1970-01-01 to a Gregorian date.
 * @param {number} year
 * @param {number} month 1 and up
 * @param {number} day 1 and up
 */
export function dayNumber(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC treats year 1 as 1901
  return date.getTime() / DAY;
}

/**
 * Return the instant of an ISO 8601 text, or null for any other text.
 * @param {string} text
 */
export function instant(text) {
  const part = ISO.exec(text)?.groups;
  if (!part) return null;
  const day = dayOf(part);
  if (day === null) return null;
  const [hour, minute, second] = [part.hour, part.minute, part.second].map((n) => Number(n ?? 0));
  const fraction = part.fraction ?? "";
  const [offsetHour, offsetMinute] = [Number(part.offsetHour ?? 0), Number(part.offsetMinute ?? 0)];
  const midnight = hour === 24 && !(minute || second || Number(fraction));
  if (!(hour < 24 || midnight)) return null;
  if (Math.max(minute, second, offsetMinute) > 59 || offsetHour > 23) return null;
  const offset = (offsetHour * 60 + offsetMinute) * (part.sign === "-" ? -1 : 1);
  const seconds = (hour * 60 + minute - offset) * 60 + second;
  return new Instant(day * DAY + seconds * SECOND + Number(`${fraction}000`.slice(0, 3)));
}

/**
 * Return the day number, or null for a date that does not exist in the years 1 to 9999.
 * @param {Record<string, string | undefined>} part
 */
function dayOf(part) {
  const year = Number(part.year);
  if (year < 1) return null;
  const first = dayNumber(year, 1, 1);
  if (part.week !== undefined) return dayOfWeek(year, Number(part.week), Number(part.weekday ?? 1));
  if (part.dayOfYear !== undefined) {
    const day = Number(part.dayOfYear);
    return day >= 1 && day <= dayNumber(year + 1, 1, 1) - first ? first + day - 1 : null;
  }
  const [month, day] = [Number(part.month ?? part.monthAlone ?? 1), Number(part.day ?? 1)];
  if (month < 1 || month > 12) return null;
  const length = dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
  return day >= 1 && day <= length ? dayNumber(year, month, day) : null;
}

/**
 * @param {number} year
 * @param {number} week
 * @param {number} weekday
 */
function dayOfWeek(year, week, weekday) {
  const first = firstMonday(year);
  const weeks = (firstMonday(year + 1) - first) / 7;
  if (week < 1 || week > weeks || weekday < 1 || weekday > 7) return null;
  const day = first + (week - 1) * 7 + weekday - 1;
  return day < dayNumber(10_000, 1, 1) ? day : null;
}

/**
 * Return the Monday of a year's week 1, which is the week of January 4th.
 * @param {number} year
 */
export function firstMonday(year) {
  const fourth = dayNumber(year, 1, 4);
  return fourth - remainder(fourth + 3, 7); // 1970-01-01 was a Thursday
}

/**
 * Return the parsed form of an expression such as `now/d - 7d`, or null if it is not valid.
 * @param {string} text
 * @returns {TimeDiff | null}
 */
export function timediff(text) {
  const part = TIMEDIFF.exec(text)?.groups;
  if (!part) return null;
  if (part.alone !== undefined) return new TimeDiff(part.alone, 0);
  const offset = Math.min(Number(part.digits), FARTHEST) * UNITS[part.unit];
  return new TimeDiff(part.base, part.sign === "-" ? -offset : offset);
}

/**
 * Return the non-negative remainder of a division.
 * @param {number} number
 * @param {number} divisor
 */
function remainder(number, divisor) {
  return ((number % divisor) + divisor) % divisor;
}

/** @param {Instant} moment */
export function calendar(moment) {
  return new Date(moment.ms);
}

/**
 * Return an instant in the format of answers: `2022-01-01T08:02:38.000Z`.
 * @param {Instant} moment
 */
export function written(moment) {
  return calendar(moment).toISOString();
}
