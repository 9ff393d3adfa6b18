"""Small pictures, made byte by byte, for tests."""

from __future__ import annotations

import struct
import zlib


def png(width: int, height: int, grey: int = 128) -> bytes:
    """Return a grey PNG picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = (b"\0" + bytes([grey]) * width) * height
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def gif(width: int, height: int) -> bytes:
    """Return the beginning of a GIF picture, as far as its size."""
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(3)


def jpeg(width: int, height: int) -> bytes:
    """Return the beginning of a JPEG picture, with a comment before its size."""
    comment = b"\xff\xfe\x00\x05abc"
    return b"\xff\xd8" + comment + b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width)


def webp(kind: str, width: int, height: int) -> bytes:
    """Return the beginning of a WebP picture of a kind: lossy, lossless or extended."""
    if kind == "lossy":
        chunk = b"VP8 " + bytes(7) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height)
    elif kind == "lossless":
        bits = (width - 1) | (height - 1) << 14
        chunk = b"VP8L" + bytes(4) + b"\x2f" + struct.pack("<I", bits)
    else:
        sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        chunk = b"VP8X" + bytes(8) + sizes
    return b"RIFF" + bytes(4) + b"WEBP" + chunk
