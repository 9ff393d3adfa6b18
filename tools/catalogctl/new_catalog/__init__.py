"""Write a new catalog repository, and bring an existing one up to the tool at hand."""
