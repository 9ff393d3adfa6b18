"""Read the body of an answer piece by piece: never more than it may have, and unpacked once."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.fetch.fetch_errors import FetchError, TooLargeError
from catalogctl.resolve.failures import quoted

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
    """Read an answer whole, in one buffer."""
    body = BytesIO()
    if response.status == HTTPStatus.OK:
        for piece in response.pieces:
            body.write(piece)
    return WholeResponse(response.status, response.headers, body.getvalue())


def pieces(url: str, response: BaseHTTPResponse, most: int) -> Iterator[bytes]:
    """Yield the unpacked body; TooLargeError once it has more than `most` bytes, also as sent."""
    coding = _coding(url, response)
    length = response.headers.get("content-length", "")
    if coding is None and length.isascii() and length.isdigit() and int(length[:20]) > most:
        raise TooLargeError(url, f"has more than {most} bytes")
    if coding is None:
        yield from _bounded(url, _as_sent(response), most, most)
    else:
        sent = _bounded(url, _as_sent(response), most, most + _PIECE)
        yield from _bounded(url, _unpacked(url, sent), most, most)


def _as_sent(response: BaseHTTPResponse) -> Iterator[bytes]:
    while piece := response.read(_PIECE, decode_content=False):
        yield piece


def _bounded(url: str, body: Iterator[bytes], most: int, limit: int) -> Iterator[bytes]:
    """Yield a body up to a limit, which is what was allowed and a little for its packing."""
    total = 0
    for piece in body:
        total += len(piece)
        if total > limit:
            raise TooLargeError(url, f"has more than {most} bytes")
        yield piece


def _coding(url: str, response: BaseHTTPResponse) -> str | None:
    """Return the one coding that a body may have, None when it has none."""
    names = response.headers.get("content-encoding", "").lower().split(",")
    codings = [name for each in names if (name := each.strip()) not in {"", "identity"}]
    if not codings:
        return None
    if len(codings) > 1:
        raise FetchError(url, "is packed more than once, and is not unpacked")
    if codings[0] not in {"gzip", "x-gzip"}:
        raise FetchError(url, f"is packed as {quoted(codings[0])}, which was not asked for")
    return codings[0]


def _unpacked(url: str, body: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what is packed in a body, a bounded piece at a time."""
    decoder, is_empty = zlib.decompressobj(_GZIP), True
    for packed in body:
        raw, is_full, is_empty = packed, True, False
        while is_full:
            try:
                piece = decoder.decompress(raw, _PIECE)
            except zlib.error as error:
                raise FetchError(url, "is not packed as it says") from error
            if piece:
                yield piece
            raw, is_full = decoder.unconsumed_tail, len(piece) == _PIECE
        if decoder.unused_data:
            raise FetchError(url, "is not packed as it says")
    if not (is_empty or decoder.eof):
        raise FetchError(url, "broke off in the middle of its answer")
