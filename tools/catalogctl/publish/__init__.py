"""Plugins in, the published tree out: each module yields (path, bytes) and touches no disk."""
