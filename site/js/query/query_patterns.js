// Searches with regular expressions in linear time. The browser's RegExp backtracks, so even a
// short pattern can run forever. This automaton looks at each character once. Its states are
// created on demand and discarded when there are too many.

import { bad, quote } from "./errors.js";
import { REGEX_STEP } from "./limits.js";
import { Alphabet, program } from "./pattern_program.js";
import { NoPattern, parsePattern } from "./dialect.js";
import { countCharacters } from "./text.js";

/** @typedef {import("./pattern_program.js").Instruction} Instruction */

/**
 * A state of the automaton between two characters: the instructions it waits at, the kind of the
 * last character, and the next states by the class of the next character.
 * @typedef {{waiting: readonly number[], before: number, next: (State | null | undefined)[]}} State
 */

const [EDGE, LINE_FEED, WORD, OTHER] = [0, 1, 2, 3]; // what is next to a place
const MOST = 1 << 20; // the maximum total size of the states

/** @type {Record<string, (before: number, after: number) => boolean>} */
const PLACES = {
  start: (before) => before === EDGE,
  end: (_, after) => after === EDGE,
  lineStart: (before) => before === EDGE || before === LINE_FEED,
  lineEnd: (_, after) => after === EDGE || after === LINE_FEED,
  boundary: (before, after) => (before === WORD) !== (after === WORD),
  inside: (before, after) => (before === WORD) === (after === WORD),
};

/**
 * Return a compiled pattern; refuse texts that are not valid in the dialect.
 * @param {string} text
 * @param {string} pointer
 */
export function compilePattern(text, pointer) {
  try {
    const { tree, size } = parsePattern(text);
    return new Pattern(program(tree), size);
  } catch (error) {
    if (!(error instanceof NoPattern)) throw error;
    throw bad(`${quote(text)} is not a regular expression: ${error.message}`, pointer);
  }
}

/** A compiled pattern. */
export class Pattern {
  /**
   * @param {Instruction[]} instructions
   * @param {number} size
   */
  constructor(instructions, size) {
    this.instructions = instructions;
    this.size = size;
    this.alphabet = new Alphabet(instructions);
    /** @type {Map<string, State>} */
    this.states = new Map();
    this.held = 0; // the total size of the states
    this.seen = new Uint8Array(instructions.length);
    this.first = this.state([0], EDGE);
    // RE2, used by the other engine, works on bytes: it sees no word boundary between the bytes of
    // one character either.
    this.foundInside = this.reached([0], OTHER, OTHER) === null;
  }

  /**
   * Return whether the pattern matches anywhere in a text, ignoring case.
   * @param {string} text
   * @param {import("./limits.js").StepBudget} budget
   */
  found(text, budget) {
    budget.spend(1 + Math.floor((countCharacters(text) * this.size) / REGEX_STEP));
    let state = this.first;
    for (let i = 0; i < text.length; i++) {
      const code = /** @type {number} */ (text.codePointAt(i));
      if (code > 0xffff) i += 1;
      if (code > 127 && this.foundInside) return true;
      const symbol = this.alphabet.of(code);
      const next = state.next[symbol];
      const known = next === undefined ? this.step(state, symbol) : next;
      if (known === null) return true;
      state = known;
    }
    return this.reached(state.waiting, state.before, EDGE) === null;
  }

  /**
   * Return the state after one more character, or null if the pattern already matches before it.
   * @param {State} state
   * @param {number} symbol
   */
  step(state, symbol) {
    const after = this.kind(symbol);
    const reached = this.reached(state.waiting, state.before, after);
    let next = null;
    if (reached) {
      const taken = reached.filter((at) => {
        const instruction = this.instructions[at];
        return instruction.op === "set" && this.alphabet.isIn(instruction.ranges, symbol);
      });
      next = this.state([...taken.map((at) => at + 1), 0], after);
    }
    state.next[symbol] = next;
    return next;
  }

  /** @param {number} symbol */
  kind(symbol) {
    if (this.alphabet.isWord(symbol)) return WORD;
    return this.alphabet.isLineFeed(symbol) ? LINE_FEED : OTHER;
  }

  /**
   * Return the existing or a new state for some instructions.
   * @param {number[]} starts
   * @param {number} before
   */
  state(starts, before) {
    const waiting = this.followed(starts, () => false);
    const name = `${before}:${waiting}`;
    let state = this.states.get(name);
    if (!state) {
      this.held += waiting.length + this.alphabet.size;
      if (this.held > MOST) this.forget();
      state = { waiting, before, next: [] };
      this.states.set(name, state);
    }
    return state;
  }

  forget() {
    this.held = 0;
    this.states.clear();
    this.first.next = [];
    this.states.set(`${EDGE}:${this.first.waiting}`, this.first);
  }

  /**
   * Return the instructions that wait for a character at a place, or null if the pattern matches.
   * @param {readonly number[]} starts
   * @param {number} before
   * @param {number} after
   */
  reached(starts, before, after) {
    const reached = this.followed(starts, (at) => PLACES[at](before, after));
    return reached.some((at) => this.instructions[at].op === "found") ? null : reached;
  }

  /**
   * Return the instructions reached through splits, jumps and matching places, in order.
   * @param {readonly number[]} starts
   * @param {(at: string) => boolean} isThere
   */
  followed(starts, isThere) {
    const { instructions, seen } = this;
    seen.fill(0);
    const open = Array.from(starts);
    const found = [];
    while (open.length) {
      const at = /** @type {number} */ (open.pop());
      if (seen[at]) continue;
      seen[at] = 1;
      const instruction = instructions[at];
      if (instruction.op === "jump") {
        open.push(instruction.to);
      } else if (instruction.op === "split") {
        open.push(at + 1, instruction.to);
      } else {
        found.push(at);
        if (instruction.op === "place" && isThere(instruction.at)) open.push(at + 1);
      }
    }
    return found.sort((one, other) => one - other);
  }
}
