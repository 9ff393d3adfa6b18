"""A request of a write call in; the files that it changes, and the answer of the call, out."""
