// Errors of queries, and the parts of their messages: how to show a value, what was probably meant.

/**
 * A query that can't be answered. `code` is the API's, `pointer` the place in the request (RFC
 * 6901), `message` the problem there, and `hint` what to do (or ""). `meant` is the word that was
 * probably meant there (or ""); it replaces the value at the pointer or, if `isName`, the name of
 * that member.
 */
export class QueryError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} pointer
   * @param {string} hint
   */
  constructor(code, message, pointer, hint = "") {
    super(message);
    this.name = "QueryError";
    this.code = code;
    this.pointer = pointer;
    this.hint = hint;
    this.meant = "";
    this.isName = false;
  }
}

/**
 * Return the error of a query with a valid shape but no valid meaning.
 * @param {string} message
 * @param {string} pointer
 * @param {string} hint
 */
export function bad(message, pointer, hint = "") {
  return new QueryError("ERROR_DB_QUERY", message, pointer, hint);
}

/**
 * Return the error of a query without the API's shape.
 * @param {string} message
 * @param {string} pointer
 * @param {string} hint
 */
export function invalid(message, pointer, hint = "") {
  return new QueryError("ERROR_INVALID_PARAMETER", message, pointer, hint);
}

const LONGEST = 60;

/**
 * Return a text for use in a message: printable, on one line, and not too long.
 * @param {string} text
 */
export function quote(text) {
  const characters = Array.from(text.slice(0, 2 * LONGEST));
  const shown = characters
    .slice(0, LONGEST)
    .join("")
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\ufffd");
  return characters.length > LONGEST ? `"${shown}…"` : `"${shown}"`;
}

/**
 * Return the name of a JSON value's type.
 * @param {unknown} value
 */
export function kind(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "boolean") return "a boolean";
  if (typeof value === "number") return "a number";
  if (typeof value === "string") return "a string";
  return Object.prototype.toString.call(value) === "[object Object]"
    ? "an object"
    : "no JSON value";
}

/**
 * Return words joined as «a, b or c».
 * @param {readonly string[]} words
 */
export function anyOf(words) {
  const last = words[words.length - 1];
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${last}` : last;
}

/**
 * Return the pointer of a member of the value at a pointer.
 * @param {string} pointer
 * @param {string | number} member
 */
export function child(pointer, member) {
  return `${pointer}/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * Return the error of a word that is not one of those known there. Its hint names the nearest one,
 * or is the other hint if none is near.
 * @param {(message: string, pointer: string, hint: string) => QueryError} error
 * @param {string} message
 * @param {string} pointer
 * @param {{word: string, known: readonly string[], otherwise?: string}} words
 */
export function unknownWord(error, message, pointer, { word, known, otherwise = "" }) {
  const meant = nearestWord(word, known);
  const unknown = error(message, pointer, meant ? `did you mean "${meant}"?` : otherwise);
  unknown.meant = meant;
  return unknown;
}

/**
 * Return the known word that is nearest to a word, or "" if none is near.
 * @param {string} word
 * @param {readonly string[]} known
 */
function nearestWord(word, known) {
  const meant = word.slice(0, LONGEST).toLowerCase();
  let nearest = "";
  let least = Infinity;
  for (const candidate of known) {
    const steps = edits(meant, candidate.toLowerCase());
    if (steps < least && steps <= 0.4 * Math.max(meant.length, candidate.length)) {
      [nearest, least] = [candidate, steps];
    }
  }
  return nearest;
}

/**
 * Return how many characters to insert, delete, replace or swap to turn one word into another.
 * @param {string} from
 * @param {string} to
 */
function edits(from, to) {
  /** @type {number[][]} */
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= from.length; i++) {
    const [above, row] = [rows[i - 1], [i]];
    for (let j = 1; j <= to.length; j++) {
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const replaced = above[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, above[j] + 1, row[j - 1] + 1);
      if (swapped) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[from.length][to.length];
}
