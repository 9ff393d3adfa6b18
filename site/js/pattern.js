// A worker that tests a plugin's pattern on a text. If a pattern runs forever, the page ends the
// worker and does not hang.
"use strict";
self.postMessage({ ready: true });
self.addEventListener("message", ({ data: { pattern, text } }) => {
  let fits = null;
  try {
    fits = new RegExp(pattern, "u").test(text);
  } catch {
    // The browser doesn't support this pattern, so the result is unknown.
  }
  self.postMessage({ pattern, text, fits });
});
