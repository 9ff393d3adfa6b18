// The query language's JavaScript engine for the tests: a question a line in, an answer a line out.
// node javascript.mjs SITE_FOLDER
//
// {"plugins": [PluginInfo…]}                                  what is asked from now on   → true
// {"kind", "request", "now", "repository_id"}                 → the answer
// {"steps": true}                                             → how many the last answer has taken
// {"canonical": kind, "request"}                              → {"canonical", "sha256"}
// {"pattern", "texts"}                                        → whether it is found in each text
// {"fold": text} and {"instant": text}                        → the text, or milliseconds or null
// {"read": text}                                              → its value and [pointer, from, to]…,
//                                                               or {"wrong", "place"}
// {"parse": text}                                             → its value
// {"limits": true}                                            → the bounds, by name
// What can't be answered                                      → {"error": {"code", "pointer"}}
// with "words": true                                          → and its "message" and "hint"

import { createInterface } from "node:readline";
import path from "node:path";
import { pathToFileURL } from "node:url";

const site = pathToFileURL(path.resolve(process.argv[2]) + path.sep);
const load = (name) => import(new URL(name, site));
const { list, stat, canonical, queryId, parse, QueryError } = await load("js/query.js");
const { compilePattern } = await load("js/query/query_patterns.js");
const { StepBudget, ...limits } = await load("js/query/limits.js");
const { JsonError, read } = await load("js/query/json_reader.js");
const { names } = await load("js/query/json.js");
const { fold } = await load("js/query/text.js");
const { instant } = await load("js/query/query_times.js");

let plugins = [];
let steps = 0;
const { spend } = StepBudget.prototype;
StepBudget.prototype.spend = function (more) {
  steps += more;
  spend.call(this, more);
};

/** Objects as {"members": [[name, value]…]}, for JSON.stringify has an order of its own. */
function inOrder(value) {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  return { members: names(value).map((name) => [name, inOrder(value[name])]) };
}

function readText(text) {
  try {
    const { value, places } = read(text);
    return { value: inOrder(value), places: [...places].map(([at, place]) => [at, ...place]) };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { wrong: error.message, place: error.place };
  }
}

async function answer(asked) {
  if (asked.plugins) return Boolean((plugins = asked.plugins));
  if (asked.canonical) {
    const [kind, request] = [asked.canonical, asked.request];
    return { canonical: canonical(kind, request), sha256: await queryId(kind, request) };
  }
  if ("pattern" in asked) {
    const pattern = compilePattern(asked.pattern, "");
    return asked.texts.map((text) => pattern.found(text, new StepBudget(0)));
  }
  if ("read" in asked) return readText(asked.read);
  if ("parse" in asked) return inOrder(parse(asked.parse));
  if ("limits" in asked) return limits;
  if ("steps" in asked) return steps;
  if ("fold" in asked) return fold(asked.fold);
  if ("instant" in asked) return instant(asked.instant)?.ms ?? null;
  steps = 0;
  const call = asked.kind === "list" ? list : stat;
  return call(plugins, asked.request, { now: asked.now, repositoryId: asked.repository_id });
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let told, asked;
  try {
    asked = parse(line);
    told = await answer(asked);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    told = { error: { code: error.code, pointer: error.pointer } };
    if (asked?.words) Object.assign(told.error, { message: error.message, hint: error.hint });
    if (!error.message || typeof error.hint !== "string") throw error;
  }
  process.stdout.write(JSON.stringify(told) + "\n");
}
