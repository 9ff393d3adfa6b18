"""Determine the scheme, host and port of a URL, which identify the server it leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urljoin, urlsplit

_NETLOC = re.compile(r"(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_SAFE = re.compile(r"[\x21-\x7e]+")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme and a host; `netloc` omits the scheme's default port, `path` is a prefix or ""."""

    scheme: str
    netloc: str
    path: str = ""

    def url(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> str:
        """Return the URL of a path below this origin; `path` begins with "/"."""
        ending = f"?{urlencode(query)}" if query else ""
        return f"{self.scheme}://{self.netloc}{self.path}{path}{ending}"

    @property
    def api(self) -> Origin:
        """The origin with a registry API's `/v2`, added unless its path already has one."""
        parts = self.path.split("/")
        is_whole = parts[1:2] == ["v2"] or parts[-1] == "v2"
        return self if is_whole else replace(self, path=f"{self.path}/v2")

    def holds(self, url: str) -> bool:
        """Return whether a URL leads to this scheme, host and port."""
        other = origin_of(url)
        return other is not None and (other.scheme, other.netloc) == (self.scheme, self.netloc)


def origin_of(url: str) -> Origin | None:
    """Return the origin of a URL, or None if it is invalid or has a user or another scheme."""
    if not _SAFE.fullmatch(url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    netloc = parts.netloc.lower()
    if parts.scheme not in _PORTS or not _NETLOC.fullmatch(netloc):
        return None
    if port == _PORTS[parts.scheme]:
        netloc = netloc.rpartition(":")[0]
    path = re.sub("/{2,}", "/", parts.path).rstrip("/")
    return Origin(parts.scheme, netloc, path)


def resolved(url: str, reference: str) -> str:
    """Return a Link or Location resolved against a URL, or "" if that is not possible."""
    try:
        return urljoin(url, reference)
    except ValueError:
        return ""
