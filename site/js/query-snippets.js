// Converts a query to an equivalent command, program and saved query, quoted for each language.
"use strict";
(() => {
  const { quoted } = globalThis.catalogJson;

  /** @param {unknown} value @param {string} margin @returns {string} */
  function python(value, margin) {
    const inner = `${margin}    `;
    if (value === null) return "None";
    if (value === true) return "True";
    if (value === false) return "False";
    if (typeof value !== "object") return quoted(value);
    const list = Array.isArray(value);
    const parts = list
      ? value.map((each) => python(each, inner))
      : Object.entries(value).map(([name, each]) => `${quoted(name)}: ${python(each, inner)}`);
    const [open, close] = list ? "[]" : "{}";
    const short = `${open}${parts.join(", ")}${close}`;
    if (short.length + margin.length <= 76 && !short.includes("\n")) return short;
    return `${open}\n${parts.map((part) => `${inner}${part},\n`).join("")}${margin}${close}`;
  }

  /** @param {string} text */
  const shell = (text) =>
    /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;

  /** Where `index.json` has the list of a repository, for jq. @param {string} repositoryId */
  function listAt(repositoryId) {
    if (!repositoryId) return ".lists.all";
    if (repositoryId === "*") return ".lists.every";
    const id = quoted(repositoryId);
    return `.repositories[] | select(.repository_info.repository_id == ${id}) | .lists.all`;
  }

  /** @param {SnippetQuery} asked @returns {Snippet[]} */
  function lines({ kind, query, base, repositoryId, path, all, inParts }) {
    const at = base ?? "$CATALOG_URL/";
    /** @param {string} way */
    const url = (way) => (base ? shell(base + way) : `"$CATALOG_URL/${way}"`);
    const from = base ? shell(at) : '"$CATALOG_URL"';
    const pretty = quoted(query, 2);
    const indented = pretty.replaceAll("\n", "\n  ");
    const part = base ? `${shell(base)}"$part"` : '"$CATALOG_URL/$part"';
    const whole = inParts
      ? `curl -fsS ${url(all)} | jq -r ${shell(`${listAt(repositoryId)}.parts[].path`)} |\n  while read -r part; do curl -fsS ${part}; done`
      : `curl -fsS ${url(all)}`;
    const curl = path
      ? `curl -fsS ${url(path)}`
      : `# No file has this answer yet. Save the query as queries/NAME.yaml,\n# and the next build publishes it. Till then, ask the whole list:\n${whole}`;
    const option = repositoryId ? ` --repository-id ${shell(repositoryId)}` : "";
    const argument = repositoryId ? `, repository_id=${quoted(repositoryId)}` : "";
    const params = repositoryId ? `\nparams:\n  repository_id: ${quoted(repositoryId)}` : "";
    const open = base ? quoted(base) : 'os.environ["CATALOG_URL"]';
    return [
      [
        "use-catalogctl",
        "catalogctl",
        `catalogctl ${kind} --from ${from}${option} --query - <<'QUERY'\n${pretty}\nQUERY`,
      ],
      [
        "use-python",
        "Python",
        `${base ? "" : "import os\n\n"}from catalogctl import Catalog\n\ncatalog = Catalog.open(${open})\nanswer = catalog.${kind}(${python(query, "")}${argument})`,
      ],
      ["use-curl", "curl", curl],
      [
        "use-yaml",
        "Saved query",
        `kind: ${kind}\ntitle: ${kind === "list" ? "Plugins that …" : "How many plugins …"}\nquery:\n  ${indented}${params}`,
      ],
    ];
  }

  globalThis.catalogLines = { lines };
})();
