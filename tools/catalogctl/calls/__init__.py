"""The write calls: plan what a request changes in the catalog's files, check it, and write it."""
