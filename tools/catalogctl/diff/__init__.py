"""Compare two states of a catalog: the calls that lead from one to the other, and their effects.

The base is the merge base with a branch, read from git's objects; the other side is the work tree
or a commit.
"""
