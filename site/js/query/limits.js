// Limits on queries: counts, never times, and the same as in catalogctl's own engine.

import { bad } from "./errors.js";
import { LIMITS } from "./language.js";

export const {
  MAX_DEPTH,
  MAX_NODES,
  MAX_CONDITIONS,
  MAX_SEGMENTS,
  MAX_PATTERN,
  MAX_PATTERNS,
  MAX_GROUPS,
  MAX_SUB_KEYS,
  MAX_STAGES,
  MAX_DATE_FORMAT,
  STEPS,
  STEPS_PER_PLUGIN,
  NEW_VALUE,
  CONTAIN_STEP,
  REGEX_STEP,
  JSON_STEP,
  MAX_PATTERN_SIZE,
  MAX_REPEAT,
} = LIMITS;

/** The remaining steps of one query; spending more than that ends the query with an error. */
export class StepBudget {
  /** @param {number} plugins the number of plugins queried */
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
   * Spend the steps of creating values.
   * @param {number} values
   */
  make(values) {
    this.spend(values * NEW_VALUE);
  }
}
