// A value held against a schema (JSON Schema Draft-7, without remote references): what is wrong
// with it, by path. Patterns are left to the caller: they are a stranger's, and may take for ever.
"use strict";
(() => {
  /** @typedef {{path: string, text: string}} Wrong  `path` is an RFC 6901 pointer. */
  const { counted, say } = globalThis.catalogWords;
  const MOST_STEPS = 20_000;
  const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const TYPES = new Map([
    ["string", say("a_string")], ["number", say("a_number")], ["integer", say("an_integer")], ["boolean", say("a_boolean")],
    ["array", say("an_array")], ["object", say("an_object")], ["null", say("a_null")],
  ]);
  const FORMATS = new Map([
    ["email", [/^[^\s@]+@[^\s@]+\.?[^\s@]*$/, say("an_email")]],
    ["uri", [/^[A-Za-z][A-Za-z0-9+.-]*:\S*$/, say("an_address")]],
    ["date", [/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, say("a_date")]],
    ["date-time", [/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/, say("a_time")]],
    ["ipv4", [/^(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])(\.(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])){3}$/, say("an_ipv4")]],
    ["uuid", [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, say("a_uuid")]],
  ]);

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
      if (schema === false) return [{ path, text: say("nothing_allowed") }];
      const parts = resolved(schema, this.root);
      if (!isObject(parts)) return [];
      const types = [parts.type].flat().filter((type) => typeof type === "string");
      if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
        return [{ path, text: say("must_be", { what: types.map((type) => TYPES.get(type) ?? type).reduce((one, other) => say("type_or", { one, other })) }) }];
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
      if (Array.isArray(schema.enum) && !schema.enum.some((each) => equal(each, value))) yield say("must_be_one_of", { values: schema.enum.map(shown).join(", ") });
      if (has(schema, "const") && !equal(schema.const, value)) yield say("must_be", { what: shown(schema.const) });
    }

    * string(schema, value) {
      const length = [...value].length;
      if (length < schema.minLength) yield counted("needs_letters", schema.minLength);
      if (length > schema.maxLength) yield say("has_letters", { count: length, limit: schema.maxLength });
      if (typeof schema.pattern === "string" && this.pattern(schema.pattern, value) === false) yield say("must_match", { pattern: schema.pattern });
      const [format, words] = FORMATS.get(schema.format) ?? [];
      if (format && !format.test(value)) yield say("must_be", { what: words });
    }

    * number(schema, value) {
      if (value < schema.minimum) yield say("must_be_least", { limit: schema.minimum });
      if (value > schema.maximum) yield say("must_be_most", { limit: schema.maximum });
      if (value <= schema.exclusiveMinimum) yield say("must_be_above", { limit: schema.exclusiveMinimum });
      if (value >= schema.exclusiveMaximum) yield say("must_be_below", { limit: schema.exclusiveMaximum });
      if (schema.multipleOf > 0) {
        const times = value / schema.multipleOf;
        if (Math.abs(times - Math.round(times)) > 1e-9) yield say("must_be_multiple", { of: schema.multipleOf });
      }
    }

    * array(schema, value, path) {
      if (value.length < schema.minItems) yield { path, text: counted("needs_items", schema.minItems) };
      if (value.length > schema.maxItems) yield { path, text: counted("most_items", schema.maxItems) };
      if (schema.uniqueItems === true && value.some((each, n) => value.slice(0, n).some((other) => equal(each, other)))) yield { path, text: say("item_twice") };
      if (has(schema, "contains") && !value.some((each) => this.fits(schema.contains, each))) yield { path, text: say("lacks_item") };
      for (const [n, each] of value.entries()) {
        const items = Array.isArray(schema.items) ? (n < schema.items.length ? schema.items[n] : (schema.additionalItems ?? true)) : (schema.items ?? true);
        yield* this.check(items, each, `${path}/${n}`);
      }
    }

    * object(schema, value, path) {
      const names = Object.keys(value);
      const at = (name) => `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      for (const name of Array.isArray(schema.required) ? schema.required : []) {
        if (!has(value, name)) yield { path: at(name), text: say("is_required") };
      }
      if (names.length < schema.minProperties) yield { path, text: counted("needs_members", schema.minProperties) };
      if (names.length > schema.maxProperties) yield { path, text: counted("most_members", schema.maxProperties) };
      const properties = isObject(schema.properties) ? schema.properties : {};
      for (const name of names) {
        if (has(properties, name)) yield* this.check(properties[name], value[name], at(name));
        else if (!isObject(schema.patternProperties) && has(schema, "additionalProperties")) {
          const others = schema.additionalProperties;
          if (others === false) yield { path: at(name), text: say("is_unknown") };
          else yield* this.check(others, value[name], at(name));
        }
      }
    }

    * choices(schema, value, path) {
      for (const each of Array.isArray(schema.allOf) ? schema.allOf : []) yield* this.check(each, value, path);
      if (Array.isArray(schema.anyOf) && !schema.anyOf.some((each) => this.fits(each, value))) yield { path, text: say("fits_none") };
      if (Array.isArray(schema.oneOf)) {
        const fitting = schema.oneOf.filter((each) => this.fits(each, value)).length;
        if (fitting !== 1) yield { path, text: fitting === 0 ? say("fits_none") : say("fits_several") };
      }
      if (has(schema, "not") && this.fits(schema.not, value)) yield { path, text: say("is_ruled_out") };
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
