"""Ask registries for the versions and digests of images, and make locks of the answers."""
