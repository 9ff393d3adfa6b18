// The form for a plugin's options, built from its schema: filled in here, checked while typing, and
// written into the YAML beside it and into the first snippet. Nothing leaves the page, and secrets
// are never filled in.
"use strict";
(() => {
  /**
   * The input elements and how to read their values; undefined means «left out».
   * @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Writable
   * `loss` says what of the text in it the value would lack.
   * @typedef {{control: Writable, read: () => unknown, hint?: string, loss?: () => string}} Control
   * @typedef {{control: Writable, bad: HTMLElement, read: () => unknown, touched: boolean, loss: () => string}} Field
   */
  const { check, below } = globalThis.catalogCheck;
  const { element, elements, make } = globalThis.catalogElements;
  const json = globalThis.catalogJson;
  const { References, isObject } = globalThis.catalogReferences;
  const { startWorker } = globalThis.catalogScripts;
  const { counted, number, t } = globalThis.catalogWords;
  const DEPTH = 5;
  const MOST_FIELDS = 200;
  const LONG = 120;
  const PATIENCE = 400;
  const START = 20_000;
  const NAME = /^[A-Za-z][\w-]*$/;
  const WORDS = new Set(["y", "yes", "n", "no", "on", "off", "true", "false", "null"]);
  // The names of secrets are those of redaction.py, with hyphens and underscores left out.
  const SECRET = /password|passwd|secret|token|apikey|accesskey|privatekey|credential/;
  /** @param {string} name */
  const isSecretName = (name) => SECRET.test(name.toLowerCase().replace(/[-_]/g, ""));
  const INPUTS = new Map([
    ["email", "email"],
    ["uri", "url"],
    ["date", "date"],
    ["password", "password"],
  ]);
  /** @param {unknown} value */
  const text = (value) => (typeof value === "string" ? value : "");
  /** A text unchanged, any other value as JSON. @param {unknown} value */
  const written = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  /** @param {string} name @param {JsonObject} schema */
  const isSecret = (name, schema) => schema.format === "password" || isSecretName(name);
  /** A value as text that is read back as it. @param {unknown} value */
  const readable = (value) =>
    typeof value === "string" && json.read(value, true) === value ? value : JSON.stringify(value);
  /** The type besides null, "several" if there are more, "" if any. @param {JsonObject} schema */
  const typeOf = (schema) => {
    const types = [schema.type].flat().filter((type) => type && type !== "null");
    if (types.length > 1) return "several";
    return text(types[0]) || (isObject(schema.properties) ? "object" : "");
  };
  /** Whether the value may be a text. @param {JsonObject} schema */
  const allowsText = (schema) => typeOf(schema) === "" || [schema.type].flat().includes("string");
  /** What values that can't be texts lack of those in a field. @param {JsonObject} schema @param {string[]} texts */
  const lossOf = (schema, texts) =>
    allowsText(schema) ? "" : (texts.map(json.loss).find(Boolean) ?? "");

  /** Tests patterns in a worker, each (pattern, text) once. */
  class Patterns {
    /** @param {string} url @param {() => void} told */
    constructor(url, told) {
      this.url = url;
      this.told = told;
      /** @type {Map<string, boolean | null | undefined>} */
      this.known = new Map();
      /** @type {[string, PatternQuestion][]} */
      this.waiting = [];
      /** @type {Worker | null} */
      this.worker = null;
    }

    /**
     * Whether a text matches; undefined until it was tested, and null if that is not possible (a
     * pattern of another language, one that runs forever, a page without workers).
     * @param {string} pattern @param {string} value @returns {boolean | null | undefined}
     */
    test(pattern, value) {
      const key = JSON.stringify([pattern, value]);
      if (!this.known.has(key)) {
        this.known.set(key, undefined);
        this.waiting.push([key, { pattern, text: value }]);
        if (this.waiting.length === 1) this.next();
      }
      return this.known.get(key);
    }

    next() {
      if (this.waiting.length === 0) return;
      const [key, question] = this.waiting[0];
      const fresh = this.worker === null;
      /** @type {Worker} */
      let worker;
      try {
        worker = this.worker ?? startWorker(this.url);
      } catch {
        // No worker available (a page from disk).
        for (const [each] of this.waiting.splice(0)) this.known.set(each, null);
        return;
      }
      this.worker = worker;
      let timer = 0;
      /** @param {boolean | null} fits */
      const done = (fits) => {
        clearTimeout(timer);
        this.known.set(key, fits);
        this.waiting.shift();
        this.next();
        this.told();
      };
      const giveUp = () => {
        worker.terminate();
        this.worker = null;
        done(null);
      };
      /** @param {number} time */
      const patient = (time) => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, time);
      };
      // Time only counts once the worker runs, as starting one is slow on a busy machine.
      patient(fresh ? START : PATIENCE);
      worker.onerror = giveUp;
      worker.onmessage = (/** @type {MessageEvent<PatternReply>} */ { data }) =>
        data.ready ? patient(PATIENCE) : done(data.fits);
      worker.postMessage(question);
    }
  }

  /** The form of one schema. */
  class Form {
    /** @param {HTMLElement} box */
    constructor(box) {
      const { schema = "", key = "", pattern = "", snippet } = box.dataset;
      this.key = key;
      this.id = schema;
      this.rules = rules(box.closest("section") ?? box);
      this.references = new References(
        JSON.parse(element(`#${schema}`, HTMLElement).textContent ?? ""),
      );
      /** @type {Map<string, Field>} */
      this.fields = new Map();
      this.patterns = new Patterns(pattern, () => this.update());
      this.snippet = snippet ? document.querySelector(`#${snippet} code`) : null;
      this.yaml = element(".code code", HTMLElement, box);
      this.verdict = make("p", { class: "verdict", role: "status" });
      this.isCut = false;
      const drawn = this.drawn();
      const cut = this.isCut
        ? [make("p", { class: "hint" }, t("first_options", { count: number(MOST_FIELDS) }))]
        : [];
      const form = make(
        "form",
        { class: "form", novalidate: "", autocomplete: "off" },
        drawn,
        ...cut,
        this.verdict,
      );
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("input", (event) => this.update(event.target));
      form.addEventListener("focusout", (event) => this.update(event.target));
      element(".drawn", HTMLElement, box).replaceChildren(form);
      this.update();
    }

    /** The fields of all options, or one for JSON if the schema names none. */
    drawn() {
      const { schema } = this.references.follow(this.references.root);
      if (this.references.members(schema).properties.size > 0) return this.group(schema, "", []);
      const whole = isObject(schema) ? schema : {};
      return this.option(this.key, { ...whole, type: "object" }, "", [], false, undefined);
    }

    /**
     * The fields of an object; `around` are the schemas that contain it, `presets` its own default.
     * @param {unknown} schema @param {string} path @param {JsonObject[]} around
     * @param {unknown} [presets]
     */
    group(schema, path, around, presets) {
      const grid = make("div", { class: "fields-of" });
      if (!isObject(schema)) return grid;
      const { properties, required } = this.references.members(schema);
      const options = [...properties];
      if (options.length > MOST_FIELDS)
        options.sort(([one], [other]) => Number(required.has(other)) - Number(required.has(one)));
      for (const [name, option] of options) {
        this.isCut ||= this.fields.size >= MOST_FIELDS;
        if (this.isCut) break;
        const at = below(path, name);
        const preset =
          isObject(presets) && Object.hasOwn(presets, name) ? presets[name] : undefined;
        grid.append(this.option(name, option, at, [...around, schema], required.has(name), preset));
      }
      return grid;
    }

    /**
     * @param {string} name @param {unknown} given @param {string} path @param {JsonObject[]} around
     * @param {boolean} required @param {unknown} outer What the default of the object has for it.
     * @returns {HTMLElement}
     */
    option(name, given, path, around, required, outer) {
      const { schema: found, lost } = this.references.follow(given);
      const schema = isObject(found) ? found : {};
      const preset = isSecret(name, schema)
        ? undefined
        : this.withoutSecrets(outer === undefined ? schema.default : outer, schema);
      const title = text(schema.title);
      const shown = title
        ? [make("bdi", {}, title), " ", make("code", {}, make("bdi", {}, name))]
        : [make("bdi", {}, name)];
      const need = required ? [" ", make("span", { class: "need" }, t("needed"))] : [];
      if (
        ["object", ""].includes(typeOf(schema)) &&
        this.references.members(schema).properties.size > 0 &&
        around.length < DEPTH &&
        !around.includes(schema)
      ) {
        return make(
          "fieldset",
          {},
          make("legend", {}, ...shown, ...need),
          this.group(schema, path, around, preset),
        );
      }
      const id = `${this.id}-${this.fields.size}`;
      const { control, read, hint, loss } = this.control(schema, preset);
      // No control shows every value: a default stays as it is until the field is changed.
      let changed = false;
      control.addEventListener("input", () => {
        changed = true;
      });
      control.id = id;
      const cannot = lost === undefined ? "" : t("not_checked", { what: `$ref ${lost}` });
      const help = [text(schema.description), this.rules.get(dotted(path)), hint, cannot]
        .filter(Boolean)
        .join(" · ");
      const bad = make("p", { class: "bad", id: `${id}-bad` });
      control.setAttribute("aria-describedby", help ? `${id}-help ${id}-bad` : `${id}-bad`);
      if (required) control.setAttribute("aria-required", "true");
      this.fields.set(path, {
        control,
        bad,
        read: () => (changed ? read() : preset),
        loss: () => (changed ? (loss?.() ?? "") : ""),
        touched: false,
      });
      const tick = control.type === "checkbox";
      const label = make(
        "label",
        { for: id },
        ...(tick ? [control] : []),
        make("span", {}, ...shown, ...need),
      );
      return make(
        "div",
        { class: tick ? "field tick" : "field" },
        label,
        ...(tick ? [] : [control]),
        ...(help ? [make("p", { class: "help", id: `${id}-help`, dir: "auto" }, help)] : []),
        bad,
      );
    }

    /**
     * A default without the members and items that look like secrets.
     * @param {unknown} value @param {JsonObject} schema @returns {unknown}
     */
    withoutSecrets(value, schema) {
      const isList = Array.isArray(value);
      if (!isList && !isObject(value)) return value;
      const { properties } = this.references.members(schema);
      /** @param {string} name */
      const partOf = (name) => {
        if (isList) return Array.isArray(schema.items) ? schema.items[Number(name)] : schema.items;
        return properties.has(name) ? properties.get(name) : schema.additionalProperties;
      };
      const kept = Object.entries(value)
        .map(([name, each]) => {
          const { schema: part } = this.references.follow(partOf(name));
          return { name, each, part: isObject(part) ? part : {} };
        })
        .filter(({ name, part }) => !isSecret(isList ? "" : name, part))
        .map(({ name, each, part }) => [name, this.withoutSecrets(each, part)]);
      return isList ? kept.map(([, each]) => each) : Object.fromEntries(kept);
    }

    /** @param {JsonObject} schema @param {unknown} given @returns {Control} */
    control(schema, given) {
      const type = typeOf(schema);
      if (Array.isArray(schema.enum)) return this.choice(schema.enum, given);
      if (type === "boolean") {
        const control = make("input", { type: "checkbox" });
        control.checked = given === true;
        return { control, read: () => control.checked };
      }
      if (type === "integer" || type === "number") return this.number(schema, type, given);
      if (type === "array") return this.list(schema, given);
      if (type === "string" || type === "") return this.string(schema, given, type === "");
      return this.json(schema, given);
    }

    /** @param {unknown[]} values @param {unknown} given @returns {Control} */
    choice(values, given) {
      const control = make(
        "select",
        {},
        make("option", { value: "" }, "–"),
        ...values.map((value, n) => make("option", { value: String(n) }, written(value))),
      );
      const chosen = values.map((value) => JSON.stringify(value)).indexOf(JSON.stringify(given));
      control.value = chosen < 0 ? "" : String(chosen);
      return {
        control,
        read: () => (control.value === "" ? undefined : values[Number(control.value)]),
      };
    }

    /** @param {JsonObject} schema @param {string} type @param {unknown} given @returns {Control} */
    number(schema, type, given) {
      const control = make("input", { type: "number", step: type === "integer" ? "1" : "any" });
      if (typeof schema.minimum === "number") control.min = String(schema.minimum);
      if (typeof schema.maximum === "number") control.max = String(schema.maximum);
      if (typeof given === "number") control.value = String(given);
      return {
        control,
        read: () =>
          control.value === ""
            ? control.validity.badInput
              ? NaN
              : undefined
            : Number(control.value),
        loss: () => lossOf(schema, [control.value]),
      };
    }

    /** @param {JsonObject} schema @param {unknown} given @param {boolean} any @returns {Control} */
    string(schema, given, any) {
      const long =
        (typeof schema.maxLength === "number" && schema.maxLength > LONG) ||
        (typeof given === "string" && (given.length > LONG || given.includes("\n")));
      const control = long
        ? make("textarea", { rows: "3", dir: "auto" })
        : make("input", {
            type: INPUTS.get(text(schema.format)) ?? "text",
            dir: "auto",
            autocomplete: "off",
          });
      if (given !== undefined && given !== null)
        control.value = any ? readable(given) : written(given);
      return {
        control,
        read: () =>
          control.value === "" ? undefined : any ? json.read(control.value, true) : control.value,
      };
    }

    /** @param {JsonObject} schema @param {unknown} given @returns {Control} */
    list(schema, given) {
      const items = this.references.follow(schema.items ?? {}).schema;
      const each = isObject(items) ? items : {};
      const type = typeOf(each);
      if (type === "object" || type === "array") return this.json(schema, given);
      const control = make("textarea", { rows: "3", dir: "auto" });
      if (Array.isArray(given))
        control.value = given.map(type === "string" ? written : readable).join("\n");
      /** @param {string} line */
      const item = (line) => (type === "string" ? line : json.read(line, allowsText(each)));
      const lines = () => control.value.split("\n").filter((line) => line.trim());
      return {
        control,
        hint: t("one_on_each_line"),
        read: () => (lines().length === 0 ? undefined : lines().map(item)),
        loss: () => lossOf(each, lines()),
      };
    }

    /** @param {JsonObject} schema @param {unknown} given @returns {Control} */
    json(schema, given) {
      const control = make("textarea", { rows: "3", spellcheck: "false" });
      if (given !== undefined) control.value = JSON.stringify(given, null, 2);
      return {
        control,
        hint: t("write_json"),
        read: () =>
          control.value.trim() === "" ? undefined : json.read(control.value, allowsText(schema)),
        loss: () => lossOf(schema, [control.value]),
      };
    }

    /**
     * The value of the whole form, without the fields left out.
     * @param {Set<string>} [without] @returns {unknown}
     */
    value(without) {
      /** @type {JsonObject} */
      const whole = Object.create(null);
      for (const [path, field] of this.fields) {
        const value = without?.has(path) ? undefined : field.read();
        if (value === undefined) continue;
        if (path === "") return value;
        const names = namesOf(path);
        const last = names.pop() ?? "";
        let place = whole;
        for (const name of names) place = place[name] ??= Object.create(null);
        place[last] = value;
      }
      return whole;
    }

    /** @param {EventTarget | null} [changed] The edited field; only touched fields show errors. */
    update(changed) {
      for (const field of this.fields.values()) if (field.control === changed) field.touched = true;
      const value = this.value();
      const losses = this.losses();
      const found = check(this.references, value, (pattern, given) =>
        this.patterns.test(pattern, given),
      ).filter((each) => !losses.has(this.fieldAt(each.path)));
      const wrong = [...losses.values(), ...found.filter((each) => !each.unsure)];
      const unsure = found.filter((each) => each.unsure);
      /** @type {Map<string, Finding>} The first finding of each field, errors before doubts. */
      const firsts = new Map();
      for (const each of [...wrong, ...unsure.filter((doubt) => !doubt.pending)]) {
        const path = this.fieldAt(each.path);
        if (!firsts.has(path)) firsts.set(path, each);
      }
      for (const [path, field] of this.fields) {
        const first = field.touched ? firsts.get(path) : undefined;
        const said = first?.text ?? "";
        if (field.bad.textContent !== said) field.bad.textContent = said;
        field.bad.classList.toggle("unsure", first?.unsure === true);
        field.control.setAttribute("aria-invalid", String(first !== undefined && !first.unsure));
      }
      const words = this.words(wrong, unsure);
      if (this.verdict.textContent !== words) this.verdict.textContent = words;
      const unfit = wrong.find((each) => each.path === "");
      this.write(this.value(new Set(wrong.flatMap((each) => this.fieldsAt(each.path)))), unfit);
    }

    /** A finding for each field whose value would not be all that was typed. */
    losses() {
      /** @type {Map<string, Finding>} */
      const found = new Map();
      for (const [path, field] of this.fields) {
        const lost = field.loss();
        if (lost) found.set(path, { path, text: lost });
      }
      return found;
    }

    /** The field for a path in the value, or "" if there is none. @param {string} path */
    fieldAt(path) {
      return (
        [...this.fields.keys()].find((key) => path === key || path.startsWith(`${key}/`)) ?? ""
      );
    }

    /**
     * The fields of what is at a path: one, or those of a group. No field is at fault for the whole.
     * @param {string} path
     */
    fieldsAt(path) {
      const field = this.fieldAt(path);
      if (this.fields.has(field) || path === "") return [field];
      return [...this.fields.keys()].filter((key) => key.startsWith(`${path}/`));
    }

    /** Shows the summary of the form. @param {Finding[]} wrong @param {Finding[]} unsure */
    words(wrong, unsure) {
      if (wrong.length > 0) {
        const missing = counted("still_wrong", wrong.length);
        const hidden = wrong.find((each) => !this.fields.get(this.fieldAt(each.path))?.touched);
        return `${hidden ? t("still_wrong_why", { missing, why: named(hidden) }) : missing}.`;
      }
      if (unsure.some((each) => each.pending)) return t("still_checking");
      return unsure.length > 0 ? t("options_unsure", { why: named(unsure[0]) }) : t("options_fit");
    }

    /**
     * Writes what fits the schema as YAML, with a comment for what is missing, and why the whole
     * does not fit.
     * @param {unknown} whole @param {Finding} [unfit]
     */
    write(whole, unfit) {
      const value = isObject(whole) ? whole : {};
      const { required } = this.references.members(this.references.root);
      // No letter may end the comment.
      const why = unfit ? [t("yaml_unfit", { why: unfit.text.replace(/[\s\x85]+/g, " ") })] : [];
      const given = Object.entries(value).map(
        ([name, each]) => `${plain(name)}: ${json.quoted(each)}`,
      );
      const missing = [...required]
        .filter((name) => typeof name === "string")
        .filter((name) => !Object.hasOwn(value, name))
        .map((name) => t("yaml_required", { name: plain(name) }));
      const empty = given.length > 0 ? "" : " {}";
      /** @param {string} indent */
      const lines = (indent) =>
        empty + [...why, ...given, ...missing].map((line) => `\n${indent}  ${line}`).join("");
      this.yaml.textContent = `${plain(this.key)}:${lines("")}`;
      if (this.snippet) {
        const before = this.snippet.textContent?.split("\n  options:")[0];
        this.snippet.textContent = `${before}\n  options:${lines("  ")}`;
      }
    }
  }

  /** The names of the members that a JSON pointer leads through. @param {string} path */
  function namesOf(path) {
    return path
      .slice(1)
      .split("/")
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  }

  /** The name of an option in the table. @param {string} path */
  function dotted(path) {
    return namesOf(path).join(".");
  }

  /** What the table says of each option's values, by its name. @param {Element} section */
  function rules(section) {
    /** @type {Map<string, string>} */
    const found = new Map();
    for (const row of elements(".options tbody tr", HTMLTableRowElement, section)) {
      const name = row.querySelector("code bdi")?.textContent ?? "";
      const said = row.cells[3].textContent?.trim() ?? "";
      if (!found.has(name)) found.set(name, said === "–" ? "" : said);
    }
    return found;
  }

  /** A finding with the member it refers to. @param {Finding} finding */
  function named({ path, text: why }) {
    return path ? t("about_member", { member: dotted(path), why }) : why;
  }

  /** A name as YAML: unquoted if it can't be read as anything else. @param {string} name */
  function plain(name) {
    return NAME.test(name) && !WORDS.has(name.toLowerCase()) ? name : json.quoted(name);
  }

  for (const box of elements(".opts", HTMLElement)) new Form(box);
})();
