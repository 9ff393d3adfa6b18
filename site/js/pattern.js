// A worker that tries a plugin's pattern on a text: a pattern may take for ever, and then the page
// ends this worker, not itself.
"use strict";
self.postMessage({ ready: true });
self.addEventListener("message", ({ data: { pattern, text } }) => {
  let fits = null;
  try {
    fits = new RegExp(pattern, "u").test(text);
  } catch {
    // Not a pattern that this browser knows: nothing is said about the text.
  }
  self.postMessage({ pattern, text, fits });
});
