// Parses a JSON text to its value, with the order of members and the place of every value, or
// reports the first error and its place, which each browser describes in its own words.

import { child } from "./errors.js";
import { record } from "./json.js";

/** @typedef {[number, number]} Place Start and end in a text, in UTF-16 code units. */

const DEPTH = 100;
const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"/y;
const WORD = /[A-Za-z_][\w.]*/y;
/** @type {Map<string, boolean | null>} */
const WORDS = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const INDEX = /"(?:\d|\\u003\d)+"\s*:/; // A name that JavaScript would move, or similar text.

/** A text that is not JSON; `place` is the place of the error. */
export class JsonError extends SyntaxError {
  /** @param {string} message @param {Place} place */
  constructor(message, place) {
    super(message);
    this.name = "JsonError";
    this.place = place;
  }
}

class Reader {
  /**
   * @param {string} text
   * @param {Map<string, Place>} [places] filled with the places of values by pointer. If given,
   *   duplicate members and nesting too deep for a person are errors.
   * @param {Map<string, Place>} [names] filled with the places of the members' names by pointer
   */
  constructor(text, places, names) {
    this.text = text;
    this.places = places;
    this.names = names;
    this.at = 0;
  }

  whole() {
    const value = this.value("", 0);
    this.take(BLANK);
    if (this.at === this.text.length) return value;
    throw this.wrong("nothing may follow this value", this.at, this.text.length);
  }

  /** @param {RegExp} pattern */
  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found?.[0];
  }

  /** @param {string} what @param {number} from @param {number} to */
  wrong(what, from = this.at, to = from + 1) {
    const message = from >= this.text.length ? `the text ends here: ${what}` : what;
    return new JsonError(message, [from, to]);
  }

  /** @param {string} pointer @param {number} depth @returns {unknown} */
  value(pointer, depth) {
    this.take(BLANK);
    const from = this.at;
    if (this.places && depth > DEPTH) throw this.wrong("this nests too deep");
    const letter = this.text[from];
    const value =
      letter === "{"
        ? this.object(pointer, depth + 1)
        : letter === "["
          ? this.array(pointer, depth + 1)
          : letter === '"'
            ? this.string()
            : this.scalar();
    this.places?.set(pointer, [from, this.at]);
    return value;
  }

  scalar() {
    const from = this.at;
    const number = this.take(NUMBER);
    if (number !== undefined) return Number(number);
    const word = this.take(WORD);
    if (word === undefined) throw this.wrong("a value is missing");
    const value = WORDS.get(word);
    if (value === undefined) throw this.wrong(`write text in quotes: "${word}"`, from, this.at);
    return value;
  }

  /** @returns {string} */
  string() {
    const from = this.at;
    const found = this.take(STRING);
    if (found !== undefined) return JSON.parse(found);
    const line = this.text.indexOf("\n", from);
    throw this.wrong(
      "this text has no closing quote, or holds a letter that has to be escaped",
      from,
      line < 0 ? this.text.length : line,
    );
  }

  /** @param {string} pointer @param {number} depth */
  object(pointer, depth) {
    /** @type {[string, unknown][]} */
    const members = [];
    for (let more = this.begins("}"); more; more = this.goesOn("}", "member")) {
      this.take(BLANK);
      const from = this.at;
      if (this.text[from] !== '"')
        throw this.wrong('write the name of a member in quotes, or end the object with "}"');
      const name = this.string();
      const inner = this.places ? child(pointer, name) : "";
      if (this.places?.has(inner)) throw this.wrong(`"${name}" occurs twice`, from, this.at);
      this.names?.set(inner, [from, this.at]);
      this.take(BLANK);
      if (this.text[this.at] !== ":") throw this.wrong('a ":" is missing after the name');
      this.at += 1;
      members.push([name, this.value(inner, depth)]);
    }
    return record(members);
  }

  /** @param {string} pointer @param {number} depth */
  array(pointer, depth) {
    /** @type {unknown[]} */
    const items = [];
    for (let more = this.begins("]"); more; more = this.goesOn("]", "item"))
      items.push(this.value(this.places ? child(pointer, items.length) : "", depth));
    return items;
  }

  /** Step into a collection; return whether it has any content. @param {string} closing */
  begins(closing) {
    this.at += 1;
    this.take(BLANK);
    if (this.text[this.at] !== closing) return true;
    this.at += 1;
    return false;
  }

  /**
   * Step over what follows a member or item; return whether another one follows.
   * @param {string} closing @param {string} noun
   */
  goesOn(closing, noun) {
    this.take(BLANK);
    const letter = this.text[this.at];
    if (letter !== "," && letter !== closing)
      throw this.wrong(`a "," or "${closing}" is missing after this ${noun}`);
    this.at += 1;
    return letter === ",";
  }
}

/**
 * Return the value of a JSON text like JSON.parse, with the order of members in each object. The
 * browser parses texts without names that it would move.
 * @param {string} text
 * @returns {unknown}
 */
export function parse(text) {
  return INDEX.test(text) ? new Reader(text).whole() : JSON.parse(text);
}

/**
 * Return the value of a JSON text written by a person, and the places of every value and of every
 * member's name by pointer; throw JsonError for the first error.
 * @param {string} text
 */
export function read(text) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  /** @type {Map<string, Place>} */
  const names = new Map();
  return { value: new Reader(text, places, names).whole(), places, names };
}

/**
 * Return the place of the value at a pointer, or of the nearest value around it.
 * @param {ReadonlyMap<string, Place>} places
 * @param {string} pointer
 * @returns {Place}
 */
export function nearest(places, pointer) {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const place = places.get(at);
    if (place) return place;
    if (at === "") return [0, 0];
  }
}
