// The console's worker: answers queries from the published plugins, with the engine in query.js. The
// page ends it if a query takes too long.
import { QueryError, canonical, everything, list, stat } from "./query.js";
import { invalid } from "./query/errors.js";
import { JsonError, nearest, read } from "./query/json_reader.js";

/** @typedef {import("./query.js").PluginInfo} PluginInfo */

const DEPTH = 4;
const MOST_FIELDS = 300;
/** The plugins of each repository that was loaded. @type {Map<string, readonly PluginInfo[]>} */
const loaded = new Map();

/**
 * Every path in the structs of the plugins, sorted, for completion.
 * @param {readonly PluginInfo[]} results
 */
function fieldsOf(results) {
  /** @type {Set<string>} */
  const found = new Set();
  /** @param {unknown} value @param {string} path @param {number} depth */
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

/** @param {string} root @param {string} repositoryId @returns {Promise<QueryReply>} */
async function load(root, repositoryId) {
  const { plugins, now } = await everything(root, repositoryId);
  loaded.set(repositoryId, plugins);
  return { loaded: { count: plugins.length, fields: fieldsOf(plugins), now } };
}

/**
 * The published path of an equal query, or "" if there is none.
 * @param {QueryKind} kind @param {unknown} request @param {QueryAsk["examples"]} examples
 */
function published(kind, request, examples) {
  const own = canonical(kind, request);
  const equal = examples.find(
    (example) => example.path && example.kind === kind && canonical(kind, example.request) === own,
  );
  return equal?.path ?? "";
}

/** @param {QueryAsk} asked @returns {QueryReply} */
function ask({ kind, text, now, repositoryId, examples }) {
  const { value: query, places, names } = read(text);
  const request = { query, repository_id: repositoryId };
  const answerOf = kind === "list" ? list : stat;
  const plugins = loaded.get(repositoryId) ?? [];
  try {
    if (typeof query !== "object" || query === null || Array.isArray(query))
      throw invalid("a query is an object", "/query");
    const started = performance.now();
    const answer = answerOf(plugins, request, { now, repositoryId });
    const ms = performance.now() - started;
    const path = published(kind, { query }, examples);
    return { answered: { answer: JSON.stringify(answer), query, ms, path } };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { code, message, hint, meant } = error;
    const pointer = error.pointer.replace(/^\/query/, "");
    const place = (error.isName && names.get(pointer)) || nearest(places, pointer);
    return { failed: { code, message, hint, meant, place } };
  }
}

/** @param {QueryTask} task @returns {Promise<QueryReply>} */
async function done(task) {
  if ("load" in task) return load(task.load, task.repositoryId);
  if ("kind" in task) return ask(task);
  read(task.read);
  return {};
}

/** @param {unknown} error @returns {QueryFailure} */
function failure(error) {
  const message = error instanceof Error ? error.message : String(error);
  const place = error instanceof JsonError ? error.place : undefined;
  return { code: "", hint: "", meant: "", message, place };
}

self.addEventListener(
  "message",
  async (/** @type {MessageEvent<QueryTask & {number: number}>} */ { data }) => {
    const { number } = data;
    try {
      self.postMessage({ number, ...(await done(data)) });
    } catch (error) {
      self.postMessage({ number, failed: failure(error) });
    }
  },
);
