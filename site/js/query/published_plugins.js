// Fetches all plugins of a published catalog: from one file or, if the catalog is large, from its
// parts. Every file is compared with the hash that index.json names, so an answer is never made of
// two editions.

import { parse } from "./json_reader.js";

/** @typedef {import("./documents.js").PluginInfo} PluginInfo */
/** @typedef {{path: string, sha256: string}} NamedFile */
/** @typedef {NamedFile | {parts: NamedFile[]}} PluginList */
/**
 * @typedef {{
 *   schema_version: number,
 *   now: string,
 *   repository_info: {repository_id: string},
 *   lists: {all: PluginList, every?: PluginList},
 *   repositories?: {repository_info: {repository_id: string}, lists: {all: PluginList}}[],
 * }} Index
 */

/** Asks all repositories. */
export const EVERY = "*";
const LATEST_LAYOUT = 2;
const AT_ONCE = 6;

/**
 * Return all plugins of the catalog at an address that ends with "/", and the context that queries
 * need. Throw an Error if they can't be fetched, or do not match index.json.
 * @param {string} root
 * @param {string} [repositoryId] a repository that the catalog answers for, or EVERY; default: the
 *   catalog's own
 * @returns {Promise<{plugins: PluginInfo[], now: string, repositoryId: string}>}
 */
export async function everything(root, repositoryId = "") {
  try {
    return await edition(root, repositoryId, "default");
  } catch {
    // The catalog may be changing, with caches between: ask once more, past all of them.
    return edition(root, repositoryId, "reload");
  }
}

/** @param {string} root @param {string} asked @param {RequestCache} cache */
async function edition(root, asked, cache) {
  const index = /** @type {Index} */ (parse(text(await bytes(root, "index.json", cache))));
  if (index.schema_version > LATEST_LAYOUT)
    throw new Error(`the catalog is published in layout ${index.schema_version}`);
  const { now, repository_info } = index;
  const repositoryId = asked || repository_info.repository_id;
  const list = listOf(index, repositoryId);
  const files = "parts" in list ? list.parts : [list];
  /** @type {PluginInfo[][]} */
  const found = [];
  let next = 0;
  const some = async () => {
    while (next < files.length) {
      const place = next++;
      found[place] = await plugins(root, files[place], cache);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, some));
  } finally {
    next = files.length; // After an error, nothing more is requested.
  }
  return { plugins: found.flat(), now, repositoryId };
}

/**
 * The list of the plugins of a repository, or of all of them, in their order.
 * @param {Index} index @param {string} repositoryId
 * @returns {PluginList}
 */
function listOf({ lists, repository_info, repositories = [] }, repositoryId) {
  if (repositoryId === EVERY) return lists.every ?? lists.all;
  if (repositoryId === repository_info.repository_id) return lists.all;
  const found = repositories.find((each) => each.repository_info.repository_id === repositoryId);
  if (!found) throw new Error(`the catalog has no repository ${repositoryId}`);
  return found.lists.all;
}

/**
 * @param {string} root @param {NamedFile} file @param {RequestCache} cache
 * @returns {Promise<PluginInfo[]>}
 */
async function plugins(root, { path, sha256 }, cache) {
  // A part of a list is named by its content, so a cached one is always current.
  const isPart = path.includes(sha256);
  const data = await bytes(root, path, isPart && cache === "default" ? "force-cache" : cache);
  const hash = await hex(data);
  if (hash && hash !== sha256) throw new Error(`${path} is not the one that index.json names`);
  return /** @type {{results: PluginInfo[]}} */ (parse(text(data))).results;
}

/** @param {string} root @param {string} path @param {RequestCache} cache */
async function bytes(root, path, cache) {
  const answer = await fetch(new URL(path, root), { cache });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
  return answer.arrayBuffer();
}

/** @param {ArrayBuffer} data */
const text = (data) => new TextDecoder().decode(data);

/** The sha256, or "" without a secure context (https or localhost). @param {ArrayBuffer} data */
async function hex(data) {
  if (!globalThis.crypto?.subtle) return "";
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
