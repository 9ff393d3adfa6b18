"""Build the website, with one module per kind of page, listed in `site_pages.KINDS`."""
