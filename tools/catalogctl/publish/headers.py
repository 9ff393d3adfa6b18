"""Build `_headers` and `.nojekyll` for hosts (product contract, 5, «For hosts»).

Hosts that read `_headers` join the values of all rules matching a path. Therefore no two rules set
the same header for one path, and `*` only appears at the end. The one exception is the policy of
plugins' pictures: of two policies, both apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.files.tree_paths import TRUST_HASHES, TRUST_METADATA
from catalogctl.model.plugin_documents import PICTURES
from catalogctl.publish.crawlers import SITEMAP
from catalogctl.publish.endpoints import (
    FEED,
    HEALTH,
    INDEX,
    MANIFEST,
    OPENAPI,
    PARTS,
    RELEASES,
    RELEASES_FEED,
    REMOVED,
)
from catalogctl.publish.site.assets import QUERY_SCRIPT
from catalogctl.web_addresses import image_hosts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.publish.build_context import File

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; require-trusted-types-for 'script'; trusted-types catalog"
)
PICTURE_POLICY = "default-src 'none'; sandbox"
"""For pictures of plugins, so that a drawing that is opened on its own does nothing but draw."""
FOREVER = "public, max-age=31536000, immutable"
"""For files named by the hash of their content."""
BRIEFLY = "public, max-age=60, must-revalidate"
"""For all other files: cached for a minute, then revalidated with the ETag."""

JSON = "application/json"
ATOM = "application/atom+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"
TYPES = {
    "atom": ATOM,
    "css": "text/css; charset=utf-8",
    "gif": "image/gif",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": JSON,
    "png": "image/png",
    "svg": "image/svg+xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "xml": XML,
}
"""The type of a file by the ending of its name, as hosts know it without a rule."""
ANY_TYPE = "application/octet-stream"
ANYONE = ("Access-Control-Allow-Origin", "*")

_JSON_FILES = (INDEX, OPENAPI, MANIFEST, REMOVED, RELEASES, HEALTH)
_JSON_FOLDERS = ("repository", "versions", "index", "changes")
_PAGE_FOLDERS = (
    *("page", "plugins", "service-types", "providers", "labels", "states", "registry-types"),
    *("news", "stats", "api", "about", "removed", "pages"),
)
_OF_UPSTREAMS = ("repositories", "upstream")
"""The folders with JSON and with pages that only a catalog with upstreams has."""
_PAGES = ("", "index.html", "404.html", "robots.txt")


def type_of(path: str) -> str:
    """Return the type of a published file by the ending of its name."""
    ending = path.rpartition("/")[2].rpartition(".")[2]
    return TYPES.get(ending, ANY_TYPE)


def content_policy(hosts: tuple[str, ...]) -> str:
    """Return the Content-Security-Policy of every page; it allows images from the hosts, too."""
    images = ("'self'", *(f"https://{host}" for host in image_hosts(hosts)))
    return _POLICY.format(images=" ".join(images))


def host_files(
    policy: str, hashed: Iterable[str], *, has_upstreams: bool = False
) -> Iterator[File]:
    """Yield the files for hosts.

    `policy` is the pages' Content-Security-Policy. `hashed` contains the paths outside `assets/`
    and `parts/` of files named by the hash of their content.
    """
    blocks = [_block("/*", *_everywhere(policy))]
    json_folders = (*_JSON_FOLDERS, *(_OF_UPSTREAMS[:1] if has_upstreams else ()))
    page_folders = (*_PAGE_FOLDERS, *(_OF_UPSTREAMS[1:] if has_upstreams else ()))
    json_paths = (*_JSON_FILES, *(f"{folder}/*" for folder in json_folders))
    blocks += [
        *(_block(f"/{path}", _cache(BRIEFLY)) for path in _PAGES),
        *(_block(f"/{folder}/*", _cache(BRIEFLY)) for folder in page_folders),
        *(_block(f"/{path}", ANYONE, _type(JSON), _cache(BRIEFLY)) for path in json_paths),
        _block("/schemas/*", ANYONE, _type("application/schema+json"), _cache(BRIEFLY)),
        _block("/badges/*", ANYONE, _cache(BRIEFLY)),
        _block("/search/index.json", ANYONE, _type(JSON), _cache(BRIEFLY)),
        *(_block(f"/{path}", ANYONE, _type(JSON), _cache(FOREVER)) for path in hashed),
        _block(f"/{PARTS}*", ANYONE, _type(JSON), _cache(FOREVER)),
        _block(f"/{TRUST_METADATA}*", ANYONE, _type(JSON), _cache(BRIEFLY)),
        _block(f"/{TRUST_HASHES}*", ANYONE, _type(JSON), _cache(FOREVER)),
        *(_block(f"/{path}", _type(ATOM), _cache(BRIEFLY)) for path in (FEED, RELEASES_FEED)),
        _block(f"/{SITEMAP}", _type(XML), _cache(BRIEFLY)),
        _block(f"/{QUERY_SCRIPT}", ANYONE, _cache(BRIEFLY)),
        _block("/assets/*", ANYONE, _cache(FOREVER)),
        _block(f"/{PICTURES}/*", ("Content-Security-Policy", PICTURE_POLICY)),
    ]
    yield "_headers", "\n".join(blocks).encode()
    yield ".nojekyll", b""


def _everywhere(policy: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Security-Policy", f"{policy}; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
    )


def _block(path: str, *headers: tuple[str, str]) -> str:
    return "".join([f"{path}\n", *(f"  {name}: {value}\n" for name, value in headers)])


def _type(value: str) -> tuple[str, str]:
    return "Content-Type", value


def _cache(value: str) -> tuple[str, str]:
    return "Cache-Control", value
