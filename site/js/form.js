// The form of a plugin's options, drawn from its own schema: filled in here, checked as one types,
// and written into the YAML above. Nothing leaves the page; secrets are never filled in.
"use strict";
(() => {
  const { check } = globalThis.catalogCheck;
  const { References } = globalThis.catalogReferences;
  const { startWorker } = globalThis.catalogScripts;
  const { counted, say } = globalThis.catalogWords;
  const DEPTH = 5;
  const MOST_FIELDS = 200;
  const LONG = 120;
  const PATIENCE = 400;
  const START = 20_000;
  const SECRET = /passw|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential/i;
  const INPUTS = new Map([
    ["email", "email"],
    ["uri", "url"],
    ["date", "date"],
    ["password", "password"],
  ]);
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  function make(tag, given, ...parts) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
    element.append(...parts);
    return element;
  }

  const text = (value) => (typeof value === "string" ? value : "");
  const isSecret = (name, schema) => schema.format === "password" || SECRET.test(name);
  const typeOf = (schema) =>
    [schema.type].flat().find((type) => typeof type === "string" && type !== "null") ??
    (isObject(schema.properties) ? "object" : "");

  /** Patterns are tried in a worker, each (pattern, text) once. */
  class Patterns {
    constructor(url, told) {
      this.url = url;
      this.told = told;
      this.known = new Map();
      this.waiting = [];
      this.worker = null;
    }

    /**
     * Whether a text matches: undefined until it was tried, null where it can't be (another
     * language's pattern, one that takes for ever, a page without workers).
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
      try {
        this.worker ??= startWorker(this.url);
      } catch {
        // No worker here (a page from disk).
        for (const [each] of this.waiting.splice(0)) this.known.set(each, null);
        return;
      }
      let timer = 0;
      const done = (fits) => {
        clearTimeout(timer);
        this.known.set(key, fits);
        this.waiting.shift();
        this.next();
        this.told();
      };
      const giveUp = () => {
        this.worker.terminate();
        this.worker = null;
        done(null);
      };
      const patient = (time) => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, time);
      };
      // The time runs once the worker does: to start one takes long on a busy machine.
      patient(fresh ? START : PATIENCE);
      this.worker.onerror = giveUp;
      this.worker.onmessage = ({ data }) => (data.ready ? patient(PATIENCE) : done(data.fits));
      this.worker.postMessage(question);
    }
  }

  /** One schema's form. */
  class Form {
    constructor(box) {
      this.box = box;
      this.references = new References(
        JSON.parse(document.getElementById(box.dataset.schema).textContent),
      );
      this.key = box.dataset.schema;
      /** @type {Map<string, {control: Element, bad: Element, read: () => unknown, touched: boolean}>} */
      this.fields = new Map();
      this.patterns = new Patterns(box.dataset.pattern, () => this.update());
      this.snippet = box.dataset.snippet
        ? document.querySelector(`#${box.dataset.snippet} code`)
        : null;
      this.before = this.snippet?.textContent.split("\n  options:")[0];
      this.verdict = make("p", { class: "verdict", role: "status" });
      const form = make(
        "form",
        { class: "form", novalidate: "", autocomplete: "off" },
        this.group(this.references.follow(this.references.root).schema, "", []),
        this.verdict,
      );
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("input", (event) => this.update(event.target));
      form.addEventListener("focusout", (event) => this.update(event.target));
      box.querySelector(".drawn").replaceChildren(form);
      this.update();
    }

    /** The fields of an object. @param {object[]} around The schemas that it lies in. */
    group(schema, path, around) {
      const grid = make("div", { class: "fields-of" });
      if (!isObject(schema)) return grid;
      const needed = new Set(Array.isArray(schema.required) ? schema.required : []);
      for (const [name, option] of Object.entries(
        isObject(schema.properties) ? schema.properties : {},
      )) {
        if (this.fields.size >= MOST_FIELDS) break;
        const at = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        grid.append(this.option(name, option, at, [...around, schema], needed.has(name)));
      }
      return grid;
    }

    option(name, given, path, around, required) {
      const { schema: found, lost } = this.references.follow(given);
      const schema = isObject(found) ? found : {};
      const title = text(schema.title) || name;
      const need = required ? [" ", make("span", { class: "need" }, say("needed"))] : [];
      if (
        typeOf(schema) === "object" &&
        isObject(schema.properties) &&
        around.length < DEPTH &&
        !around.includes(schema)
      ) {
        return make(
          "fieldset",
          {},
          make("legend", {}, make("bdi", {}, title), ...need),
          this.group(schema, path, around),
        );
      }
      const id = `${this.key}-${this.fields.size}`;
      const { control, read, hint } = this.control(name, schema);
      control.id = id;
      const cannot = lost === undefined ? "" : say("not_checked", { what: `$ref ${lost}` });
      const help = [text(schema.description), hint, cannot].filter(Boolean).join(" ");
      const bad = make("p", { class: "bad", id: `${id}-bad` });
      control.setAttribute("aria-describedby", help ? `${id}-help ${id}-bad` : `${id}-bad`);
      if (required) control.setAttribute("aria-required", "true");
      this.fields.set(path, { control, bad, read, touched: false });
      const tick = control.type === "checkbox";
      const label = make(
        "label",
        { for: id },
        ...(tick ? [control] : []),
        make("span", {}, make("bdi", {}, title), ...need),
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

    /** @returns {{control: Element, read: () => unknown, hint?: string}} `read` gives undefined for «left out». */
    control(name, schema) {
      const type = typeOf(schema);
      const given = isSecret(name, schema) ? undefined : schema.default;
      if (Array.isArray(schema.enum)) return this.choice(schema.enum, given);
      if (type === "boolean") {
        const control = make("input", { type: "checkbox" });
        control.checked = given === true;
        let set = given !== undefined;
        control.addEventListener("input", () => {
          set = true;
        });
        return { control, read: () => (set ? control.checked : undefined) };
      }
      if (type === "integer" || type === "number") return this.number(schema, type, given);
      if (type === "array") return this.list(schema, given);
      if (type === "string" || type === "") return this.string(schema, given, type === "");
      return this.json(given);
    }

    choice(values, given) {
      const control = make(
        "select",
        {},
        make("option", { value: "" }, "–"),
        ...values.map((value, n) =>
          make(
            "option",
            { value: String(n) },
            typeof value === "string" ? value : JSON.stringify(value),
          ),
        ),
      );
      const chosen = values.indexOf(given);
      control.value = chosen < 0 ? "" : String(chosen);
      return {
        control,
        read: () => (control.value === "" ? undefined : values[Number(control.value)]),
      };
    }

    number(schema, type, given) {
      const control = make("input", { type: "number", step: type === "integer" ? "1" : "any" });
      if (typeof schema.minimum === "number") control.min = schema.minimum;
      if (typeof schema.maximum === "number") control.max = schema.maximum;
      if (typeof given === "number") control.value = given;
      return {
        control,
        read: () =>
          control.value === ""
            ? control.validity.badInput
              ? NaN
              : undefined
            : Number(control.value),
      };
    }

    string(schema, given, any) {
      const long =
        schema.maxLength > LONG ||
        (typeof given === "string" && (given.length > LONG || given.includes("\n")));
      const control = long
        ? make("textarea", { rows: "3", dir: "auto" })
        : make("input", {
            type: INPUTS.get(schema.format) ?? "text",
            dir: "auto",
            autocomplete: "off",
          });
      if (given !== undefined)
        control.value = typeof given === "string" ? given : JSON.stringify(given);
      return {
        control,
        read: () =>
          control.value === "" ? undefined : any ? jsonOr(control.value) : control.value,
      };
    }

    list(schema, given) {
      const items = this.references.follow(schema.items ?? {}).schema;
      const type = isObject(items) ? typeOf(items) : "";
      if (type === "object" || type === "array") return this.json(given);
      const control = make("textarea", { rows: "3", dir: "auto" });
      if (Array.isArray(given))
        control.value = given
          .map((each) => (typeof each === "string" ? each : JSON.stringify(each)))
          .join("\n");
      const item = (line) => (type === "string" ? line : jsonOr(line));
      return {
        control,
        hint: say("one_on_each_line"),
        read: () =>
          control.value.trim() === ""
            ? undefined
            : control.value
                .split("\n")
                .filter((line) => line.trim())
                .map(item),
      };
    }

    json(given) {
      const control = make("textarea", { rows: "3", spellcheck: "false" });
      if (given !== undefined) control.value = JSON.stringify(given, null, 2);
      return {
        control,
        hint: say("write_json"),
        read: () => (control.value.trim() === "" ? undefined : jsonOr(control.value)),
      };
    }

    /** The value of the whole form: what is left out is not in it. */
    value() {
      const whole = Object.create(null);
      for (const [path, field] of this.fields) {
        const value = field.read();
        if (value === undefined) continue;
        const names = path
          .slice(1)
          .split("/")
          .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
        let place = whole;
        for (const name of names.slice(0, -1)) place = place[name] ??= Object.create(null);
        place[names.at(-1)] = value;
      }
      return whole;
    }

    /** @param {Element} [changed] What the person works on: only what was touched is complained about. */
    update(changed) {
      for (const field of this.fields.values()) if (field.control === changed) field.touched = true;
      const value = this.value();
      const found = check(this.references, value, (pattern, given) =>
        this.patterns.test(pattern, given),
      );
      const wrong = found.filter((each) => !each.unsure);
      const unsure = found.filter((each) => each.unsure);
      /** @type {Map<string, object>} The first finding of each field, what is wrong before what is not sure. */
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
      this.write(value);
    }

    /** The field in which a place of the value is written; "" where none is. */
    fieldAt(path) {
      return (
        [...this.fields.keys()].find((key) => path === key || path.startsWith(`${key}/`)) ?? ""
      );
    }

    /** What is said of the whole form. */
    words(wrong, unsure) {
      if (wrong.length > 0) {
        const missing = counted("still_wrong", wrong.length);
        const hidden = wrong.find((each) => !this.fields.get(this.fieldAt(each.path))?.touched);
        return `${hidden ? say("still_wrong_why", { missing, why: named(hidden) }) : missing}.`;
      }
      if (unsure.some((each) => each.pending)) return say("still_checking");
      return unsure.length > 0
        ? say("options_unsure", { why: named(unsure[0]) })
        : say("options_fit");
    }

    write(value) {
      if (!this.snippet) return;
      const lines = Object.entries(value).map(
        ([name, each]) => `    ${quoted(name)}: ${quoted(each)}`,
      );
      this.snippet.textContent = `${this.before}\n  options:${lines.length > 0 ? `\n${lines.join("\n")}` : " {}"}`;
    }
  }

  /** A finding with the member that it is about. */
  function named({ path, text: why }) {
    const member = path.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
    return path ? say("about_member", { member, why }) : why;
  }

  /** JSON that YAML reads alike. */
  function quoted(value) {
    return JSON.stringify(value).replace(
      /[\x7f-\x9f\u2028\u2029\ufeff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  }

  function jsonOr(value) {
    try {
      const read = JSON.parse(value);
      return typeof read === "number" && !Number.isFinite(read) ? value : read;
    } catch {
      return value;
    }
  }

  for (const box of document.querySelectorAll(".try")) {
    box.addEventListener("toggle", () => new Form(box), { once: true });
  }
})();
