"""Encode values as JSON files: compact, UTF-8, with one line feed at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON

_encoder = msgspec.json.Encoder()


def json_file(value: JSON) -> bytes:
    """Return a value as the bytes of a published JSON file."""
    return _encoder.encode(value) + b"\n"
