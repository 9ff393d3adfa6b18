"""Make the published tree: each module yields (path, bytes) and touches no disk.

`facets.facet_segments` names every value that gets a list; `plugin.files` and `plugin.row` make
what is one plugin's, in workers; `tree.shared_files` makes what all plugins share, from the rows;
`index.index_files` names what that came to, `manifest.manifest` all that was written, last of all.
"""
