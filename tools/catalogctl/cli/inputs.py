"""Read the input of a command: a file, stdin for «-», or the response of a URL."""

from __future__ import annotations

import os
import sys
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from catalogctl.errors import OutsideError, UsageError

_CHUNK = 1 << 20


def read_input(source: str, what: str, limit: int) -> bytes:
    """Return the bytes of a file, or of stdin for «-», up to one byte above the limit.

    `what` names the expected content in messages. Raise UsageError if it can't be read.
    """
    place = "from stdin" if source == "-" else source
    if source == "-" and sys.stdin is None:
        raise UsageError(f"there is nothing on stdin to read {what} from: it is closed")
    try:
        if source == "-":
            return _at_most(sys.stdin.buffer, limit + 1)
        with Path(source).open("rb") as file:
            return _at_most(file, limit + 1)
    except (OSError, ValueError) as error:
        cause = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"can't read {what} {place}: {cause}") from error


def _at_most(stream: BinaryIO, most: int) -> bytes:
    """Return what a stream has, up to `most` bytes, without reserving memory for all of them.

    Less than was asked for is its end: on a terminal, another read would wait for another Ctrl-D.
    """
    chunks = []
    while most:
        size = min(_CHUNK, most)
        chunk = stream.read(size) or b""  # None if a stream that doesn't wait has nothing yet
        chunks.append(chunk)
        most -= size
        if len(chunk) < size:
            break
    return b"".join(chunks)


def read_source(source: str, limit: int) -> tuple[str, bytes]:
    """Return the name for messages, and the bytes, of a list in a file, on stdin, or at a URL.

    Raise UsageError if there are more bytes than the limit, OutsideError if the download fails.
    """
    from catalogctl.cli.terminal import clean
    from catalogctl.fetch.address_or_path import is_address

    if is_address(source):
        return _download(source, limit)
    name = "stdin" if source == "-" else clean(Path(source).name)
    data = read_input(source, "the list", limit)
    if len(data) > limit:
        raise UsageError(f"can't read {name}: it has more than {limit} bytes")
    return name, data


def _download(source: str, limit: int) -> tuple[str, bytes]:
    from catalogctl.fetch.address import parse_address
    from catalogctl.fetch.fetcher import Fetcher
    from catalogctl.fetch.response import whole

    url = parse_address(source, "import")
    fetcher = Fetcher(os.environ)
    try:
        answer = fetcher.read(url, whole, most=limit)
    finally:
        fetcher.close()
    if answer.status != HTTPStatus.OK:
        raise OutsideError(f"{url} answered {answer.status}")
    return url, answer.body
