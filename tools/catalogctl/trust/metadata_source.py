"""Give python-tuf the metadata that it asks for: from a host, a folder, or what is remembered."""

from __future__ import annotations

import json
import time
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient import FetcherInterface

from catalogctl.errors import OutsideError, TrustCode, TrustError, UsageError
from catalogctl.fetch.address import tree_address
from catalogctl.fetch.address_or_path import is_address
from catalogctl.fetch.bounded_json import decode
from catalogctl.fetch.fetch_errors import FetchError, OverdueError, TooLargeError
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.fetch.response import WholeResponse, whole
from catalogctl.files import NotAFileError, cause, read_inside
from catalogctl.files.tree_paths import TIMESTAMP, TRUST_METADATA
from catalogctl.jsontypes import as_object, as_text
from catalogctl.trust.limits import LIMITS, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.FORBIDDEN})
"""How hosts say that there is no such file; some stores forbid what does not exist."""
ELSEWHERE = "try again later, or another host, or ask the catalog's maintainers"
"""What to do where a host's answers can't be used."""
_PARENTS = {"snapshot": "timestamp", "targets": "snapshot"}
"""The role whose metadata name the hash of those of another one."""


class NoMetadataError(DownloadError):
    """The place gave no metadata; `what` says what it did, `is_answer` that it did answer."""

    def __init__(self, name: str, what: str, *, is_answer: bool = True) -> None:
        super().__init__(f"{name} {what}")
        self.what = f"{name} {what}"
        self.is_answer = is_answer


class RefusedMetadataError(DownloadError):
    """The place gave what can't be metadata of this catalog."""

    def __init__(self, error: TrustError) -> None:
        super().__init__(str(error))
        self.error = error


class TreePlace(Protocol):
    """Where the files of a published tree are."""

    name: str
    """What stands before the path of a file, in messages too."""

    def ask(self, path: str, most: int, *, query: str = "") -> WholeResponse:
        """Return a file of at most so many bytes; raise FetchError, or OutsideError of the disk.

        A `query` asks for a fresh copy, past every cache.
        """


class WebPlace:
    """A tree that is published at a URL; `headers` are sent with each request."""

    def __init__(
        self, url: str, fetcher: Fetcher, headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.name = url
        self._fetcher = fetcher
        self._headers = headers

    def ask(
        self, path: str, most: int, *, query: str = "", seconds: float = LIMITS.seconds
    ) -> WholeResponse:
        """Return a file, as `TreePlace.ask` does, within so many seconds."""
        fresh = {"Cache-Control": "no-cache"} if query else {}
        headers = {**self._headers, **fresh}
        url = f"{self.name}{path}{query}"
        return self._fetcher.read(url, whole, most=most, headers=headers, seconds=seconds)


class FolderPlace:
    """A built tree in a folder, of which no more is believed than of a host."""

    def __init__(self, folder: Path) -> None:
        self.name = f"{folder}/"
        self._folder = folder

    def ask(self, path: str, most: int, *, query: str = "") -> WholeResponse:
        """Return a file, as `TreePlace.ask` does."""
        del query
        try:
            data = read_inside(self._folder, path, most)
        except (FileNotFoundError, NotADirectoryError):
            return WholeResponse(HTTPStatus.NOT_FOUND, {}, b"")
        except NotAFileError as error:
            kind = TooLargeError if error.size else FetchError
            raise kind(self.name + path, str(error)) from None
        except OSError as error:
            raise OutsideError(f"{self.name}{path}: {cause(error)}") from error
        return WholeResponse(HTTPStatus.OK, {}, data)


@contextmanager
def place_at(location: str, environ: Mapping[str, str]) -> Iterator[TreePlace]:
    """Open the tree in a folder or at a URL. Raise UsageError if it is neither."""
    if not is_address(location):
        if not Path(location).is_dir():
            raise UsageError(f"{location} is not a folder")
        yield FolderPlace(Path(location))
        return
    with closing(Fetcher(environ, limits=LIMITS.fetch)) as fetcher:
        yield WebPlace(tree_address(location, "trust"), fetcher)


def too_much(error: FetchError) -> TrustError:
    """Return the error for a file that is larger, or took longer, than it may."""
    return TrustError(TrustCode.LIMIT, f"{error}, which is more than is read of it: {ELSEWHERE}")


class MetadataSource(FetcherInterface):
    """Answers the requests of python-tuf, and notes the last one.

    `folder` is where python-tuf keeps what it has accepted. `last` is the path of the last file
    that was asked for, and `last_body` what was answered.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.last = ""
        self.last_body = b""

    def _fetch(self, url: str) -> Iterator[bytes]:
        """Return the body of a file of metadata, as FetcherInterface demands."""
        name = url.rpartition("/")[2]
        self.last, self.last_body = TRUST_METADATA + name, b""
        self.last_body = self.body_of(name)
        return iter((self.last_body,))

    def body_of(self, name: str) -> bytes:
        """Return a file of metadata by its name, such as `1.root.json`; raise DownloadError."""
        raise NotImplementedError

    def signed_hash(self, role: str) -> str:
        """Return the hash that accepted metadata name for those of a role, or ""."""
        parent = _PARENTS.get(role)
        if parent is None:
            return ""
        try:
            about = as_object(json.loads((self.folder / f"{parent}.json").read_bytes()))
        except (OSError, ValueError):
            return ""
        meta = as_object(as_object(as_object(about.get("signed")).get("meta")).get(f"{role}.json"))
        return as_text(as_object(meta.get("hashes")).get("sha256"))


class PlaceSource(MetadataSource):
    """Answers from a place; with `past_caches`, so that no cache on the way can answer."""

    def __init__(self, place: TreePlace, folder: Path, *, past_caches: bool) -> None:
        super().__init__(folder)
        self._place = place
        self._past_caches = past_caches

    def body_of(self, name: str) -> bytes:
        """Return a file of metadata.

        Raise NoMetadataError, RefusedMetadataError or DownloadHTTPError.
        """
        try:
            answer = self._place.ask(self.last, LIMITS.of(name), query=self._query(name))
        except (TooLargeError, OverdueError) as error:
            raise RefusedMetadataError(too_much(error)) from error
        except FetchError as error:
            name = self._place.name + self.last
            raise NoMetadataError(name, error.cause, is_answer=False) from error
        if answer.status in GONE and not self._is_refused(name, answer.status):
            raise DownloadHTTPError("is not there", HTTPStatus.NOT_FOUND)
        if answer.status != HTTPStatus.OK:
            raise NoMetadataError(self._place.name + self.last, f"answered {answer.status}")
        if not _may_be_metadata(answer.body):
            what = "did not answer with signed metadata"
            raise NoMetadataError(self._place.name + self.last, what)
        return answer.body

    def _is_refused(self, name: str, status: int) -> bool:
        """Return whether a proxy may have forbidden what was there before: the timestamp."""
        is_timestamp = name == TIMESTAMP.removeprefix(TRUST_METADATA)
        return status == HTTPStatus.FORBIDDEN and is_timestamp and (self.folder / name).is_file()

    def _query(self, name: str) -> str:
        """Return what makes the address of a file one that no cache knows."""
        if not self._past_caches:
            return ""
        signed = self.signed_hash(role_of(name))
        return f"?sha256={signed}" if signed else f"?{int(time.time())}"


class RememberedSource(MetadataSource):
    """Answers from what was accepted before: nothing is newer."""

    def body_of(self, name: str) -> bytes:
        """Return a file of metadata; raise DownloadHTTPError if it is not remembered."""
        file = self.folder / f"{role_of(name)}.json"
        if role_of(name) == "root" or not file.is_file():
            raise DownloadHTTPError("is not remembered", HTTPStatus.NOT_FOUND)
        return file.read_bytes()


def _may_be_metadata(body: bytes) -> bool:
    """Return whether a body is JSON with `signed`, or at least begins like it.

    A login page does not; metadata with a wrong bit may.
    """
    try:
        value = decode(body)
    except ValueError:
        return body.startswith(b"{")
    return isinstance(value, dict) and "signed" in value
