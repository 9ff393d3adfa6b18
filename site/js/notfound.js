// The «not found» page is served at any depth, so it requests this script at several paths. The one
// that loads knows the catalog's root, and points relative links and styles there.
"use strict";
(() => {
  const page = document.documentElement;
  const own = document.currentScript;
  if (page.dataset.found || !(own instanceof HTMLScriptElement)) return;
  page.dataset.found = "yes";
  const root = new URL("../", own.src).href;
  page.dataset.root = root;
  const turn = () => {
    for (const element of document.querySelectorAll("a, link, img, form")) {
      const name = ["src", "action", "href"].find((each) => element.hasAttribute(each)) ?? "href";
      const way = element.getAttribute(name) ?? "#";
      if (!/^(#|\/|[a-z]+:)/i.test(way)) element.setAttribute(name, new URL(way, root).href);
    }
  };
  /** The scripts of every page, which this page can't load itself without knowing its root. */
  const more = () => {
    const policy = globalThis.trustedTypes?.createPolicy("catalog", {
      createScriptURL: (url) => url,
    });
    globalThis.catalogPolicy = policy;
    const [theme, ...others] = (own.dataset.more ?? "").split(" ");
    /** @param {string} name */
    const load = (name) => {
      const script = document.createElement("script");
      const url = new URL(`assets/${name}`, root).href;
      script.async = false; // Run them in order.
      script.src = policy ? policy.createScriptURL(url) : url;
      document.head.append(script);
    };
    load(theme);
    document.addEventListener("DOMContentLoaded", () => others.forEach(load));
  };
  turn();
  more();
  document.addEventListener("DOMContentLoaded", turn);
})();
