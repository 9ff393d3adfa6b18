"""Sign built trees, and check published ones against the keys of their catalog.

The formats and rules are those of The Update Framework (TUF 1.0), and python-tuf applies them. The
packages of the extra `trust` are imported only where a catalog is signed or checked.
"""
