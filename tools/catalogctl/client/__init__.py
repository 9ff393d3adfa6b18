"""A published tree, in a folder or at a URL, in; the values that the read calls answer from out."""
