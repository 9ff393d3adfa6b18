"""Keep what a build found out about a catalog, so that the next one does only what changed.

A cache costs nothing but time when it is lost: whatever is wrong with it, it counts as empty.
"""
