"""Build the files for crawlers: robots.txt and sitemap.xml (sitemaps.org 0.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.cuts import PART_OF_LIST, cut
from catalogctl.publish.markup import XML, element, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.publish.build_context import File

MOST_URLS = 1000
"""Above this number, the sitemap is cut into parts; the protocol allows 50,000 in one."""
SITEMAP = "sitemap.xml"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGE = "index.html"


def robots(base_url: str | None) -> File:
    """Return robots.txt, which allows everything and names the sitemap if there is a base URL."""
    sitemap = f"\nSitemap: {base_url}{SITEMAP}\n" if base_url else ""
    return "robots.txt", f"User-agent: *\nAllow: /\n{sitemap}".encode()


def sitemap(
    pages: Sequence[str],
    updated: Mapping[str, str],
    base_url: str,
    *,
    most: int = MOST_URLS,
) -> Iterator[File]:
    """Yield sitemap.xml with all pages or, if there are over `most`, its parts and their index.

    The parts are cut by the pages' paths, so a new page usually changes one part. `pages` are the
    paths of HTML files in order; `updated` has the update times of some of them.
    """
    if len(pages) <= most:
        yield SITEMAP, _urls(pages, updated, base_url)
        return
    parts = list(cut(pages, PART_OF_LIST, lambda page: page))
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    for name, part in zip(names, parts, strict=True):
        yield name, _urls(part, updated, base_url)
    places = (f"<sitemap>{element('loc', base_url + name)}</sitemap>" for name in names)
    yield SITEMAP, _document("sitemapindex", places)


def _urls(pages: Sequence[str], updated: Mapping[str, str], base_url: str) -> bytes:
    def urls() -> Iterator[str]:
        for page in pages:
            time = updated.get(page)
            changed = f"<lastmod>{text(time)}</lastmod>" if time else ""
            place = text(base_url + page.removesuffix(_PAGE))
            yield f"<url><loc>{place}</loc>{changed}</url>"

    return _document("urlset", urls())


def _document(name: str, lines: Iterator[str]) -> bytes:
    body = "\n".join(lines)
    return f'{XML}<{name} xmlns="{_NAMESPACE}">\n{body}\n</{name}>\n'.encode()
