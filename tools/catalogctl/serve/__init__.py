"""A catalog's folder in, a preview of its site on this machine out, rebuilt as files change."""
