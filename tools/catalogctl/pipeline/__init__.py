"""Combine the other packages to check, build, resolve, and read whole catalogs."""
