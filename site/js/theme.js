// Runs in <head>, before the first paint: scripts are on, and the remembered theme, if any.
"use strict";
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("catalog-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked: the system's theme stays.
}
