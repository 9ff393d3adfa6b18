// Runs in <head>, before the first paint: scripts are on, the remembered theme, and whether the
// address asks for results, so that the whole list does not flash up before them. A browser of more
// than two years, which may not even read the other scripts, gets the page that needs none.
"use strict";
if (CSS.supports("color", "light-dark(#fff, #000)")) {
  document.documentElement.classList.add("js");
  if (
    /[?&](?:q|provider|service_type|label|state|registry_type|sort|page)=/.test(location.search)
  ) {
    document.documentElement.classList.add("asking");
  }
}
try {
  const theme = localStorage.getItem("catalog-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked: the system's theme stays.
}
