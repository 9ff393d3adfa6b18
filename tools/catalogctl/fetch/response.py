"""Read a response body piece by piece, up to a size limit, and decompress it once."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.fetch.fetch_errors import BodyError, BrokenBodyError, TooLargeBodyError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from urllib3.response import BaseHTTPResponse

_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Response:
    """A response: its status, its headers by lowercase name, and its body as it arrives."""

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]


class WholeResponse(NamedTuple):
    """A response read completely; the body is empty unless the status is 200."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def whole(response: Response) -> WholeResponse:
    """Read a response completely."""
    body = joined(response.pieces) if response.status == HTTPStatus.OK else b""
    return WholeResponse(response.status, response.headers, body)


def joined(pieces: Iterator[bytes]) -> bytes:
    """Return a body as one value, without keeping it in memory twice."""
    body = BytesIO()
    for piece in pieces:
        body.write(piece)
    return body.getvalue()


def headers_of(response: BaseHTTPResponse) -> dict[str, str]:
    """Return the headers of a response by lowercase name."""
    return {name.lower(): value for name, value in response.headers.items()}


def pieces(response: BaseHTTPResponse, most: int) -> Iterator[bytes]:
    """Yield the decompressed body; raise BodyError if it is over `most` bytes or badly packed.

    The compressed body may be slightly larger, to allow for the compression's overhead.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    sent = iter(lambda: response.read(_PIECE, decode_content=False), b"")
    if encoding in {"", "identity"}:
        yield from _bounded(sent, most, most)
    elif encoding in {"gzip", "x-gzip"}:
        yield from _bounded(_unpacked(_bounded(sent, most, most + _PIECE)), most, most)
    else:
        raise BodyError(f"is in the encoding {quoted(encoding)}, which was not asked for")


def _bounded(body: Iterator[bytes], most: int, limit: int) -> Iterator[bytes]:
    total = 0
    for piece in body:
        total += len(piece)
        if total > limit:
            raise TooLargeBodyError(f"has more than {_size(most)}")
        yield piece


def _size(count: int) -> str:
    """Return a number of bytes in the largest unit that divides it evenly."""
    for size, unit in ((2**20, "MiB"), (2**10, "KiB")):
        if count and count % size == 0:
            return f"{count // size} {unit}"
    return f"{count} bytes"


def _unpacked(body: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the decompressed body in pieces of bounded size."""
    decoder, is_empty = zlib.decompressobj(_GZIP), True
    for packed in body:
        raw, is_full, is_empty = packed, True, False
        while is_full:
            try:
                piece = decoder.decompress(raw, _PIECE)
            except zlib.error as error:
                raise BrokenBodyError("is not the gzip that it says it is") from error
            if piece:
                yield piece
            raw, is_full = decoder.unconsumed_tail, len(piece) == _PIECE
        if decoder.unused_data:
            raise BrokenBodyError("is not the gzip that it says it is")
    if not (is_empty or decoder.eof):
        raise BrokenBodyError("is cut short")
