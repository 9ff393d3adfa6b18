// The filter box of the home page: all terms must occur in a plugin's name, id, labels, provider
// or service type. The index is fetched when the box is first used; text goes in as text only.
"use strict";
(() => {
  /**
   * @typedef {{plugin_id: string, name: string, state: string, service_type: string,
   *   provider?: string, labels: string[], latest_version: string | null}} Plugin
   */
  const SHOWN = 120;
  const root = document.documentElement.dataset.root;
  const field = document.getElementById("filter");
  const status = document.getElementById("filter-status");
  const retry = document.getElementById("filter-retry");
  const found = document.getElementById("found");
  const listed = document.getElementById("listed");
  const count = document.getElementById("count");
  if (!field) return;

  /** @type {Promise<{plugin: Plugin, text: string}[]> | null} */
  let loading = null;
  let speaking = 0;

  async function json(path) {
    const answer = await fetch(root + path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  async function load() {
    const index = await json("index.json");
    const parts = index.plugins
      ? [index]
      : await Promise.all(index.shards.map((shard) => json(shard.path)));
    return parts.flatMap((part) => part.plugins).map((plugin) => ({ plugin, text: text(plugin) }));
  }

  /** @param {Plugin} plugin */
  function text(plugin) {
    const parts = [plugin.name, plugin.plugin_id, plugin.service_type, plugin.provider ?? ""];
    return [...parts, ...plugin.labels].join("\n").toLowerCase();
  }

  /** @returns {Promise<{plugin: Plugin, text: string}[]>} */
  function plugins() {
    loading ??= load().catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  /** @param {string} tag @param {Record<string, string>} given @param {...(Node | string)} parts */
  function make(tag, given, ...parts) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) element.setAttribute(name, value);
    element.append(...parts);
    return element;
  }

  /** @param {Plugin} plugin */
  function card(plugin) {
    const enabled = plugin.state === "ENABLED";
    const link = make("a", { href: `${root}plugins/${encodeURIComponent(plugin.plugin_id)}/` }, make("bdi", {}, plugin.name));
    if (location.protocol === "file:") link.href += "index.html";
    const box = make("article", { class: enabled ? "card short" : "card short disabled" }, make("h3", {}, link), make("code", {}, plugin.plugin_id));
    box.append(
      make("dl", {},
        make("dt", { class: "vh" }, "Service type"), make("dd", {}, make("bdi", {}, plugin.service_type)),
        make("dt", { class: "vh" }, "State"), make("dd", {}, make("span", { class: enabled ? "mark ok" : "mark off" }, enabled ? "Enabled" : "Disabled"))),
    );
    return box;
  }

  /** @param {string} words @param {{now?: boolean}} how Spoken once typing rests. */
  function say(words, { now = false } = {}) {
    clearTimeout(speaking);
    speaking = setTimeout(() => { status.textContent = words; }, now ? 0 : 350);
  }

  /** @param {string} query */
  function remember(query) {
    if (location.protocol === "file:") return; // Such a page may not change its address.
    const url = new URL(location.href);
    if (query) url.searchParams.set("q", query);
    else url.searchParams.delete("q");
    history.replaceState(null, "", url);
  }

  /** @param {boolean} filtering Shows what was found in place of the pages of all plugins. */
  function turn(filtering) {
    found.hidden = !filtering;
    listed.hidden = filtering;
    count.classList.toggle("vh", filtering);
  }

  async function show() {
    const query = field.value;
    const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
    remember(query.trim());
    retry.hidden = true;
    if (terms.length === 0) {
      turn(false);
      say("", { now: true });
      return;
    }
    let all;
    try {
      all = await plugins();
    } catch {
      if (field.value !== query) return;
      say(location.protocol === "file:" ? "Filtering needs a web server: catalogctl serve" : "The list of plugins could not be loaded.", { now: true });
      retry.hidden = location.protocol === "file:";
      return;
    }
    if (field.value !== query) return;
    const hits = all.filter((entry) => terms.every((term) => entry.text.includes(term))).map((entry) => entry.plugin);
    hits.sort((a, b) => Number(a.state !== "ENABLED") - Number(b.state !== "ENABLED"));
    found.replaceChildren(...hits.slice(0, SHOWN).map(card));
    turn(true);
    const many = hits.length === 1 ? "1 plugin" : `${hits.length.toLocaleString("en")} plugins`;
    const cut = hits.length > SHOWN ? `, the first ${SHOWN} are shown` : "";
    say(hits.length ? `${many} of ${all.length.toLocaleString("en")}${cut}` : "No plugin matches. Press Esc to see all.");
  }

  field.addEventListener("focus", () => plugins().catch(() => {}), { once: true });
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    if (field.value) {
      field.value = "";
      show();
    } else field.blur();
  });
  const fold = document.querySelector(".fold");
  fold.addEventListener("click", () => {
    const open = document.getElementById("facets").classList.toggle("open");
    fold.setAttribute("aria-expanded", String(open));
  });
  retry.addEventListener("click", () => {
    field.focus();
    show();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing) return;
    event.preventDefault();
    field.focus();
  });
  document.querySelector("form.filter").addEventListener("submit", (event) => event.preventDefault());

  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    field.value = asked;
    show();
  }
})();
