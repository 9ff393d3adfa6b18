"""Identify values by their content, to notice whether anything that they are made of changed."""

from __future__ import annotations

import re
from hashlib import blake2b

import msgspec

_SIZE = 20
_SHA256 = re.compile("sha256:([0-9a-f]{64})")
_LIKE_SHA256 = re.compile(r"sha(?:256)?[:=-]|[0-9a-f]{64}\Z", re.IGNORECASE)
_encoder = msgspec.msgpack.Encoder(order="deterministic")


def content_digest(data: bytes) -> bytes:
    """Return what identifies the content of a file."""
    return blake2b(data, digest_size=_SIZE).digest()


def combined(*parts: object) -> bytes:
    """Return what identifies some plain values. Raise TypeError for any other value."""
    return content_digest(_encoder.encode(parts))


def sha256_in(text: str) -> str | None:
    """Return the digits of a hash that is written as `sha256:HEX`, None if it is not one."""
    match = _SHA256.fullmatch(text)
    return match[1] if match else None


def means_sha256(text: str) -> bool:
    """Return whether a text is meant as a hash and not as the name of a file."""
    return _LIKE_SHA256.match(text) is not None
