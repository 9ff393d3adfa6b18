"""Decide which addresses a page may link to or show images from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from catalogctl.registry_hosts import DOCKER_HUB, DOCKER_HUB_HOSTS, PUBLIC_ECR
from catalogctl.web_addresses import web_link

if TYPE_CHECKING:
    from catalogctl.publish.site.texts import Texts

FOREIGN = "noopener noreferrer nofollow ugc"
"""The `rel` of a link from a plugin file."""

_KNOWN = {DOCKER_HUB: "docker_hub", PUBLIC_ECR: "aws_public_ecr"}
"""Registries that have their own name in the site's texts."""


def pull_host(registry_url: str) -> str:
    """Return the host to use in `docker pull`; all names of Docker Hub become one."""
    return DOCKER_HUB if registry_url.lower() in DOCKER_HUB_HOSTS else registry_url


def registry_name(registry_url: str, t: Texts) -> str:
    """Return a registry's display name: the name of a well-known one, else its host."""
    host = pull_host(registry_url)
    return t(_KNOWN[host.lower()]) if host.lower() in _KNOWN else host


def registry_page(registry_url: str, image: str) -> tuple[str, str] | None:
    """Return (registry, address) of the image's web page, or None if its registry has none."""
    host, way = pull_host(registry_url).lower(), quote(image, safe="/")
    if host == DOCKER_HUB:
        return "Docker Hub", f"https://hub.docker.com/{'r' if '/' in image else '_'}/{way}"
    if host == PUBLIC_ECR:
        return "Amazon ECR Public", f"https://gallery.ecr.aws/{way}"
    if host == "quay.io":
        return "Quay", f"https://quay.io/repository/{way}"
    return ("GitHub", f"https://ghcr.io/{way}") if host == "ghcr.io" else None


def edit_link(file: str, repository_url: str | None, edit_url: str | None) -> str | None:
    """Return the address for editing a file in the catalog's repository."""
    if edit_url:
        return web_link(edit_url.replace("{file}", quote(file, safe="/")))
    return f"{repository_url}/edit/HEAD/{quote(file, safe='/')}" if repository_url else None


def repository_links(
    file: str, repository_url: str | None, edit: str | None
) -> list[tuple[str, str]]:
    """Return (text key, address) of the links to the file in the catalog's repository.

    `edit` is the address for editing the file.
    """
    links = [("edit", edit)] if edit else []
    if repository_url:
        links.append(("history", f"{repository_url}/commits/HEAD/{quote(file, safe='/')}"))
    return links
