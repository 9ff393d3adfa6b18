// The API page: «Try it» fetches the example and shows the start of its answer.
"use strict";
(() => {
  const { number, say } = globalThis.catalogWords;
  const LONGEST = 6000;
  const fromDisk = location.protocol === "file:";
  for (const button of document.querySelectorAll("[data-live]")) {
    const place = button.closest("section").querySelector(".answer");
    button.addEventListener("click", async () => {
      const started = performance.now();
      let head;
      let text = "";
      try {
        if (fromDisk) throw new Error("a page from disk can fetch nothing");
        const answer = await fetch(new URL(button.dataset.live, location.href));
        text = await answer.text();
        const time = Math.round(performance.now() - started);
        head = say("answered", { status: answer.status, letters: number(text.length), time });
        text = JSON.stringify(JSON.parse(text), null, 2);
      } catch (error) {
        head ??= fromDisk ? say("needs_server") : say("no_answer", { why: error.message });
      }
      const said = document.createElement("p");
      said.className = "more";
      said.setAttribute("role", "status");
      said.textContent = text.length > LONGEST ? say("start_of_it", { head }) : head;
      const code = document.createElement("code");
      code.textContent = text.slice(0, LONGEST);
      const pre = document.createElement("pre");
      pre.tabIndex = 0;
      pre.append(code);
      const box = document.createElement("div");
      box.className = "code";
      box.append(pre);
      place.replaceChildren(said, ...(text ? [box] : []));
      place.hidden = false;
    });
  }
})();
