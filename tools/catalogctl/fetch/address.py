"""Parse the web addresses that users enter, and check where redirects lead.

Error messages never repeat an address: any part of it may contain a password or token, and messages
end up in build logs.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from catalogctl.errors import UsageError
from catalogctl.fetch.fetch_errors import quoted
from catalogctl.fetch.origins import origin_of, resolved
from catalogctl.web_addresses import has_host

_WEB = re.compile(r"https?://", re.IGNORECASE)
_EXAMPLE = "https://plugins.example.org/"
_FILES_OF_A_TREE = re.compile(r"/(?:index\.json|manifest\.json|index\.html)/*\Z")


def parse_address(text: str, command: str) -> str:
    """Return an address in normal form; raise UsageError, prefixed with `command`, if invalid.

    A login, a query and a fragment are refused, because only public files are read here.
    """
    flaw = _flaw(text)
    if flaw:
        raise UsageError(f"{command}: {flaw}")
    from urllib3.util import parse_url

    return parse_url(text).url


def tree_address(text: str, command: str) -> str:
    """Return the address of a published tree, ending with "/"; otherwise like `parse_address`.

    The address of the tree's index or manifest is accepted, too.
    """
    return _FILES_OF_A_TREE.sub("/", parse_address(text, command)).rstrip("/") + "/"


def _flaw(text: str) -> str:
    """Return what is wrong with an address, or "" if it is valid."""
    if not text.isprintable() or set(text) & set(" \\"):
        return f"an address has no blanks in it: write one such as {_EXAMPLE}"
    if not _WEB.match(text):
        return f"only https:// and http:// addresses are read: write one such as {_EXAMPLE}"
    authority = re.split("[/?#]", text.partition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        return "leave user and password out of the address: what is read here is public"
    if "?" in text or "#" in text:
        return "give only the address, without ? or # and what follows"
    if not has_host(text):
        return (
            f"this is not a web address, its host or port can't be one: write one like {_EXAMPLE}"
        )
    return ""


def redirected(url: str, location: str) -> str | None:
    """Return the target of a redirect, or None if it leaves the host or downgrades https."""
    goal = resolved(url, location).partition("#")[0]
    here, there = origin_of(url), origin_of(goal)
    if here is None or there is None:
        return None
    if (here.scheme, here.netloc) == (there.scheme, there.netloc):
        return goal
    upgraded = (here.scheme, there.scheme) == ("http", "https") and here.netloc == there.netloc
    return goal if upgraded else None


def shown_target(url: str, location: str) -> str:
    """Return a redirect's target for use in a message, without login and query."""
    goal = resolved(url, location)
    if not goal:
        return "something that is not an address"
    parts = urlsplit(goal)
    host = parts.netloc.rpartition("@")[2]
    return quoted(f"{parts.scheme}://{host}{parts.path}")
