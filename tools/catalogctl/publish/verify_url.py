"""Compare a tree that is published at a URL with its manifest.json.

Files are asked for a few at a time and hashed as they come, never more of one than its row allows.
A manifest that changes meanwhile means that a new tree was put there: then all is compared anew.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import quote

from catalogctl.errors import OutsideError
from catalogctl.fetch.address import tree_address
from catalogctl.fetch.fetch_errors import FetchError, TooLargeError
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.fetch.response import whole
from catalogctl.files import MANIFEST
from catalogctl.publish.manifest import MAX_BYTES, Listed, read_manifest
from catalogctl.publish.verify import Difference, DifferenceKind, compare_hash, compare_size

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
) -> list[Difference]:
    """Return every difference between a published tree and its manifest, sorted by path.

    What was added can't be seen from afar. UsageError for what is not the address of a tree,
    OutsideError when the host does not answer.
    """
    base = tree_address(url, "verify")
    site = _Site(base, Fetcher(environ, limits=limits, connections=workers))
    try:
        return _compare_while_it_changes(site, workers)
    finally:
        site.close()


def _compare_while_it_changes(site: _Site, workers: int) -> list[Difference]:
    """Compare, and once more when the manifest that was compared with is no longer there."""
    manifest = site.manifest()
    for _ in range(_DEPLOYS):
        differences = _compare(site, manifest, workers)
        if not differences:
            break
        again = site.manifest()
        if again == manifest:
            break
        manifest = again
    return differences


def _compare(site: _Site, manifest: bytes | None, workers: int) -> list[Difference]:
    """Hold every file that a manifest lists against the one published."""
    if manifest is None:
        return [Difference(MANIFEST, DifferenceKind.MISSING, "without it nothing can be compared")]
    try:
        listed = read_manifest(manifest)
    except ValueError as error:
        return [Difference(MANIFEST, DifferenceKind.BROKEN, str(error))]
    pool = ThreadPoolExecutor(workers)
    try:
        found = pool.map(site.compare, listed.values())
        return sorted(difference for difference in found if difference is not None)
    except FetchError:
        site.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class _Measured(NamedTuple):
    """An answer as far as it was read: its status, its size and its hash."""

    status: int
    size: int
    sha256: str


class _Site:
    """One published tree, asked from several threads."""

    def __init__(self, base: str, fetcher: Fetcher) -> None:
        self._base = base
        self._fetcher = fetcher
        self._stopped = False

    def stop(self) -> None:
        """Ask nothing more, and wait for nothing: one answer that does not come is enough."""
        self._stopped = True
        self._fetcher.stop()

    def close(self) -> None:
        """Close all connections."""
        self._fetcher.close()

    def manifest(self) -> bytes | None:
        """Return the manifest's bytes; None when there is none."""
        answer = self._read(MANIFEST, whole, MAX_BYTES)
        if answer.status in _GONE:
            return None
        if answer.status != HTTPStatus.OK:
            raise OutsideError(f"{self._base}{MANIFEST} answered {answer.status}")
        return answer.body

    def compare(self, listed: Listed) -> Difference | None:
        """Ask for one file and hold it against its row."""
        if self._stopped:
            return None
        try:
            body = self._read(listed.path, _measured, listed.size)
        except TooLargeError:
            return Difference(listed.path, DifferenceKind.CHANGED, f"more than {listed.size} bytes")
        if body.status in _GONE:
            return Difference(
                listed.path, DifferenceKind.MISSING, f"the server answered {body.status}"
            )
        if body.status != HTTPStatus.OK:
            return Difference(
                listed.path, DifferenceKind.UNREADABLE, f"the server answered {body.status}"
            )
        return compare_size(listed.path, body.size, listed) or compare_hash(
            listed.path, body.sha256, listed
        )

    def _read(self, path: str, use: Callable[[Response], Read], most: int) -> Read:
        url = self._base + quote(path, safe="/~")
        return self._fetcher.read(url, use, most=most, headers=_FRESH)


def _measured(response: Response) -> _Measured:
    """Return what an answer has, without keeping it."""
    digest, size = hashlib.sha256(), 0
    for piece in response.pieces if response.status == HTTPStatus.OK else ():
        size += len(piece)
        digest.update(piece)
    return _Measured(response.status, size, digest.hexdigest())
