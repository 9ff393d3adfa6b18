"""Show problems, answers and differences: one module for each form.

Nothing is imported here: a command that shows one form does not wait for the others.
"""
