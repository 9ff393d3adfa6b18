"""Send one GET, and hand its answer on: tried a second time where that may help.

A time-out of a socket is for one read: headers or a body that come byte by byte never meet it. So
a watch cuts the connection when the whole time is over, whatever it is in the middle of: the
proxy's answer, the TLS handshake, a redirect.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
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
from catalogctl.fetch.fetch_errors import FetchError, TooSlowError
from catalogctl.fetch.response import Response, pieces
from catalogctl.resolve.connections import Connections
from catalogctl.resolve.deadlines import Deadline, Watch
from catalogctl.resolve.origins import origin_of
from catalogctl.resolve.resolve_limits import Clock
from catalogctl.resolve.waiting import retry_after
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from urllib3.response import BaseHTTPResponse

    from catalogctl.fetch.fetch_limits import FetchLimits

Read = TypeVar("Read")

_HEADERS = {
    "User-Agent": f"catalogctl/{__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
}
_BUSY = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_watch = Watch()


class _TryAgain(Exception):  # noqa: N818  (not a failure yet)
    """The first try gave nothing, and the second may; `after` is how many seconds to wait."""

    def __init__(self, after: float) -> None:
        super().__init__()
        self.after = after


@dataclass(frozen=True, slots=True)
class _Request:
    url: str
    headers: Mapping[str, str]
    most: int


class Fetcher:
    """Reads web addresses, at most `connections` at a time; `environ` names proxies."""

    def __init__(
        self, environ: Mapping[str, str], *, limits: FetchLimits | None = None, connections: int = 1
    ) -> None:
        self._limits = limits or defaults.LIMITS
        self._connections = Connections(environ, allow_private=True, ca_file=None, size=connections)
        self._deadlines: set[Deadline] = set()

    def read(
        self,
        url: str,
        use: Callable[[Response], Read],
        *,
        most: int = defaults.MAX_BYTES,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Read:
        """Return what `use` makes of the answer to a GET; FetchError.

        `use` gets the answer of the last try, whatever its status; one that breaks off in the
        middle of the first try is given to it once more from its beginning.
        """
        request = _Request(url, {**_HEADERS, **headers}, most)
        end = time.monotonic() + self._limits.seconds
        try:
            return self._try(request, use, end, last=False)
        except _TryAgain as again:
            time.sleep(max(0.0, min(again.after, end - time.monotonic())))
        return self._try(request, use, end, last=True)

    def stop(self) -> None:
        """End every read that is under way in another thread."""
        for deadline in list(self._deadlines):
            deadline.cut()

    def close(self) -> None:
        """Close the connections that are kept."""
        self._connections.close()

    def _try(
        self, request: _Request, use: Callable[[Response], Read], end: float, *, last: bool
    ) -> Read:
        """Read once; _TryAgain when that fails in a way that passes, unless it is the last try."""
        url = request.url
        with self._until(end) as deadline:
            try:
                read = self._follow(request, use, last=last)
            except (HTTPError, OSError, ValueError) as error:
                if deadline.overdue:
                    raise self._overdue(url) from error
                if isinstance(error, ProtocolError) and not last:
                    raise _TryAgain(self._limits.pause) from error
                raise self._failure(url, error) from error
            except FetchError as error:
                if deadline.overdue:
                    raise self._overdue(url) from error
                raise
            if deadline.overdue:  # an answer without a length seems to end well when it is cut
                raise self._overdue(url)
            return read

    @contextmanager
    def _until(self, end: float) -> Iterator[Deadline]:
        with _watch.deadline(end - time.monotonic()) as deadline:
            self._deadlines.add(deadline)
            try:
                yield deadline
            finally:
                self._deadlines.discard(deadline)

    def _follow(self, request: _Request, use: Callable[[Response], Read], *, last: bool) -> Read:
        """Read once, wherever the host says that the file lies on it."""
        url = at = request.url
        for _ in range(self._limits.redirects + 1):
            with self._sent(at, request.headers) as response:
                location = response.headers.get("location", "")
                if response.status not in _REDIRECTS or not location:
                    if not last and response.status in _BUSY:
                        self._wait_if_asked(response)
                    return use(_as_response(url, response, request.most))
            target = redirected(at, location)
            if target is None:
                where = shown_target(at, location)
                raise FetchError(url, f"redirects to {where}, which is not followed")
            at = target
        raise FetchError(url, "redirects again and again")

    @contextmanager
    def _sent(self, url: str, headers: Mapping[str, str]) -> Iterator[BaseHTTPResponse]:
        """Send a request; a connection whose answer was not read to its end is not used again."""
        origin = origin_of(url)
        if origin is None:
            raise FetchError(url, "is not an address that can be asked")
        response = self._connections.to(origin).urlopen(
            "GET",
            url,
            headers=headers,
            redirect=False,
            retries=False,
            preload_content=False,
            timeout=urllib3.Timeout(connect=self._limits.connect, read=self._limits.silence),
        )
        try:
            yield response
        finally:
            if response.status == HTTPStatus.NOT_MODIFIED:
                response.release_conn()
            response.close()

    def _wait_if_asked(self, response: BaseHTTPResponse) -> None:
        """Raise _TryAgain, unless the host wants to be left alone for longer than we wait."""
        headers = _lower_case(response)
        after = retry_after(headers, Clock())
        if after is None or after <= self._limits.longest_pause:
            raise _TryAgain(self._limits.pause if after is None else after)

    def _overdue(self, url: str) -> TooSlowError:
        return TooSlowError(url, f"did not answer within {self._limits.seconds:g} s")

    def _failure(self, url: str, error: Exception) -> FetchError:
        """Return in words why there was no whole answer."""
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


def _as_response(url: str, response: BaseHTTPResponse, most: int) -> Response:
    return Response(response.status, _lower_case(response), pieces(url, response, most))


def _lower_case(response: BaseHTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
