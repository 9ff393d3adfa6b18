"""The page «Add a plugin»: what it shows can be pasted and typed, and authors are led to it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from catalogctl.cli.main import main
from catalogctl.source.settings import SiteSettings
from support import samples, site
from support.catalogs import SETTINGS, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "pages/add-a-plugin/index.html"
REPOSITORY = "https://git.example/acme/plugins"


def copied(files: dict[str, bytes]) -> list[str]:
    """Return the blocks of the page that have a button to copy them."""
    found = re.findall(r"(?s)<code data-copy=[^>]*>(.*?)</code>", files[PAGE].decode())
    return [unescape(block) for block in found]


@pytest.mark.parametrize("base_url", [None, "https://plugins.example.org/"])
def test_the_example_is_a_plugin_file_that_a_catalog_accepts(
    tmp_path: Path, base_url: str | None
) -> None:
    example, _ = copied(site.pages(samples.plugins(), site.context(base_url=base_url)))
    assert example.startswith("# yaml-language-server") is (base_url is not None)
    settings = re.sub(r"(?s)defaults:.*?\n(?=\S|\Z)", "", SETTINGS)
    file = "plugins/plugin-example-mon-webhook.yaml"
    catalog = write_catalog(tmp_path / "catalog", {"catalog.yaml": settings, file: example + "\n"})
    assert main(["validate", "--catalog", str(catalog)]) == 0
    assert main(["fmt", "--check", "--catalog", str(catalog)]) == 0


def test_the_commands_register_the_plugin_of_the_example(tmp_path: Path) -> None:
    _, commands = copied(site.pages(samples.plugins(), site.context()))
    assert commands.startswith(f"git clone {REPOSITORY} catalog")
    (register,) = re.findall(r"(?m)^catalogctl (register(?: \\\n[^\\\n]+)+)$", commands)
    options = re.findall(r"--([\w-]+) ('[^']*'|\S+)", register)
    arguments = [part for name, value in options for part in (f"--{name}", value.strip("'"))]
    catalog = write_catalog(tmp_path / "catalog", {"catalog.yaml": SETTINGS})
    assert main(["register", "--catalog", str(catalog), *arguments]) == 0
    assert (catalog / "plugins/plugin-example-mon-webhook.yaml").exists()


def test_authors_are_led_to_the_page() -> None:
    files = site.pages(samples.plugins(), site.context())
    home = files["index.html"].decode()
    assert 'data-add="pages/add-a-plugin/"' in home
    assert '<li><a href="pages/add-a-plugin/">Add a plugin</a></li>' in home
    assert '<a href="pages/add-a-plugin/">Add it</a>' in files["404.html"].decode()
    assert f'<a href="{REPOSITORY}" rel="noopener">' in files[PAGE].decode()
    empty = site.pages([], site.context())["index.html"].decode()
    assert '<p><a href="pages/add-a-plugin/">Add a plugin</a></p>' in empty


@pytest.mark.parametrize("repository_url", [None, "javascript:alert(1)"])
def test_a_catalog_that_names_no_repository_has_no_such_page(repository_url: str | None) -> None:
    context = site.context(site=SiteSettings(repository_url=repository_url))
    files = site.pages(samples.plugins(), context)
    assert PAGE not in files
    pages = [data for path, data in files.items() if path.endswith(".html")]
    assert not any(b"add-a-plugin" in page for page in pages)


def test_a_page_of_the_catalog_s_own_takes_its_place() -> None:
    own = {"add-a-plugin": "# How we add plugins\n\nAsk us.\n"}
    page = site.pages(samples.plugins(), site.context(), own_pages=own)[PAGE].decode()
    assert "<h1><bdi>How we add plugins</bdi></h1>" in page
    assert "data-copy" not in page


def test_other_plugins_do_not_change_the_page() -> None:
    some = site.pages(samples.plugins(), site.context())
    one = site.pages([site.plugin("plugin-one", "One")], site.context())
    assert some[PAGE] == one[PAGE]
