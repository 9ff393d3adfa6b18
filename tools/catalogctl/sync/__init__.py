"""Take the plugins of other repositories over as they are published there: what `sync` runs.

`upstream_tree` reads an edition of a published catalog, and checks it by its hashes. `taking`
decides what of it becomes which file, `sync_catalog` guards the committed files and writes them,
`verifying` compares them with what they stand for, and `sync_outcome` is what is reported.
"""
