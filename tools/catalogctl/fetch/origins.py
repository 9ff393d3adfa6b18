"""Find the scheme, host and port that a URL leads to: what decides who is talked to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urljoin, urlsplit

_NETLOC = re.compile(r"(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_SAFE = re.compile(r"[\x21-\x7e]+")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme and a host; `netloc` leaves out the scheme's own port, `path` is a prefix or ""."""

    scheme: str
    netloc: str
    path: str = ""

    def url(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> str:
        """Return the URL of a path, which begins with "/", below this origin."""
        ending = f"?{urlencode(query)}" if query else ""
        return f"{self.scheme}://{self.netloc}{self.path}{path}{ending}"

    @property
    def api(self) -> Origin:
        """The origin with the `/v2` of a registry's API, where its path does not name one yet."""
        parts = self.path.split("/")
        is_whole = parts[1:2] == ["v2"] or parts[-1] == "v2"
        return self if is_whole else replace(self, path=f"{self.path}/v2")

    def holds(self, url: str) -> bool:
        """Return whether a URL leads to this scheme, host and port."""
        other = origin_of(url)
        return other is not None and (other.scheme, other.netloc) == (self.scheme, self.netloc)


def origin_of(url: str) -> Origin | None:
    """Return where a URL leads; None for one with a user, a strange character, another scheme."""
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
    """Return what a Link or Location means at a URL."""
    try:
        return urljoin(url, reference)
    except ValueError:
        return ""
