"""Which headers a published file gets, from the `_headers` that a build wrote."""

from __future__ import annotations

import pytest

from catalogctl.publish.headers import BRIEFLY, FOREVER, host_files
from catalogctl.upload.host_headers import HostHeaders

HASHED = "search/0123abcd.json"
HEADERS = HostHeaders(dict(host_files("default-src 'none'", [HASHED]))["_headers"].decode())
HTML = "text/html; charset=utf-8"
FILES = {
    "index.html": (HTML, BRIEFLY),
    "plugins/plugin-a/index.html": (HTML, BRIEFLY),
    "a-new-kind/index.html": (HTML, BRIEFLY),
    "404.html": (HTML, BRIEFLY),
    "index.json": ("application/json", BRIEFLY),
    "manifest.json": ("application/json", BRIEFLY),
    "repository/v1/plugin/get/plugin-a.json": ("application/json", BRIEFLY),
    "schemas/PluginInfo.schema.json": ("application/schema+json", BRIEFLY),
    "search/index.json": ("application/json", BRIEFLY),
    HASHED: ("application/json", FOREVER),
    "assets/site.0a1b.js": ("text/javascript; charset=utf-8", FOREVER),
    "assets/site.webmanifest": ("application/manifest+json", FOREVER),
    "assets/plugins/plugin-a/0a1b.svg": ("image/svg+xml; charset=utf-8", FOREVER),
    "assets/plugins/plugin-a/0a1b.jpeg": ("image/jpeg", FOREVER),
    "assets/mark.0a1b.jpg": ("image/jpeg", FOREVER),
    "assets/plugins/plugin-a/0a1b.gif": ("image/gif", FOREVER),
    "badges/plugin-a.svg": ("image/svg+xml; charset=utf-8", BRIEFLY),
    "feed.atom": ("application/atom+xml; charset=utf-8", BRIEFLY),
    "sitemap.xml": ("application/xml; charset=utf-8", BRIEFLY),
    "robots.txt": ("text/plain; charset=utf-8", BRIEFLY),
    ".nojekyll": ("application/octet-stream", BRIEFLY),
}


@pytest.mark.parametrize("path", FILES)
def test_a_file_gets_its_type_and_its_cache_time(path: str) -> None:
    type_, cache = FILES[path]
    assert HEADERS.of(path) == {"Content-Type": type_, "Cache-Control": cache}
    assert HEADERS.is_named_by_content(path) == (cache == FOREVER)


@pytest.mark.parametrize("text", ["", "no rule\n", "  X: y\n", "/*\n  no colon\n", "\x00"])
def test_a_file_without_rules_is_no_error(text: str) -> None:
    assert HostHeaders(text).of("index.html") == {"Content-Type": HTML, "Cache-Control": BRIEFLY}
