"""Make the website: a module for each kind of page, listed in `site_pages.KINDS`."""
