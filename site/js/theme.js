// Runs in <head> before the first paint: marks that scripts are on, restores the theme, and detects
// a search in the address, so that the full list does not flash up first. Browsers older than two
// years, which may not be able to parse the other scripts, get the page without scripts.
"use strict";
if (CSS.supports("color", "light-dark(#fff, #000)")) {
  document.documentElement.classList.add("js");
  if (
    document.currentScript?.hasAttribute("data-search") &&
    /[?&](?:q|provider|service_type|label|state|registry_type|repository|sort|page)=[^&]/.test(
      location.search,
    )
  ) {
    const { classList } = document.documentElement;
    classList.add("asking", "searched");
    // Without the search the list stays. A picture that is not there hinders nothing.
    const failed = (/** @type {ErrorEvent | Event} */ { target }) => {
      if (!(target instanceof HTMLImageElement)) classList.remove("asking", "searched");
    };
    addEventListener("error", failed, { capture: true });
    setTimeout(() => classList.remove("asking"), 5_000); // An index may never come.
  }
}
{
  const restore = () => {
    try {
      const theme = localStorage.getItem("catalog-theme");
      if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    } catch {
      // Storage may be blocked; keep the system's theme.
    }
  };
  restore();
  addEventListener("pageshow", restore); // Before «Back», another page may have changed it.
}
