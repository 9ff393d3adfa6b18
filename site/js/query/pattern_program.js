// Compiles a pattern's tree to an automaton's program: instructions, and the classes of characters
// that they distinguish.

import { CASED, sameCase } from "./text.js";

/** @typedef {import("./dialect.js").Tree} Tree */
/** @typedef {import("./dialect.js").Ranges} Ranges */

/**
 * set: consume one character in `ranges` and continue. place: continue if at that place.
 * split: continue here and at `to`. jump: continue at `to`. found: the pattern matches.
 * @typedef {{op: "set", ranges: Ranges} | {op: "place", at: string}
 *   | {op: "split" | "jump", to: number} | {op: "found"}} Instruction
 */

const END = 0x10ffff;
const LINE_FEED = 10;
const WORD = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];

/**
 * Return the instructions of a tree.
 * @param {Tree} tree
 * @returns {Instruction[]}
 */
export function program(tree) {
  /** @type {Instruction[]} */
  const made = [];
  emit(tree, made);
  made.push({ op: "found" });
  return made;
}

/**
 * @param {Tree} tree
 * @param {Instruction[]} made
 */
function emit(tree, made) {
  switch (tree.type) {
    case "set":
      made.push({ op: "set", ranges: normal(tree.ranges, tree.negated) });
      break;
    case "place":
      if (tree.at === "lastLineEnd") {
        // A line feed at the very end may be consumed.
        made.push({ op: "split", to: made.length + 2 });
        made.push({ op: "set", ranges: [LINE_FEED, LINE_FEED] });
        made.push({ op: "place", at: "end" });
      } else {
        made.push({ op: "place", at: tree.at });
      }
      break;
    case "sequence":
      for (const part of tree.parts) emit(part, made);
      break;
    case "choice":
      emitChoice(tree.parts, made);
      break;
    case "repeat":
      emitRepeat(tree.part, tree.least, tree.most, made);
  }
}

/**
 * @param {Tree[]} parts
 * @param {Instruction[]} made
 */
function emitChoice(parts, made) {
  const ends = [];
  for (const part of parts.slice(0, -1)) {
    const split = { op: /** @type {const} */ ("split"), to: 0 };
    const jump = { op: /** @type {const} */ ("jump"), to: 0 };
    made.push(split);
    emit(part, made);
    made.push(jump);
    split.to = made.length;
    ends.push(jump);
  }
  emit(parts[parts.length - 1], made);
  for (const jump of ends) jump.to = made.length;
}

/**
 * @param {Tree} part
 * @param {number} least
 * @param {number} most
 * @param {Instruction[]} made
 */
function emitRepeat(part, least, most, made) {
  for (let n = 0; n < least; n++) emit(part, made);
  const splits = [];
  for (let n = least; n < (most === Infinity ? least + 1 : most); n++) {
    const split = { op: /** @type {const} */ ("split"), to: 0 };
    splits.push(split);
    made.push(split);
    const start = made.length - 1;
    emit(part, made);
    if (most === Infinity) made.push({ op: "jump", to: start });
  }
  for (const split of splits) split.to = made.length;
}

/**
 * Return sorted, disjoint ranges that include all characters with the same folding. Halves of
 * surrogate pairs are not characters and never included.
 * @param {Ranges} ranges
 * @param {boolean} negated
 * @returns {Ranges}
 */
function normal(ranges, negated) {
  const pairs = [];
  for (let i = 0; i < ranges.length; i += 2) {
    pairs.push([ranges[i], ranges[i + 1]]);
    for (let n = lowest(CASED, ranges[i]); CASED[n] <= ranges[i + 1]; n++) {
      for (const code of sameCase(CASED[n])) pairs.push([code, code]);
    }
  }
  const whole = merged(pairs);
  return within(negated ? complement(whole) : whole);
}

/** @param {number[][]} pairs */
function merged(pairs) {
  /** @type {number[]} */
  const found = [];
  for (const [first, last] of pairs.sort((one, other) => one[0] - other[0])) {
    const end = found.length - 1;
    if (end > 0 && first <= found[end] + 1) found[end] = Math.max(found[end], last);
    else found.push(first, last);
  }
  return found;
}

/** @param {number[]} ranges */
function complement(ranges) {
  const found = [];
  let next = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i] > next) found.push(next, ranges[i] - 1);
    next = ranges[i + 1] + 1;
  }
  if (next <= END) found.push(next, END);
  return found;
}

/** @param {number[]} ranges */
function within(ranges) {
  const found = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const [first, last] = [ranges[i], ranges[i + 1]];
    if (first < 0xd800) found.push(first, Math.min(last, 0xd7ff));
    if (last > 0xdfff) found.push(Math.max(first, 0xe000), last);
  }
  return found;
}

/**
 * Return the index of the first of ascending numbers that is not below a bound.
 * @param {readonly number[]} numbers
 * @param {number} bound
 */
function lowest(numbers, bound) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Character classes; instructions and places treat all characters of a class alike. */
export class Alphabet {
  /** @param {Instruction[]} instructions */
  constructor(instructions) {
    const sets = instructions.flatMap((one) => (one.op === "set" ? [one.ranges] : []));
    const starts = new Set([0, LINE_FEED, LINE_FEED + 1]);
    for (const ranges of [WORD, ...sets]) {
      for (const [n, code] of ranges.entries()) starts.add(n % 2 ? code + 1 : code);
    }
    this.starts = Array.from(starts).sort((one, other) => one - other);
    this.ascii = Uint16Array.from({ length: 128 }, (_, code) => this.search(code));
  }

  /** Return the number of classes. */
  get size() {
    return this.starts.length;
  }

  /**
   * Return the class of a character.
   * @param {number} code
   */
  of(code) {
    return code < 128 ? this.ascii[code] : this.search(code);
  }

  /** @param {number} code */
  search(code) {
    return lowest(this.starts, code + 1) - 1;
  }

  /**
   * Return whether ranges contain the characters of a class.
   * @param {Ranges} ranges
   * @param {number} symbol
   */
  isIn(ranges, symbol) {
    return (
      lowest(ranges, this.starts[symbol] + 1) % 2 === 1 || ranges.includes(this.starts[symbol])
    );
  }

  /** @param {number} symbol */
  isWord(symbol) {
    return this.isIn(WORD, symbol);
  }

  /** @param {number} symbol */
  isLineFeed(symbol) {
    return this.starts[symbol] === LINE_FEED;
  }
}
