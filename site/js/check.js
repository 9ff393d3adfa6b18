// A value held against a schema (JSON Schema Draft-7, without remote references): what is wrong
// with it, by path. Patterns are left to the caller: they are a stranger's, and may take for ever.
"use strict";
(() => {
  /** @typedef {{path: string, text: string}} Wrong  `path` is an RFC 6901 pointer. */
  const MOST_STEPS = 20_000;
  const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const FORMATS = new Map([
    ["email", [/^[^\s@]+@[^\s@]+\.?[^\s@]*$/, "an e-mail address"]],
    ["uri", [/^[A-Za-z][A-Za-z0-9+.-]*:\S*$/, "an address (URI)"]],
    ["date", [/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "a date, YYYY-MM-DD"]],
    ["date-time", [/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/, "a time, YYYY-MM-DDTHH:MM:SSZ"]],
    ["ipv4", [/^(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])(\.(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])){3}$/, "an IPv4 address"]],
    ["uuid", [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "a UUID"]],
  ]);
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  /** The schema a local `$ref` leads to; {} where it leads nowhere or in a circle. */
  function resolved(schema, root) {
    const seen = new Set();
    while (isObject(schema) && typeof schema.$ref === "string") {
      if (seen.has(schema.$ref) || !schema.$ref.startsWith("#")) return {};
      seen.add(schema.$ref);
      let place = root;
      for (const part of decodeURIComponent(schema.$ref.slice(1)).split("/").slice(1)) {
        const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
        if ((!isObject(place) && !Array.isArray(place)) || !has(place, name)) return {};
        place = place[name];
      }
      schema = place;
    }
    return schema;
  }

  function typeOf(value) {
    if (value === null) return "null";
    if (Array.isArray(value)) return "array";
    return typeof value;
  }

  function isOfType(value, type) {
    return type === "integer" ? Number.isInteger(value) : typeOf(value) === type;
  }

  function equal(one, other) {
    if (typeOf(one) !== typeOf(other)) return false;
    if (Array.isArray(one)) return one.length === other.length && one.every((each, n) => equal(each, other[n]));
    if (isObject(one)) {
      const names = Object.keys(one);
      return names.length === Object.keys(other).length && names.every((name) => has(other, name) && equal(one[name], other[name]));
    }
    return one === other;
  }

  const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

  class Checker {
    constructor(root, pattern) {
      this.root = root;
      this.pattern = pattern;
      this.steps = 0;
    }

    /** @param {unknown} schema @param {unknown} value @param {string} path @returns {Wrong[]} */
    check(schema, value, path) {
      this.steps += 1;
      if (this.steps > MOST_STEPS || schema === true) return [];
      if (schema === false) return [{ path, text: "nothing is allowed here" }];
      const parts = resolved(schema, this.root);
      if (!isObject(parts)) return [];
      const types = [parts.type].flat().filter((type) => typeof type === "string");
      if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
        return [{ path, text: `must be ${types.map((type) => (/^[aeiou]/.test(type) ? "an " : "a ") + type).join(" or ")}` }];
      }
      const texts = [...this.general(parts, value)];
      if (typeof value === "string") texts.push(...this.string(parts, value));
      if (typeof value === "number") texts.push(...this.number(parts, value));
      const wrong = texts.map((text) => ({ path, text }));
      if (Array.isArray(value)) wrong.push(...this.array(parts, value, path));
      if (isObject(value)) wrong.push(...this.object(parts, value, path));
      return [...wrong, ...this.choices(parts, value, path)];
    }

    fits(schema, value) {
      return this.check(schema, value, "").length === 0;
    }

    * general(schema, value) {
      if (Array.isArray(schema.enum) && !schema.enum.some((each) => equal(each, value))) yield `must be one of ${schema.enum.map(shown).join(", ")}`;
      if (has(schema, "const") && !equal(schema.const, value)) yield `must be ${shown(schema.const)}`;
    }

    * string(schema, value) {
      const length = [...value].length;
      if (length < schema.minLength) yield `needs at least ${count(schema.minLength, "character")}`;
      if (length > schema.maxLength) yield `has ${length} characters; at most ${schema.maxLength} are allowed`;
      if (typeof schema.pattern === "string" && this.pattern(schema.pattern, value) === false) yield `must match ${schema.pattern}`;
      const [format, words] = FORMATS.get(schema.format) ?? [];
      if (format && !format.test(value)) yield `must be ${words}`;
    }

    * number(schema, value) {
      if (value < schema.minimum) yield `must be at least ${schema.minimum}`;
      if (value > schema.maximum) yield `must be at most ${schema.maximum}`;
      if (value <= schema.exclusiveMinimum) yield `must be more than ${schema.exclusiveMinimum}`;
      if (value >= schema.exclusiveMaximum) yield `must be less than ${schema.exclusiveMaximum}`;
      if (schema.multipleOf > 0) {
        const times = value / schema.multipleOf;
        if (Math.abs(times - Math.round(times)) > 1e-9) yield `must be a multiple of ${schema.multipleOf}`;
      }
    }

    * array(schema, value, path) {
      if (value.length < schema.minItems) yield { path, text: `needs at least ${count(schema.minItems, "item")}` };
      if (value.length > schema.maxItems) yield { path, text: `may have at most ${count(schema.maxItems, "item")}` };
      if (schema.uniqueItems === true && value.some((each, n) => value.slice(0, n).some((other) => equal(each, other)))) yield { path, text: "has an item twice" };
      if (has(schema, "contains") && !value.some((each) => this.fits(schema.contains, each))) yield { path, text: "lacks an item that it has to contain" };
      for (const [n, each] of value.entries()) {
        const items = Array.isArray(schema.items) ? (n < schema.items.length ? schema.items[n] : (schema.additionalItems ?? true)) : (schema.items ?? true);
        yield* this.check(items, each, `${path}/${n}`);
      }
    }

    * object(schema, value, path) {
      const names = Object.keys(value);
      const at = (name) => `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      for (const name of Array.isArray(schema.required) ? schema.required : []) {
        if (!has(value, name)) yield { path: at(name), text: "is required" };
      }
      if (names.length < schema.minProperties) yield { path, text: `needs at least ${count(schema.minProperties, "member")}` };
      if (names.length > schema.maxProperties) yield { path, text: `may have at most ${count(schema.maxProperties, "member")}` };
      const properties = isObject(schema.properties) ? schema.properties : {};
      for (const name of names) {
        if (has(properties, name)) yield* this.check(properties[name], value[name], at(name));
        else if (!isObject(schema.patternProperties) && has(schema, "additionalProperties")) {
          const others = schema.additionalProperties;
          if (others === false) yield { path: at(name), text: "is not known" };
          else yield* this.check(others, value[name], at(name));
        }
      }
    }

    * choices(schema, value, path) {
      for (const each of Array.isArray(schema.allOf) ? schema.allOf : []) yield* this.check(each, value, path);
      if (Array.isArray(schema.anyOf) && !schema.anyOf.some((each) => this.fits(each, value))) yield { path, text: "fits none of the ways allowed" };
      if (Array.isArray(schema.oneOf)) {
        const fitting = schema.oneOf.filter((each) => this.fits(each, value)).length;
        if (fitting !== 1) yield { path, text: fitting === 0 ? "fits none of the ways allowed" : "fits more than one of the ways, but one alone is allowed" };
      }
      if (has(schema, "not") && this.fits(schema.not, value)) yield { path, text: "is what the schema rules out" };
      if (has(schema, "if")) {
        const then = this.fits(schema.if, value) ? schema.then : schema.else;
        if (then !== undefined) yield* this.check(then, value, path);
      }
    }
  }

  /**
   * @param {unknown} schema @param {unknown} value
   * @param {(pattern: string, text: string) => boolean | null} pattern  null: not known (yet)
   * @returns {Wrong[]}
   */
  function check(schema, value, pattern) {
    return new Checker(schema, pattern).check(schema, value, "");
  }

  globalThis.catalogCheck = { check, resolved };
})();
