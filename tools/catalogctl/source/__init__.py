"""Files in, values with positions out: the only room that reads a catalog from disk and git."""
