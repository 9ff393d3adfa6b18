"""Choose how a host is asked. A new kind of registry is one module and one line.

The host decides, not registry_type, which only says which default applies (product contract, 8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from catalogctl.registry_hosts import BUILT_IN_HOSTS, canonical
from catalogctl.resolve import docker_hub, oci, public_ecr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSONObject
    from catalogctl.resolve.listing import TagListing, TagManifest
    from catalogctl.resolve.registry_settings import Registry
    from catalogctl.resolve.transport import Transport


class RegistryKind(Protocol):
    """What a module has that knows one kind of registry."""

    HOSTS: frozenset[str]
    """The hosts that are asked in this way; none for the kind that takes all others."""

    def registry(self, name: str, options: JSONObject) -> Registry:
        """Return how a host is asked, by what catalog.yaml says of it."""

    def repository(self, image: str) -> str:
        """Return an image's name as the registry has it."""

    def listing(self, transport: Transport, repository: str) -> TagListing:
        """Return all tags, with what else the registry says of them at once."""

    def manifest(self, transport: Transport, repository: str, tag: str) -> TagManifest | None:
        """Return a tag's digest and media type; None when the registry has no such manifest."""


KINDS: tuple[RegistryKind, ...] = (docker_hub, public_ecr)
OTHERS: RegistryKind = oci


def kind_of(host: str) -> RegistryKind:
    """Return the kind of a host."""
    return next((kind for kind in KINDS if host in kind.HOSTS), OTHERS)


def options_of(host: str, registries: Mapping[str, JSONObject]) -> JSONObject | None:
    """Return what catalog.yaml says of a registry; None when it may not be asked."""
    name = canonical(host)
    listed = {key: options for key, options in registries.items() if canonical(key) == name}
    if not listed:
        return {} if name in BUILT_IN_HOSTS else None
    return listed.get(name) or listed[min(listed)]
