"""Describe how a registry is asked, from its host and what catalog.yaml says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.fetch.origins import Origin, origin_of
from catalogctl.jsontypes import as_text
from catalogctl.registry_hosts import without_default_port
from catalogctl.resolve.failures import RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSONObject

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry: `name` is its host in lists, messages and the names of credentials.

    `endpoint` is where the OCI distribution API is asked and `rest` where Docker Hub's own, None
    when that is not asked. `token_hosts` (host or host:port) may give out tokens beside the
    endpoint. `also_called` are its other names. `is_mirrored` says that another host stands in for
    it. `rate` is the requests a second without and with credentials, None for no limit.
    """

    name: str
    endpoint: Origin
    rest: Origin | None = None
    token_hosts: frozenset[str] = frozenset()
    also_called: tuple[str, ...] = ()
    is_mirrored: bool = False
    insecure: bool = False
    allow_private: bool = False
    ca_file: str | None = None
    rate: tuple[float, float] | None = None

    def full_name(self, repository: str) -> str:
        """Return the name that the endpoint has for a repository.

        A proxy cache keeps what it fetches in a project of its own, which its endpoint names
        behind `/v2/`.
        """
        project = self.endpoint.api.path.partition("/v2/")[2]
        return f"{project}/{repository}" if project else repository


def configured(  # noqa: PLR0913  (each is what one kind of registry has and another has not)
    name: str,
    options: JSONObject,
    *,
    usual: str,
    rest: str | None = None,
    token_hosts: Iterable[str] = (),
    also_called: tuple[str, ...] = (),
    rate: tuple[float, float] | None = None,
) -> Registry:
    """Return a registry as catalog.yaml has it; `usual` and `rest` are its hosts without a mirror.

    Raises RegistryError for an address that may not be asked.
    """
    own = options.get("token_hosts")
    own_hosts = [str(host).lower() for host in own] if isinstance(own, list) else []
    mirror = as_text(options.get("endpoint"))
    return Registry(
        name=name,
        endpoint=_origin(name, mirror or _usual(usual, options), options),
        rest=None if rest is None else _origin(name, rest, options),
        token_hosts=frozenset({*token_hosts, *map(without_default_port, own_hosts)}),
        also_called=also_called,
        is_mirrored=bool(mirror),
        insecure=options.get("insecure") is True,
        allow_private=options.get("allow_private") is True,
        ca_file=as_text(options.get("ca_file")) or None,
        rate=None if mirror else rate,
    )


def _usual(host: str, options: JSONObject) -> str:
    """Return the address of a host: https, but for an insecure one without certificates."""
    plain = options.get("insecure") is True and not options.get("ca_file")
    return f"{'http' if plain else 'https'}://{host}"


def _origin(name: str, url: str, options: JSONObject) -> Origin:
    origin = origin_of(url)
    if origin is None:
        raise RegistryError(f"the address {url} of {name} in catalog.yaml can't be read")
    if origin.scheme != "https" and options.get("insecure") is not True:
        raise RegistryError(f"{url} is not an https address (insecure: true allows it for {name})")
    return origin


def is_repository(name: str, host: str) -> bool:
    """Return whether an image's name may be put into a URL (OCI distribution, "Pulling")."""
    return _REPOSITORY.fullmatch(name) is not None and len(f"{host}/{name}") <= _LONGEST


def is_tag(name: str) -> bool:
    """Return whether a text may be a tag (R-24; OCI distribution, "Pulling")."""
    return _TAG.fullmatch(name) is not None
