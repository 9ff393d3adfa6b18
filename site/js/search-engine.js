// The search engine: turns shards of columns into ranked rows and facet counts. It does not access
// the page, so it can also run as a worker if there are many plugins. Text is normalized (`plain`),
// and words may be written together (`Term`), as in `catalogctl search`.
"use strict";
(() => {
  /**
   * A matching plugin's number and its rank; lower is better.
   * @typedef {[number, number]} Hit
   * @typedef {{term: Term, plugins: Set<number>}} Having
   */
  const FIELDS = ["service_type", "provider", "labels", "state", "registry_type", "repository"];
  const MOST_TERMS = 8;
  const MOST_VALUES = 400;
  const MOST_WORDS = 6;
  const MOST_OUTSIDE = 3;
  const MOST_NEAR = 3;
  const DEPRECATED = "DEPRECATED";
  const ASCII = /^[\x00-\x7f]*$/;
  const WORDS = /[^\p{L}\p{N}]+/u;
  const TYPO = 1000;
  const SHORTEST_WORDS = 3;
  const ENDLESS = 5;

  /** A text in NFKD, without marks, lowercase, ß as ss. @param {string} text @returns {string} */
  function plain(text) {
    if (ASCII.test(text)) return text.toLowerCase();
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");
  }

  /** A text without the characters between its words; lines stay separate. @param {string} text */
  const together = (text) =>
    text.replace(ASCII.test(text) ? /[^a-z0-9\n]+/g : /[^\p{L}\p{N}\n]+/gu, "");

  /**
   * A search term. It matches where a text contains it, and where several words of a text written
   * together start with it; a short term must also end at the end of a word.
   */
  class Term {
    /** @param {string} text Plain. */
    constructor(text) {
      this.text = text;
      this.letters = together(text);
      const letters = [...this.letters];
      this.words =
        letters.length < SHORTEST_WORDS
          ? null
          : new RegExp(
              `(?<![\\p{L}\\p{N}])${letters.join("[^\\p{L}\\p{N}\\n]*")}${letters.length < ENDLESS ? "(?![\\p{L}\\p{N}])" : ""}`,
              "gu",
            );
    }

    /** Its positions in a normalized text. @param {string} text @returns {[number, number][]} */
    placesIn(text) {
      /** @type {[number, number][]} */
      const found = [];
      for (
        let at = text.indexOf(this.text);
        at >= 0;
        at = text.indexOf(this.text, at + this.text.length)
      )
        found.push([at, at + this.text.length]);
      if (found.length > 0 || !this.words) return found;
      return [...text.matchAll(this.words)].map((each) => [
        each.index,
        each.index + each[0].length,
      ]);
    }

    /**
     * Whether several words of a text match it together; `joined` is the text without separators.
     * @param {string} text @param {string} joined
     */
    isWordsIn(text, joined) {
      return this.words !== null && joined.includes(this.letters) && text.search(this.words) >= 0;
    }
  }

  /** @param {string} query @returns {string[]} */
  function termsOf(query) {
    return [...new Set(plain(query).split(/\s+/).filter(Boolean))].slice(0, MOST_TERMS);
  }

  /**
   * The number of edits (a letter inserted, deleted, replaced, or two swapped) from a term to a
   * word or a prefix of it; Infinity above the limit.
   * @param {string} term @param {string} word @param {number} limit
   */
  function edits(term, word, limit) {
    const rows = term.length;
    const wide = Math.min(word.length, rows + limit);
    if (wide < rows - limit) return Infinity;
    /** @type {number[]} */
    let older = [];
    /** @type {number[]} */
    let old = [];
    for (let j = 0; j <= wide; j += 1) old.push(j);
    for (let i = 1; i <= rows; i += 1) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= wide; j += 1) {
        const same = term[i - 1] === word[j - 1];
        let cost = Math.min(old[j] + 1, row[j - 1] + 1, old[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && term[i - 1] === word[j - 2] && term[i - 2] === word[j - 1]) {
          cost = Math.min(cost, older[j - 2] + 1);
        }
        row.push(cost);
        if (cost < least) least = cost;
      }
      if (least > limit) return Infinity;
      older = old;
      old = row;
    }
    let best = Infinity;
    for (let j = Math.max(0, rows - limit); j <= wide; j += 1) best = Math.min(best, old[j]);
    return best > limit ? Infinity : best;
  }

  /** All loaded plugins, column by column, and the texts to search. */
  class Scanner {
    constructor() {
      /** @type {SearchRow[]} */
      this.rows = [];
      /** @type {[string, string][][][]} */
      this.choices = [];
      /** @type {string[]} */
      this.names = [];
      /** @type {string[]} */
      this.ids = [];
      /** @type {string[]} */
      this.labels = [];
      /** @type {string[]} */
      this.kinds = [];
      /** @type {string[]} */
      this.texts = [];
      /** @type {string[]} */
      this.images = [];
      /** @type {string[]} */
      this.whole = [];
      /** @type {string[]} The same without separators. */
      this.joined = [];
      this.total = 0;
      /** @type {Map<string, number> | null} */
      this.words = null;
      /**
       * The words of the existing values, in the order of FIELDS. Values with the same word are
       * one choice.
       * @type {Map<string, string>[]}
       */
      this.known = FIELDS.map(() => new Map());
    }

    /** @param {Shard} shard */
    add(shard) {
      const disabled = new Set(shard.disabled);
      const deprecated = new Set(shard.deprecated);
      shard.id.forEach((id, n) => {
        /** @type {SearchRow} */
        const row = {
          id,
          name: shard.name[n],
          text: shard.text[n],
          labels: shard.labels[n].map((number) => shard.labelValues[number]),
          service_type: shard.typeValues[shard.type[n]],
          kind: shard.typeWords[shard.type[n]],
          glyph: shard.typeGlyphs[shard.type[n]],
          provider: shard.providerValues[shard.provider[n]] ?? "",
          providerWord: shard.providerWords[shard.provider[n]] ?? "",
          hue: shard.providerHues[shard.provider[n]] ?? "x",
          registry_type: shard.registryValues[shard.registry[n]],
          repository: shard.repositoryValues?.[shard.repository?.[n] ?? -1] ?? "",
          ownRepository: shard.ownRepository ?? "",
          state: disabled.has(n) ? "DISABLED" : "ENABLED",
          deprecated: deprecated.has(n),
          version: shard.version[n],
          released: shard.released[n],
          updated: shard.updated[n],
          created: shard.created[n],
          icon: shard.icons[n] ?? "",
        };
        this.rows.push(row);
        this.names.push(plain(row.name));
        this.ids.push(id);
        this.labels.push(plain(row.labels.join("\n")));
        this.kinds.push(plain(`${row.provider}\n${row.service_type}`));
        this.texts.push(plain(row.text));
        this.images.push(
          plain(shard.space[n] < 0 ? shard.images[n] : shard.spaceValues[shard.space[n]] + id),
        );
        const last = this.rows.length - 1;
        const chosen = choices(row);
        this.choices.push(chosen);
        for (const [f, values] of chosen.entries()) {
          for (const [value, word] of values) this.known[f].set(value, word);
        }
        this.whole.push(
          [this.ids, this.names, this.labels, this.kinds, this.texts, this.images]
            .map((column) => column[last])
            .join("\n"),
        );
        this.joined.push(together(this.whole[last]));
      });
      this.words = null;
    }

    /** The words of all plugins, with the number of plugins that have each. */
    vocabulary() {
      if (this.words !== null) return this.words;
      /** @type {Map<string, number>} */
      const words = new Map();
      for (const text of this.whole) {
        for (const word of new Set(text.split(WORDS))) {
          if (word.length > 2) words.set(word, (words.get(word) ?? 0) + 1);
        }
      }
      this.words = words;
      return words;
    }

    /** The words nearest to a term without matches, most frequent first. @param {string} term */
    nearest(term) {
      const limit = term.length >= 8 ? 2 : term.length >= 4 ? 1 : 0;
      if (limit === 0) return [];
      let least = limit;
      /** @type {[string, number][]} */
      let found = [];
      for (const [word, count] of this.vocabulary()) {
        const far = edits(term, word, least);
        if (far > least) continue;
        if (far < least) found = [];
        least = far;
        found.push([word, count]);
      }
      found.sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
      return found.slice(0, MOST_WORDS).map(([word]) => word);
    }

    /**
     * The rank of a term in a plugin: 2 at the start of a word of name or id … 6 in its text.
     * @param {number} n @param {Term} term
     */
    place(n, term) {
      const inName = this.names[n].indexOf(term.text);
      const inId = this.ids[n].indexOf(term.text);
      if (inName >= 0 || inId >= 0) {
        return startsWord(this.names[n], term.text, inName) ||
          startsWord(this.ids[n], term.text, inId)
          ? 2
          : 3;
      }
      if (this.labels[n].includes(term.text)) return 4;
      if (this.kinds[n].includes(term.text)) return 5;
      const words = this.whole[n].includes(term.text) ? null : term.words;
      return words && (this.names[n].search(words) >= 0 || this.ids[n].search(words) >= 0) ? 3 : 6;
    }

    /** The numbers of the plugins that match a term. @param {Term} term @returns {Set<number>} */
    having(term) {
      /** @type {Set<number>} */
      const found = new Set();
      this.whole.forEach((text, n) => {
        if (text.includes(term.text) || term.isWordsIn(text, this.joined[n])) found.add(n);
      });
      return found;
    }

    /** @param {string} query @param {boolean} literal */
    match(query, literal) {
      const terms = termsOf(query).map((term) => new Term(term));
      /** @type {[string, string[]][]} */
      const corrected = [];
      const wanted = terms.map((term) => {
        const plugins = this.having(term);
        if (plugins.size > 0) return [{ term, plugins }];
        const words = literal ? [] : this.nearest(term.text);
        if (words.length > 0) corrected.push([term.text, words]);
        const others = words
          .map((word) => new Term(word))
          .map((word) => ({ term: word, plugins: this.having(word) }));
        return words.length > 0 ? others : [{ term, plugins }];
      });
      const asked = terms.map((term) => term.text).join(" ");
      const score = corrected.length > 0 ? TYPO : 0;
      /** @type {Hit[]} */
      const hits = [];
      for (let n = 0; n < this.rows.length; n += 1) {
        if (!wanted.every((words) => words.some((word) => word.plugins.has(n)))) continue;
        hits.push([n, score + this.rank(n, asked, wanted)]);
      }
      return { hits, terms: wanted.flat().map(({ term }) => term.text), corrected };
    }

    /** @param {number} n @param {string} asked @param {Having[][]} wanted */
    rank(n, asked, wanted) {
      if (asked === "") return 0;
      if (this.names[n] === asked || this.ids[n] === asked || this.images[n] === asked) return 0;
      if (this.names[n].startsWith(asked) || this.ids[n].startsWith(asked)) return 1;
      let sum = 0;
      for (const words of wanted) {
        let best = Infinity;
        for (const word of words)
          if (word.plugins.has(n)) best = Math.min(best, this.place(n, word.term));
        sum += best;
      }
      return sum;
    }

    /** All plugins, as hits. @returns {Hit[]} */
    every() {
      return this.rows.map((_, n) => [n, 0]);
    }

    /** @param {SearchQuestion} question @returns {SearchAnswer} */
    find(question) {
      const { hits, terms, corrected } = this.match(question.q, question.literal);
      const asked = new Map(question.chosen);
      // A value that nothing has yet may come with a shard; one that nothing has is ignored.
      const isWhole = this.rows.length >= this.total;
      const chosen = FIELDS.map(
        (field, f) =>
          new Set((asked.get(field) ?? []).filter((value) => !isWhole || this.known[f].has(value))),
      );
      const words = chosen.map(
        (values, f) => new Set([...values].map((value) => this.known[f].get(value) ?? value)),
      );
      const counts = FIELDS.map(() => new Counts());
      /** @type {Hit[]} */
      const kept = [];
      /** @type {Hit[]} */
      const outside = [];
      // Where nothing matches, the choices are those of all plugins: they lead somewhere.
      for (const hit of hits.length > 0 ? hits : this.every()) {
        const values = this.choices[hit[0]];
        let failed = -1;
        let fails = 0;
        for (let f = 0; f < FIELDS.length; f += 1) {
          if (words[f].size > 0 && !values[f].some(([, word]) => words[f].has(word))) {
            failed = f;
            fails += 1;
          }
        }
        if (hits.length > 0 && fails === 0) kept.push(hit);
        if (hits.length > 0 && fails > 0 && terms.length > 0) outside.push(hit);
        if (fails > 1) continue;
        for (let f = 0; f < FIELDS.length; f += 1) {
          if (fails === 1 && f !== failed) continue;
          for (const [value, word] of values[f]) counts[f].add(value, word);
        }
      }
      const pages = Math.max(1, Math.ceil(kept.length / question.size));
      const page = Math.min(question.page, pages);
      const shown = this.sorted(kept, question.sort).slice(
        (page - 1) * question.size,
        page * question.size,
      );
      return {
        count: kept.length,
        total: this.total,
        loaded: this.rows.length,
        page,
        rows: shown.map(([n]) => this.rows[n]),
        facets: FIELDS.map((field, f) => [
          field,
          counts[f].ordered(chosen[f], this.known[f]),
          counts[f].found.size,
        ]),
        chosen: FIELDS.map((field, f) => [
          field,
          [...chosen[f]].map((value) => [value, this.known[f].get(value) ?? value]),
        ]),
        outside: {
          count: outside.length,
          rows: this.sorted(outside, question.sort)
            .slice(0, MOST_OUTSIDE)
            .map(([n]) => this.rows[n]),
        },
        terms,
        corrected,
        near: kept.length === 0 && question.q.trim() !== "" ? this.near(question) : [],
      };
    }

    /**
     * The plugins with the names that share most letters with a query that found nothing, of a
     * chosen kind if there is one.
     * @param {SearchQuestion} question @returns {SearchRow[]}
     */
    near(question) {
      const kinds = new Set(new Map(question.chosen).get("service_type"));
      const wanted = pairs(together(plain(question.q)));
      const words = new Set([...kinds].map((value) => this.known[0].get(value)));
      const hits = this.rows.flatMap((row, n) => {
        if (row.state !== "ENABLED" || (words.size > 0 && !words.has(row.kind))) return [];
        const names = `${this.names[n]} ${this.ids[n]}`;
        return [{ row, shared: wanted.filter((pair) => names.includes(pair)).length }];
      });
      const near = words.size > 0 ? hits : hits.filter(({ shared }) => shared > 1);
      near.sort((one, other) => other.shared - one.shared);
      return near.slice(0, MOST_NEAR).map(({ row }) => row);
    }

    /** @param {Hit[]} hits @param {string} sort */
    sorted(hits, sort) {
      /** The sort key, smallest first. @param {Hit} hit */
      const place = ([n, score]) => {
        if (sort === "name") return 0;
        if (sort === "updated") return -this.rows[n].updated;
        return sort === "newest" ? -this.rows[n].created : score;
      };
      /** @param {Hit} hit */
      const off = ([n]) => (this.rows[n].state === "ENABLED" ? 0 : 1);
      // Rows are ordered by name, so their numbers break ties.
      return hits.sort(
        (one, other) => off(one) - off(other) || place(one) - place(other) || one[0] - other[0],
      );
    }
  }

  /** @param {string} text @param {string} term @param {number} first */
  function startsWord(text, term, first) {
    for (let at = first; at >= 0; at = text.indexOf(term, at + 1)) {
      if (at === 0 || WORDS.test(text[at - 1])) return true;
    }
    return false;
  }

  /** The pairs of letters next to each other in a text. @param {string} text @returns {string[]} */
  function pairs(text) {
    const letters = [...text];
    return [...new Set(letters.slice(1).map((letter, n) => letters[n] + letter))];
  }

  /**
   * The values of a plugin in the order of FIELDS, each with its word.
   * @param {SearchRow} row @returns {[string, string][][]}
   */
  function choices(row) {
    /** @param {string} value @returns {[string, string]} */
    const same = (value) => [value, value];
    return [
      [[row.service_type, row.kind]],
      row.provider ? [[row.provider, row.providerWord]] : [],
      [...new Set(row.labels)].map(same),
      row.deprecated ? [same(row.state), same(DEPRECATED)] : [same(row.state)],
      [same(row.registry_type)],
      row.ownRepository ? [same(row.repository || row.ownRepository)] : [],
    ];
  }

  /** How many plugins have each choice of a field: a word, with the value first found for it. */
  class Counts {
    constructor() {
      /** @type {Map<string, [string, string, number]>} */
      this.found = new Map();
    }

    /** @param {string} value @param {string} word */
    add(value, word, by = 1) {
      const known = this.found.get(word);
      if (known) known[2] += by;
      else this.found.set(word, [value, word, by]);
    }

    /**
     * The choices by count, then by word; chosen ones are included even if no plugin has them now.
     * @param {Set<string>} chosen @param {Map<string, string>} known
     */
    ordered(chosen, known) {
      for (const value of chosen)
        if (known.has(value)) this.add(value, known.get(value) ?? value, 0);
      const words = new Set([...chosen].map((value) => known.get(value)));
      const all = [...this.found.values()].sort(
        (one, other) => other[2] - one[2] || (one[1] < other[1] ? -1 : 1),
      );
      return all.filter(([, word], n) => n < MOST_VALUES || words.has(word));
    }
  }

  /** Loads the index's shards in parallel and answers from those loaded so far. */
  class Source {
    /** @param {URL} root @param {SearchProgress} told */
    constructor(root, told) {
      this.root = root;
      this.told = told;
      this.scanner = new Scanner();
      this.first = this.load();
    }

    /** @param {string} path */
    async json(path) {
      const answer = await fetch(new URL(path, this.root));
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer.json();
    }

    /** Resolves with the first shard; later ones are reported as they arrive. */
    async load() {
      /** @type {SearchIndex} */
      const index = await this.json("search/index.json");
      this.scanner.total = index.count;
      const waiting = index.shards.map((shard) => this.json(shard.path));
      let before = Promise.resolve();
      const added = waiting.map((shard) => {
        // In order, so that rows keep their order, but each as soon as possible.
        before = Promise.all([shard, before]).then(([columns]) => {
          this.scanner.add(columns);
          this.told(this.scanner.rows.length, index.count);
        });
        return before;
      });
      Promise.all(added).catch(() => this.told(this.scanner.rows.length, index.count, true));
      if (added.length > 0) await added[0];
    }

    /** @param {SearchQuestion} question */
    async ask(question) {
      await this.first;
      return this.scanner.find(question);
    }
  }

  if (typeof WorkerGlobalScope !== "undefined" && globalThis instanceof WorkerGlobalScope) {
    /** @type {Source} */
    let source;
    /** @param {SearchReply} message */
    const reply = (message) => self.postMessage(message);
    self.addEventListener(
      "message",
      async (/** @type {MessageEvent<SearchMessage>} */ { data }) => {
        if ("root" in data) {
          source = new Source(new URL(data.root), (loaded, total, failed) =>
            reply({ loaded, total, failed }),
          );
          source.first.catch(() => {}); // The questions report the error.
          return;
        }
        try {
          reply({ number: data.number, found: await source.ask(data.question) });
        } catch (error) {
          reply({ number: data.number, error: String(error) });
        }
      },
    );
  }
  globalThis.catalogSearch = { Scanner, Source, Term, plain, termsOf, edits };
})();
