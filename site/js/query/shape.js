// Converts a request's JSON to messages with the API's shape; other requests are
// ERROR_INVALID_PARAMETER. A message keeps the given members under their long names. A member with
// its proto3 default counts as not given, except for aliased members, `limit`, `skip` and `value`
// (query language, 2).

import { anyOf, child, invalid, kind, quote, unknownWord } from "./errors.js";
import { names } from "./json.js";
import { check } from "./json_check.js";
import { SHAPES } from "./language.js";

/** @typedef {import("./language.js").Member} Member */

const TEXT = "a string";
const NAME = "a string, also an empty one";
const FLAG = "a boolean";
const WHOLE = "a whole number";
const COUNT = "a whole number that is not negative";
const ANY = "any value";
const TEXTS = "a list of strings";
const ONE = "an object";
const MANY = "a list of objects";

/**
 * The long name and the type of a member, by shape and spelling.
 * @type {Map<string, Map<string, [string, Member]>>}
 */
const SPELLINGS = new Map(
  Object.entries(SHAPES).map(([shape, members]) => {
    const spellings = new Map();
    for (const [long, takes] of Object.entries(members)) spellings.set(long, [long, takes]);
    for (const [long, takes] of Object.entries(members)) {
      if (takes.short) spellings.set(takes.short, [long, takes]);
    }
    return [shape, spellings];
  }),
);

/** The given members of one message by long name, and their places in the request. */
export class Message {
  /** @param {string} pointer */
  constructor(pointer) {
    this.pointer = pointer;
    /** @type {Map<string, unknown>} */
    this.members = new Map();
    /** @type {Map<string, string>} */
    this.places = new Map();
  }

  /**
   * Return the pointer of a member as spelled in the request, or of the message if not given.
   * @param {string} member
   */
  place(member) {
    return this.places.get(member) ?? this.pointer;
  }

  /** @param {string} member */
  has(member) {
    return this.members.has(member);
  }

  /**
   * Return a string member, or null if not given.
   * @param {string} member
   */
  text(member) {
    const found = this.members.get(member);
    return typeof found === "string" ? found : null;
  }

  /** @param {string} member */
  flag(member) {
    return this.members.get(member) === true;
  }

  /**
   * Return a number member, or null if not given.
   * @param {string} member
   */
  whole(member) {
    const found = this.members.get(member);
    return typeof found === "number" ? found : null;
  }

  /**
   * Return the strings of a list member.
   * @param {string} member
   * @returns {readonly string[]}
   */
  texts(member) {
    return /** @type {string[]} */ (this.members.get(member) ?? []);
  }

  /**
   * Return a member of any JSON type, or null if not given.
   * @param {string} member
   */
  value(member) {
    return this.members.get(member) ?? null;
  }

  /**
   * Return a member that is a message, or null if not given.
   * @param {string} member
   */
  one(member) {
    const found = this.members.get(member);
    return found instanceof Message ? found : null;
  }

  /**
   * Return a member that is a list of messages.
   * @param {string} member
   * @returns {readonly Message[]}
   */
  many(member) {
    return /** @type {Message[]} */ (this.members.get(member) ?? []);
  }

  /**
   * Return a message as JSON with long names, without members that are empty messages.
   * @returns {Record<string, unknown>}
   */
  toJSON() {
    const found = Object.create(null);
    for (const [member, given] of this.members) {
      if (!(given instanceof Message)) found[member] = given;
      else if (given.members.size && Object.keys(given.toJSON()).length) found[member] = given;
    }
    return found;
  }
}

/**
 * Return a request as a message with the given shape.
 * @param {unknown} request
 * @param {string} shape
 */
export function read(request, shape) {
  check(request);
  return message(request, shape, "");
}

/**
 * @param {unknown} given
 * @param {string} shape
 * @param {string} pointer
 */
function message(given, shape, pointer) {
  if (kind(given) !== "an object") {
    throw invalid(`${called(pointer)} is ${kind(given)}, not an object`, pointer);
  }
  const object = /** @type {Record<string, unknown>} */ (given);
  const made = new Message(pointer);
  const spellings = /** @type {Map<string, [string, Member]>} */ (SPELLINGS.get(shape));
  for (const spelled of names(object)) {
    const place = child(pointer, spelled);
    const known = spellings.get(spelled);
    if (!known) throw unknownMember(spelled, shape, pointer);
    const [long, takes] = known;
    if (made.places.has(long)) {
      throw invalid(`${called(pointer)} has "${long}" and "${takes.short}"`, place, "give one");
    }
    made.places.set(long, place);
    const found = memberOf(object[spelled], takes, place);
    if (!isDefault(found, takes)) made.members.set(long, found);
  }
  if (shape === "Stage" && made.members.size > 1) {
    const stages = anyOf(Object.keys(SHAPES.Stage));
    throw invalid(`a stage is ${stages}, not several at once`, pointer);
  }
  return made;
}

/**
 * @param {string} spelled
 * @param {string} shape
 * @param {string} pointer
 */
function unknownMember(spelled, shape, pointer) {
  const members = Object.keys(SHAPES[shape]);
  const message = `${called(pointer)} has no member ${quote(spelled)}`;
  const otherwise = `the members are ${anyOf(members)}`;
  const words = { word: spelled, known: members, otherwise };
  const error = unknownWord(invalid, message, child(pointer, spelled), words);
  error.isName = true;
  return error;
}

/**
 * Return the value of a member; null means its default, except for a member of any type.
 * @param {unknown} given
 * @param {Member} takes
 * @param {string} pointer
 */
function memberOf(given, takes, pointer) {
  if (given === null || takes.kind === ANY) return given;
  const shape = takes.shape ?? "";
  if (takes.kind === ONE) return message(given, shape, pointer);
  if (takes.kind === MANY && Array.isArray(given)) {
    return given.map((element, n) => message(element, shape, child(pointer, n)));
  }
  if (takes.kind === TEXTS && Array.isArray(given)) {
    for (const [n, element] of given.entries()) {
      const place = child(pointer, n);
      if (typeof element !== "string") {
        throw invalid(`${called(place)} is ${kind(element)}, not a string`, place);
      }
    }
    return given;
  }
  return scalar(given, takes, pointer);
}

/**
 * @param {unknown} given
 * @param {Member} takes
 * @param {string} pointer
 */
function scalar(given, takes, pointer) {
  if (typeof given === "string" && (takes.kind === TEXT || takes.kind === NAME)) {
    if (!given || !takes.words || takes.words.includes(given)) return given;
    const what = `${called(pointer)} is ${quote(given)}, not ${anyOf(takes.words)}`;
    throw unknownWord(invalid, what, pointer, { word: given, known: takes.words });
  }
  if (typeof given === "boolean" && takes.kind === FLAG) return given;
  if (typeof given === "number" && (takes.kind === WHOLE || takes.kind === COUNT)) {
    if (Number.isInteger(given) && (takes.kind === WHOLE || given >= 0)) return given;
    throw invalid(`${called(pointer)} is ${given}, not ${takes.kind}`, pointer);
  }
  throw invalid(`${called(pointer)} is ${kind(given)}, not ${takes.kind}`, pointer);
}

/**
 * @param {unknown} found
 * @param {Member} takes
 */
function isDefault(found, takes) {
  if (takes.kind === ANY) return false;
  if (found === null) return true;
  if ([NAME, WHOLE, ONE].includes(takes.kind)) return false;
  if (Array.isArray(found)) return !found.length;
  return !found || (takes.words !== undefined && found === takes.words[takes.words.length - 1]);
}

/**
 * Return the name of the value at a pointer for use in messages.
 * @param {string} pointer
 */
function called(pointer) {
  return pointer.replace(/^\//, "").replaceAll("/", ".") || "the request";
}
