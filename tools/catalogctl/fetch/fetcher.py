"""Send a GET request and pass on its response, retrying once if that may help.

A socket timeout applies to a single read, so headers or a body arriving byte by byte never hit it.
A deadline therefore cuts the connection when the total time is up, even during the proxy's
response, the TLS handshake or a redirect.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from catalogctl.fetch import fetch_limits as defaults
from catalogctl.fetch.address import redirected, shown_target
from catalogctl.fetch.connections import Connections
from catalogctl.fetch.deadlines import Deadline, deadline
from catalogctl.fetch.fetch_errors import (
    BodyError,
    FetchError,
    OverdueError,
    TooLargeBodyError,
    TooLargeError,
    TooSlowError,
)
from catalogctl.fetch.response import Response, headers_of, pieces
from catalogctl.fetch.waiting import retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from urllib3.response import BaseHTTPResponse

    from catalogctl.fetch.fetch_limits import FetchLimits

Read = TypeVar("Read")

_BUSY = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class _TryAgain(Exception):  # noqa: N818  (not a failure yet)
    """The first try failed and a second may succeed; `after` is how many seconds to wait."""

    def __init__(self, after: float) -> None:
        super().__init__()
        self.after = after


@dataclass(frozen=True, slots=True)
class _FetchRequest:
    url: str
    headers: Mapping[str, str]
    most: int
    seconds: float


class Fetcher:
    """Reads web addresses, keeping up to `connections` per host; `environ` names proxies.

    `ca_file` replaces the usual certificates. An address that a user entered may be private; one
    that others may change is only read in a private network with `allow_private`.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        limits: FetchLimits | None = None,
        connections: int = 1,
        allow_private: bool = True,
        ca_file: str | None = None,
    ) -> None:
        self._limits = limits or defaults.LIMITS
        self._connections = Connections(
            environ, allow_private=allow_private, ca_file=ca_file, size=connections
        )
        self._deadlines: set[Deadline] = set()
        self._is_stopped = False

    def read(
        self,
        url: str,
        use: Callable[[Response], Read],
        *,
        most: int = defaults.MAX_BYTES,
        headers: Mapping[str, str] = MappingProxyType({}),
        seconds: float | None = None,
    ) -> Read:
        """Return the result of `use` on the response to a GET request; raise FetchError on failure.

        `use` gets the response of the last try, whatever its status. If the first response breaks
        off in the middle, `use` is called again with the second one from its start. All of it may
        take as many `seconds` as the limits say, unless they are given.
        """
        seconds = self._limits.seconds if seconds is None else seconds
        request = _FetchRequest(url, {"Accept": "application/json", **headers}, most, seconds)
        end = time.monotonic() + seconds
        try:
            return self._try(request, use, end, last=False)
        except _TryAgain as again:
            time.sleep(max(0.0, min(again.after, end - time.monotonic())))
        return self._try(request, use, end, last=True)

    def stop(self) -> None:
        """Abort every read in progress in other threads; later ones fail at once."""
        self._is_stopped = True
        for each in list(self._deadlines):
            each.cut()

    def close(self) -> None:
        """Close the idle connections."""
        self._connections.close()

    def _try(
        self, request: _FetchRequest, use: Callable[[Response], Read], end: float, *, last: bool
    ) -> Read:
        """Read once; raise _TryAgain on a temporary failure, unless this is the last try."""
        with self._until(end) as current:
            try:
                read = self._follow(request, use, last=last)
            except (HTTPError, OSError, ValueError, BodyError, FetchError) as error:
                if current.overdue:
                    raise _overdue(request) from error
                if isinstance(error, ProtocolError) and not last:
                    raise _TryAgain(self._limits.pause) from error
                raise self._failure(request.url, error) from error
            if current.overdue:  # without a length, a response that is cut off looks complete
                raise _overdue(request)
            return read

    @contextmanager
    def _until(self, end: float) -> Iterator[Deadline]:
        with deadline(end - time.monotonic()) as current:
            self._deadlines.add(current)
            try:
                yield current
            finally:
                self._deadlines.discard(current)

    def _follow(
        self, request: _FetchRequest, use: Callable[[Response], Read], *, last: bool
    ) -> Read:
        """Read once, following redirects within the host."""
        if self._is_stopped:
            raise FetchError(request.url, "is not read any more")
        url = at = request.url
        timeout = urllib3.Timeout(connect=self._limits.connect, read=self._limits.silence)
        for _ in range(self._limits.redirects + 1):
            with self._connections.send("GET", at, request.headers, timeout=timeout) as response:
                headers = headers_of(response)
                location = headers.get("location", "")
                if response.status not in _REDIRECTS or not location:
                    if not last and response.status in _BUSY:
                        self._wait_if_asked(headers)
                    return use(Response(response.status, headers, _body(response, request.most)))
            target = redirected(at, location)
            if target is None:
                where = shown_target(at, location)
                raise FetchError(url, f"redirects to {where}, which is not followed")
            at = target
        raise FetchError(url, "redirects again and again")

    def _wait_if_asked(self, headers: Mapping[str, str]) -> None:
        """Raise _TryAgain, unless the host asks for a longer wait than allowed."""
        after = retry_after(headers, time.time())
        if after is None or after <= self._limits.longest_pause:
            raise _TryAgain(self._limits.pause if after is None else after)

    def _failure(self, url: str, error: Exception) -> FetchError:
        """Return the error that explains why there was no complete response."""
        if isinstance(error, FetchError):
            return error
        if isinstance(error, BodyError):
            kind = TooLargeError if isinstance(error, TooLargeBodyError) else FetchError
            return kind(url, error.cause)
        if isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
            return TooSlowError(url, f"can't be reached within {self._limits.connect:g} s")
        if isinstance(error, ReadTimeoutError):
            return TooSlowError(url, f"sent nothing for {self._limits.silence:g} s")
        table: tuple[tuple[type[Exception], str], ...] = (
            (SSLError, "has no certificate that can be trusted"),
            (ProxyError, "can't be reached through the proxy"),
            (NewConnectionError, "can't be reached"),
            (ProtocolError, "broke off in the middle of its answer"),
        )
        words = (words for kind, words in table if isinstance(error, kind))
        return FetchError(url, next(words, "did not answer properly"))


def _overdue(request: _FetchRequest) -> OverdueError:
    return OverdueError(request.url, f"did not answer within {round(request.seconds, 1):g} s")


def _body(response: BaseHTTPResponse, most: int) -> Iterator[bytes]:
    """Yield a body; raise TooLargeBodyError before reading if its stated length is too large."""
    length = response.headers.get("content-length", "")
    is_packed = "content-encoding" in response.headers
    if not is_packed and length.isascii() and length.isdigit() and int(length[:20]) > most:
        raise TooLargeBodyError(f"has more than {most} bytes")
    yield from pieces(response, most)
