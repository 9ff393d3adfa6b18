"""Query Docker Hub: the REST API, which lists tags with digests, then OCI (registries, 2).

Docker Hub is one registry with five names and three hosts. Anonymous paging stops at offset 1000
with a 403. The names then come from the OCI list, and the REST data on the newest thousand tags is
kept. So it is where the tags changed while they were listed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qs, urlsplit

import msgspec

from catalogctl.fetch.address import shown_target
from catalogctl.jsontypes import as_text
from catalogctl.lock import LARGEST, has_form
from catalogctl.registry_hosts import DOCKER_HUB_HOSTS
from catalogctl.resolve import oci
from catalogctl.resolve.failures import RegistryError, TransientError
from catalogctl.resolve.listing import TagListing, TagManifest, digest_of, media_type_of
from catalogctl.resolve.oci import manifest
from catalogctl.resolve.registry_http import RegistryAnswer, Request
from catalogctl.resolve.registry_settings import Registry, configured, is_tag
from catalogctl.resolve.transport import accepted

if TYPE_CHECKING:
    from catalogctl.fetch.origins import Origin
    from catalogctl.jsontypes import JSONObject
    from catalogctl.resolve.transport import Transport

__all__ = ["HOSTS", "listing", "manifest", "registry", "repository"]

HOSTS = DOCKER_HUB_HOSTS
PAGE = 100
"""Rows per page, the maximum of the API."""

_OCI_HOST = "registry-1.docker.io"
_REST = "https://hub.docker.com"
_TOKEN_HOST = "auth.docker.io"  # noqa: S105  (a host)
_TAGS = "repository"
_NO_FURTHER = {401, 403, 404}
"""Statuses of a page after the last that may be read: it is refused, or gone with deleted tags."""
_Strange: TypeAlias = str | int | float | bool | None
"""A value that may have the wrong type."""


class _Image(msgspec.Struct, gc=False):
    os: _Strange = None
    architecture: _Strange = None
    variant: _Strange = None


class _Row(msgspec.Struct, gc=False):
    """A tag in the REST API; every field except the name may be null, missing or malformed."""

    name: str
    digest: _Strange = None
    media_type: _Strange = None
    last_updated: _Strange = None
    tag_last_pushed: _Strange = None
    full_size: _Strange = None
    images: list[_Image | None] | None = None


class _RowsPage(msgspec.Struct):
    results: list[_Row]
    count: msgspec.Raw = msgspec.Raw()
    next: _Strange = None


_rows_page = msgspec.json.Decoder(_RowsPage)
_WORD = re.compile(r"[A-Za-z0-9._-]{1,60}")
_COUNT = re.compile(rb"[0-9]{1,15}")


def registry(name: str, options: JSONObject) -> Registry:
    """Return the settings for Docker Hub: REST and OCI, or OCI only for a mirror (`endpoint`)."""
    usual_rest = None if options.get("endpoint") else _REST
    rest = as_text(options.get("rest_endpoint")) or usual_rest
    others = tuple(sorted(HOSTS - {name}))
    return configured(
        name,
        options,
        usual=_OCI_HOST,
        rest=rest,
        token_hosts=(_TOKEN_HOST,),
        also_called=others,
    )


def repository(image: str) -> str:
    """Return an image's repository name on Docker Hub: `ubuntu` becomes `library/ubuntu`."""
    return image if "/" in image else f"library/{image}"


def listing(transport: Transport, repository: str) -> TagListing:
    """Return all tags, with the digests that the list includes."""
    rest = transport.registry.rest
    if rest is None:
        return oci.listing(transport, repository)
    rows, is_whole = _rows(transport, rest, repository)
    manifests = {row.name: _manifest(row) for row in rows if is_tag(row.name)}
    dropped = sum(not is_tag(row.name) for row in rows)
    if is_whole:
        return TagListing(tuple(sorted(manifests)), "hub", manifests, dropped)
    whole = oci.listing(transport, repository)
    known = {tag: manifests[tag] for tag in whole.tags if tag in manifests}
    return TagListing(whole.tags, "oci", known, whole.dropped)


def _rows(transport: Transport, rest: Origin, repository: str) -> tuple[list[_Row], bool]:
    """Return the rows of the REST API, newest first, and whether the list is complete.

    It is not if there are fewer tags than a page counted: a tag that is pushed or deleted meanwhile
    moves others across the pages, and one can be missed (registries, 6).
    """
    namespace, _, name = repository.partition("/")
    path = f"/namespaces/{namespace}/repositories/{name}/tags"
    limits = transport.budget.limits
    rows: list[_Row] = []
    page, count = 1, 0
    for _ in range(limits.pages):
        query = (("page", str(page)), ("page_size", str(PAGE)), ("ordering", "last_updated"))
        answer = _page(transport, rest.api.url(path, query), rest, page)
        if answer is None:
            return rows, False
        more, following = answer
        rows += more.results
        count = max(count, _count(more))
        if len(rows) > limits.tags:
            raise RegistryError(f"it has more than {limits.tags} tags")
        if following is None:
            return rows, len({row.name for row in rows}) >= count
        page = following
    raise RegistryError(f"it has more than {limits.pages} pages of tags")


def _page(
    transport: Transport, url: str, rest: Origin, page: int
) -> tuple[_RowsPage, int | None] | None:
    """Return a page and the next page's number, or None if there are no further ones."""

    def parse(answer: RegistryAnswer) -> tuple[_RowsPage, int | None] | None:
        if answer.status in _NO_FURTHER and page > 1:
            return None
        rows = accepted(answer, _TAGS).decoded(_rows_page, "a page of tags")
        return rows, _next(rows.next, rest, page)

    user = transport.client.login.account(rest.api.url("/auth/token"), transport.budget)
    headers = {} if user is None else {"Authorization": user}  # who signs in may page further
    request = Request("GET", url, transport.budget.limits.page_bytes, headers)
    return transport.ask(request, parse)


def _count(page: _RowsPage) -> int:
    """Return how many tags there are by a page, or 0 if it does not say."""
    count = bytes(page.count)
    return int(count) if _COUNT.fullmatch(count) else 0


def _next(value: _Strange, rest: Origin, page: int) -> int | None:
    """Return the page number in a `next` URL; its host is ignored (registries, 2)."""
    if value is None or value == "":
        return None
    try:
        number = int(parse_qs(urlsplit(str(value)).query)["page"][0])
    except (ValueError, KeyError, IndexError) as error:
        where = shown_target(rest.url("/"), str(value))
        raise TransientError(f"its next page is at {where}, which can't be read") from error
    if number <= page:
        raise RegistryError("its pages of tags lead in a circle")
    return number


def _manifest(row: _Row) -> TagManifest:
    """Return the manifest data of a row; null, missing or malformed fields stay unknown."""
    pushed, size = row.tag_last_pushed or row.last_updated, row.full_size
    is_size = isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= LARGEST
    return TagManifest(
        digest=digest_of(row.digest),
        media_type=media_type_of(row.media_type),
        pushed_at=pushed if isinstance(pushed, str) and has_form("pushed_at", pushed) else None,
        size=size if is_size and isinstance(size, int) else None,
        platforms=_platforms(row.images or []),
    )


def _platforms(images: list[_Image | None]) -> tuple[str, ...] | None:
    """Return the platforms of a row's images, such as linux/arm64/v8, or None if unknown."""
    platforms = set()
    for image in images:
        parts = (image.os, image.architecture, image.variant) if image else ()
        words = [part for part in parts if isinstance(part, str) and _WORD.fullmatch(part)]
        if len(words) > 1 and "unknown" not in words:
            platforms.add("/".join(words))
    return tuple(sorted(platforms)) or None
