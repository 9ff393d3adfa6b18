"""Check an upstream's edition against its signatures, if catalog.yaml pins its root."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from catalogctl.content_hash import means_sha256
from catalogctl.errors import OutsideError
from catalogctl.publish.endpoints import INDEX, MANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catalogctl.source.settings import UpstreamSettings
    from catalogctl.sync.upstream_tree import TreeConnection
    from catalogctl.trust.editions import SignedEditions


class UnsignedEditionError(OutsideError):
    """An edition is not the one that is signed."""


class UpstreamSignatures:
    """The signatures of an upstream's editions."""

    def __init__(self, editions: SignedEditions, url: str) -> None:
        self._editions = editions
        self._url = url

    def check(self, index: bytes, manifest: bytes) -> None:
        """Raise OutsideError unless these are the index and the manifest that are signed."""
        edition = self._editions.newest().edition
        for path, data, signed in (
            (INDEX, index, edition.index),
            (MANIFEST, manifest, edition.manifest),
        ):
            found = hashlib.sha256(data).hexdigest()
            if found != signed.sha256:
                raise UnsignedEditionError(
                    f"{self._url}{path} is not what its catalog signed: expected"
                    f" {signed.sha256[:12]}, found {found[:12]}"
                )


def signatures_of(
    upstream: UpstreamSettings,
    connection: TreeConnection,
    catalog: Path,
    environ: Mapping[str, str],
) -> UpstreamSignatures | None:
    """Return what checks the editions of an upstream, asked likewise; None if no root is pinned.

    Raise UsageError if the extra `trust` is missing, or the root can't be used.
    """
    if not upstream.trust:
        return None
    from catalogctl.trust.extra import require_extra

    require_extra()
    from catalogctl.trust.editions import SignedEditions
    from catalogctl.trust.metadata_source import WebPlace
    from catalogctl.trust.pins import pin_of
    from catalogctl.trust.trust_state import trust_state_of

    is_hash = means_sha256(upstream.trust)
    pin = pin_of(upstream.trust if is_hash else catalog / upstream.trust, "trust")
    url = connection.url
    place = WebPlace(url, connection.fetcher, connection.headers)
    editions = SignedEditions(place, trust_state_of(url, environ), pin, require_fresh=True)
    return UpstreamSignatures(editions, url)
