"""Recognize the format and the size of a picture by its bytes: PNG, GIF, JPEG and WebP."""

from __future__ import annotations

from typing import NamedTuple

ENDINGS = {"png": "png", "gif": "gif", "jpg": "jpeg", "jpeg": "jpeg", "webp": "webp"}
"""The endings of picture files, and the format that each stands for."""
NAMES = {"png": "PNG", "gif": "GIF", "jpeg": "JPEG", "webp": "WebP"}
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""The markers of the segments that have the size of a JPEG picture."""
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""The markers that no length follows."""


class PictureFormat(NamedTuple):
    """The format of a picture, as in `NAMES`, and its size in pixels."""

    name: str
    width: int
    height: int


def picture_format(data: bytes) -> PictureFormat | None:
    """Return the format and the size of a picture, None if it has none of these formats."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return _sized("png", _number(data[16:20]), _number(data[20:24]))
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return _sized("gif", _little(data[6:8]), _little(data[8:10]))
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return None


def _jpeg(data: bytes) -> PictureFormat | None:
    """Read segments up to the one that has the size."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004  (a marker begins)
        marker = data[at + 1]
        if marker in _JPEG_FRAMES:
            return _sized("jpeg", _number(data[at + 7 : at + 9]), _number(data[at + 5 : at + 7]))
        if marker == 0xFF:  # noqa: PLR2004  (a byte that fills a gap)
            at += 1
        elif marker in _JPEG_ALONE:
            at += 2
        else:
            at += 2 + _number(data[at + 2 : at + 4])
    return None


def _webp(data: bytes) -> PictureFormat | None:
    """Read the first chunk, of which there are three kinds."""
    kind = data[12:16]
    if kind == b"VP8X":
        return _sized("webp", _little(data[24:27]) + 1, _little(data[27:30]) + 1)
    if kind == b"VP8L" and data[20:21] == b"\x2f":
        bits = _little(data[21:25])
        return _sized("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return _sized("webp", _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF)
    return None


def _sized(name: str, width: int, height: int) -> PictureFormat | None:
    return PictureFormat(name, width, height) if width and height else None


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
