// Texts by code point, where JavaScript sees 16-bit units; and case ignored the way of Unicode's
// simple folding: each character becomes one character.

import { RUNS } from "./folding.js";

/** @type {Map<string, string>} */
const FOLDED = new Map();
for (const [first, count, step, shift] of RUNS) {
  for (let code = first; code < first + count * step; code += step) {
    FOLDED.set(String.fromCodePoint(code), String.fromCodePoint(code + shift));
  }
}

/**
 * Return a text with case folded.
 * @param {string} text
 */
export function fold(text) {
  return text.replace(/[A-Z]|[^\0-\x7f]/gu, (character) => FOLDED.get(character) ?? character);
}

/** @type {Map<number, number[]>} */
const SAME = new Map();
for (const [character, folded] of FOLDED) {
  const code = /** @type {number} */ (folded.codePointAt(0));
  const same = SAME.get(code) ?? [code];
  same.push(/** @type {number} */ (character.codePointAt(0)));
  for (const one of same) SAME.set(one, same);
}

/** The characters, by code, that have others of the same folding, in order. */
export const CASED = Array.from(SAME.keys()).sort((one, other) => one - other);

/**
 * Return a character and all others of the same folding.
 * @param {number} code
 * @returns {readonly number[]}
 */
export function sameCase(code) {
  return SAME.get(code) ?? [code];
}

const HIGH = 0xd800; // where the halves of surrogate pairs begin

/**
 * Compare two texts by code point: negative, 0 or positive.
 * @param {string} one
 * @param {string} other
 */
export function compareText(one, other) {
  const shorter = Math.min(one.length, other.length);
  for (let i = 0; i < shorter; i++) {
    const difference = one.charCodeAt(i) - other.charCodeAt(i);
    if (difference) {
      const pairs = one.charCodeAt(i) >= HIGH || other.charCodeAt(i) >= HIGH;
      return pairs ? comparePoints(one, other, i) : difference;
    }
  }
  return one.length - other.length;
}

/**
 * Compare two texts at the first 16-bit unit that differs, which may be half of a character.
 * @param {string} one
 * @param {string} other
 * @param {number} i
 */
function comparePoints(one, other, i) {
  const before = i > 0 ? one.charCodeAt(i - 1) : 0;
  const start = before >= HIGH && before < 0xdc00 ? i - 1 : i;
  return point(one, start) - point(other, start) || point(one, i) - point(other, i);
}

/** @param {string} text @param {number} i */
const point = (text, i) => /** @type {number} */ (text.codePointAt(i));

/**
 * Return how many characters a text has.
 * @param {string} text
 */
export function countCharacters(text) {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/**
 * Say whether a text has half of a surrogate pair, which is no character.
 * @param {string} text
 */
export function isBroken(text) {
  return /[\ud800-\udfff]/u.test(text);
}
