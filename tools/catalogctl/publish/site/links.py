"""Choose the addresses that a page may link to or show a picture from."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from catalogctl.registry_hosts import DOCKER_HUB, DOCKER_HUB_HOSTS, PUBLIC_ECR

if TYPE_CHECKING:
    from catalogctl.publish.site.texts import Texts

FOREIGN = "noopener noreferrer nofollow ugc"
"""The `rel` of a link that a plugin file chose."""

_USUAL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:[/?#][!#-;=?-\[\]_a-z~]*)?")
"""Addresses with a host and no port, of which nothing more has to be known."""
_PLAIN = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://[!#-;=?-\[\]_a-z~]+")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_KNOWN = {DOCKER_HUB: "docker_hub", PUBLIC_ECR: "aws_public_ecr"}
"""Registries that have a name of their own in the site's texts."""


def web_link(value: object) -> str | None:
    """Return the value when it is an http(s) address with a host and nothing that hides one.

    White space, controls, backslashes, quotes, letters that look like others (anything outside
    ASCII) and a user before the host («https://good@evil») make it plain text.
    """
    return _web_link(value) if isinstance(value, str) else None


@lru_cache(maxsize=1000)
def _web_link(value: str) -> str | None:
    if _USUAL.fullmatch(value):
        return value
    if not _PLAIN.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return value if port is None or port > 0 else None


def image_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return those hosts that are exact names, lower case, for the policy line."""
    return tuple(host for host in dict.fromkeys(map(str.lower, hosts)) if _HOST.fullmatch(host))


def picture(value: object, hosts: tuple[str, ...]) -> str | None:
    """Return the value when it is an https address at one of the hosts, at port 443."""
    if not hosts or not (url := web_link(value)):
        return None
    parts = urlsplit(url)
    listed = parts.scheme == "https" and parts.hostname in hosts and parts.port in (None, 443)
    return url if listed else None


def pull_host(registry_url: str) -> str:
    """Return the host that `docker pull` takes for a registry: Docker Hub's names are one."""
    return DOCKER_HUB if registry_url.lower() in DOCKER_HUB_HOSTS else registry_url


def registry_name(registry_url: str, say: Texts) -> str:
    """Return what people call a registry: the name of a well-known one, else its host."""
    host = pull_host(registry_url)
    return say(_KNOWN[host.lower()]) if host.lower() in _KNOWN else host


def registry_page(registry_url: str, image: str) -> tuple[str, str] | None:
    """Return (registry, address) of the image's page for people, where its registry has one."""
    host, way = pull_host(registry_url).lower(), quote(image, safe="/")
    if host == DOCKER_HUB:
        return "Docker Hub", f"https://hub.docker.com/{'r' if '/' in image else '_'}/{way}"
    if host == PUBLIC_ECR:
        return "Amazon ECR Public", f"https://gallery.ecr.aws/{way}"
    if host == "quay.io":
        return "Quay", f"https://quay.io/repository/{way}"
    return ("GitHub", f"https://ghcr.io/{way}") if host == "ghcr.io" else None


def edit_link(file: str, repository_url: str | None, edit_url: str | None) -> str | None:
    """Return the address at which the catalog's repository lets a file be edited."""
    if edit_url:
        return web_link(edit_url.replace("{file}", quote(file, safe="/")))
    return f"{repository_url}/edit/HEAD/{quote(file, safe='/')}" if repository_url else None


def repository_links(
    file: str, repository_url: str | None, edit: str | None, commit: str | None
) -> list[tuple[str, str]]:
    """Return (key of the text, address) of the links to the file in the catalog's repository.

    `edit` is where it can be edited.
    """
    if not repository_url:
        return [("edit", edit)] if edit else []
    way = quote(file, safe="/")
    links = [("source_yaml", f"{repository_url}/blob/{commit or 'HEAD'}/{way}")]
    if edit:
        links.append(("edit", edit))
    links.append(("history", f"{repository_url}/commits/HEAD/{way}"))
    links.append(("report_a_problem", f"{repository_url}/issues/new"))
    return links
