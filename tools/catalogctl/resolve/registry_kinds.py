"""Choose the API for a host. A new kind of registry takes one module and one line.

The choice depends on the host, not on registry_type, which only selects the default that applies
(product contract, 8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from catalogctl.registry_hosts import BUILT_IN_HOSTS, canonical
from catalogctl.resolve import docker_hub, oci, public_ecr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSONObject
    from catalogctl.resolve.listing import NoManifest, TagListing, TagManifest
    from catalogctl.resolve.registry_settings import Registry
    from catalogctl.resolve.transport import Transport


class RegistryKind(Protocol):
    """The interface of a module that supports one kind of registry."""

    HOSTS: frozenset[str]
    """The hosts of this kind; empty for the kind that handles all other hosts."""

    def registry(self, name: str, options: JSONObject) -> Registry:
        """Return the settings for a host, given its options in catalog.yaml."""

    def repository(self, image: str) -> str:
        """Return an image's repository name in the registry."""

    def listing(self, transport: Transport, repository: str) -> TagListing:
        """Return all tags, with whatever else the registry includes in the list."""

    def manifest(self, transport: Transport, repository: str, tag: str) -> TagManifest | NoManifest:
        """Return a tag's digest and media type, or why the registry does not give it out."""


KINDS: tuple[RegistryKind, ...] = (docker_hub, public_ecr)
OTHERS: RegistryKind = oci


def kind_of(host: str) -> RegistryKind:
    """Return the kind of a host."""
    return next((kind for kind in KINDS if host in kind.HOSTS), OTHERS)


def options_of(host: str, registries: Mapping[str, JSONObject]) -> JSONObject | None:
    """Return a registry's options in catalog.yaml, or None if it may not be contacted."""
    name = canonical(host)
    listed = {key: options for key, options in registries.items() if canonical(key) == name}
    if not listed:
        return {} if name in BUILT_IN_HOSTS else None
    return listed.get(name) or listed[min(listed)]
