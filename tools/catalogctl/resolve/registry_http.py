"""Send one request to a registry and read its response within size and time limits.

Every address that a server sends us to is checked, here or in the module that follows it. A
redirect must stay on the same scheme and host. A response is read up to a size cap and a deadline.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import msgspec
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from catalogctl.fetch.address import shown_target
from catalogctl.fetch.deadlines import deadline
from catalogctl.fetch.fetch_errors import BodyError, BrokenBodyError, PrivateAddressError, quoted
from catalogctl.fetch.origins import origin_of, resolved
from catalogctl.fetch.response import headers_of, joined, pieces
from catalogctl.fetch.waiting import retry_after, until_reset
from catalogctl.resolve.failures import RegistryError, TransientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.fetch.connections import Connections
    from catalogctl.fetch.deadlines import Deadline
    from catalogctl.resolve.budget import ImageBudget
    from catalogctl.resolve.host_queues import Host, Hosts

_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {429, 500, 502, 503, 504}
_MOST_VALUES = 300_000
"""More than the maximum number of tags of an image (hardening R-22)."""
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `cap` is the maximum number of decoded bytes in its response."""

    method: str
    url: str
    cap: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """A response; header names are lowercase, `challenges` are the WWW-Authenticate headers."""

    url: str
    status: int
    headers: Mapping[str, str]
    challenges: tuple[str, ...]
    body: bytes

    def decoded(self, decoder: msgspec.json.Decoder[Read], what: str) -> Read:
        """Return the decoded body, rejecting it at the first wrong member (hardening R-22).

        Only the expected fields are built, and only if there are not too many values: a 16 MiB body
        can contain five million lists. Raise RegistryError if there are too many values, and
        TransientError if the body is not `what`.
        """
        if self.body.count(b",") >= _MOST_VALUES:
            raise RegistryError(f"its answer has more than {_MOST_VALUES} values, not {what}")
        try:
            return decoder.decode(self.body)
        except msgspec.ValidationError as error:
            raise TransientError(f"its answer is not {what}") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            kind = self.headers.get("content-type", "").partition(";")[0] or "no type"
            raise TransientError(f"its answer is not JSON ({quoted(kind)}), not {what}") from error


class HttpClient:
    """Sends requests over one registry's connections, at most `rate` per second and host.

    `https_hint` says what to do if the registry redirects from http to https.
    """

    def __init__(
        self, connections: Connections, hosts: Hosts, rate: float | None, https_hint: str
    ) -> None:
        self._connections = connections
        self._hosts = hosts
        self._rate = rate
        self._https_hint = https_hint

    def send(self, request: Request, budget: ImageBudget) -> RegistryAnswer:
        """Return the response to a request, following redirects that stay on the host."""
        url, visited = request.url, {request.url}
        for _ in range(budget.limits.redirects + 1):
            answer = self._send_once(request, url, budget)
            target = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or not target:
                return answer
            url = _allowed(url, target, self._https_hint)
            if url in visited:
                raise RegistryError(f"it redirects in a circle, to {shown_target(url, target)}")
            visited.add(url)
        raise RegistryError(f"it redirects more than {budget.limits.redirects} times")

    def _send_once(self, request: Request, url: str, budget: ImageBudget) -> RegistryAnswer:
        origin = origin_of(url)
        if origin is None:
            raise RegistryError(f"the address {shown_target(url, '')} can't be asked")
        host = self._hosts.host(origin.netloc)
        with host.place(budget, self._rate):
            seconds = budget.seconds()
            with deadline(seconds) as current:
                try:
                    answer = self._read(request, url, budget, min(seconds, budget.limits.silence))
                except (HTTPError, OSError) as error:
                    raise _failure(error, origin.netloc, current, seconds, budget) from error
                except PrivateAddressError as error:
                    raise RegistryError(str(error)) from error
                except BodyError as error:
                    kind = TransientError if isinstance(error, BrokenBodyError) else RegistryError
                    raise kind(f"its answer {error.cause}") from error
                if current.overdue:  # without a length, a response that is cut off looks complete
                    raise _overdue(origin.netloc, seconds, budget)
        return _checked_status(answer, host, budget)

    def _read(
        self, request: Request, url: str, budget: ImageBudget, silence: float
    ) -> RegistryAnswer:
        timeout = urllib3.Timeout(connect=min(budget.limits.connect, silence), read=silence)
        sent = self._connections.send(
            request.method, url, request.headers, timeout=timeout, body=request.body
        )
        with sent as response:
            body = joined(_counted(pieces(response, request.cap), budget))
            challenges = tuple(response.headers.getlist("www-authenticate"))
            return RegistryAnswer(url, response.status, headers_of(response), challenges, body)


def _counted(body: Iterator[bytes], budget: ImageBudget) -> Iterator[bytes]:
    """Yield a body, counting its bytes against the image's budget."""
    for piece in body:
        budget.take(len(piece))
        yield piece


def _allowed(url: str, target: str, https_hint: str) -> str:
    """Return a redirect's target; raise RegistryError if it leaves the host (registries, 7)."""
    origin, goal = origin_of(url), resolved(url, target)
    if origin is None or not origin.holds(goal):
        where = shown_target(url, target)
        if origin is not None and replace(origin, scheme="https").holds(goal):
            raise RegistryError(f"it redirects to {where}: {https_hint}")
        raise RegistryError(f"it redirects to {where}, another host, which is not asked")
    return goal


def _checked_status(answer: RegistryAnswer, host: Host, budget: ImageBudget) -> RegistryAnswer:
    """Return the response; raise TransientError if its status says the host is busy or failing.

    Raise RegistryError if the host asks for a longer wait than an image may sleep.
    """
    reset = until_reset(answer.headers, budget.clock.time())
    if reset is not None:
        host.leave_alone(reset)
    warning = answer.headers.get("warning", "")
    if warning.startswith("299 "):
        host.warned(quoted(warning.partition('"')[2].rpartition('"')[0]))
    if answer.status not in _BUSY:
        host.answered()
        return answer
    after = retry_after(answer.headers, budget.clock.time())
    if after is not None and after > budget.limits.longest_sleep:
        host.give_up(f"{answer.status} with Retry-After {after:.0f} s")
        raise RegistryError(
            f"it answered {_with_phrase(answer.status)} and asks to wait {after:.0f} s, more than"
            f" {budget.limits.longest_sleep:g} s"
        )
    if after is not None:
        host.leave_alone(after)
    raise TransientError(f"it answered {_with_phrase(answer.status)}", after=after)


def _with_phrase(status: int) -> str:
    """Return a status with its phrase, such as "503 service unavailable"."""
    try:
        return f"{status} {HTTPStatus(status).phrase.lower()}"
    except ValueError:
        return str(status)


def _failure(
    error: Exception, netloc: str, current: Deadline, seconds: float, budget: ImageBudget
) -> RegistryError:
    """Return the error that describes a failed try."""
    limits = budget.limits
    if current.overdue:
        return _overdue(netloc, seconds, budget)
    if isinstance(error, SSLError):
        return RegistryError(f"the TLS certificate of {netloc} was refused: {_tls(error)}")
    if isinstance(error, NameResolutionError):
        return TransientError(f"{netloc} has no address (DNS)", unreachable=True)
    if isinstance(error, NewConnectionError):
        return TransientError(f"{netloc} refused the connection", unreachable=True)
    if isinstance(error, ConnectTimeoutError):
        cause = f"{netloc} could not be reached within {limits.connect:g} s"
        return TransientError(cause, unreachable=True)
    if isinstance(error, ReadTimeoutError):
        cause = f"{netloc} did not answer within {limits.silence:g} s"
        return TransientError(cause, unreachable=True)
    if isinstance(error, ProxyError):
        return TransientError("the proxy refused the connection", unreachable=True)
    return TransientError(f"{netloc} cut the connection in the middle of its answer")


def _overdue(netloc: str, seconds: float, budget: ImageBudget) -> RegistryError:
    """Return the error for a slow response; raise OutOfTimeError if no time is left at all."""
    budget.seconds()
    return TransientError(f"{netloc} did not finish its answer within {seconds:.0f} s")


def _tls(error: SSLError) -> str:
    """Return why a certificate was refused, without the library's wrapping."""
    text = str(error)
    for mark in ("certificate verify failed: ", "] "):
        if mark in text:
            text = text.rpartition(mark)[2]
    return quoted(text.partition(" (_ssl")[0].strip("')(").lower())
