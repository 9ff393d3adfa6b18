"""Read a catalog from disk and git, as values with positions. No other package does."""
