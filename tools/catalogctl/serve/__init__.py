"""Preview a catalog's site on this machine, and rebuild it when files change."""
