// The site's search for the tests: shards and questions in, what it finds out.
// node search.mjs SITE_FOLDER < {"shards": [Shard…], "questions": [[text, literal]…]}

import { readFileSync } from "node:fs";
import path from "node:path";
import { runInThisContext } from "node:vm";

const script = path.join(process.argv[2], "js", "search-engine.js");
runInThisContext(readFileSync(script, "utf8"), { filename: script });
const { Scanner } = globalThis.catalogSearch;
const { shards, questions } = JSON.parse(readFileSync(0, "utf8"));
const scanner = new Scanner();
for (const shard of shards) scanner.add(shard);
const answers = questions.map(([q, literal]) => {
  const found = scanner.find({ q, literal, chosen: [], sort: "", page: 1, size: 1e9 });
  return { ids: found.rows.map((row) => row.id), corrected: found.corrected };
});
process.stdout.write(JSON.stringify(answers));
