"""Read the body of an answer piece by piece: never more than it may have, and unpacked once."""

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
    """An answer: its status, its headers by their names in lower case, its body as it comes."""

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]


class WholeResponse(NamedTuple):
    """An answer that was read whole; one that does not hold the file has no body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def whole(response: Response) -> WholeResponse:
    """Read an answer whole."""
    body = joined(response.pieces) if response.status == HTTPStatus.OK else b""
    return WholeResponse(response.status, response.headers, body)


def joined(pieces: Iterator[bytes]) -> bytes:
    """Return a body in one, which is never in memory twice."""
    body = BytesIO()
    for piece in pieces:
        body.write(piece)
    return body.getvalue()


def headers_of(response: BaseHTTPResponse) -> dict[str, str]:
    """Return the headers of an answer by their names in lower case."""
    return {name.lower(): value for name, value in response.headers.items()}


def pieces(response: BaseHTTPResponse, most: int) -> Iterator[bytes]:
    """Yield the unpacked body; BodyError when it has more than `most` bytes or is packed wrongly.

    As it was sent it may have a little more, for its packing.
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
    """Return a number of bytes, in the largest unit that holds it without a rest."""
    for size, unit in ((2**20, "MiB"), (2**10, "KiB")):
        if count and count % size == 0:
            return f"{count // size} {unit}"
    return f"{count} bytes"


def _unpacked(body: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what is packed in a body, a bounded piece at a time."""
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
