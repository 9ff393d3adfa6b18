"""Show problems, answers and differences, with one module for each format.

Nothing is imported here, so that a command that uses one format does not load the others.
"""
