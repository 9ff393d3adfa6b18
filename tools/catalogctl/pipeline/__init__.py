"""A catalog's folder in; a report, or a published tree, out: the one place that lines rooms up."""
