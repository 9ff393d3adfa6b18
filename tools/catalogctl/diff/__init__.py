"""Two states of a catalog in; the calls that lead from one to the other, and what comes of it, out.

The base is the merge base with a branch, read from git's objects; the other side is the work tree.
"""
