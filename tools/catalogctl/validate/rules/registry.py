"""Define the rules about the registry of a plugin's image."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from catalogctl.did_you_mean import did_you_mean
from catalogctl.invisible import without_strays
from catalogctl.redaction import logins
from catalogctl.registry_hosts import (
    BUILT_IN_HOSTS,
    DOCKER_HUB_HOSTS,
    PUBLIC_ECR,
    without_default_port,
)
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::[0-9]{{1,5}})?")
_MAX_HOST = 255


@lru_cache(maxsize=1000)
def is_host(text: str) -> bool:
    """Return whether a text is a bare host or host:port in lower case."""
    return len(text) <= _MAX_HOST and _HOST.fullmatch(text) is not None


def is_listed(host: str, settings: Settings) -> bool:
    """Return whether a registry may be used: it is built in, or listed under `registries`."""
    known = without_default_port(host)
    return known in BUILT_IN_HOSTS or known in {
        without_default_port(name) for name in settings.registries
    }


def host_value(host: str) -> str:
    """Return a host as it is written in YAML, where a bracket begins a list."""
    return f"'{host}'" if host.startswith("[") else host


def login_hint(text: str, hint: str, *, of_host: bool = True) -> str:
    """Return a hint about an address; if it has a login, also what to do about the password."""
    if not logins(text, of_host=of_host):
        return hint
    return (
        f"{hint}, and make the password invalid, because git keeps it for ever: credentials of a"
        " registry belong in CATALOGCTL_REGISTRY_… variables"
    )


@rule("registry-url-missing")
def registry_url_missing(entry: Entry, _: Settings) -> Iterator[Finding]:
    """registry_url is required if registry_type is not DOCKER_HUB (seed, register).

    A missing field is reported at the top of the file (product contract, 8).
    """
    registry_type = entry.text("registry_type")
    if registry_type == "AWS_PUBLIC_ECR" and "registry_url" not in entry.request:
        message = f"registry_url is required for registry_type {registry_type}"
        hint = f'add "registry_url: {PUBLIC_ECR}"'
        yield Finding("", message, hint)


@rule("registry-url-shape")
def registry_url_shape(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A registry_url is a bare host or host:port in lower case."""
    url = entry.text("registry_url")
    if "registry_url" in entry.request and isinstance(entry.request["registry_url"], str):
        if is_host(url) or is_host(without_strays(url)):
            return
        bare = url.partition("://")[2] or url
        bare = bare.partition("/")[0].rpartition("@")[2].lower()
        hint = f"write {host_value(bare)}" if is_host(bare) else "write a host such as ghcr.io"
        message = f"registry_url {verbatim(url)} is not a bare host"
        yield Finding("/registry_url", message, login_hint(url, hint))


@rule("registry-unlisted")
def registry_unlisted(entry: Entry, settings: Settings) -> Iterator[Finding]:
    """The host of registry_url is built in or listed under `registries` in catalog.yaml."""
    url = entry.text("registry_url")
    if url and is_host(url) and not is_listed(url, settings):
        known = sorted({*BUILT_IN_HOSTS, *settings.registries})
        hint = did_you_mean(url, known, "a maintainer may add it under registries in catalog.yaml")
        yield Finding("/registry_url", f"registry {verbatim(url)} is not listed", hint)


@rule("registry-type-host")
def registry_type_host(entry: Entry, _: Settings) -> Iterator[Finding]:
    """Docker Hub's hosts go with DOCKER_HUB only, public.ecr.aws with AWS_PUBLIC_ECR only."""
    registry_type = entry.text("registry_type")
    host = without_default_port(entry.text("registry_url"))
    owner = (
        "DOCKER_HUB"
        if host in DOCKER_HUB_HOSTS
        else "AWS_PUBLIC_ECR"
        if host == PUBLIC_ECR
        else registry_type
    )
    if registry_type in {"DOCKER_HUB", "AWS_PUBLIC_ECR"} and registry_type != owner:
        message = f"{host} goes with registry_type {owner}, not {registry_type}"
        yield Finding("/registry_url", message, f"write registry_type: {owner}, or another host")
