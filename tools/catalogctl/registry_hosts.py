"""Define the hosts of the built-in registries, and the canonical name of a registry."""

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
"""The names of Docker Hub: all of them mean the same registry."""
DOCKER_HUB_URL = "registry.hub.docker.com"
"""The registry_url of a Docker Hub plugin without one of its own (seed, register)."""
PUBLIC_ECR = "public.ecr.aws"
BUILT_IN_HOSTS = DOCKER_HUB_HOSTS | {PUBLIC_ECR, "ghcr.io", "quay.io"}
"""The hosts that may be queried without being listed in catalog.yaml (registries, 7)."""


def without_default_port(host: str) -> str:
    """Return a host without `:443`, as it is listed."""
    return host.removesuffix(":443")


def canonical(host: str) -> str:
    """Return the canonical name of a host's registry, which may have several hosts."""
    bare = without_default_port(host.lower())
    return DOCKER_HUB if bare in DOCKER_HUB_HOSTS else bare
