// How much a query may ask for: counts, never times, and the same ones as catalogctl's own engine.

import { bad } from "./errors.js";

export const MAX_DEPTH = 64; // of a request's collections
export const MAX_NODES = 2_000_000; // values in a request
export const MAX_CONDITIONS = 10_000; // in filter and filter_or together
export const MAX_SEGMENTS = 64; // names of a path
export const MAX_PATTERN = 1_000; // characters of a regular expression, and what it stands for
export const MAX_PATTERNS = 200; // regular expressions of a query
export const MAX_GROUPS = 50; // groups of a regular expression inside each other
export const MAX_SUB_KEYS = 100; // of the value of match
export const MAX_STAGES = 100; // of an aggregate
export const MAX_DATE_FORMAT = 100; // characters
export const STEPS = 5_000_000; // looks at one value, in one answer
export const STEPS_PER_PLUGIN = 1_000; // more of them for each plugin that is asked
export const NEW_VALUE = 10; // steps of making a value that stays

/** The steps that are left to one answer; spending more than there are ends the query. */
export class Budget {
  /** @param {number} plugins how many are asked */
  constructor(plugins) {
    this.allowed = STEPS + STEPS_PER_PLUGIN * plugins;
    this.left = this.allowed;
  }

  /** @param {number} steps */
  spend(steps) {
    this.left -= steps;
    if (this.left < 0) {
      const hint = "filter first, and look at fewer or smaller values";
      throw bad(`the query takes more than ${this.allowed} steps`, "/query", hint);
    }
  }

  /**
   * Take off the steps of making values.
   * @param {number} values
   */
  make(values) {
    this.spend(values * NEW_VALUE);
  }
}
