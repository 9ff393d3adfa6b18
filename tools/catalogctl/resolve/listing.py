"""Define what a registry reports about an image: its tags and their manifests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from catalogctl.lock import MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(MEDIA_TYPE)
_DIGEST_TAG = re.compile(r"sha256-[0-9a-f]{64}(?:\..+)?")


@dataclass(frozen=True, slots=True)
class TagManifest:
    """One tag: `pushed_at` as the registry wrote it, `size` in bytes, platforms as os/arch."""

    digest: str | None
    media_type: str | None = None
    pushed_at: str | None = None
    size: int | None = None
    platforms: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class TagListing:
    """All tags of an image, unique and sorted; `via` is hub or oci.

    `manifests` contains those that came with the list; the others have to be requested. `dropped`
    counts the names that can't be tags.
    """

    tags: tuple[str, ...]
    via: Literal["hub", "oci"]
    manifests: Mapping[str, TagManifest] = field(default_factory=dict)
    dropped: int = 0


def digest_of(value: JSON) -> str | None:
    """Return a well-formed digest, or None for anything else (registries, 7)."""
    return value if isinstance(value, str) and _DIGEST.fullmatch(value) else None


def media_type_of(value: JSON) -> str | None:
    """Return a well-formed media type without its parameters, or None for anything else."""
    bare = value.partition(";")[0].strip().lower() if isinstance(value, str) else ""
    return bare if _MEDIA_TYPE.fullmatch(bare) else None


def names_a_digest(tag: str) -> bool:
    """Return whether a tag only names another image's digest, as signature tags do."""
    return _DIGEST_TAG.fullmatch(tag) is not None
