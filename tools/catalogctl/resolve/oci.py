"""Query the OCI distribution API, which every registry supports (registries, 1).

Requests use `n=1000`, the largest page allowed: 2.8.2 ignores it, and 3.1.0 and ECR refuse more. A
refused request is repeated once without `n`. The order of tags is not trusted, and only a Link
header means that there are more pages.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from requests.utils import parse_header_links

from catalogctl.fetch.address import shown_target
from catalogctl.fetch.fetch_errors import quoted
from catalogctl.fetch.origins import origin_of, resolved
from catalogctl.resolve.failures import RegistryError, TransientError
from catalogctl.resolve.listing import (
    NoManifest,
    TagListing,
    TagManifest,
    digest_of,
    is_other_digest,
    media_type_of,
)
from catalogctl.resolve.registry_http import RegistryAnswer, Request
from catalogctl.resolve.registry_settings import Registry, configured, is_tag
from catalogctl.resolve.transport import accepted, error_message

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject
    from catalogctl.resolve.transport import Transport

HOSTS: frozenset[str] = frozenset()
PAGE = 1000
MANIFEST_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
"""Indexes come first, so a multi-platform tag yields the digest of its index. All four are needed:
without the right one, 2.8.2 reports that there is no such manifest."""


class _TagsPage(msgspec.Struct):
    tags: list[str] | None


class _ManifestBody(msgspec.Struct):
    """The field that manifests of every type have."""

    schema_version: int = msgspec.field(name="schemaVersion")


_tags = msgspec.json.Decoder(_TagsPage)
_manifest = msgspec.json.Decoder(_ManifestBody)
_ACCEPT = {"Accept": ", ".join(MANIFEST_TYPES)}
_TAGS = "list of tags"
_SIZE_REFUSED = {400, 405}
_UNAUTHORIZED = 401
_FAULTS_OF_THE_ASKER = range(400, 500)
_NO_HEAD = {405, 501}
_QUOTED = re.compile(r';\s*+(?!rel\s*+=)[\w*-]++\s*+=\s*+"(?>(?:[^"\\]|\\.)*)"', re.IGNORECASE)
"""A quoted parameter of a Link other than `rel`: its text may look like other parameters."""


def registry(name: str, options: JSONObject) -> Registry:
    """Return the settings for a registry without special rules."""
    return configured(name, options, usual=name)


def repository(image: str) -> str:
    """Return an image's repository name in the registry."""
    return image


def listing(transport: Transport, repository: str) -> TagListing:
    """Return all tags of an image, read page by page; a failed page discards the list."""
    limits = transport.budget.limits
    tags, seen, dropped = set[str](), set[str](), 0
    first = transport.registry.endpoint.api.url(f"/{repository}/tags/list")
    url: str | None = f"{first}?n={PAGE}"
    while url is not None:
        if url in seen:
            raise RegistryError("its pages of tags lead in a circle")
        if len(seen) == limits.pages:
            raise RegistryError(f"it has more than {limits.pages} pages of tags")
        seen.add(url)
        names, url = _page(transport, repository, url, first)
        tags.update(name for name in names if is_tag(name))
        dropped += sum(not is_tag(name) for name in names)
        if len(tags) > limits.tags:
            raise RegistryError(f"it has more than {limits.tags} tags")
    return TagListing(tuple(sorted(tags)), "oci", dropped=dropped)


def _page(
    transport: Transport, repository: str, url: str, first: str
) -> tuple[list[str], str | None]:
    """Return the names on one page and the URL of the next page, if any."""

    def parse(answer: RegistryAnswer) -> tuple[list[str], str | None] | None:
        if answer.status in _SIZE_REFUSED and url.endswith(f"?n={PAGE}"):
            return None
        names = accepted(answer, _TAGS).decoded(_tags, "a list of tags").tags
        return names or [], _next(answer, first)  # 2.8.2 sends null if all are deleted

    cap = transport.budget.limits.page_bytes
    page = transport.ask(Request("GET", url, cap), parse, repository=repository)
    return _page(transport, repository, first, first) if page is None else page


def _next(answer: RegistryAnswer, first: str) -> str | None:
    """Return the URL of the next page: our own path with the Link's query.

    The Link's own path may be wrong: Artifactory drops a part of it (registries, 4). A Link to
    another scheme or host is refused (registries, 7). Names of parameters and relations ignore
    case, and a Link may have several relations (RFC 5988).
    """
    header = answer.headers.get("link", "")
    links = [
        {name.strip().lower(): text for name, text in link.items()}
        for link in parse_header_links(_QUOTED.sub("", header))
    ]
    target = next(
        (each["url"] for each in links if "next" in each.get("rel", "").lower().split()), None
    )
    if target is None and not all("rel" in link for link in links):
        shown = quoted(header.partition("?")[0])  # a query may be signed
        raise TransientError(f"its Link header can't be read: {shown}")
    if target is None:
        return None
    goal = resolved(answer.url, target)
    origin = origin_of(answer.url)
    if origin is None or not origin.holds(goal):
        where = shown_target(answer.url, target)
        raise RegistryError(f"its next page is at {where}, which is not asked")
    query = urlsplit(goal).query
    return f"{first}?{query}"


def manifest(transport: Transport, repository: str, tag: str) -> TagManifest | NoManifest:
    """Return a tag's digest and media type, or why the registry does not give it out.

    Use HEAD, because it does not count as a pull, and GET only if HEAD is not supported or returns
    no digest that a lock has.
    """
    url = transport.registry.endpoint.api.url(f"/{repository}/manifests/{tag}")

    def parse(answer: RegistryAnswer) -> TagManifest | NoManifest:
        if answer.status in _NO_HEAD:
            return TagManifest(None)
        if _is_of_the_tag(answer):
            return NoManifest(answer.status, error_message(answer.body))
        accepted(answer, f"manifest of {tag}")
        stated = answer.headers.get("docker-content-digest")
        digest = digest_of(stated)
        if stated and digest is None and not is_other_digest(stated):
            raise TransientError(f"its digest of {tag} is malformed: {quoted(stated)}")
        return TagManifest(digest, media_type_of(answer.headers.get("content-type")))

    manifest = transport.ask(Request("HEAD", url, 0, _ACCEPT), parse, repository=repository)
    if isinstance(manifest, NoManifest) or manifest.digest is not None:
        return manifest
    cap = transport.budget.limits.manifest_bytes
    request = Request("GET", url, cap, _ACCEPT)
    return transport.ask(
        request, lambda answer: _manifest_from_body(answer, tag), repository=repository
    )


def _is_of_the_tag(answer: RegistryAnswer) -> bool:
    """Return whether a failure may be of one tag: not a missing login, nor a fault of the host."""
    return answer.status in _FAULTS_OF_THE_ASKER and answer.status != _UNAUTHORIZED


def _manifest_from_body(answer: RegistryAnswer, tag: str) -> TagManifest | NoManifest:
    """Return a manifest's digest, computed from its bytes (OCI distribution, "Digest header")."""
    if _is_of_the_tag(answer):
        return NoManifest(answer.status, error_message(answer.body))
    accepted(answer, f"manifest of {tag}")
    answer.decoded(_manifest, "a manifest")
    digest = f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
    return TagManifest(digest, media_type_of(answer.headers.get("content-type")))
