"""Identify values by their content, to notice whether anything that they are made of changed."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

_SIZE = 20
_encoder = msgspec.msgpack.Encoder(order="deterministic")


def content_digest(data: bytes) -> bytes:
    """Return what identifies the content of a file."""
    return blake2b(data, digest_size=_SIZE).digest()


def combined(*parts: object) -> bytes:
    """Return what identifies some plain values. Raise TypeError for any other value."""
    return content_digest(_encoder.encode(parts))
