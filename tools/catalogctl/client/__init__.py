"""Answer the API's read calls from a published tree, in a folder or at a URL."""
