// The API page: «Try it» fetches the example and shows the start of the response.
"use strict";
(() => {
  const { element, elements, make } = globalThis.catalogElements;
  const { number, t } = globalThis.catalogWords;
  const LONGEST = 6000;
  const fromDisk = location.protocol === "file:";
  for (const button of elements("[data-live]", HTMLButtonElement)) {
    const place = element(".answer", HTMLElement, button.closest("section") ?? document);
    button.addEventListener("click", async () => {
      const started = performance.now();
      let head;
      let text = "";
      try {
        if (fromDisk) throw new Error("a page from disk can fetch nothing");
        const answer = await fetch(new URL(button.dataset.live ?? "", location.href));
        text = await answer.text();
        const time = Math.round(performance.now() - started);
        head = t("answered", { status: answer.status, letters: number(text.length), time });
        text = JSON.stringify(JSON.parse(text), null, 2);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        head ??= fromDisk ? t("needs_server") : t("no_answer", { why });
      }
      const told = text.length > LONGEST ? t("start_of_it", { head }) : head;
      const said = make("p", { class: "more", role: "status" }, told);
      const code = make("code", {}, text.slice(0, LONGEST));
      const box = make("div", { class: "code" }, make("pre", { tabindex: "0" }, code));
      place.replaceChildren(said, ...(text ? [box] : []));
      place.hidden = false;
    });
  }
})();
