"""Query AWS Public ECR: the OCI distribution API at a limited rate (registries, 3).

Every call needs a token, even for public images. Its scope is the constant `aws`, so one token
serves all images. The scope comes with the challenge, so only the rate is special here.
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
"""Requests per second without and with credentials, as documented by AWS."""


def registry(name: str, options: JSONObject) -> Registry:
    """Return the settings for AWS Public ECR or a mirror of it."""
    return configured(name, options, usual=name, rate=RATE)
