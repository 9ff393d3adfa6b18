// The check of an options form for the tests: a question a line in, an answer a line out.
// node form_check.mjs SITE_FOLDER
//
// {"schema", "value"}    → {"fits": true, false or null, "findings": [[path, text]…]}
// {"format", "text"}     → whether the text is of the format: true, false or null
// {"quoted": value}      → the value as the scripts write it
// {"typed": text, "text_too"}  → what is read of it, and what that lacks
// {"follow": schema, "at": pointer to a reference}  → what it leads to, or {"lost": reference}

import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";

const said = (key, values = {}) => [key, ...Object.values(values)].join(" ");
globalThis.catalogWords = { t: said, counted: (key, count) => `${key} ${count}`, number: String };
for (const name of ["json-values", "references", "formats", "check"]) {
  const file = path.join(process.argv[2], "js", `${name}.js`);
  vm.runInThisContext(readFileSync(file, "utf8"), { filename: file });
}
const { References } = globalThis.catalogReferences;

/** As the page's worker tries a pattern. */
function matches(pattern, text) {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return null;
  }
}

function answer(question) {
  const { schema, value, format, text, follow, at, typed } = question;
  const json = globalThis.catalogJson;
  if ("quoted" in question) return json.quoted(question.quoted);
  if (typed !== undefined) return [json.read(typed, question.text_too), json.loss(typed)];
  if (format !== undefined) return globalThis.catalogFormats.isOfFormat(format, text);
  if (follow !== undefined) {
    const place = at.split("/").slice(1).reduce((part, name) => part[name], follow);
    const found = new References(follow).follow(place);
    return found.lost === undefined ? found.schema : { lost: found.lost };
  }
  const findings = globalThis.catalogCheck.check(new References(schema), value, matches);
  const fits = findings.length === 0 ? true : findings.every((each) => each.unsure) ? null : false;
  return { fits, findings: findings.slice(0, 50).map((each) => [each.path, each.text]) };
}

for await (const line of createInterface({ input: process.stdin })) {
  let told;
  try {
    told = answer(JSON.parse(line));
  } catch (error) {
    told = { exception: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
