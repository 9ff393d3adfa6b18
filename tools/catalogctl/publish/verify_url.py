"""Compare a tree published at a URL with its manifest.json.

A few files are requested at a time and hashed as they arrive, up to the size in the manifest. If
the manifest changes meanwhile, a new tree was deployed, and the comparison starts over.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from catalogctl.errors import OutsideError
from catalogctl.fetch import fetch_limits
from catalogctl.fetch.address import tree_address
from catalogctl.fetch.fetch_errors import FetchError, TooLargeError
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.fetch.response import whole
from catalogctl.files import MANIFEST
from catalogctl.publish.manifest import MAX_BYTES, Listed, read_manifest
from catalogctl.publish.verify import (
    NO_MANIFEST,
    Further,
    ManifestMismatch,
    MismatchKind,
    differs,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalogctl.fetch.fetch_limits import FetchLimits
    from catalogctl.fetch.response import Response

Read = TypeVar("Read")

_FRESH = {"Cache-Control": "no-cache"}
_DEPLOYS = 3
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


def verify_url(
    url: str,
    *,
    workers: int = 8,
    environ: Mapping[str, str] = os.environ,
    limits: FetchLimits | None = None,
    further: Callable[[bytes, Mapping[str, Listed]], Further] = lambda *_: Further([], []),
) -> list[ManifestMismatch]:
    """Return every difference between a published tree and its manifest, sorted by path.

    Added files can't be detected remotely. `further` returns what else is known of a tree with a
    manifest of these bytes, which lists these files. Raise UsageError for an invalid address, and
    OutsideError if the host does not respond.
    """
    base = tree_address(url, "verify")
    limits = limits or fetch_limits.LIMITS
    with closing(Fetcher(environ, limits=limits, connections=workers)) as fetcher:
        tree = _PublishedTree(base, fetcher, limits)
        manifest = tree.manifest()
        for _ in range(_DEPLOYS):
            differences = tree.differences(manifest, workers, further)
            if not differences:
                break
            again = tree.manifest()
            if again == manifest:
                break
            manifest = again
        return differences


class _PublishedTree:
    """One published tree, read from several threads."""

    def __init__(self, base: str, fetcher: Fetcher, limits: FetchLimits) -> None:
        self._base = base
        self._limits = limits
        self._fetcher = fetcher
        self._stopped = False

    def manifest(self) -> bytes | None:
        """Return the manifest's bytes, or None if it does not exist."""
        answer = self._read(MANIFEST, whole, MAX_BYTES)
        if answer.status in _GONE:
            return None
        if answer.status != HTTPStatus.OK:
            raise OutsideError(f"{self._base}{MANIFEST} answered {answer.status}")
        return answer.body

    def differences(
        self,
        manifest: bytes | None,
        workers: int,
        further: Callable[[bytes, Mapping[str, Listed]], Further],
    ) -> list[ManifestMismatch]:
        """Compare every file in the manifest, and every further one, with the published one."""
        if manifest is None:
            return [NO_MANIFEST]
        try:
            listed = read_manifest(manifest)
        except ValueError as error:
            return [ManifestMismatch(MANIFEST, MismatchKind.BROKEN, str(error))]
        also = further(manifest, listed)
        pool = ThreadPoolExecutor(workers)
        try:
            found = pool.map(self._difference, [*listed.values(), *also.files])
            return sorted([*also.differences, *(each for each in found if each is not None)])
        except FetchError:
            # One failed request is enough: send no more and wait for none.
            self._stopped = True
            self._fetcher.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def _difference(self, listed: Listed) -> ManifestMismatch | None:
        """Download one file and compare it with its row."""
        path = listed.path
        if self._stopped:
            return None
        try:
            seconds = self._limits.seconds_for(listed.size)
            status, size, sha256 = self._read(path, _measured, listed.size, seconds)
        except TooLargeError:
            return ManifestMismatch(path, MismatchKind.CHANGED, f"more than {listed.size} bytes")
        if status == HTTPStatus.OK:
            return differs(listed, size, sha256)
        kind = MismatchKind.MISSING if status in _GONE else MismatchKind.UNREADABLE
        return ManifestMismatch(path, kind, f"the server answered {status}")

    def _read(
        self, path: str, use: Callable[[Response], Read], most: int, seconds: float | None = None
    ) -> Read:
        url = self._base + quote(path, safe="/~")
        return self._fetcher.read(url, use, most=most, headers=_FRESH, seconds=seconds)


def _measured(response: Response) -> tuple[int, int, str]:
    """Return the status, size and hash of a response without keeping its body."""
    digest, size = hashlib.sha256(), 0
    for piece in response.pieces if response.status == HTTPStatus.OK else ():
        size += len(piece)
        digest.update(piece)
    return response.status, size, digest.hexdigest()
