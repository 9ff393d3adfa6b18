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
_OTHER_DIGEST = re.compile(r"[a-z0-9]++(?>(?:[+._-][a-z0-9]++)*):[A-Za-z0-9=_-]{32,}+")
_MEDIA_TYPE = re.compile(MEDIA_TYPE)
_NOT_FOUND = 404
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
class NoManifest:
    """The answer of a registry that does not give out a tag: its status, and what it says."""

    status: int
    message: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether the registry has a manifest, as far as it says, but does not give it out."""
        return self.status != _NOT_FOUND

    def __str__(self) -> str:
        """Return the status and what the registry says, for a message."""
        return f"{self.status}{f' ({self.message})' if self.message else ''}"


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


def is_other_digest(value: str) -> bool:
    """Return whether a text is a digest of an algorithm that locks do not have."""
    return _OTHER_DIGEST.fullmatch(value) is not None and not value.startswith("sha256:")


def media_type_of(value: JSON) -> str | None:
    """Return a well-formed media type without its parameters, or None for anything else."""
    bare = value.partition(";")[0].strip().lower() if isinstance(value, str) else ""
    return bare if _MEDIA_TYPE.fullmatch(bare) else None


def names_a_digest(tag: str) -> bool:
    """Return whether a tag only names another image's digest, as signature tags do."""
    return _DIGEST_TAG.fullmatch(tag) is not None
