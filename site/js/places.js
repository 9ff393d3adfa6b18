// A JSON text in, its value out, with the place of every value by its pointer; or the first thing
// that is wrong and where it is, which browsers tell each in words of their own.
"use strict";
(() => {
  /** @typedef {{text: string, from: number, to: number}} Wrong */
  const DEPTH = 100;
  const BLANK = /[ \t\n\r]*/y;
  const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
  const WORDS = new Map([
    ["true", true],
    ["false", false],
    ["null", null],
  ]);
  const WORD = /[A-Za-z_][\w.]*/y;

  class Stop extends Error {
    constructor(text, from, to) {
      super(text);
      Object.assign(this, { from, to });
    }
  }

  class Reader {
    constructor(text) {
      this.text = text;
      this.at = 0;
      /** @type {Map<string, [number, number]>} */
      this.places = new Map();
    }

    take(pattern) {
      pattern.lastIndex = this.at;
      const found = pattern.exec(this.text);
      if (found) this.at = pattern.lastIndex;
      return found?.[0];
    }

    stop(text, from = this.at, to = from + 1) {
      throw new Stop(from >= this.text.length ? `the text ends here: ${text}` : text, from, to);
    }

    value(pointer, depth) {
      this.take(BLANK);
      const from = this.at;
      if (depth > DEPTH) this.stop("this nests too deep");
      const letter = this.text[from];
      let made;
      if (letter === "{") made = this.object(pointer, depth);
      else if (letter === "[") made = this.array(pointer, depth);
      else if (letter === '"') made = this.string();
      else made = this.scalar();
      this.places.set(pointer, [from, this.at]);
      return made;
    }

    scalar() {
      const from = this.at;
      const number = this.take(NUMBER);
      if (number !== undefined) return Number(number);
      const word = this.take(WORD);
      if (word === undefined) return this.stop("a value is missing", from);
      if (!WORDS.has(word)) this.stop(`write text in quotes: "${word}"`, from, this.at);
      return WORDS.get(word);
    }

    string() {
      const from = this.at;
      const found = this.take(STRING);
      if (found !== undefined) return JSON.parse(found);
      const line = this.text.indexOf("\n", from);
      return this.stop(
        "this text has no closing quote, or holds a letter that has to be escaped",
        from,
        line < 0 ? this.text.length : line,
      );
    }

    object(pointer, depth) {
      const made = Object.create(null);
      this.at += 1;
      this.take(BLANK);
      if (this.text[this.at] === "}") {
        this.at += 1;
        return made;
      }
      for (;;) {
        this.take(BLANK);
        const from = this.at;
        if (this.text[from] !== '"')
          this.stop('write the name of a member in quotes, or end the object with "}"');
        const name = this.string();
        if (Object.hasOwn(made, name)) this.stop(`"${name}" stands here twice`, from, this.at);
        this.take(BLANK);
        if (this.text[this.at] !== ":") this.stop('a ":" is missing after the name');
        this.at += 1;
        made[name] = this.value(
          `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
          depth + 1,
        );
        if (this.ends("}", "member")) return made;
      }
    }

    array(pointer, depth) {
      const made = [];
      this.at += 1;
      this.take(BLANK);
      if (this.text[this.at] === "]") {
        this.at += 1;
        return made;
      }
      for (;;) {
        made.push(this.value(`${pointer}/${made.length}`, depth + 1));
        if (this.ends("]", "item")) return made;
      }
    }

    ends(closing, noun) {
      this.take(BLANK);
      const letter = this.text[this.at];
      if (letter !== "," && letter !== closing)
        this.stop(`a "," or "${closing}" is missing after this ${noun}`);
      this.at += 1;
      return letter === closing;
    }
  }

  /**
   * @param {string} text
   * @returns {{value: unknown, places: Map<string, [number, number]>, wrong: Wrong | null}}
   */
  function read(text) {
    const reader = new Reader(text);
    try {
      const value = reader.value("", 0);
      reader.take(BLANK);
      if (reader.at < text.length)
        reader.stop("nothing may follow the query", reader.at, text.length);
      return { value, places: reader.places, wrong: null };
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      return {
        value: undefined,
        places: reader.places,
        wrong: { text: error.message, from: error.from, to: error.to },
      };
    }
  }

  /** The place of a pointer, or of the nearest value around it. @param {Map<string, [number, number]>} places @param {string} pointer */
  function nearest(places, pointer) {
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
      if (places.has(at)) return places.get(at);
      if (at === "") return [0, 0];
    }
  }

  /** Line and column, from 1. @param {string} text @param {number} at */
  function lineOf(text, at) {
    const before = text.slice(0, at).split("\n");
    return { line: before.length, column: [...before.at(-1)].length + 1 };
  }

  globalThis.catalogPlaces = { read, nearest, lineOf };
})();
