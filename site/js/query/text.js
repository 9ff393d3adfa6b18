// Handles texts by code point instead of JavaScript's 16-bit units, and ignores case with Unicode's
// simple folding, which maps each character to one character.

import { RUNS } from "./folding.js";

/** @type {Map<string, string>} */
const FOLDED = new Map();
for (const [first, count, step, shift] of RUNS) {
  for (let code = first; code < first + count * step; code += step) {
    FOLDED.set(String.fromCodePoint(code), String.fromCodePoint(code + shift));
  }
}

/**
 * Return a case-folded text.
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

/** The codes of characters that share their folding with others, in order. */
export const CASED = Array.from(SAME.keys()).sort((one, other) => one - other);

/**
 * Return a character and all others with the same folding.
 * @param {number} code
 * @returns {readonly number[]}
 */
export function sameCase(code) {
  return SAME.get(code) ?? [code];
}

const HIGH = 0xd800; // the start of the halves of surrogate pairs

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
 * Compare two texts at the first differing 16-bit unit, which may be half of a character.
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
 * Return the number of characters in a text.
 * @param {string} text
 */
export function countCharacters(text) {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/**
 * Return whether a text contains half of a surrogate pair, which is not a character.
 * @param {string} text
 */
export function isBroken(text) {
  return /[\ud800-\udfff]/u.test(text);
}
