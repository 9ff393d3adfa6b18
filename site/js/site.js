// For every page: the theme switch, copy buttons, snippet tabs, relative dates, JSON highlighting,
// pages read from disk and printing. For other scripts: texts, and helpers to find and create
// elements.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const COPY = "M9 9h11v11H9zM5 15V5a1 1 0 0 1 1-1h9";
  const DONE = "M5 12.5l4.5 4.5L19 7.5";
  const JSON_PARTS =
    /(?<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?<text>"(?:[^"\\]|\\.)*")|(?<value>true|false|null|-?\d[\d.eE+-]*)/g;
  const YAML_LINE = /^( *)("(?:[^"\\]|\\.)*"|[\w-]+):(?: (.+))?$/gm;
  const LONGEST = 50_000;
  const DAY = 86_400_000;
  /** @type {[Intl.RelativeTimeFormatUnit, number][]} */
  const UNITS = [
    ["year", 365.25],
    ["month", 30.44],
  ];
  const NUMBERS = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
  /** @type {Map<string, Intl.RelativeTimeFormat>} */
  const RELATIVE = new Map();
  const page = document.documentElement;
  /** @type {Map<string, string>} */
  const MARKS = new Map([
    [",", t("thousands")],
    [".", t("decimal")],
  ]);

  /** A number with at most two decimals, formatted as in the build. @param {number} value @returns {string} */
  function number(value) {
    return marked(NUMBERS.format(value));
  }

  /** @param {string} text */
  function marked(text) {
    return text.replace(/[,.]/g, (mark) => MARKS.get(mark) ?? mark);
  }

  /** A readable size, formatted as in the build. @param {number} bytes @returns {string} */
  function size(bytes) {
    if (bytes < 1000) return counted("count_bytes", bytes);
    const [one, unit] =
      bytes >= 999_950_000 ? [1e9, "GB"] : bytes >= 999_950 ? [1e6, "MB"] : [1e3, "kB"];
    const tenths = Math.floor((bytes * 10 + one / 2) / one);
    return `${number(Math.floor(tenths / 10))}${marked(".")}${tenths % 10} ${unit}`;
  }

  /**
   * A text of site/strings.yaml in parts, with its values, which may be elements. The build
   * prepends to each script the texts that it uses.
   * @type {typeof catalogWords.parts}
   */
  function parts(key, values) {
    return form(key, 0)
      .split(/\{(\w+)\}/)
      .flatMap((part, n) => (n % 2 === 1 ? values[part] : part));
  }

  /** @type {typeof catalogWords.t} */
  function t(key, values = {}) {
    return parts(key, values).join("");
  }

  /** Plural forms are chosen only here. @param {string} key @param {number} count */
  function form(key, count) {
    const forms = globalThis.catalogTexts[key];
    return typeof forms === "string" ? forms : (count === 1 && forms.one) || forms.other;
  }

  /** @param {string} key @param {number} count */
  function counted(key, count) {
    return form(key, count).replaceAll("{count}", () => number(count));
  }

  /** The page's only policy; the browser does not create a second one with its name. */
  let policy = globalThis.catalogPolicy;

  /** Starts a worker with our own script. @param {string} path @param {WorkerOptions} [options] */
  function startWorker(path, options) {
    policy ??= globalThis.trustedTypes?.createPolicy("catalog", { createScriptURL: (url) => url });
    const url = new URL(path, location.href).href;
    return new Worker(policy ? policy.createScriptURL(url) : url, options);
  }

  /** @type {typeof catalogElements.elements} */
  function elements(selector, type, place = document) {
    const found = [...place.querySelectorAll(selector)];
    return found.flatMap((each) => (each instanceof type ? [each] : []));
  }

  /** @type {typeof catalogElements.element} */
  function element(selector, type, place = document) {
    const found = place.querySelector(selector);
    if (found instanceof type) return found;
    throw new Error(`no ${type.name} is ${selector}`);
  }

  /** @type {typeof catalogElements.make} */
  function make(tag, given, ...parts) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
    made.append(...parts);
    return made;
  }

  /** @param {string} path @returns {SVGElement} */
  function icon(path) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const shape = document.createElementNS(SVG, "path");
    shape.setAttribute("d", path);
    svg.append(shape);
    return svg;
  }

  function themeSwitch() {
    const button = document.querySelector(".theme");
    if (!button) return;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (page.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
    const show = () => button.setAttribute("aria-pressed", String(isDark()));
    button.addEventListener("click", () => {
      page.dataset.theme = isDark() ? "light" : "dark";
      try {
        localStorage.setItem("catalog-theme", page.dataset.theme);
      } catch {
        // Storage is blocked, so the choice only applies to this page.
      }
      show();
    });
    system.addEventListener("change", show);
    addEventListener("pageshow", show);
    show();
  }

  /** @param {Element} source @returns {Promise<boolean>} */
  async function copy(source) {
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
      return true;
    } catch {
      // No clipboard (plain http, or refused): select the text, so that the reader can copy it.
      getSelection()?.selectAllChildren(source);
      return false;
    }
  }

  function copyButtons() {
    const said = make("p", { class: "vh", role: "status" });
    document.body.append(said);
    for (const source of elements("[data-copy], .snippets code", HTMLElement)) {
      const what =
        source.dataset.copy ||
        t("snippet_in", {
          language: source.closest("section")?.querySelector("h3")?.textContent ?? "",
        });
      const label = t("copy_what", { what });
      const button = make("button", { type: "button", class: "copy", "aria-label": label });
      button.append(icon(COPY));
      button.addEventListener("click", async () => {
        const copied = await copy(source);
        said.textContent = copied ? t("copied") : t("selected");
        button.replaceChildren(icon(copied ? DONE : COPY));
        button.classList.toggle("done", copied);
        setTimeout(() => {
          button.replaceChildren(icon(COPY));
          button.classList.remove("done");
          said.textContent = "";
        }, 2000);
      });
      (source.closest("pre") ?? source).after(button);
    }
  }

  /** @param {Element} group Its sections, each with a heading, become tabs. */
  function tabs(group) {
    const sections = elements(":scope > *", HTMLElement, group);
    if (sections.length < 2) return;
    const list = make("div", { class: "tabs", role: "tablist", "aria-label": t("snippets") });
    const buttons = sections.map((section, n) => {
      const button = make(
        "button",
        { type: "button", id: `tab-${n}`, role: "tab", "aria-controls": section.id },
        section.querySelector("h3")?.textContent ?? "",
      );
      section.setAttribute("role", "tabpanel");
      section.setAttribute("aria-labelledby", button.id);
      button.addEventListener("click", () => choose(n));
      return button;
    });
    /** @param {number} chosen */
    function choose(chosen) {
      buttons.forEach((button, n) => {
        button.setAttribute("aria-selected", String(n === chosen));
        button.tabIndex = n === chosen ? 0 : -1;
        sections[n].hidden = n !== chosen;
      });
    }
    list.addEventListener("keydown", (event) => {
      const at = buttons.findIndex((button) => button.matches(":focus"));
      const last = buttons.length - 1;
      const to = new Map([
        ["ArrowRight", at === last ? 0 : at + 1],
        ["ArrowLeft", at === 0 ? last : at - 1],
        ["Home", 0],
        ["End", last],
      ]).get(event.key);
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      choose(to);
      buttons[to].focus();
    });
    list.append(...buttons);
    group.prepend(list);
    group.classList.add("on");
    choose(0);
  }

  /** Adds index.html to links on a page from disk, where no server does so. */
  function pagesFromDisk() {
    if (location.protocol !== "file:") return;
    for (const link of elements("a[href]", HTMLAnchorElement)) {
      const url = new URL(link.href);
      if (url.protocol !== "file:" || !url.pathname.endsWith("/")) continue;
      url.pathname += "index.html";
      link.href = url.href;
    }
    for (const form of document.forms) form.action = new URL("index.html", form.action).href;
  }

  /** Removes images that fail to load, which reveals the letters below. */
  function pictures() {
    for (const picture of elements(".av img", HTMLImageElement)) {
      picture.addEventListener("error", () => picture.remove());
      if (picture.complete && picture.currentSrc && picture.naturalWidth === 0) picture.remove();
    }
  }

  /**
   * The parts of a text to colour; none unless it is JSON or a mapping in YAML.
   * @param {string} text @returns {{part: string, start: number, end: number}[]}
   */
  function codeParts(text) {
    if (/^[{[]/.test(text))
      return [...text.matchAll(JSON_PARTS)].map(({ 0: { length }, index, groups = {} }) => ({
        part: Object.keys(groups).find((name) => groups[name] !== undefined) ?? "",
        start: index,
        end: index + length,
      }));
    if (!/^[\w-]+:/.test(text)) return [];
    return [...text.matchAll(YAML_LINE)].flatMap(
      ({ 0: line, 1: indent, 2: key, 3: value, index }) => {
        const start = index + indent.length;
        const end = index + line.length;
        const found = [{ part: "key", start, end: start + key.length + 1 }];
        if (value && !/^[{[]/.test(value))
          found.push({
            part: /^["a-z]/.test(value) ? "text" : "value",
            start: end - value.length,
            end,
          });
        return found;
      },
    );
  }

  /** Colours code with the CSS Custom Highlight API, without changing the page's content. */
  function colours() {
    if (!globalThis.CSS?.highlights) return;
    const painted = ["key", "text", "value"].map((part) => {
      const highlight = new Highlight();
      CSS.highlights.set(`json-${part}`, highlight);
      return { part, highlight };
    });
    /** @param {Element} code */
    const paint = (code) => {
      const text = code.firstChild;
      if (code.childNodes.length > 1 || !(text instanceof Text) || text.length > LONGEST) return;
      for (const { part, start, end } of codeParts(text.data)) {
        const highlight = painted.find((each) => each.part === part)?.highlight;
        highlight?.add(
          new StaticRange({
            startContainer: text,
            startOffset: start,
            endContainer: text,
            endOffset: end,
          }),
        );
      }
    };
    const written = new MutationObserver((changes) => {
      for (const { highlight } of painted)
        for (const range of highlight)
          if (!range.startContainer.isConnected) highlight.delete(range);
      for (const code of new Set(changes.map(({ target }) => target)))
        if (code instanceof Element) paint(code);
    });
    for (const code of elements("pre code", HTMLElement)) {
      paint(code);
      written.observe(code, { childList: true });
    }
  }

  /** For printing: opens collapsed parts, shows the addresses of links, and names days. */
  function paper() {
    /** @type {HTMLDetailsElement[]} */
    let folded = [];
    addEventListener("beforeprint", () => {
      folded = elements("details:not([open])", HTMLDetailsElement);
      for (const each of folded) each.open = true;
      for (const link of elements(".links a", HTMLAnchorElement)) link.dataset.address = link.href;
      swapDays();
    });
    addEventListener("afterprint", () => {
      for (const each of folded) each.open = false;
      swapDays();
    });
  }

  /** Exchanges the days that rows show and those in their titles. */
  function swapDays() {
    for (const time of elements("time[title]", HTMLTimeElement)) {
      [time.title, time.textContent] = [time.textContent ?? "", time.title];
    }
  }

  /** «/» focuses the page's search, unless the reader is typing. */
  function slash() {
    document.addEventListener("keydown", (event) => {
      const typing =
        event.target instanceof Element &&
        event.target.closest("input, textarea, select, [contenteditable]");
      if (
        event.key !== "/" ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.isComposing ||
        typing
      )
        return;
      const fields = elements("input[type=search]", HTMLInputElement);
      // A narrow header hides its field until it is needed.
      const field = fields.find((each) => each.checkVisibility?.() ?? true) ?? fields[0];
      if (!field) return;
      event.preventDefault();
      field.closest(".find")?.classList.add("on");
      field.focus();
    });
  }

  /**
   * How long ago a day was, in the page's language, because the built page has no clock. Empty for
   * anything that is not a date.
   * @param {HTMLTimeElement} time
   */
  function ago(time) {
    const days = Math.floor(Date.parse(time.dateTime) / DAY) - Math.floor(Date.now() / DAY);
    const [unit, length] = UNITS.find(([, each]) => Math.abs(days) >= each) ?? ["day", 1];
    try {
      // «Last year» could mean up to 23 months; «yesterday» is always one day.
      return relative(unit === "day" ? "auto" : "always").format(Math.trunc(days / length), unit);
    } catch {
      return ""; // Not a date, or an unknown language.
    }
  }

  /** The format of times in the page's language, made once. @param {"auto" | "always"} numeric */
  function relative(numeric) {
    const made = RELATIVE.get(numeric) ?? new Intl.RelativeTimeFormat(page.lang, { numeric });
    RELATIVE.set(numeric, made);
    return made;
  }

  /** Says after each day how long ago it was; a row has room for one of the two. @param {ParentNode} place */
  function ages(place) {
    for (const time of place.querySelectorAll("time")) {
      const said = ago(time);
      if (said === "") continue;
      if (time.closest(".item, .fresh")) {
        time.title = time.textContent ?? "";
        time.textContent = said;
      } else {
        time.after(make("span", { class: "ago" }, ` · ${said}`));
      }
    }
  }

  globalThis.catalogElements = { element, elements, make };
  globalThis.catalogDates = { ages };
  globalThis.catalogScripts = { startWorker };
  globalThis.catalogWords = { counted, number, parts, t, size };
  themeSwitch();
  slash();
  ages(document.body);
  copyButtons();
  document.querySelectorAll(".snippets").forEach(tabs);
  pagesFromDisk();
  paper();
  colours();
  pictures();
})();
