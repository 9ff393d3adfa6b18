"""A URL in, the bytes of one document there out: within limits, and without a login."""

from __future__ import annotations

import time

import requests

from catalogctl.client.web import MAX_SECONDS, TIMEOUT
from catalogctl.errors import OutsideError
from catalogctl.version import __version__

MAX_DOCUMENT = 64 * 1024 * 1024
_PIECE = 256 * 1024


class _NoLogin(requests.auth.AuthBase):
    """Keeps requests from reading ~/.netrc: passwords stay here."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def download(url: str, *, most: int = MAX_DOCUMENT) -> bytes:
    """Return what a GET of the URL answers; OutsideError when it answers not, or too much."""
    headers = {"Accept": "application/json", "User-Agent": f"catalogctl/{__version__}"}
    until = time.monotonic() + MAX_SECONDS
    try:
        with requests.get(
            url, headers=headers, timeout=TIMEOUT, stream=True, auth=_NoLogin()
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise OutsideError(f"{url} answers {answer.status_code} {answer.reason}")
            data = bytearray()
            for piece in answer.iter_content(_PIECE):
                data += piece
                if len(data) > most or time.monotonic() > until:
                    raise OutsideError(f"{url} sends more than {most} bytes, or for too long")
            return bytes(data)
    except (requests.RequestException, ValueError) as error:
        raise OutsideError(f"{url} can't be read: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return f"no answer within {TIMEOUT[1]} s"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return str(error).lower()
