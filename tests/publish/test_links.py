"""Every link of a built site leads to a file of the tree: pages, assets, answers, feeds."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from catalogctl.pipeline.build import BuildOptions, build

CATALOG = Path(__file__).parents[2] / "catalog"
BASE = "https://plugins.example/some/where/"
LINK = re.compile(r'\b(?:href|src|action|data-live|data-scan|data-worker|data-pattern)="([^"]*)"')


@pytest.mark.parametrize("base_url", [None, BASE], ids=["anywhere", "base_url"])
def test_every_link_of_the_shipped_catalog_leads_somewhere(
    tmp_path: Path, base_url: str | None
) -> None:
    catalog = tmp_path / "catalog"
    catalog.mkdir()
    for file in CATALOG.rglob("*.*"):
        copy = catalog / file.relative_to(CATALOG)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    (catalog / "site/pages").mkdir(parents=True)
    (catalog / "site/pages/about.md").write_text("# About\n\n[Numbers](../../stats/)\n")
    out = tmp_path / "public"
    built = build(
        BuildOptions(
            catalog=catalog,
            out=out,
            environ={"SOURCE_DATE_EPOCH": "1700000000"},
            generator="catalogctl",
            base_url=base_url,
        )
    )
    assert built.published
    tree = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    checked = set()
    for page in sorted(path for path in tree if path.endswith(".html")):
        if page == "404.html" and base_url is None:
            continue  # Its script turns its links to wherever the root is.
        for link in LINK.findall((out / page).read_text()):
            target = _target(page, link, base_url)
            if target is not None:
                assert target in tree, (page, link)
                checked.add(target)
    assert {path for path in tree if path.endswith(".html")} - checked <= {"404.html"}
    assert len(checked) > 250


def _target(page: str, link: str, base_url: str | None) -> str | None:
    """Return the path of the file that a link leads to; None for one that leaves the site."""
    if base_url and link.startswith(base_url):
        link = "/" + link.removeprefix(base_url)
    elif base_url and link.startswith(urlsplit(base_url).path):
        link = "/" + link.removeprefix(urlsplit(base_url).path)
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    assert base_url or not link.startswith("/"), (page, link)
    base = "" if link.startswith("/") else posixpath.dirname(page)
    target = posixpath.normpath(posixpath.join(base, unquote(parts.path).lstrip("/") or "."))
    if not parts.path:
        return page
    if parts.path.endswith(("/", ".")):
        target = posixpath.normpath(f"{target}/index.html")
    return target.removeprefix("./")
