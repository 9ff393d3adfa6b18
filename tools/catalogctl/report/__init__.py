"""Problems, answers and differences in, what is shown of them out: one module for each form.

Nothing is imported here: a command that shows one form does not wait for the others.
"""
