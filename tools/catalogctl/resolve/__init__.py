"""Ask registries for versions and digests: politely, and believing them carefully."""
