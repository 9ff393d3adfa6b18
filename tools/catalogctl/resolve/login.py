"""Answer a challenge with an Authorization header: Basic, or a token for one repository.

Tokens are fetched, and the password is sent, only to the registry's own host or one of its token
hosts, over https unless the registry is `insecure`. Tokens are kept until shortly before they
expire. Once a registry's challenge is known, the next repository's token is fetched in advance,
which saves one request per image (distribution, "Token Authentication").
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from catalogctl.fetch.address import shown_target
from catalogctl.fetch.origins import origin_of
from catalogctl.resolve.challenges import Challenge, best_challenge
from catalogctl.resolve.credentials import User, variable
from catalogctl.resolve.failures import RegistryError, TransientError
from catalogctl.resolve.registry_http import HttpClient, RegistryAnswer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.resolve.budget import ImageBudget
    from catalogctl.resolve.registry_settings import Registry

_TOKEN = re.compile(r"[\x21-\x7e]+")
_USUAL_SECONDS = 60
_SPARE_SECONDS = 10
_MOST_SECONDS = 24 * 60 * 60
"""Longer than any run. A number of JSON may be too large for a float."""
_OK = 200


@dataclass(frozen=True, slots=True)
class _Token:
    header: str
    ends_at: float


class Login:
    """Authentication with one registry; keeps its last challenge and the tokens it issued."""

    def __init__(self, registry: Registry, user: User | None, http: HttpClient) -> None:
        self._registry = registry
        self._user = user
        self._http = http
        self._challenge: Challenge | None = None
        self._tokens: dict[str, _Token] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def header(self, repository: str, budget: ImageBudget) -> str | None:
        """Return the header to send, or None if the registry has not asked for one yet."""
        if self._challenge is None:
            return None
        return self._authorization(self._challenge, repository, budget)

    def renewed(
        self, answer: RegistryAnswer, repository: str, stale: str | None, budget: ImageBudget
    ) -> str:
        """Return a new header after a 401 to `stale`; raise RegistryError if there can't be one."""
        challenge = best_challenge(answer.challenges)
        if challenge is None:
            raise RegistryError("it answered 401 without a way to sign in")
        scope = _scope(challenge, self._registry.full_name(repository))
        with self._lock:
            known = self._tokens.get(scope)
            if known is not None and known.header == stale:
                del self._tokens[scope]
        header = self._authorization(challenge, repository, budget)
        self._challenge = challenge  # only now: one that can't be answered stops no other image
        if header == stale:
            raise RegistryError(f"it refuses these credentials for {repository}")
        return header

    def account(self, url: str, budget: ImageBudget) -> str | None:
        """Return the header for Docker Hub's REST API, or None without a user and password."""
        user = self._user
        if user is None or user.is_identity:
            return None
        body = json.dumps({"identifier": user.name, "secret": user.password}).encode()
        headers = {"Content-Type": "application/json"}
        request = Request("POST", url, budget.limits.token_bytes, headers, body)
        return self._token(url, lambda: request, budget)

    def hint(self) -> str:
        """Return a hint on how to resolve a refusal."""
        if self._user is not None:
            return "its credentials are wrong, or may not read"
        name = variable(self._registry.name)
        return f"if it is private, set {name}_USERNAME and {name}_PASSWORD"

    def _authorization(self, challenge: Challenge, repository: str, budget: ImageBudget) -> str:
        if challenge.scheme == "basic":
            if self._user is None:
                raise RegistryError(f"it wants a password: {self.hint()}")
            return self._user.basic
        scope = _scope(challenge, self._registry.full_name(repository))
        return self._token(scope, lambda: self._request(challenge, scope, budget), budget)

    def _token(self, key: str, request: Callable[[], Request], budget: ImageBudget) -> str:
        """Return the header with the token cached under a key, or with a new one."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            token = self._tokens.get(key)
            if token is None or token.ends_at <= budget.clock.monotonic():
                token = self._tokens[key] = self._fetch(request(), budget)
            return token.header

    def _fetch(self, request: Request, budget: ImageBudget) -> _Token:
        began = budget.clock.monotonic()
        answer = self._http.send(request, budget)
        if answer.status != _OK:
            raise RegistryError(f"its token server answered {answer.status}: {self.hint()}")
        text, seconds = _token_in(answer)
        return _Token(f"Bearer {text}", began + max(0.0, seconds - _SPARE_SECONDS))

    def _request(self, challenge: Challenge, scope: str, budget: ImageBudget) -> Request:
        realm = self._allowed(challenge.parameters.get("realm", ""))
        service = challenge.parameters.get("service")
        fields = [("service", service)] if service is not None else []
        fields += [("scope", each) for each in scope.split()]
        cap, user = budget.limits.token_bytes, self._user
        if user is not None and user.is_identity:
            secret = [("grant_type", "refresh_token"), ("refresh_token", user.password)]
            body = urlencode([*secret, ("client_id", "catalogctl"), *fields]).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            return Request("POST", realm, cap, headers, body)
        mark = "&" if "?" in realm else "?"
        headers = {"Authorization": user.basic} if user is not None else {}
        return Request(
            "GET", f"{realm}{mark}{urlencode(fields)}" if fields else realm, cap, headers
        )

    def _allowed(self, realm: str) -> str:
        """Return the realm; raise RegistryError if it may not issue tokens (registries, 7)."""
        origin = origin_of(realm)
        registry = self._registry
        hosts = {registry.endpoint.netloc, *registry.token_hosts}
        where = shown_target(registry.endpoint.url("/"), realm)
        if not realm:
            raise RegistryError("it wants a token, and does not say where to get one")
        if origin is None or origin.netloc not in hosts:
            raise RegistryError(
                f"for a token, it sends us to {where}, which is not one of its token_hosts"
            )
        if origin.scheme != "https" and not registry.insecure:
            raise RegistryError(f"for a token, it sends us to {where}, which is not https")
        return realm.partition("#")[0]


def _scope(challenge: Challenge, repository: str) -> str:
    """Return the scope to request: the challenge's scope, with this repository and pull in it.

    A challenge of `/v2/` has no scope; one of AWS Public ECR has a constant (registries, 1 and 3).
    That of a list may lack the right to pull, which manifests need.
    """
    scope = challenge.parameters.get("scope", "")
    if not scope:
        return f"repository:{repository}:pull"
    if match := re.fullmatch(r"repository:[^\s:]+:(\S+)", scope):
        actions = dict.fromkeys([*match[1].split(","), "pull"])
        return f"repository:{repository}:{','.join(actions)}"
    return scope


def _token_in(answer: RegistryAnswer) -> tuple[str, float]:
    """Return the token and its lifetime in seconds; raise TransientError if there is no token."""
    try:
        value = json.loads(answer.body)
        text = value.get("token") or value.get("access_token")
        seconds = value.get("expires_in")
    except (ValueError, AttributeError, RecursionError) as error:
        raise TransientError("its token server did not answer with a token") from error
    if not isinstance(text, str) or not _TOKEN.fullmatch(text):
        raise TransientError("its token server did not answer with a token")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return text, min(seconds, _MOST_SECONDS) if is_number and seconds > 0 else _USUAL_SECONDS
