"""A provider has one hue, a kind one glyph, in every catalog; a page has the symbols it draws."""

from __future__ import annotations

import hashlib
import re
from xml.etree import ElementTree as ET

import pytest

from catalogctl import resources
from catalogctl.publish.site.avatars import avatar, glyph, hue, symbols
from support import samples, site

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("provider", ["aws", "google_cloud", "라우드", "<b>"])
def test_the_hue_is_the_first_byte_of_the_provider_s_sha256(provider: str) -> None:
    assert hue(provider) == str(int(hashlib.sha256(provider.encode()).hexdigest()[:2], 16) % 10)


@pytest.mark.parametrize("provider", [None, ""])
def test_without_a_provider_an_avatar_is_grey(provider: str | None) -> None:
    assert 'class="av hx"' in avatar(provider, "a.B")


@pytest.mark.parametrize(
    ("service_type", "name"),
    [
        ("monitoring.Webhook", "bolt"),
        ("monitoring.webhook", "bolt"),
        ("monitoring.DataSource", "pulse"),
        ("cost_analysis.DataSource", "coins"),
        ("inventory.Collector", "layers"),
        ("notification.Protocol", "plane"),
        ("identity.Domain", "key"),
        ("identity.Provider", "tree"),
        ("secret.Backend", "box"),
        ("", "box"),
        ("__proto__", "box"),
    ],
)
def test_a_kind_chooses_its_glyph(service_type: str, name: str) -> None:
    assert glyph(service_type) == name


def test_a_disabled_plugin_is_grey_whatever_its_provider() -> None:
    assert 'class="av hx off"' in avatar("aws", "a.B", enabled=False)


def test_a_picture_lies_over_the_glyph_and_its_address_is_escaped() -> None:
    made = avatar("aws", "a.B", picture='https://a.example/"x', size="l")
    assert made.index("<use") < made.index("<img")
    assert 'src="https://a.example/&#34;x" alt="" width="80" height="80"' in made


def test_every_glyph_is_a_drawing_without_a_script_or_a_style() -> None:
    sprite = ET.fromstring(resources.read_text("site/icons/glyphs.svg"))
    names = {each.get("id") for each in sprite.iter(f"{SVG}symbol")}
    assert len(names) == 8
    drawn = {each.tag.removeprefix(SVG) for each in sprite.iter()} - {"svg", "symbol"}
    assert drawn <= {"path", "circle", "ellipse", "rect"}


@pytest.mark.parametrize("base_url", [None, "https://a.example/"])
def test_a_page_has_the_symbols_that_it_draws_and_no_other(base_url: str | None) -> None:
    files = site.pages(samples.plugins(), site.context(base_url=base_url))
    for path, data in files.items():
        if not path.endswith(".html"):
            continue
        page = data.decode()
        drawn = set(re.findall(r'href="#g-(\w+)"', page))
        held = set(re.findall(r'<symbol id="g-(\w+)"', page))
        # On the first page and on «not found» a script draws plugins of any kind.
        assert drawn <= held if path in ("index.html", "404.html") else drawn == held, path


def test_a_page_that_draws_none_has_no_symbols() -> None:
    assert symbols(()) == ""
