// The console's worker: the published list in, the answers of queries out, by the engine of
// query.js. The page ends it when a query takes too long.
import { QueryError, canonical, list, parse, stat } from "./query.js";

const DEPTH = 4;
const MOST_FIELDS = 300;
const answered = new Map([
  ["list", list],
  ["stat", stat],
]);
let plugins = { results: [] };

/** Every path below the structs of the plugins, for completion; the plainest ones first. */
function fieldsOf(results) {
  const found = new Set();
  const visit = (value, path, depth) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const [name, member] of Object.entries(value)) {
      if (found.size >= MOST_FIELDS) return;
      const inner = `${path}.${name}`;
      if (!name.includes(".")) found.add(inner);
      if (depth < DEPTH) visit(member, inner, depth + 1);
    }
  };
  for (const plugin of results)
    for (const field of ["tags", "capability", "registry_config"]) visit(plugin[field], field, 1);
  return [...found].sort();
}

async function load(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  plugins = parse(await answer.text());
  return { count: plugins.results.length, fields: fieldsOf(plugins.results) };
}

/** The published path of an equal query, "" when there is none. */
function published(kind, request, examples) {
  const own = canonical(kind, request);
  const equal = examples.find(
    (example) => example.path && example.kind === kind && canonical(kind, example.request) === own,
  );
  return equal?.path ?? "";
}

function ask({ kind, query, now, repositoryId, examples }) {
  const request = { query: parse(query), repository_id: repositoryId };
  const started = performance.now();
  const answer = answered.get(kind)(plugins, request, { now, repositoryId });
  const ms = performance.now() - started;
  const { query: asked } = request;
  return { answer: JSON.stringify(answer), ms, path: published(kind, { query: asked }, examples) };
}

self.addEventListener("message", async ({ data }) => {
  const { number } = data;
  try {
    self.postMessage({ number, ...(data.load ? await load(data.load) : ask(data)) });
  } catch (error) {
    const {
      code = "",
      pointer = "",
      hint = "",
      message = String(error),
    } = error instanceof QueryError ? error : { message: error?.message };
    self.postMessage({ number, failed: { code, pointer, hint, message } });
  }
});
