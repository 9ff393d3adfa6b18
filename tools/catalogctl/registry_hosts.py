"""The hosts of the registries that are built in, and the one name that each registry has."""

from __future__ import annotations

DOCKER_HUB = "docker.io"
DOCKER_HUB_HOSTS = frozenset(
    {
        DOCKER_HUB,
        "hub.docker.com",
        "index.docker.io",
        "registry-1.docker.io",
        "registry.hub.docker.com",
    }
)
"""The names of Docker Hub: one registry, whichever of them stands in a file."""
DOCKER_HUB_URL = "registry.hub.docker.com"
"""The registry_url of a plugin on Docker Hub that names none (seed, register)."""
PUBLIC_ECR = "public.ecr.aws"
BUILT_IN_HOSTS = DOCKER_HUB_HOSTS | {PUBLIC_ECR, "ghcr.io", "quay.io"}
"""The hosts that may be asked without standing in catalog.yaml (registries, 7)."""


def without_default_port(host: str) -> str:
    """Return a host as lists name it: `:443` is the same as no port."""
    return host.removesuffix(":443")


def canonical(host: str) -> str:
    """Return the one name of a registry, which may have several hosts."""
    bare = without_default_port(host.lower())
    return DOCKER_HUB if bare in DOCKER_HUB_HOSTS else bare
