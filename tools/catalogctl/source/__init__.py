"""Read a catalog from disk and git, as values with positions: the only room that does."""
