"""Preview a catalog's site on this machine, and refresh it when files change."""
