"""Define the rules about a registry's host in the image, where it does not belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.registry_hosts import DOCKER_HUB_HOSTS, PUBLIC_ECR, without_default_port
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.validate.rules.registry import host_value, is_host, is_listed
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings


class HostedImage(NamedTuple):
    """An image as `docker pull` interprets it: the registry's host, and the image there.

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
    return HostedImage(host, rest, registry in (*DOCKER_HUB_HOSTS, host) or has_sign)


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
    lines = f'"registry_url: {host_value(host)}" and "image: {image}"'
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
        lines = f'"registry_url: {host_value(hosted.host)}" and "image: {hosted.image}"'
        hint = f"if it is one, write {lines}; as it stands, the image is at {registry}"
        yield Finding("/image", message, hint)
