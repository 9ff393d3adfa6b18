// Parses a regular expression to a tree. The dialect of docs/query.md (D-F12) contains what
// Python's `re` and PCRE interpret alike and a linear search supports. Anything else is refused.

import { MAX_GROUPS, MAX_PATTERN, MAX_PATTERN_SIZE, MAX_REPEAT } from "./limits.js";

/**
 * A set of character codes: ascending ranges, as alternating first and last codes.
 * @typedef {readonly number[]} Ranges
 */

/**
 * @typedef {{type: "set", ranges: Ranges, negated: boolean}
 *   | {type: "place", at: string}
 *   | {type: "sequence" | "choice", parts: Tree[]}
 *   | {type: "repeat", part: Tree, least: number, most: number}} Tree
 */

/** @typedef {{tree: Tree, size: number}} Piece a tree, and its size with all repeats written out */

/** @type {Record<string, string>} */
const CONTROLS = { t: "\t", n: "\n", r: "\r", f: "\f", a: "\x07" };
/** @type {Record<string, string>} */
const PLACES = { A: "start", b: "boundary", B: "inside" };
const END = 0x10ffff;
/** @type {Record<string, Ranges>} */
const CLASSES = {
  d: [0x30, 0x39],
  D: [0, 0x2f, 0x3a, END],
  s: [9, 13, 0x20, 0x20],
  S: [0, 8, 14, 0x1f, 0x21, END],
  // Two letters fold to ASCII: the long s and the kelvin sign.
  w: [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a, 0x17f, 0x17f, 0x212a, 0x212a],
  W: [0, 0x2f, 0x3a, 0x40, 0x5b, 0x5e, 0x60, 0x60, 0x7b, 0x17e, 0x180, 0x2129, 0x212b, END],
};
const REPEAT = /[*+?]|\{(?<least>[0-9]+)(?<more>,(?<most>[0-9]*))?\}/y;
const NO_REPEAT = /\{,[0-9]*\}/y;
const GROUP =
  /\((?:\?(?:P<(?<name>[A-Za-z_][A-Za-z0-9_]{0,31})>|(?<on>[ims]*)(?:-(?<off>[ms]+))?:))?/y;
const GLOBAL_FLAGS = /\(\?([ims]+)\)/y;
const COMMENT = /\(\?#[^)]*\)/y;
const HEX = /x([0-9A-Fa-f]{2})/y;
/** @type {readonly [string, string][]} */
const SLOW = [
  ["(?=", "look-around"],
  ["(?!", "look-around"],
  ["(?<=", "look-around"],
  ["(?<!", "look-around"],
  ["(?P=", "a back-reference"],
  ["(?(", "a condition"],
  ["(?>", "an atomic group"],
];

/** The reason that a text is not a valid pattern. */
export class NoPattern extends Error {}

/**
 * Return the tree and the size of a pattern; throw NoPattern if it is not valid.
 * @param {string} text
 * @returns {Piece}
 */
export function parsePattern(text) {
  if (Array.from(text).length > MAX_PATTERN) {
    throw new NoPattern("it has more than 1,000 characters");
  }
  const reader = new Reader(text);
  const start = reader.match(GLOBAL_FLAGS);
  const piece = reader.choice(start ? start[1] : "", 0);
  if (reader.position < text.length) throw new NoPattern('a ")" closes nothing');
  return piece;
}

/** Reads a pattern from left to right; `position` is the current position. */
class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.position = 0;
    /** @type {Set<string>} */
    this.names = new Set();
  }

  /** @param {...string} beginnings */
  starts(...beginnings) {
    return beginnings.some((beginning) => this.text.startsWith(beginning, this.position));
  }

  /**
   * Return an expression's match at the current position, without consuming it.
   * @param {RegExp} expression sticky
   */
  ahead(expression) {
    expression.lastIndex = this.position;
    return expression.exec(this.text);
  }

  /**
   * Consume an expression's match at the current position.
   * @param {RegExp} expression sticky
   */
  match(expression) {
    const found = this.ahead(expression);
    if (found) this.position += found[0].length;
    return found;
  }

  atEnd() {
    return this.position === this.text.length;
  }

  /** Read one character, which may be two 16-bit units. */
  next() {
    const code = /** @type {number} */ (this.text.codePointAt(this.position));
    const character = String.fromCodePoint(code);
    this.position += character.length;
    return character;
  }

  /**
   * Read sequences separated by «|», up to a «)» or the end.
   * @param {string} flags
   * @param {number} depth
   * @returns {Piece}
   */
  choice(flags, depth) {
    if (depth > MAX_GROUPS) {
      throw new NoPattern(`its groups nest deeper than ${MAX_GROUPS} levels`);
    }
    const sequences = [this.sequence(flags, depth)];
    while (this.starts("|")) {
      this.position += 1;
      sequences.push(this.sequence(flags, depth));
    }
    const size = checked(sequences.reduce((sum, piece) => sum + piece.size, 0));
    if (sequences.length === 1) return sequences[0];
    return { tree: { type: "choice", parts: sequences.map(({ tree }) => tree) }, size };
  }

  /**
   * @param {string} flags
   * @param {number} depth
   * @returns {Piece}
   */
  sequence(flags, depth) {
    /** @type {Tree[]} */
    const parts = [];
    let size = 0;
    while (!this.atEnd() && !this.starts("|", ")")) {
      if (this.match(COMMENT)) continue;
      const piece = this.repeated(this.atom(flags, depth));
      size = checked(size + piece.size);
      parts.push(piece.tree);
    }
    return { tree: { type: "sequence", parts }, size: Math.max(size, 1) };
  }

  /**
   * Read the repeats after an atom and return the repeated atom.
   * @param {Piece} atom
   * @returns {Piece}
   */
  repeated(atom) {
    if (this.ahead(NO_REPEAT)) throw new NoPattern('write "{0,n}" for "{,n}"');
    const repeat = this.ahead(REPEAT);
    if (!repeat) return atom;
    if (atom.tree.type === "place") {
      throw new NoPattern(`there is nothing to repeat before ${repeat[0]}`);
    }
    this.position += repeat[0].length;
    if (this.starts("?")) this.position += 1;
    if (this.ahead(REPEAT)) throw new NoPattern(`${repeat[0]} is repeated once more`);
    const { least, most, times } = counts(repeat);
    const size = checked(atom.size * times);
    return { tree: { type: "repeat", part: atom.tree, least, most }, size };
  }

  /**
   * @param {string} flags
   * @param {number} depth
   * @returns {Piece}
   */
  atom(flags, depth) {
    if (this.starts("(")) return this.group(flags, depth);
    if (this.starts("{") && (this.ahead(REPEAT) || this.ahead(NO_REPEAT))) {
      throw new NoPattern('there is nothing to repeat before "{"');
    }
    const character = this.next();
    if (character === "[") return this.set();
    if (character === "\\") return this.escape();
    if (character === ".") return set(flags.includes("s") ? [] : [10, 10], true);
    if (character === "^") return place(flags.includes("m") ? "lineStart" : "start");
    if (character === "$") return place(flags.includes("m") ? "lineEnd" : "lastLineEnd");
    if ("*+?".includes(character)) {
      throw new NoPattern(`there is nothing to repeat before "${character}"`);
    }
    return literal(character);
  }

  /**
   * @param {string} flags
   * @param {number} depth
   * @returns {Piece}
   */
  group(flags, depth) {
    for (const [beginning, what] of SLOW) {
      if (this.starts(beginning)) {
        throw new NoPattern(`${what} would make the search slow, and is not allowed`);
      }
    }
    const opening = /** @type {RegExpExecArray} */ (this.ahead(GROUP));
    if (opening[0] === "(" && this.starts("(?")) {
      const shown = this.text.slice(this.position, this.position + 4);
      throw new NoPattern(`"${shown}" is not part of the dialect`);
    }
    const { name, on = "", off = "" } = opening.groups ?? {};
    if (name && this.names.has(name)) throw new NoPattern(`two groups have the name "${name}"`);
    if (name) this.names.add(name);
    if (Array.from(off).some((flag) => on.includes(flag))) {
      throw new NoPattern(`"${opening[0]}" turns a flag on and off`);
    }
    this.position += opening[0].length;
    const inner = Array.from(flags + on).filter((flag) => !off.includes(flag));
    const { tree, size } = this.choice(inner.join(""), depth + 1);
    if (!this.starts(")")) throw new NoPattern('a ")" is missing');
    this.position += 1;
    // A group with a single place can be repeated, the place itself can't.
    return { tree: { type: "sequence", parts: [tree] }, size };
  }

  /** @returns {Piece} */
  escape() {
    if (this.atEnd()) throw new NoPattern("it ends with a backslash");
    const character = this.text[this.position];
    if (Object.hasOwn(PLACES, character)) {
      this.position += 1;
      return place(PLACES[character]);
    }
    if (Object.hasOwn(CLASSES, character)) {
      this.position += 1;
      return set(CLASSES[character], false);
    }
    return literal(this.escaped());
  }

  /** Read what follows a backslash and represents one character. */
  escaped() {
    const number = this.match(HEX);
    if (number) return String.fromCharCode(parseInt(number[1], 16));
    const character = this.next();
    if (/[1-9]/.test(character)) {
      throw new NoPattern("a back-reference would make the search slow, and is not allowed");
    }
    if (Object.hasOwn(CONTROLS, character)) return CONTROLS[character];
    if (/[A-Za-z0]/.test(character)) {
      throw new NoPattern(`"\\${character}" does not mean the same everywhere`);
    }
    return character;
  }

  /**
   * Read a set after its «[».
   * @returns {Piece}
   */
  set() {
    const negated = this.starts("^");
    if (negated) this.position += 1;
    /** @type {number[]} */
    const ranges = [];
    let members = 0;
    for (; !this.starts("]") || !members; members++) {
      if (this.atEnd()) throw new NoPattern('a "]" is missing');
      ranges.push(...this.member());
    }
    this.position += 1;
    return { ...set(ranges, negated), size: members };
  }

  /**
   * Read one character, range or class of a set.
   * @returns {Ranges}
   */
  member() {
    const first = this.character();
    if (!this.starts("-") || this.starts("-]")) {
      return typeof first === "string" ? [code(first), code(first)] : first;
    }
    this.position += 1;
    const last = this.atEnd() ? null : this.character();
    if (typeof first !== "string" || typeof last !== "string" || code(first) > code(last)) {
      throw new NoPattern("a set has a range that is none");
    }
    return [code(first), code(last)];
  }

  /**
   * Read one character of a set, or a class.
   * @returns {string | Ranges}
   */
  character() {
    if (this.starts("[:", "[.", "[=")) {
      const shown = this.text.slice(this.position, this.position + 2);
      throw new NoPattern(`"${shown}" in a set does not mean the same everywhere`);
    }
    const character = this.next();
    if (character !== "\\") return character;
    if (this.atEnd()) throw new NoPattern('a "]" is missing');
    const escaped = this.text[this.position];
    if (escaped !== "b" && !Object.hasOwn(CLASSES, escaped)) return this.escaped();
    this.position += 1;
    return escaped === "b" ? "\b" : CLASSES[escaped];
  }
}

/** @param {string} character */
const code = (character) => /** @type {number} */ (character.codePointAt(0));

/**
 * @param {Ranges} ranges
 * @param {boolean} negated
 * @returns {Piece}
 */
const set = (ranges, negated) => ({ tree: { type: "set", ranges, negated }, size: 1 });

/** @param {string} character */
const literal = (character) => set([code(character), code(character)], false);

/**
 * @param {string} at
 * @returns {Piece}
 */
const place = (at) => ({ tree: { type: "place", at }, size: 1 });

/**
 * Return the minimum and maximum of a repeat, and how many copies of its atom they require.
 * @param {RegExpExecArray} repeat
 */
function counts(repeat) {
  const given = repeat.groups ?? {};
  if (given.least === undefined) {
    const [least, most] = { "*": [0, Infinity], "+": [1, Infinity], "?": [0, 1] }[repeat[0]] ?? [];
    return { least: least ?? 0, most: most ?? 0, times: 1 };
  }
  const least = Number(given.least);
  const most = given.more === undefined ? least : given.most ? Number(given.most) : Infinity;
  const longest = Math.max(given.least.length, (given.most ?? "").length);
  const copies = most === Infinity ? least + 1 : most;
  if (
    longest > String(MAX_REPEAT).length ||
    Math.max(least, most === Infinity ? 0 : most) > MAX_REPEAT
  ) {
    throw new NoPattern("it repeats more than 1,000 times");
  }
  if (least > most) throw new NoPattern(`${repeat[0]} is not a range`);
  return { least, most, times: Math.max(copies, 1) };
}

/** @param {number} size */
function checked(size) {
  if (size > MAX_PATTERN_SIZE) throw new NoPattern("it repeats too much");
  return size;
}
