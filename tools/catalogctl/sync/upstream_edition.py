"""Define an edition of an upstream, as far as `sync` looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from catalogctl.errors import CatalogctlError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping


class WrongEditionError(CatalogctlError):
    """What an upstream publishes is not what the catalog may take."""


class ChangingEditionError(OutsideError):
    """The files of an upstream were not all of one edition, each time that they were read."""


class Hashes(NamedTuple):
    """The hashes of a plugin's two files in the upstream's tree; None if it has no tree."""

    get: str | None
    get_versions: str | None


class ReadPlugin(NamedTuple):
    """A plugin as the upstream publishes it.

    `info` is the text of its PluginInfo, `versions` are None if they were not read because neither
    file changed. `flaw` is why it can't be taken, "" if it may be.
    """

    info: bytes
    versions: tuple[str, ...] | None
    hashes: Hashes
    flaw: str = ""


class UpstreamEdition(Protocol):
    """One edition of an upstream."""

    url: str
    repository_info: dict[str, str]
    commit: str | None
    now: str | None
    manifest_sha256: str | None
    total_count: int

    def hashes(self, plugin_id: str) -> Hashes:
        """Return the hashes of a plugin's files as they are published now."""
        ...

    def plugins(self, known: Mapping[str, Hashes]) -> Mapping[str, ReadPlugin]:
        """Return all plugins by id; of those with `known` hashes the versions may be left out."""
        ...
