// The choice of a version in «Use it»: the snippets that name a version follow it. The versions are
// those of the list below.
"use strict";
(() => {
  const { element, elements, make } = globalThis.catalogElements;
  const { t } = globalThis.catalogWords;
  const section = element("#use", HTMLElement);
  const newest = section.dataset.version ?? "";

  /** The choices for some entries of the list. @param {HTMLElement[]} entries */
  function choices(entries) {
    return entries.map((entry) => {
      const value = element(".when b", HTMLElement, entry).textContent ?? "";
      const isNewest = value === newest;
      return make("option", { value }, isNewest ? t("version_newest", { version: value }) : value);
    });
  }

  /** @param {string} id @param {(text: string) => string} change */
  function rewrite(id, change) {
    const code = section.querySelector(`#${id} code`);
    if (code) code.textContent = change(code.textContent ?? "");
  }

  const select = make(
    "select",
    { id: "version" },
    ...choices(elements(".rel:not(:has(.warn))", HTMLElement)),
  );
  const before = choices(elements(".rel:has(.warn)", HTMLElement));
  if (before.length > 0) select.append(make("optgroup", { label: t("prerelease") }, ...before));
  select.value = newest;
  select.addEventListener("change", () => {
    const line = `  version: ${JSON.stringify(select.value)}`;
    rewrite("use-yaml", (text) => text.replace(/^ {2}version: .*$/m, () => line));
    rewrite("use-docker", (text) => text.replace(/:[^:]*$/, () => `:${select.value}`));
  });
  element(".sec", HTMLElement, section).append(
    make("span", { class: "right" }, make("label", { for: "version" }, t("version")), " ", select),
  );
})();
