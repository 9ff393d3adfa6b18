// Converts `aggregate` messages to checked stages; errors are ERROR_DB_QUERY (query language, 8).

import { readBound, unknownOperator } from "./conditions.js";
import { DIRECTIVE_NAMES, unknownDirective } from "./date_formats.js";
import { anyOf, bad, quote, unknownWord } from "./errors.js";
import { MAX_DATE_FORMAT, MAX_STAGES } from "./limits.js";
import { COMPARISONS, GROUP_OPERATORS } from "./language.js";
import { readSort } from "./order.js";
import { DATE, FIELDS, ofDocuments, split } from "./field_paths.js";

/** @typedef {import("./shape.js").Message} Message */
/** @typedef {import("./field_paths.js").Segments} Segments */
/** @typedef {{segments: Segments, name: string, format: string | null}} GroupKey */
/** @typedef {{segments: Segments, operator: string, value: unknown}} GroupCondition */
/** @typedef {{segments: Segments, name: string}} SubField */
/** @typedef {{segments: Segments, name: string, operator: string}} ProjectField */

/**
 * @typedef {{name: string, operator: string, segments: Segments, fields: SubField[],
 *   conditions: GroupCondition[]}} GroupField
 */

/** @typedef {{stage: "group", keys: GroupKey[], fields: GroupField[], pointer: string}} Group */
/** @typedef {{stage: "project", kept: string[], fields: ProjectField[], pointer: string}} Project */

/**
 * @typedef {Group | Project | {stage: "unwind", segments: Segments} | {stage: "count", name: string}
 *   | {stage: "sort", keys: import("./order.js").SortKey[]} | {stage: "slice", start: number, stop?: number}
 * } Stage
 */

const WITH_CONDITIONS = ["count", "sum", "average"];
const CONDITION_OPERATORS = ["eq", "not", ...COMPARISONS];
const PROJECT_OPERATORS = ["size", "object_to_array", "array_to_object"];

/**
 * Return the stages of an `aggregate`; throw for the first invalid one.
 * @param {readonly Message[]} messages
 * @returns {Stage[]}
 */
export function readStages(messages) {
  if (messages.length > MAX_STAGES) {
    throw bad(`an aggregate has at most ${MAX_STAGES} stages`, messages[MAX_STAGES].pointer);
  }
  const reader = new Reader();
  return messages.map((message) => reader.stage(message));
}

/** The rows at the current stage: whether they are documents, and the last group's keys. */
class Reader {
  constructor() {
    this.documents = true;
    /** @type {string[]} */
    this.kept = [];
  }

  /**
   * @param {Message} message
   * @returns {Stage}
   */
  stage(message) {
    const [name] = message.members.keys();
    const inner = message.one(name);
    switch (inner && name) {
      case "unwind":
        return { stage: "unwind", segments: this.path(/** @type {Message} */ (inner), "path") };
      case "group":
        return this.group(/** @type {Message} */ (inner));
      case "count":
        return this.count(/** @type {Message} */ (inner));
      case "sort":
        return this.sort(/** @type {Message} */ (inner));
      case "project":
        return this.project(/** @type {Message} */ (inner));
    }
    const count = message.whole(name);
    if (count === null) throw bad("a stage is empty", message.pointer);
    const least = name === "limit" ? 1 : 0;
    if (count < least) {
      throw bad(`${name} is ${count}, not ${least} or more`, message.place(name));
    }
    return name === "limit"
      ? { stage: "slice", start: 0, stop: count }
      : { stage: "slice", start: count };
  }

  /**
   * Return the names of a path, with `repository` resolved while rows are documents.
   * @param {string} text
   * @param {string} pointer
   */
  segments(text, pointer) {
    const segments = split(text, pointer);
    return this.documents ? ofDocuments(segments) : segments;
  }

  /**
   * Return the names of a required path of a message.
   * @param {Message} message
   * @param {string} member
   */
  path(message, member = "key") {
    return this.segments(required(message, member), message.place(member));
  }

  /**
   * @param {Message} message
   * @returns {Stage}
   */
  count(message) {
    const name = nameOf(message, new Set());
    this.documents = false;
    this.kept = [];
    return { stage: "count", name };
  }

  /**
   * @param {Message} message
   * @returns {Stage}
   */
  sort(message) {
    const keys = readSort(message, (text, at) => this.segments(text, at), "ERROR_DB_QUERY");
    if (!keys.length) throw bad("a sort stage has no key", message.pointer);
    return { stage: "sort", keys };
  }

  /**
   * @param {Message} message
   * @returns {Group}
   */
  group(message) {
    const [keys, fields] = [message.many("keys"), message.many("fields")];
    if (!keys.length && !fields.length) {
      throw bad("a group has neither keys nor fields", message.pointer);
    }
    /** @type {Set<string>} */
    const names = new Set();
    const found = {
      stage: /** @type {const} */ ("group"),
      keys: keys.map((key) => this.groupKey(key, names)),
      fields: fields.map((field) => this.groupField(field, names)),
      pointer: message.pointer,
    };
    this.documents = false;
    this.kept = found.keys.map(({ name }) => name);
    return found;
  }

  /**
   * @param {Message} message
   * @param {Set<string>} names
   * @returns {GroupKey}
   */
  groupKey(message, names) {
    const [segments, name] = [this.path(message), nameOf(message, names)];
    const [format, place] = [message.text("date_format"), message.place("date_format")];
    if (Array.from(format ?? "").length > MAX_DATE_FORMAT) {
      throw bad(`a date format has at most ${MAX_DATE_FORMAT} characters`, place);
    }
    const unknown = unknownDirective(format ?? "");
    if (unknown !== null) {
      const hint = `a date format has ${anyOf(DIRECTIVE_NAMES)}, or is year, month or day`;
      throw bad(`there is no ${quote(unknown)} in a date format`, place, hint);
    }
    return { segments, name, format };
  }

  /**
   * @param {Message} message
   * @param {Set<string>} names
   * @returns {GroupField}
   */
  groupField(message, names) {
    const name = nameOf(message, names);
    const operator = oneOf(message, GROUP_OPERATORS);
    const given = message.many("conditions");
    if (given.length && !WITH_CONDITIONS.includes(operator)) {
      const hint = `only ${anyOf(WITH_CONDITIONS)} have some`;
      throw bad(`${operator} has no conditions`, message.place("conditions"), hint);
    }
    const conditions = given.map((condition) => this.condition(condition));
    const fields = operator === "push" ? this.pushFields(message) : [];
    const keyless = operator === "push" || operator === "count";
    const segments = keyless ? [] : this.path(message);
    return { name, operator, segments, fields, conditions };
  }

  /** @param {Message} message */
  pushFields(message) {
    const fields = message.many("fields");
    if (!fields.length) {
      throw bad("push has no fields", message.place("fields"), "name what each object has");
    }
    /** @type {Set<string>} */
    const names = new Set();
    return fields.map((field) => {
      const segments = this.path(field);
      return { segments, name: nameOf(field, names) };
    });
  }

  /**
   * @param {Message} message
   * @returns {GroupCondition}
   */
  condition(message) {
    const segments = this.path(message);
    const operator = oneOf(message, CONDITION_OPERATORS, unknownOperator);
    const [value, place] = [message.value("value"), message.place("value")];
    if (value === null) {
      throw bad("the condition of a group's field has no value, or null", place);
    }
    const isDate = this.documents && FIELDS.get(segments.join(".")) === DATE;
    return { segments, operator, value: readBound(isDate, value, place) };
  }

  /**
   * @param {Message} message
   * @returns {Project}
   */
  project(message) {
    const given = message.many("fields");
    if (!given.length) throw bad("a project stage has no fields", message.place("fields"));
    /** @type {Set<string>} */
    const names = new Set();
    const fields = given.map((field) => this.projectField(field, names));
    if (message.flag("exclude_keys")) this.kept = [];
    this.documents = false;
    return { stage: "project", kept: this.kept, fields, pointer: message.pointer };
  }

  /**
   * @param {Message} message
   * @param {Set<string>} names
   * @returns {ProjectField}
   */
  projectField(message, names) {
    const [segments, name] = [this.path(message), nameOf(message, names)];
    const operator = message.has("operator") ? oneOf(message, PROJECT_OPERATORS) : "";
    return { segments, name, operator };
  }
}

/**
 * @param {Message} message
 * @param {string} member
 */
function required(message, member) {
  const text = message.text(member);
  if (text) return text;
  const what = message.pointer.slice(message.pointer.lastIndexOf("/") + 1);
  const owner = /^[0-9]+$/.test(what) ? "an element" : what;
  throw bad(`${owner} has no ${member}`, message.place(member));
}

/**
 * Return the name of an output and record it, as it must be unique (D-A6).
 * @param {Message} message
 * @param {Set<string>} names
 */
function nameOf(message, names) {
  const [name, place] = [required(message, "name"), message.place("name")];
  if (name === "_id" || name.startsWith("$") || name.includes(".")) {
    const hint = 'a name is not "_id", has no "." and does not start with "$"';
    throw bad(`${quote(name)} can't be a name here`, place, hint);
  }
  if (names.has(name)) throw bad(`the name ${quote(name)} occurs twice`, place);
  names.add(name);
  return name;
}

/**
 * @param {Message} message
 * @param {readonly string[]} operators
 * @param {typeof unknownOperator} error
 */
function oneOf(message, operators, error = (...words) => unknownWord(bad, ...words)) {
  const [operator, place] = [required(message, "operator"), message.place("operator")];
  if (operators.includes(operator)) return operator;
  const words = { word: operator, known: operators, otherwise: `write ${anyOf(operators)}` };
  throw error(`there is no operator ${quote(operator)} here`, place, words);
}
