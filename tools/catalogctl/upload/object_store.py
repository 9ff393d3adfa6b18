"""Publish to an object store such as S3, over fsspec.

What fsspec needs for a kind of store is a package of its own: s3fs for S3. Credentials and the
endpoint come from where the tools of the store find them, such as AWS_PROFILE and AWS_ENDPOINT_URL.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from catalogctl.errors import CatalogctlError, OutsideError, UsageError
from catalogctl.files import cause
from catalogctl.upload.host_headers import CACHE, TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.upload.store import Upload

_INSTALL = "pip install 'catalogctl[publish]'"
_AT_ONCE = 16
"""Requests sent at once."""
_DELETED_AT_ONCE = 1000
SECONDS = 60.0
"""Seconds that a request may take, plus one for each `_BYTES_A_SECOND` sent."""
_BYTES_A_SECOND = 64 * 1024
_S3 = {"connect_timeout": 10, "read_timeout": 30, "retries": {"max_attempts": 2}}
_S3_NAMES = {TYPE: "ContentType", CACHE: "CacheControl"}
_HINTS = {
    PermissionError: "check the credentials, and that they may get, put, delete and list objects",
    FileNotFoundError: "create the bucket first, or correct its name",
}
_NO_CREDENTIALS = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"


class ObjectStore:
    """A bucket, or a part of one, at an address such as `s3://bucket/prefix`."""

    ignores_case = False

    def __init__(self, address: str, *, seconds: float = SECONDS) -> None:
        """Raise UsageError if the address is invalid or a package is missing."""
        self.name = _checked(address)
        self._seconds = seconds
        self.keeps_headers = self._is_s3 = urlsplit(address).scheme in {"s3", "s3a"}
        options: dict[str, Any] = {"config_kwargs": _S3} if self._is_s3 else {}
        try:
            import fsspec

            self._store, root = fsspec.url_to_fs(address, use_listings_cache=False, **options)
        except ImportError as error:
            raise UsageError(
                f"publishing to {self.name} needs packages that are not installed ({error})"
                + (f": {_INSTALL}" if self._is_s3 else "")
            ) from error
        except OSError as error:
            raise OutsideError(f"can't publish to {self.name}: {cause(error)}") from error
        except Exception as error:  # each kind of store has its own way to refuse an address
            words = " ".join(str(error).split())[:300] or type(error).__name__
            raise UsageError(f"can't publish to {self.name}: {words}") from error
        self._root = root.rstrip("/")

    def read(self, path: str) -> bytes | None:
        """Return the bytes of an object, or None if it does not exist."""
        with self._named("read", path):
            try:
                data: bytes = self._store.cat_file(self._key(path), **self._limit())
            except FileNotFoundError as error:
                if error.__cause__ is not None:  # the host's answer: the bucket is not there
                    raise
                return None
            return data

    def create(self, path: str, data: bytes) -> bool:
        """Write an object unless it exists (`If-None-Match: *`); return whether it was written."""
        with self._named("write", path):
            try:
                self._store.pipe_file(self._key(path), data, mode="create", **self._limit())
            except FileExistsError:
                return False
        return True

    def write(self, files: Sequence[Upload]) -> None:
        """Write objects, those with the same headers at once."""
        groups: defaultdict[tuple[tuple[str, str], ...], list[Upload]] = defaultdict(list)
        for file in files:
            groups[tuple(file.headers.items())].append(file)
        for headers, group in groups.items():
            size = sum(len(file.data) for file in group)
            objects = {self._key(file.path): file.data for file in group}
            with self._named("write", group[0].path, len(group)):
                self._store.pipe(objects, **self._sent(dict(headers)), **self._limit(size))

    def delete(self, paths: Sequence[str]) -> None:
        """Delete objects, each by a request of its own; missing ones are no error.

        One that may not be deleted does not keep the others. (Of many in one request, s3fs does not
        tell which were refused.)
        """
        refused: list[OutsideError] = []

        def delete(path: str) -> None:
            try:
                with self._named("delete", path):
                    self._delete(path)
            except OutsideError as error:
                if not isinstance(error.__cause__, PermissionError):
                    raise
                refused.append(error)

        rest = iter(paths)
        while some := list(islice(rest, _DELETED_AT_ONCE)):
            with ThreadPoolExecutor(_AT_ONCE if self._store.async_impl else 1) as pool:
                list(pool.map(delete, some))
        if refused:
            raise refused[0]

    def _delete(self, path: str) -> None:
        try:
            self._store.rm_file(self._key(path), **self._limit())
        except FileNotFoundError as error:
            if error.__cause__ is not None:  # the host's answer: the bucket is not there
                raise

    def entries(self) -> list[str]:
        """Return the names at the top of the prefix."""
        with self._named("list", ""):
            try:
                found = self._store.ls(self._root, detail=False, **self._limit())
            except FileNotFoundError as error:
                if error.__cause__ is not None:
                    raise
                return []
        return [name for path in found if (name := path.rstrip("/").removeprefix(f"{self._root}/"))]

    def tidy(self) -> None:
        """Do nothing: an object is there as a whole or not at all."""

    def _key(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _limit(self, size: int = 0) -> dict[str, float]:
        """Return how long a request may take; stores that don't wait on sockets know no limit."""
        seconds = self._seconds + size / _BYTES_A_SECOND
        return {"timeout": seconds} if self._store.async_impl else {}

    def _sent(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return headers as the store takes them; only S3 is told any."""
        known = {_S3_NAMES[name]: value for name, value in headers.items()} if self._is_s3 else {}
        return {**known, "batch_size": _AT_ONCE} if self._store.async_impl else {}

    @contextmanager
    def _named(self, verb: str, path: str, count: int = 1) -> Iterator[None]:
        """Turn what a store raises into an OutsideError: what, where, and what to do."""
        where = f"{self.name}/{path}" + (f" and {count - 1} more" if count > 1 else "")
        try:
            yield
        except CatalogctlError:
            raise
        except Exception as error:
            raise OutsideError(f"can't {verb} {where}: {_cause(error)}") from error


def _checked(address: str) -> str:
    """Return an address for messages. Raise UsageError if it is invalid, has a login or no bucket.

    The first message does not quote it, because there may be a login in it.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise UsageError("the destination is not an address: write s3://bucket/prefix") from None
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError(
            "the destination has a login, a query or a fragment in it: write s3://bucket/prefix,"
            f" and {_NO_CREDENTIALS}"
        )
    if not parts.netloc and parts.scheme != "memory":
        raise UsageError(f"{address} names no bucket: write s3://bucket/prefix")
    return address.rstrip("/")


def _cause(error: Exception) -> str:
    """Return why a request failed, in words, and what to do about it."""
    kind = type(error).__name__
    if kind in {"FSTimeoutError", "TimeoutError"}:
        return "no complete answer in time: try again; what is uploaded is not sent again"
    if kind in {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"}:
        return f"no credentials found: {_NO_CREDENTIALS}"
    words = " ".join(str(error).split()).rstrip(".")[:300] or kind
    words = words[:1].lower() + words[1:]
    hint = next((hint for cause, hint in _HINTS.items() if isinstance(error, cause)), "")
    return f"{words} ({hint})" if hint else f"{words} (try again; what is uploaded stays)"
