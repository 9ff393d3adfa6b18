"""Every link of a built site leads to a file of the tree: pages, assets, answers, feeds."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from catalogctl.pipeline.build import BuildOptions, build
from support.catalogs import LOCK, PLUGIN, SETTINGS, plugin
from support.git import Repository

CATALOG = Path(__file__).parents[2] / "catalog"
BASE = "https://plugins.example/some/where/"
API = "repository/v1/plugin"
LINK = re.compile(
    r'\b(?:href|src|action|data-live|data-scan|data-add|data-worker|data-pattern)="([^"]*)"'
)


ANYWHERE_OR_BELOW = pytest.mark.parametrize("base_url", [None, BASE], ids=["anywhere", "base_url"])


@ANYWHERE_OR_BELOW
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
    tree, linked = built(catalog, base_url)
    assert {path for path in tree if path.endswith(".html")} - linked <= {"404.html"}
    assert len(linked) > 250


@ANYWHERE_OR_BELOW
def test_every_call_of_a_small_catalog_is_linked(tmp_path: Path, base_url: str | None) -> None:
    """Whatever it has: a lock, a removed plugin, saved queries, odd values, a second page."""
    repository = Repository.new(tmp_path)
    repository.commit("start", {f"catalog/{file}": text for file, text in SMALL.items()})
    repository.commit("take out", {"catalog/plugins/plugin-gone.yaml": None})
    tree, linked = built(tmp_path / "catalog", base_url)
    assert "plugins/plugin-gone/index.html" in linked
    calls = [
        re.compile(rf"{API}/({kind})/[^/]*")
        for kind in ("get", "get-versions", "stat", "list/saved")
    ]
    for call in calls:
        answers = {path for path in tree if call.fullmatch(path)}
        assert answers
        assert sorted(answers - linked) == []
    assert {
        f"{API}/list/by/labels/{name}.json" for name in ("billing", "~C3~84~2Fb", "a~20b")
    } <= linked
    assert "versions/plugin-hyperbilling.json" in linked


SMALL = {
    "catalog.yaml": SETTINGS + "site: {cards_per_page: 2}\n",
    "plugins/plugin-hyperbilling.yaml": PLUGIN + "labels: [billing, Ä/b, a b]\nprovider: aws\n",
    "plugins/plugin-off.yaml": plugin("plugin-off", state="DISABLED"),
    "plugins/plugin-old.yaml": plugin(
        "plugin-old", deprecated="{reason: replaced, successor: plugin-off}"
    ),
    "plugins/plugin-gone.yaml": plugin("plugin-gone"),
    "versions/plugin-hyperbilling.json": LOCK,
    "queries/off.yaml": "kind: list\ntitle: Off now\nquery: {}\nparams: {state: DISABLED}\n",
    "queries/types.yaml": "kind: stat\ntitle: Types\nquery: {distinct: service_type}\n",
}


def built(catalog: Path, base_url: str | None) -> tuple[set[str], set[str]]:
    """Build a catalog, follow every link of its pages; return all files and those linked."""
    out = catalog.parent / "public"
    environ = {"SOURCE_DATE_EPOCH": "1700000000"}
    options = BuildOptions(catalog, out, environ, "catalogctl", base_url=base_url)
    assert build(options).published
    tree = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    linked = set()
    for page in sorted(path for path in tree if path.endswith(".html")):
        if page == "404.html" and base_url is None:
            continue  # Its script turns its links to wherever the root is.
        for link in LINK.findall((out / page).read_text()):
            target = _target(page, link, base_url)
            if target is not None:
                assert target in tree, (page, link)
                linked.add(target)
    return tree, linked


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
