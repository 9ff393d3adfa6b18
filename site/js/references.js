// Resolves references in a schema (JSON Schema Draft-7, core 8) to parts of the same document, by a
// pointer, by an `$id`, or by a name defined in an `$id`. Nothing is fetched.
"use strict";
(() => {
  const HERE = "https://schema.invalid/";
  const ONE = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
  ];
  const LISTS = ["allOf", "anyOf", "items", "oneOf"];
  const MAPPINGS = ["definitions", "dependencies", "patternProperties", "properties"];
  /** @param {object} object @param {PropertyKey} name */
  const has = (object, name) => Object.hasOwn(object, name);
  /** @param {unknown} value @returns {value is JsonObject} */
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  /** The text of a fragment; an invalid escape is kept unchanged. @param {string} text */
  function unquoted(text) {
    return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      const bytes = run
        .slice(1)
        .split("%")
        .map((digits) => Number.parseInt(digits, 16));
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
    });
  }

  /**
   * A reference as [full address, fragment]; the address is undefined if it is invalid.
   * @param {string} reference @param {string} base @returns {[string | undefined, string]}
   */
  function joined(reference, base) {
    const at = reference.indexOf("#");
    const [way, fragment] =
      at < 0 ? [reference, ""] : [reference.slice(0, at), reference.slice(at + 1)];
    if (way === "") return [base, fragment];
    try {
      return [new URL(way, base).href, fragment];
    } catch {
      return [undefined, fragment];
    }
  }

  /**
   * The schema at a pointer in a fragment, or undefined if there is none.
   * @param {unknown} root @param {string} fragment
   */
  function pointed(root, fragment) {
    let place = root;
    for (const part of fragment.split("/").slice(1)) {
      const name = unquoted(part).replaceAll("~1", "/").replaceAll("~0", "~");
      if (Array.isArray(place)) place = /^\d+$/.test(name) ? place[Number(name)] : undefined;
      else place = isObject(place) && has(place, name) ? place[name] : undefined;
    }
    return place;
  }

  /** A schema and the names of its parts. */
  class References {
    /** @param {unknown} root */
    constructor(root) {
      this.root = root;
      /** @type {Map<object, string>} The base of the references in each schema. */
      this.bases = new Map();
      /** @type {Map<string, unknown>} */
      this.known = new Map([[HERE, root]]);
      this.read(root, HERE);
    }

    /** Registers a schema and every schema in it. @param {unknown} schema @param {string} base */
    read(schema, base) {
      /** @type {[unknown, string][]} */
      const waiting = [[schema, base]];
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const [part, above] = next;
        if (!isObject(part) || this.bases.has(part)) continue;
        const below = this.named(part, above);
        this.bases.set(part, below);
        for (const name of ONE) waiting.push([part[name], below]);
        for (const name of LISTS) {
          const list = part[name];
          if (Array.isArray(list)) for (const each of list) waiting.push([each, below]);
        }
        for (const name of MAPPINGS) {
          const mapping = part[name];
          if (isObject(mapping))
            for (const each of Object.values(mapping)) waiting.push([each, below]);
        }
      }
    }

    /**
     * The base address in a schema, which its `$id` may change. Siblings of a `$ref` are ignored.
     * @param {JsonObject} schema @param {string} base
     */
    named(schema, base) {
      if (typeof schema.$id !== "string" || has(schema, "$ref")) return base;
      const [address, fragment] = joined(schema.$id, base);
      if (address === undefined) return base;
      const names = [
        ...(fragment ? [`${address}#${unquoted(fragment)}`] : []),
        ...(schema.$id.startsWith("#") ? [] : [address]),
      ];
      for (const name of names) if (!this.known.has(name)) this.known.set(name, schema);
      return address;
    }

    /**
     * The schema after following any chain of `$ref`s; `lost` is the first reference that is broken
     * or circular.
     * @param {unknown} given
     * @returns {{schema: unknown, lost?: string}}
     */
    follow(given) {
      const seen = new Set();
      let schema = given;
      while (isObject(schema) && typeof schema.$ref === "string") {
        const target = seen.has(schema) ? undefined : this.target(schema.$ref, schema);
        if (!isObject(target) && typeof target !== "boolean")
          return { schema: {}, lost: schema.$ref };
        seen.add(schema);
        schema = target;
      }
      return { schema };
    }

    /**
     * The members that the schema of an object names, its own before those of its `allOf`.
     * @param {unknown} given @returns {{properties: Map<string, unknown>, required: Set<unknown>}}
     */
    members(given) {
      const properties = new Map();
      const required = new Set();
      const parts = new Set([this.follow(given).schema]);
      for (const part of parts) {
        if (!isObject(part)) continue;
        for (const [name, option] of Object.entries(
          isObject(part.properties) ? part.properties : {},
        ))
          if (!properties.has(name)) properties.set(name, option);
        for (const name of Array.isArray(part.required) ? part.required : []) required.add(name);
        for (const each of Array.isArray(part.allOf) ? part.allOf : [])
          parts.add(this.follow(each).schema);
      }
      return { properties, required };
    }

    /** A reference's target in a schema. @param {string} reference @param {JsonObject} schema */
    target(reference, schema) {
      const [address, fragment] = joined(reference, this.bases.get(schema) ?? HERE);
      if (address === undefined) return undefined;
      const isName = fragment !== "" && !fragment.startsWith("/");
      const whole = this.known.get(isName ? `${address}#${unquoted(fragment)}` : address);
      const found = isName ? whole : pointed(whole, fragment);
      this.read(found, address);
      return found;
    }
  }

  globalThis.catalogReferences = { References, isObject };
})();
