// Runs in <head> before the first paint: marks that scripts are on, restores the theme, and detects
// a search in the address, so that the full list does not flash up first. Browsers older than two
// years, which may not be able to parse the other scripts, get the page without scripts.
"use strict";
if (CSS.supports("color", "light-dark(#fff, #000)")) {
  document.documentElement.classList.add("js");
  if (
    /[?&](?:q|provider|service_type|label|state|registry_type|sort|page)=/.test(location.search)
  ) {
    document.documentElement.classList.add("asking", "searched");
  }
}
try {
  const theme = localStorage.getItem("catalog-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked; keep the system's theme.
}
