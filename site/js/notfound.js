// The page «not found» is served at any depth, so it asks for this script at several; the one that
// answers knows where the catalog's root is, and turns relative links and styles there.
"use strict";
(() => {
  const page = document.documentElement;
  if (page.dataset.found) return;
  page.dataset.found = "yes";
  const root = new URL("../", document.currentScript.src).href;
  page.dataset.root = root;
  const turn = () => {
    for (const element of document.querySelectorAll("a, link, img")) {
      const name = element.hasAttribute("src") ? "src" : "href";
      const way = element.getAttribute(name) ?? "#";
      if (!/^(#|\/|[a-z]+:)/i.test(way)) element.setAttribute(name, new URL(way, root).href);
    }
  };
  turn();
  document.addEventListener("DOMContentLoaded", turn);
})();
