"""Decide which web addresses can exist, which may be followed, and which be loaded as pictures."""

from __future__ import annotations

import ipaddress
import posixpath
import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

_USUAL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:[/?#][!#-;=?-\[\]_a-z~]*)?")
"""Addresses with a host and no port, which need no further checks."""
_PLAIN = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://[!#-;=?-\[\]_a-z~]+")
_NOT_RELATIVE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|\\")
_NOT_IN_PATH = re.compile(r"[\x00-\x1f\x7f\\]")
_HOST_AND_PORT = re.compile(
    r"https?://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{0,5}))?(?:[/?#]|\Z)"
)
_BEFORE_PORT = re.compile(r"(https?://)([^/?#:]*)", re.IGNORECASE)
_LAST_PORT = 65535
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_HOST = 253
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


def web_link(value: object) -> str | None:
    """Return the value if it is an http(s) address with a host that nothing disguises, else None.

    A value with whitespace, control characters, backslashes, quotes, lookalike characters (anything
    outside ASCII) or a user before the host («https://good@evil») is shown as plain text instead.
    """
    return _web_link(value) if isinstance(value, str) else None


@lru_cache(maxsize=1000)
def _web_link(value: str) -> str | None:
    if _USUAL.fullmatch(value):
        return value
    if not _PLAIN.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return value if port is None or port > 0 else None


def has_host(address: str) -> bool:
    """Return whether an http(s) address without a user has a host and a port that can exist."""
    if not address.isascii():
        address = _in_ascii(address)
    parts = _HOST_AND_PORT.match(address.lower())
    if parts is None or (parts["port"] and not 0 < int(parts["port"]) <= _LAST_PORT):
        return False
    host = parts["host"].removesuffix(".")
    if host.startswith("["):
        return _is_ip(host[1:-1], version=6)
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _is_ip(host, version=4)
    is_short = len(host) <= _LONGEST_HOST
    return is_short and host.strip("_") == host and all(map(_LABEL.fullmatch, labels))


def _in_ascii(address: str) -> str:
    """Return an address with its host as DNS has it (IDNA); "" if a host can't have that form."""
    parts = _BEFORE_PORT.match(address)
    if parts is None or parts[2].isascii():
        return address
    import idna  # where few addresses lead

    try:
        host = idna.encode(parts[2].lower(), strict=True, std3_rules=True).decode()
    except idna.IDNAError:
        return ""
    return f"{parts[1]}{host}{address[parts.end() :]}"


def _is_ip(text: str, *, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def image_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the hosts that are exact names, in lowercase, for the Content-Security-Policy."""
    return tuple(host for host in dict.fromkeys(map(str.lower, hosts)) if _HOST.fullmatch(host))


def picture(value: object, hosts: tuple[str, ...]) -> str | None:
    """Return the value if it is an https address on one of the hosts at port 443, else None."""
    if not hosts or not (url := web_link(value)):
        return None
    parts = urlsplit(url)
    listed = parts.scheme == "https" and parts.hostname in hosts and parts.port in (None, 443)
    return url if listed else None


def is_relative(address: str) -> bool:
    """Return whether an address names a file relative to where it is written."""
    path = re.split("[?#]", address, maxsplit=1)[0]
    return bool(path) and not _NOT_RELATIVE.match(path) and not _NOT_IN_PATH.search(unquote(path))


def path_from(folder: str, address: str) -> str | None:
    """Return the path that a relative address in a file of `folder` leads to, None if to none.

    Both are relative to the same root, which no address leads out of; one that begins with "/"
    starts there.
    """
    if not is_relative(address):
        return None
    path = unquote(re.split("[?#]", address, maxsplit=1)[0])
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
    found = posixpath.normpath(joined)
    return None if found == ".." or found.startswith("../") else found
