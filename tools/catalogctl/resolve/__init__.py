"""Query registries for the versions and digests of images, and create locks from them."""
