// The «not found» page below plugins/: lists plugins with a similar id.
"use strict";
(async () => {
  const { Scanner, edits, plain } = globalThis.catalogSearch;
  const { row } = globalThis.catalogRows;
  const { ages } = globalThis.catalogDates;
  const { make } = globalThis.catalogElements;
  const { t } = globalThis.catalogWords;
  const MOST_SHARDS = 25;
  const SHOWN = 3;
  const place = document.getElementById("near");
  const address = document.getElementById("asked");
  const root = new URL(document.documentElement.dataset.root || "./", location.href);
  const inside = location.pathname.startsWith(root.pathname)
    ? location.pathname.slice(root.pathname.length)
    : "";
  if (address && inside !== "404.html") {
    address.textContent = `/${inside}`;
    address.hidden = false;
  }
  const [, asked] = /^plugins\/([^/]{2,64}?)(?:\/|\.html|\.json|\.yaml)?$/.exec(inside) ?? [];
  if (!place || !asked) return;

  /** @param {string} path */
  async function json(path) {
    const answer = await fetch(new URL(path, root));
    return answer.ok ? answer.json() : null;
  }

  /**
   * How far an id is from the requested one, by edits or as a part of it; Infinity if unrelated.
   * @param {string} id @param {string} wanted
   */
  function distance(id, wanted) {
    const far = edits(wanted, id, wanted.length >= 8 ? 2 : 1);
    if (far < Infinity) return far + (id.length - wanted.length) / 100;
    const isPart =
      wanted.length > 2 && (id.includes(wanted) || (wanted.includes(id) && id.length > 7));
    return isPart ? 3 + Math.abs(id.length - wanted.length) / 100 : Infinity;
  }

  let wanted = "";
  try {
    wanted = plain(decodeURIComponent(asked)).replace(/[_ ]+/g, "-");
  } catch {
    return; // Not decodable, so not an id.
  }
  /** @type {SearchIndex | null} */
  const index = await json("search/index.json").catch(() => null);
  /** @type {(Shard | null)[]} */
  const shards = await Promise.all(
    (index?.shards ?? []).slice(0, MOST_SHARDS).map((shard) => json(shard.path).catch(() => null)),
  );
  const scanner = new Scanner();
  for (const shard of shards) if (shard) scanner.add(shard);
  const near = scanner.rows
    .map((plugin) => ({ plugin, far: distance(plugin.id, wanted) }))
    .filter(({ far }) => far < Infinity);
  near.sort((one, other) => one.far - other.far || (one.plugin.id < other.plugin.id ? -1 : 1));
  if (near.length === 0) return;
  const said = make("p", { role: "status" }, near.length > 1 ? t("meant_these") : t("meant_this"));
  place.replaceChildren(said, ...near.slice(0, SHOWN).map(({ plugin }) => row(plugin, root)));
  ages(place);
  place.hidden = false;
})();
