"""Define the rules about a registry's host in the image, where it does not belong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.registry_hosts import DOCKER_HUB_HOSTS, PUBLIC_ECR, without_default_port
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.validate.rules.registry import is_host, is_listed
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings


_PAGES = (
    (
        re.compile(r"hub\.docker\.com/(?:r|layers|repository/docker)/([^/?#]+/[^/?#]+)"),
        r"hub.docker.com/\1",
    ),
    (re.compile(r"hub\.docker\.com/_/([^/?#]+)"), r"hub.docker.com/library/\1"),
    (re.compile(r"quay\.io/repository/([^/?#]+/[^/?#]+)"), r"quay.io/\1"),
    (re.compile(r"gallery\.ecr\.aws/([^?#]*[^?#/])"), rf"{PUBLIC_ECR}/\1"),
    (
        re.compile(r"github\.com/[^/?#]+/([^/?#]+)/packages/container/(?:package/)?([^/?#]+)"),
        r"ghcr.io/\1/\2",
    ),
    (re.compile(r"github\.com/([^/?#]+)/[^/?#]+/pkgs/container/([^/?#]+)"), r"ghcr.io/\1/\2"),
)
"""The addresses of registries' web pages about images, and the images with their hosts."""


class HostedImage(NamedTuple):
    """An image as `docker pull` interprets it: the registry's host, and the image there.

    For the address of a web page about an image, they are what the page is about.

    With `is_refused`, the host is an error, not only a warning: on Docker Hub, whose images have no
    such part; if it repeats the registry's own host; and if it has a port or a scheme, which no
    part of an image has.
    """

    host: str
    image: str
    is_refused: bool


def hosted_image(entry: Entry) -> HostedImage | None:
    """Return a plugin's image split into host and image, or None if it does not start with a host.

    A first part with a dot or a colon, or `localhost`, is a host, as for `docker pull`.
    """
    image = entry.text("image")
    if "." not in image and ":" not in image and not image.lower().startswith("localhost/"):
        return None
    bare = image.partition("://")[2] if "://" in image else image
    first, slash, rest = bare.partition("/")
    if not slash or not ("." in first or ":" in first or first.lower() == "localhost"):
        return None
    host, registry = without_default_port(first.lower()), _registry(entry)
    has_sign = ":" in image.partition("/")[0]
    is_refused = registry in (*DOCKER_HUB_HOSTS, host) or has_sign
    return HostedImage(*_pulled(host, rest), is_refused)


def image_without_host(entry: Entry) -> str:
    """Return a plugin's image without the host that `image_host` reports, if it starts with one."""
    hosted = hosted_image(entry)
    return hosted.image if hosted is not None and hosted.is_refused else entry.text("image")


def _pulled(host: str, path: str) -> tuple[str, str]:
    """Return the host and the image that are meant by an address, which may be a web page's."""
    address = f"{host}/{path}"
    pages = ((pattern.match(address), pulled) for pattern, pulled in _PAGES)
    meant = next((page.expand(pulled) for page, pulled in pages if page), address)
    host, _, image = meant.partition("/")
    return host, image


def _registry(entry: Entry) -> str:
    return without_default_port(entry.text("registry_url").lower())


@rule("image-host")
def image_host(entry: Entry, settings: Settings) -> Iterator[Finding]:
    """The host of the registry belongs in registry_url, not in the image."""
    hosted = hosted_image(entry)
    if hosted is None or not hosted.is_refused:
        return
    message = f"image {verbatim(entry.text('image'))} "
    if hosted.host == _registry(entry):
        message += "repeats the host that registry_url has"
    else:
        message += "names a host: the registry's host goes into registry_url"
    yield Finding("/image", message, _what_to_write(hosted, _registry(entry), settings))


def _what_to_write(hosted: HostedImage, registry: str, settings: Settings) -> str:
    """Return the hint about where each part of an image belongs."""
    host = hosted.host
    image = hosted.image.partition("@")[0].partition(":")[0].lower()
    if host == registry or (host in DOCKER_HUB_HOSTS and registry in DOCKER_HUB_HOSTS):
        return f'write "image: {image}"'
    if not is_host(host):
        return f'write "image: {image}" and the host, such as ghcr.io, as registry_url'
    lines = f'"registry_url: {host}" and "image: {image}"'
    if host in DOCKER_HUB_HOSTS:
        return f'write "registry_type: DOCKER_HUB", {lines}'
    if host == PUBLIC_ECR:
        return f'write "registry_type: AWS_PUBLIC_ECR", {lines}'
    if not is_listed(host, settings):
        return f"write {lines}; a maintainer lists {host} under registries in catalog.yaml"
    return f"write {lines}"


@rule("image-like-host")
def image_like_host(entry: Entry, _: Settings) -> Iterator[Finding]:
    """The first part of an image at another registry usually has no dot, and is not localhost."""
    hosted = hosted_image(entry)
    if hosted is not None and not hosted.is_refused:
        image, registry = entry.text("image"), entry.text("registry_url")
        message = f"the first part of image {verbatim(image)} looks like the host of a registry"
        hint = (
            f'if it is one, write "registry_url: {hosted.host}" and "image: {hosted.image}";'
            f" as it stands, the image is at {registry}"
        )
        yield Finding("/image", message, hint)
