"""Preview a catalog's site on this machine, and rebuild it as files change."""
