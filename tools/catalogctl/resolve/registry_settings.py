"""Build a registry's settings from its host and its options in catalog.yaml."""

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
_ADDRESSES = ("endpoint", "rest_endpoint")


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry: `name` is its host in lists, messages and credential variables.

    `endpoint` is the origin of the OCI distribution API and `rest` that of Docker Hub's REST API,
    None if unused. `token_hosts` (host or host:port) may issue tokens in addition to the endpoint.
    `also_called` are its other names. `is_mirrored` is true if another host is used instead of it.
    `rate` is requests per second without and with credentials, None for no limit. `http_options`
    are the options whose address is http.
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
    http_options: tuple[str, ...] = ()

    @property
    def https_hint(self) -> str:
        """What to do in catalog.yaml where the registry wants to be asked over https."""
        names = " and ".join(self.http_options)
        first = f"write https:// in its {names} and " if names else ""
        return f"{first}remove its insecure: true from catalog.yaml"

    def full_name(self, repository: str) -> str:
        """Return a repository's name at the endpoint.

        A proxy cache stores what it fetches in its own project, named after `/v2/` in the endpoint.
        """
        project = self.endpoint.api.path.partition("/v2/")[2]
        return f"{project}/{repository}" if project else repository


def configured(  # noqa: PLR0913  (each differs between kinds of registries)
    name: str,
    options: JSONObject,
    *,
    usual: str,
    rest: str | None = None,
    token_hosts: Iterable[str] = (),
    also_called: tuple[str, ...] = (),
    rate: tuple[float, float] | None = None,
) -> Registry:
    """Return a registry as configured in catalog.yaml.

    `usual` and `rest` are its hosts without a mirror. Raise RegistryError for an address that may
    not be contacted.
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
        http_options=tuple(
            option for option in _ADDRESSES if as_text(options.get(option)).startswith("http://")
        ),
    )


def _usual(host: str, options: JSONObject) -> str:
    """Return the URL of a host: https, or http if it is insecure and has no `ca_file`."""
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
    """Return whether a text is a valid tag (R-24; OCI distribution, "Pulling")."""
    return _TAG.fullmatch(name) is not None
