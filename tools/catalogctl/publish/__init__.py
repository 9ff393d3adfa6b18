"""Build the published tree: the modules that build yield (path, bytes) and write nothing.

`verify` and `verify_url` compare a tree with its manifest; `site/overrides` reads a catalog's own
templates, pages and texts.

`facets.facet_segments` names every value that gets a list. `plugin_files.plugin_files` builds the
files of one plugin, in workers. `shared_files.shared_files` builds the shared files from the rows.
`index_files.index_files` lists the results, and `manifest.manifest_pieces` comes last and lists all
files.
"""
