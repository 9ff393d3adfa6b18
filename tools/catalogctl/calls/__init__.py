"""Implement the write calls: plan a change of the catalog's files, check it, and write it."""
