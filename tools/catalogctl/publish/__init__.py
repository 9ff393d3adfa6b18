"""Build the published tree: each module yields (path, bytes) and never accesses the disk.

`facets.facet_segments` names every value that gets a list. `plugin_files.plugin_files` builds the
files of one plugin, in workers. `tree.shared_files` builds the shared files from the rows.
`index_files.index_files` lists the results, and `manifest.manifest` comes last and lists all files.
"""
