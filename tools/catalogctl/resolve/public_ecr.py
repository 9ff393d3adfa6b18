"""AWS Public ECR: the OCI distribution API, slowly (registries, 3).

Every call needs a token, for public images too, and its scope is the constant `aws`: one token
serves all images. That comes with the challenge, so only the pace is special here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.registry_hosts import PUBLIC_ECR
from catalogctl.resolve.oci import listing, manifest, repository
from catalogctl.resolve.registry_settings import Registry, configured

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

__all__ = ["HOSTS", "listing", "manifest", "registry", "repository"]

HOSTS = frozenset({PUBLIC_ECR})
RATE = (1.0, 10.0)
"""Requests a second, without and with credentials, as AWS states them."""


def registry(name: str, options: JSONObject) -> Registry:
    """Return how AWS Public ECR, or a mirror of it, is asked."""
    return configured(name, options, usual=name, rate=RATE)
