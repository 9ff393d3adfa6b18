"""Combine a checked document, its lock and its dates into a `Plugin`."""
