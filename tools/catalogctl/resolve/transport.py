"""Send requests to a registry on behalf of one image: authorise, send, read, retry.

One try consists of authorising, sending, reading, parsing and checking. Retries cover all of it,
because only parsing reveals a body that is truncated or not JSON (registries, 6).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from catalogctl.fetch.fetch_errors import quoted
from catalogctl.fetch.origins import origin_of
from catalogctl.resolve.failures import GivenUpError, OutOfTimeError, RegistryError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.resolve.budget import ImageBudget
    from catalogctl.resolve.host_queues import Host, Hosts
    from catalogctl.resolve.login import Login
    from catalogctl.resolve.registry_http import HttpClient, RegistryAnswer, Request
    from catalogctl.resolve.registry_settings import Registry

Read = TypeVar("Read")
_UNAUTHORIZED = 401
_OK = range(200, 300)
_LONGEST_ERROR = 64 * 1024


@dataclass(frozen=True, slots=True)
class Client:
    """What all images of one registry share."""

    registry: Registry
    http: HttpClient
    login: Login
    hosts: Hosts


@dataclass(frozen=True, slots=True)
class Transport:
    """A registry's client for one image, limited by the image's budget."""

    client: Client
    budget: ImageBudget

    @property
    def registry(self) -> Registry:
        """The registry that requests are sent to."""
        return self.client.registry

    def ask(
        self,
        request: Request,
        parse: Callable[[RegistryAnswer], Read],
        *,
        repository: str | None = None,
    ) -> Read:
        """Return the result of `parse` on the response, retrying failures that may be temporary.

        If `repository` is given, the request is authorised for it. `parse` raises TransientError
        for a malformed response. A RegistryError raised here has its `attempts` set.
        """
        origin = origin_of(request.url)
        host = self.client.hosts.host(origin.netloc if origin else "")
        answers, attempt = host.answers, 0
        while True:
            attempt += 1
            try:
                return parse(self._send(request, repository))
            except TransientError as error:
                error.attempts = attempt
                if attempt >= host.attempts:
                    host.failed(answers, error.cause, unreachable=error.unreachable)
                    raise
                self._pause(error, attempt, host)
            except RegistryError as error:
                was_asked = not isinstance(error, GivenUpError | OutOfTimeError)
                error.attempts = attempt if was_asked else attempt - 1
                raise

    def _pause(self, error: TransientError, attempt: int, host: Host) -> None:
        """Wait before a retry; a wait that the host asked for happens in its queue instead."""
        try:
            if error.after is None:
                self.budget.sleep(self.budget.limits.pause_after(attempt))
            host.check()
        except RegistryError as end:
            end.attempts = attempt
            raise

    def _send(self, request: Request, repository: str | None) -> RegistryAnswer:
        http, login = self.client.http, self.client.login
        if repository is None:
            return http.send(request, self.budget)
        header = login.header(repository, self.budget)
        answer = http.send(_authorised(request, header), self.budget)
        if answer.status == _UNAUTHORIZED:
            header = login.renewed(answer, repository, header, self.budget)
            answer = http.send(_authorised(request, header), self.budget)
            if answer.status == _UNAUTHORIZED:
                raise RegistryError(
                    f"it refuses the credentials that it asked for to read {repository}:"
                    f" {login.hint()}"
                )
        return answer


def _authorised(request: Request, header: str | None) -> Request:
    if header is None:
        return request
    return replace(request, headers={**request.headers, "Authorization": header})


def accepted(answer: RegistryAnswer, what: str) -> RegistryAnswer:
    """Return a successful response; raise RegistryError, quoting the registry's message, if not."""
    if answer.status in _OK:
        return answer
    words = {401: "it wants a password", 403: "access is denied", 404: f"it has no {what}"}
    cause = words.get(answer.status, f"it answered {answer.status} when asked for {what}")
    message = error_message(answer.body)
    raise RegistryError(f"{cause}{f' ({message})' if message else ''}")


def error_message(body: bytes) -> str:
    """Return the message of the first error in a body, or "" if there is none.

    A long body is not parsed.
    """
    if len(body) > _LONGEST_ERROR:
        return ""
    try:
        value = json.loads(body)
        errors = value.get("errors") or [value]
        first = errors[0]
        return quoted(first.get("message") or first.get("detail") or first.get("code") or "")
    except (ValueError, AttributeError, IndexError, KeyError, TypeError, RecursionError):
        return ""
