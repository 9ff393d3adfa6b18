// Validates a value against a schema (JSON Schema Draft-7, without remote references) and reports
// errors and anything that can't be checked here, by path. The caller tests patterns, because they
// are untrusted and may run forever.
"use strict";
(() => {
  /**
   * Whether a value is valid; null if that can't be determined, for the reasons in `doubts`.
   * @typedef {{fits: boolean | null, doubts: Finding[]}} Judgement
   * @typedef {Generator<Finding, void, void>} Findings
   * @typedef {Generator<string, void, void>} TextsOf
   */
  const { counted, number, t } = globalThis.catalogWords;
  const { isOfFormat } = globalThis.catalogFormats;
  const { isObject } = globalThis.catalogReferences;
  const MOST_STEPS = 20_000;
  const DEEPEST = 200;
  /** @param {object} object @param {PropertyKey} name */
  const has = (object, name) => Object.hasOwn(object, name);
  /** @param {unknown} value @returns {unknown[]} */
  const listed = (value) => (Array.isArray(value) ? value : []);
  /** @param {unknown} value */
  const members = (value) => (isObject(value) ? Object.entries(value) : []);
  /** A number in a schema, or NaN, which compares false with everything. @param {unknown} value */
  const limit = (value) => (typeof value === "number" ? value : Number.NaN);
  /** The pointer of a member. @param {string} path @param {string} name */
  const below = (path, name) => `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  const TYPES = new Map([
    ["string", t("a_string")],
    ["number", t("a_number")],
    ["integer", t("an_integer")],
    ["boolean", t("a_boolean")],
    ["array", t("an_array")],
    ["object", t("an_object")],
    ["null", t("a_null")],
  ]);
  const FORMATS = new Map([
    ["email", t("an_email")],
    ["uri", t("an_address")],
    ["date", t("a_date")],
    ["date-time", t("a_time")],
    ["ipv4", t("an_ipv4")],
    ["ipv6", t("an_ipv6")],
    ["hostname", t("a_host")],
    ["uuid", t("a_uuid")],
  ]);

  /** @param {unknown} value */
  function typeOf(value) {
    if (value === null) return "null";
    if (Array.isArray(value)) return "array";
    return typeof value;
  }

  /** @param {unknown} value @param {string} type */
  function isOfType(value, type) {
    if (type === "integer") return Number.isInteger(value);
    return typeOf(value) === type && (type !== "number" || Number.isFinite(value)); // Not NaN.
  }

  /** @param {unknown} one @param {unknown} other @returns {boolean} */
  function equal(one, other) {
    if (Array.isArray(one) && Array.isArray(other))
      return one.length === other.length && one.every((each, n) => equal(each, other[n]));
    if (isObject(one) && isObject(other)) {
      const names = Object.keys(one);
      return (
        names.length === Object.keys(other).length &&
        names.every((name) => has(other, name) && equal(one[name], other[name]))
      );
    }
    return one === other;
  }

  /**
   * A number as [digits, number of decimals], because in binary 0.07 is not a multiple of 0.01.
   * @param {number} value @returns {[bigint, number]}
   */
  function decimal(value) {
    const [digits, exponent = "0"] = String(value).split("e");
    const [whole, part = ""] = digits.split(".");
    return [BigInt(whole + part), part.length - Number(exponent)];
  }

  /** @param {number} value @param {number} of */
  function isMultiple(value, of) {
    if (!Number.isFinite(value)) return false;
    const [[one, places], [other, otherPlaces]] = [decimal(value), decimal(of)];
    const most = Math.max(places, otherPlaces, 0);
    return (
      (one * 10n ** BigInt(most - places)) % (other * 10n ** BigInt(most - otherPlaces)) === 0n
    );
  }

  /** @param {unknown} value */
  const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  /** @param {string} path @param {string} what @returns {Finding} */
  const unchecked = (path, what) => ({ path, text: t("not_checked", { what }), unsure: true });

  class Checker {
    /** @param {SchemaReferences} references @param {Matches} matches */
    constructor(references, matches) {
      this.references = references;
      this.matches = matches;
      this.steps = 0;
      /** @type {{schema: unknown, path: string, value: unknown}[]} Open checks, outermost first. */
      this.open = [];
    }

    /** @param {unknown} given @param {unknown} value @param {string} path @returns {Finding[]} */
    check(given, value, path) {
      this.steps += 1;
      if (this.steps > MOST_STEPS || this.open.length > DEEPEST)
        return [unchecked(path, t("schema_too_large"))];
      const { schema, lost } = this.references.follow(given);
      if (lost !== undefined) return [unchecked(path, `$ref ${lost}`)];
      if (schema === false) return [{ path, text: t("nothing_allowed") }];
      if (!isObject(schema)) return [];
      if (
        this.open.some(
          (each) => each.schema === schema && each.path === path && each.value === value,
        )
      ) {
        return [unchecked(path, t("schema_in_itself"))];
      }
      this.open.push({ schema, path, value });
      const findings = [...this.all(schema, value, path)];
      this.open.pop();
      return findings;
    }

    /** @param {unknown} schema @param {unknown} value @param {string} path @returns {Judgement} */
    judge(schema, value, path) {
      const doubts = this.check(schema, value, path);
      if (doubts.length === 0) return { fits: true, doubts };
      return doubts.every((each) => each.unsure)
        ? { fits: null, doubts }
        : { fits: false, doubts: [] };
    }

    /** @param {JsonObject} schema @param {unknown} value @param {string} path @returns {Findings} */
    *all(schema, value, path) {
      const types = [schema.type].flat().filter((type) => typeof type === "string");
      if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
        const what = types
          .map((type) => TYPES.get(type) ?? type)
          .reduce((one, other) => t("type_or", { one, other }));
        yield { path, text: t("must_be", { what }) };
        return;
      }
      for (const text of this.general(schema, value)) yield { path, text };
      if (typeof value === "string") yield* this.string(schema, value, path);
      if (typeof value === "number")
        for (const text of this.numeric(schema, value)) yield { path, text };
      if (Array.isArray(value)) yield* this.array(schema, value, path);
      if (isObject(value)) yield* this.object(schema, value, path);
      yield* this.choices(schema, value, path);
    }

    /** @param {JsonObject} schema @param {unknown} value @returns {TextsOf} */
    *general(schema, value) {
      if (Array.isArray(schema.enum) && !schema.enum.some((each) => equal(each, value)))
        yield t("must_be_one_of", { values: schema.enum.map(shown).join(", ") });
      if (has(schema, "const") && !equal(schema.const, value))
        yield t("must_be", { what: shown(schema.const) });
    }

    /** @param {JsonObject} schema @param {string} value @param {string} path @returns {Findings} */
    *string(schema, value, path) {
      const length = [...value].length;
      const [least, most] = [limit(schema.minLength), limit(schema.maxLength)];
      if (length < least) yield { path, text: counted("needs_letters", least) };
      if (length > most)
        yield { path, text: t("has_letters", { count: number(length), limit: number(most) }) };
      if (typeof schema.pattern === "string") {
        const fits = this.matches(schema.pattern, value);
        if (fits === false) yield { path, text: t("must_match", { pattern: schema.pattern }) };
        else if (fits !== true) yield this.untried(path, schema.pattern, fits);
      }
      if (typeof schema.format === "string") {
        const fits = isOfFormat(schema.format, value);
        if (fits === false)
          yield {
            path,
            text: t("must_be", {
              what: FORMATS.get(schema.format) ?? t("of_format", { format: schema.format }),
            }),
          };
        if (fits === null) yield unchecked(path, `format ${schema.format}`);
      }
      for (const keyword of ["contentEncoding", "contentMediaType"])
        if (has(schema, keyword)) yield unchecked(path, keyword);
    }

    /** @param {string} path @param {string} pattern @param {null | undefined} fits @returns {Finding} */
    untried(path, pattern, fits) {
      return { ...unchecked(path, `pattern ${pattern}`), pending: fits === undefined };
    }

    /** @param {JsonObject} schema @param {number} value @returns {TextsOf} */
    *numeric(schema, value) {
      const [least, most] = [limit(schema.minimum), limit(schema.maximum)];
      const [floor, ceiling] = [limit(schema.exclusiveMinimum), limit(schema.exclusiveMaximum)];
      const of = limit(schema.multipleOf);
      if (value < least) yield t("must_be_least", { limit: least });
      if (value > most) yield t("must_be_most", { limit: most });
      if (value <= floor) yield t("must_be_above", { limit: floor });
      if (value >= ceiling) yield t("must_be_below", { limit: ceiling });
      if (of > 0 && !isMultiple(value, of)) yield t("must_be_multiple", { of });
    }

    /** @param {JsonObject} schema @param {unknown[]} value @param {string} path @returns {Findings} */
    *array(schema, value, path) {
      const [least, most] = [limit(schema.minItems), limit(schema.maxItems)];
      if (value.length < least) yield { path, text: counted("needs_items", least) };
      if (value.length > most) yield { path, text: counted("most_items", most) };
      if (
        schema.uniqueItems === true &&
        value.some((each, n) => value.some((other, m) => m < n && equal(each, other)))
      )
        yield { path, text: t("item_twice") };
      if (has(schema, "contains"))
        yield* this.any(
          value.map((each, n) => this.judge(schema.contains, each, `${path}/${n}`)),
          path,
          t("lacks_item"),
        );
      for (const [n, each] of value.entries()) {
        const items = Array.isArray(schema.items)
          ? n < schema.items.length
            ? schema.items[n]
            : (schema.additionalItems ?? true)
          : (schema.items ?? true);
        yield* this.check(items, each, `${path}/${n}`);
      }
    }

    /** @param {JsonObject} schema @param {JsonObject} value @param {string} path @returns {Findings} */
    *object(schema, value, path) {
      const names = Object.keys(value);
      const [least, most] = [limit(schema.minProperties), limit(schema.maxProperties)];
      for (const name of listed(schema.required).map(String))
        if (!has(value, name)) yield { path: below(path, name), text: t("is_required") };
      if (names.length < least) yield { path, text: counted("needs_members", least) };
      if (names.length > most) yield { path, text: counted("most_members", most) };
      for (const name of names) yield* this.member(schema, name, value[name], below(path, name));
      if (has(schema, "propertyNames")) yield* this.names(schema.propertyNames, names, path);
      for (const [name, needs] of members(schema.dependencies)) {
        if (!has(value, name)) continue;
        if (Array.isArray(needs)) {
          for (const other of needs)
            if (!has(value, other))
              yield { path: below(path, other), text: t("is_needed_beside", { other: name }) };
        } else yield* this.check(needs, value, path);
      }
    }

    /**
     * @param {JsonObject} schema @param {string} name @param {unknown} value @param {string} path
     * @returns {Findings}
     */
    *member(schema, name, value, path) {
      let isKnown = false;
      if (isObject(schema.properties) && has(schema.properties, name)) {
        isKnown = true;
        yield* this.check(schema.properties[name], value, path);
      }
      for (const [pattern, part] of members(schema.patternProperties)) {
        const fits = this.matches(pattern, name);
        if (fits === false) continue;
        isKnown = true;
        if (fits === true) yield* this.check(part, value, path);
        else yield this.untried(path, pattern, fits);
      }
      if (isKnown || !has(schema, "additionalProperties")) return;
      if (schema.additionalProperties === false) yield { path, text: t("is_unknown") };
      else yield* this.check(schema.additionalProperties, value, path);
    }

    /** @param {unknown} schema @param {string[]} names @param {string} path @returns {Findings} */
    *names(schema, names, path) {
      for (const name of names) {
        const at = below(path, name);
        for (const each of this.check(schema, name, at))
          yield { ...each, path: at, text: t("about_name", { why: each.text }) };
      }
    }

    /** @param {JsonObject} schema @param {unknown} value @param {string} path @returns {Findings} */
    *choices(schema, value, path) {
      for (const each of listed(schema.allOf)) yield* this.check(each, value, path);
      if (Array.isArray(schema.anyOf))
        yield* this.any(
          schema.anyOf.map((each) => this.judge(each, value, path)),
          path,
          t("fits_none"),
        );
      if (Array.isArray(schema.oneOf))
        yield* this.one(
          schema.oneOf.map((each) => this.judge(each, value, path)),
          path,
        );
      if (has(schema, "not")) {
        const { fits, doubts } = this.judge(schema.not, value, path);
        if (fits === true) yield { path, text: t("is_ruled_out") };
        yield* doubts;
      }
      if (has(schema, "if") && (has(schema, "then") || has(schema, "else"))) {
        const { fits, doubts } = this.judge(schema.if, value, path);
        yield* fits === null
          ? doubts
          : this.check((fits ? schema.then : schema.else) ?? true, value, path);
      }
    }

    /** @param {Judgement[]} judged @param {string} path @param {string} text @returns {Findings} */
    *any(judged, path, text) {
      if (judged.some(({ fits }) => fits === true)) return;
      const doubts = judged.flatMap((each) => each.doubts);
      if (doubts.length > 0) yield* doubts;
      else yield { path, text };
    }

    /** @param {Judgement[]} judged @param {string} path @returns {Findings} */
    *one(judged, path) {
      const fitting = judged.filter(({ fits }) => fits === true).length;
      const doubts = judged.flatMap((each) => each.doubts);
      if (fitting > 1) yield { path, text: t("fits_several") };
      else if (doubts.length > 0) yield* doubts;
      else if (fitting === 0) yield { path, text: t("fits_none") };
    }
  }

  /** @param {SchemaReferences} references @param {unknown} value @param {Matches} matches */
  function check(references, value, matches) {
    return new Checker(references, matches).check(references.root, value, "");
  }

  globalThis.catalogCheck = { check, below };
})();
