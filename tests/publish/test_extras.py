"""Feeds and badges of single plugins: in small catalogs, and in large ones that ask for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.build import BuildOptions, build
from support.catalogs import SETTINGS, plugin, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

FILES = {f"plugins/plugin-{letter}.yaml": plugin(f"plugin-{letter}") for letter in "abc"}
ADDRESS = "base_url: https://plugins.example.org/"

SITES = {
    "as many as there may be": (f"extras_up_to: 3, {ADDRESS}", True, True),
    "more than there may be": (f"extras_up_to: 2, {ADDRESS}", False, False),
    "badges are asked for": (f"extras_up_to: 2, badges: true, {ADDRESS}", True, False),
    "no badges are asked for": (f"badges: false, {ADDRESS}", False, True),
    "for no catalog": (f"extras_up_to: 0, {ADDRESS}", False, False),
    "without an address": ("extras_up_to: 3", True, False),
    "by default": (ADDRESS, True, True),
}
"""The settings of a site of three plugins; whether each plugin has badges, and a feed."""


@pytest.mark.parametrize(("site", "badges", "feeds"), SITES.values(), ids=SITES)
def test_files_and_what_names_them_go_together(
    tmp_path: Path, site: str, *, badges: bool, feeds: bool
) -> None:
    catalog = write_catalog(tmp_path / "catalog", FILES, f"{SETTINGS}site: {{{site}}}\n")
    tree = tmp_path / "public"
    assert build(BuildOptions(catalog, tree, environ={})).published
    paths = json.loads((tree / "openapi.json").read_text())["paths"]
    for letter in "abc":
        page = (tree / f"plugins/plugin-{letter}/index.html").read_text()
        assert (tree / f"plugins/plugin-{letter}/feed.atom").exists() == feeds
        assert ('href="feed.atom"' in page) == feeds
        assert (tree / f"badges/plugin-{letter}.svg").exists() == badges
        assert (tree / f"badges/plugin-{letter}.json").exists() == badges
        assert ("badges/" in page) == badges
    assert ("/plugins/{plugin_id}/feed.atom" in paths) == feeds
    assert ("/badges/{plugin_id}.svg" in paths) == badges
    assert (tree / "feed.atom").exists() == (ADDRESS in site)
