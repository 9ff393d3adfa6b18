// A list of plugins and the questions in, what the query engine in JavaScript takes for each out.
//
//     node ask_javascript.mjs all.json questions.json
//
// Prints {"parse": [seconds, null], "first": …, "list": [seconds, rows], "stat": [seconds, rows]}:
// reading the list; the first answer, which sorts the plugins and reads their dates; then medians.

import { readFileSync } from "node:fs";

import { list, parse, stat } from "../site/js/query.js";

const TIMES = 21;
const CONTEXT = { now: "2026-01-01T00:00:00.000Z", repositoryId: "repo-123456789012" };

/** @param {() => unknown} work */
function seconds(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** @param {() => {results: unknown[]}} answer */
function timed(answer) {
  const taken = Array.from({ length: TIMES }, () => seconds(answer)).sort((a, b) => a - b);
  return [taken[(TIMES - 1) / 2], answer().results];
}

const [all, asked] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
const questions = JSON.parse(asked);
let plugins;
const parsed = seconds(() => (plugins = parse(all)));
const listed = () => list(plugins, { query: questions.list.query }, CONTEXT);
const counted = () => stat(plugins, { query: questions.stat.query }, CONTEXT);
const first = seconds(listed);
const told = {
  parse: [parsed, null],
  first: [first, null],
  list: timed(listed),
  stat: timed(counted),
};
console.log(JSON.stringify(told));
