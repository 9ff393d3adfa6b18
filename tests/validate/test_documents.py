"""Documents, pictures and icons of plugins: what is refused, and where the report says it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.picture_formats import PictureFormat, picture_format
from catalogctl.pipeline.check import check
from catalogctl.source.markdown_parser import addresses, parse_markdown
from catalogctl.source.positions import MAX_REPORTED
from catalogctl.validate.svg_rules import ATTRIBUTES, ELEMENTS, svg_flaw
from support import pictures
from support.catalogs import SETTINGS, plugin, write_catalog
from support.pictures import png

if TYPE_CHECKING:
    from pathlib import Path

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
README, FOLDER = "docs/plugin-a/README.md", "docs/plugin-a"
HOSTS = SETTINGS + "site:\n  image_hosts: [i.example]\n  repository_url: https://g.example/r\n"
MIB = 1024 * 1024
TOKEN = "AKIAABCDEFGHIJKLMNOP"
EXAMPLES = f"""\
`AKIAIOSFODNN7EXAMPLE`, `ghp_{"x" * 36}`, `glpat-{"X" * 20}`, `xoxb-your-token-here`, and a file
that begins with `-----BEGIN PRIVATE KEY-----` ("-----BEGIN PRIVATE KEY-----\\nMIIEvQ...\\n").
"""
"""What documents of plugins show instead of a credential."""


def found(tmp_path: Path, files: dict[str, str | bytes], settings: str = HOSTS) -> list[str]:
    """Return `file:line:column code` of each problem of a catalog with one plugin."""
    whole = {"plugins/plugin-a.yaml": plugin("plugin-a"), **files}
    catalog = write_catalog(tmp_path, whole, settings)
    problems = check(catalog, working=catalog).problems
    return [f"{each.file}:{each.line}:{each.column} {each.code}" for each in problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](https://a.example/?x=1#y) <http://a.example>", []),
        ("[a](../../LICENSE) [b](/docs/x.md#part) [c](?)", ["1:45 document-link"]),
        ("# One two\n\n[a](#one-two) [b](#one)", ["3:19 document-link"]),
        ("a\n\n> - [x](javascript:alert(1))", ["3:9 document-link"]),
        ("[x](//evil.example) [y](data:text/html,x)", ["1:5 document-link", "1:25 document-link"]),
        ("[x](\\\\evil.example/a)", ["1:6 document-link"]),
        ("[x][1]\n\n[1]: vbscript:x", ["3:6 document-link"]),
        ("<me@a.example>", ["1:1 document-link"]),
        ("![x](https://i.example/a.png)", []),
        ("![x](http://i.example/a.png)", ["1:6 picture-foreign"]),
        ("![x](data:image/png;base64,AA)", ["1:6 picture-foreign"]),
        ("[![x](https://b.example/a.svg)](https://b.example)", ["1:7 picture-foreign"]),
        ("![x](b.png)", ["1:6 picture-missing"]),
        ("![x](../plugin-b/a.png)", ["1:6 picture-missing"]),
        ("`[x](javascript:a)` <a href='javascript:a'>", []),
        ("a\x00b", ["1:2 refused-character"]),
        ("a\rb\x00", ["2:2 refused-character"]),
        ("ab\u202ec", ["1:3 refused-character"]),
        ("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n", ["2:1 merge-conflict"]),
        ("Title\n=======\n\ngit writes `<<<<<<<` and `>>>>>>>` around a conflict.", []),
        ("Title\n=======\n\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n", ["4:1 merge-conflict"]),
        ("a\n=======\nc\n>>>>>>> x\n", ["4:1 merge-conflict"]),
        (b"a\n\xff", ["2:1 not-utf-8"]),
        ("x" * 65537, ["1:1 file-too-large"]),
        ("\ufeffText\r\n", []),
        (f"a\n\n- `{TOKEN}` <!-- {TOKEN} -->", ["3:4 secret-value", "3:31 secret-value"]),
        (EXAMPLES, []),
        (f"\ufeffx\x00{TOKEN}", ["1:2 refused-character", "1:3 secret-value"]),
    ],
)
def test_a_document_is_reported_at_its_line_and_column(
    tmp_path: Path, text: str | bytes, expected: list[str]
) -> None:
    """R-43, R-44: a link or picture that a page does not use is a problem where it is written."""
    assert found(tmp_path, {README: text}) == [f"{README}:{each}" for each in expected]


def test_of_a_document_of_control_characters_only_the_first_ones_are_reported(
    tmp_path: Path,
) -> None:
    expected = [f"{README}:{line}:1 refused-character" for line in range(1, MAX_REPORTED + 1)]
    problems = found(tmp_path, {README: "\x01\n" * (MAX_REPORTED + 100)})
    assert problems == expected


def test_without_a_repository_a_relative_link_leads_nowhere(tmp_path: Path) -> None:
    assert found(tmp_path, {README: "[a](../x)"}, SETTINGS) == [f"{README}:1:5 document-link"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.png": png(2, 3), "b.gif": pictures.gif(1, 1)}, []),
        ({"a.gif": png(2, 3)}, ["a.gif:1:1 picture-format"]),
        ({"a.png": b"<svg/>"}, ["a.png:1:1 picture-format"]),
        ({"a.png": png(1, 1) + bytes(MIB)}, ["a.png:1:1 file-too-large"]),
        ({"a.svg": b"<svg/>"}, ["a.svg:1:1 stray-file"]),
        ({"readme.md": b"x"}, ["readme.md:1:1 stray-file"]),
        ({"img/a.png": png(1, 1)}, ["img:1:1 stray-file"]),
    ],
)
def test_a_picture_is_what_its_name_says(
    tmp_path: Path, files: dict[str, bytes], expected: list[str]
) -> None:
    shown = "".join(f"![]({name})" for name in files if name in ("a.png", "a.gif", "b.gif"))
    beside: dict[str, str | bytes] = {f"{FOLDER}/{name}": data for name, data in files.items()}
    missing = [each for each in found(tmp_path, {**beside, README: shown}) if "README" not in each]
    assert missing == [f"{FOLDER}/{each}" for each in expected]


def test_a_document_has_at_most_20_pictures(tmp_path: Path) -> None:
    names = [f"{number:02}.png" for number in range(21)]
    files: dict[str, str | bytes] = {f"{FOLDER}/{name}": png(1, 1) for name in names}
    text = "".join(f"![]({name})" for name in names)
    assert found(tmp_path, {**files, README: text}) == [f"{FOLDER}/20.png:1:1 picture-count"]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("plugin-a.png", png(1024, 1024), []),
        ("plugin-a.png", png(1025, 1025), ["icon-png"]),
        ("plugin-a.png", png(2, 1), ["icon-png"]),
        ("plugin-a.png", b"x", ["icon-png"]),
        ("plugin-a.png", png(1, 1) + bytes(256 * 1024), ["file-too-large"]),
        ("plugin-a.svg", SVG.format(""), []),
        ("plugin-a.svg", SVG.format(" " * 65536), ["file-too-large"]),
        ("plugin-a.svg", b"\xff", ["not-utf-8"]),
        ("plugin-a.jpg", b"", ["stray-file"]),
        ("Plugin.svg", b"", ["stray-file"]),
        ("plugin-b.svg", SVG.format(""), ["document-orphan"]),
    ],
)
def test_an_icon_is_a_square_or_a_drawing(
    tmp_path: Path, name: str, data: str | bytes, expected: list[str]
) -> None:
    problems = found(tmp_path, {f"icons/{name}": data})
    assert problems == [f"icons/{name}:1:1 {code}" for code in expected]


@pytest.mark.parametrize("form", ["<!-- {} -->", "<title>{}</title>", "<path id='{}'/>"])
def test_a_credential_in_a_drawing_is_reported_at_its_place(tmp_path: Path, form: str) -> None:
    """R-14: the drawing is published as it is."""
    text = SVG.format(f"\n{form.format(TOKEN)}")
    column = form.index("{") + 1
    problems = found(tmp_path, {"icons/plugin-a.svg": text})
    assert problems == [f"icons/plugin-a.svg:2:{column} secret-value"]


def test_links_of_the_file_system_are_not_followed(tmp_path: Path) -> None:
    """R-12: not a document, not a folder of them, not an icon."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "README.md").write_text("secret")
    catalog = tmp_path / "catalog"
    write_catalog(catalog, {"docs/plugin-a/CHANGELOG.md": "x", "icons/.gitkeep": ""})
    (catalog / "docs/plugin-b").symlink_to(outside)
    (catalog / README).symlink_to(outside / "README.md")
    (catalog / "icons/plugin-a.svg").symlink_to(outside / "README.md")
    files = ("docs/plugin-b", README, "icons/plugin-a.svg")
    assert set(files) <= {
        problem.partition(":")[0]
        for problem in found(catalog, {})
        if problem.endswith("symbolic-link")
    }


@pytest.mark.parametrize(
    "content",
    [
        "<script>alert(1)</script>",
        "<style>*{}</style>",
        '<path style="fill:red"/>',
        '<path onload="alert(1)"/>',
        '<path class="x"/>',
        '<a href="https://a.example"><path/></a>',
        '<image href="https://a.example/x.png"/>',
        '<use href="#a"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        '<p xmlns="http://www.w3.org/1999/xhtml"/>',
        '<path xmlns="x"/>',
        '<animate attributeName="x"/>',
        "<set/>",
        "<text>Official</text>",
        "<metadata/>",
        '<linearGradient xlink:href="#a"/>',
        '<path fill="url(https://a.example/#a)"/>',
        '<path fill="URL(//a.example)"/>',
        '<path fill="\\75rl(https://a.example)"/>',
        '<path mask="image(a)"/>',
        '<path xml:base="https://a.example"/>',
        '<mask id="a" mask="url(#b)"/>',
        '<mask id="a"><g><path mask="url(#b)"/></g></mask>',
        '<clipPath id="a"><path clip-path="url(#b)"/></clipPath>',
        '<mask id="a"><mask/><path clip-path="url(#b)"/></mask>',
        "<?xml-stylesheet href='a'?>",
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused_at_its_place(content: str) -> None:
    """R-45: what is left in an icon is on a list of elements and attributes that draw."""
    flaw = svg_flaw(SVG.format(f"\n <g>{content}</g>").encode())
    assert flaw is not None
    assert (flaw.place.line, flaw.place.column >= 5) == (2, True)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>',
        '<!DOCTYPE x [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        '<?xml version="1.0" encoding="utf-7"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        "<svg/>",
        '<html xmlns="http://www.w3.org/1999/xhtml"/>',
        "",
        "<svg",
        "<svg xmlns='http://www.w3.org/2000/svg'>&nbsp;</svg>",
    ],
)
def test_what_is_not_plain_svg_is_refused(text: str) -> None:
    assert svg_flaw(text.encode()) is not None


def test_a_usual_drawing_is_accepted() -> None:
    gradient = '<defs><linearGradient id="a"><stop offset="0" stop-color="rgb(1,2,3)"/>'
    shape = '<path fill="url(#a)" transform="rotate(3) translate(1 2)" d="M0 0h1"/>'
    mask = '<mask id="b" mask="none"><path fill="url(#a)"/></mask><g mask="url(#b)"/>'
    drawn = f"{gradient}</linearGradient>{mask}</defs><g>{shape}</g>"
    text = SVG.format(f"<title>A</title>{drawn}")
    assert svg_flaw(f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- made -->{text}'.encode()) is None


PIECES = (*"<>/='\"&;# a", "svg", "script", "path", "onload", "xmlns", "http://a.example")


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_as_a_drawing_has_an_answer(content: str) -> None:
    assert svg_flaw(SVG.format(content).encode()) is not None or "<script" not in content


def test_no_element_or_attribute_that_is_accepted_acts_or_leads_anywhere() -> None:
    acting = {"script", "style", "use", "image", "foreignObject", "a", "animate", "set", "text"}
    assert not ELEMENTS & acting
    assert not [each for each in ATTRIBUTES if each.startswith("on") or "href" in each]
    assert not ATTRIBUTES & {"style", "class", "filter", "src", "cursor"}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(3, 4), PictureFormat("png", 3, 4)),
        (pictures.gif(300, 4), PictureFormat("gif", 300, 4)),
        (pictures.jpeg(640, 480), PictureFormat("jpeg", 640, 480)),
        (pictures.webp("lossy", 300, 20), PictureFormat("webp", 300, 20)),
        (pictures.webp("lossless", 300, 20), PictureFormat("webp", 300, 20)),
        (pictures.webp("extended", 70_000, 20), PictureFormat("webp", 70_000, 20)),
        (png(0, 4), None),
        (b"\xff\xd8\xff", None),
        (b"GIF89a", None),
        (b"RIFF0000WEBPVP8 ", None),
        (b"", None),
    ],
)
def test_a_picture_is_recognized_by_its_bytes(data: bytes, expected: PictureFormat | None) -> None:
    assert picture_format(data) == expected


@given(st.binary(max_size=60), st.sampled_from(["png", "jpeg", "webp"]))
def test_any_bytes_have_an_answer(data: bytes, kind: str) -> None:
    start = {"png": png(1, 1)[:12], "jpeg": b"\xff\xd8\xff", "webp": b"RIFF0000WEBPVP8"}[kind]
    known = picture_format(start + data)
    assert known is None or known.width > 0


@given(st.text(st.sampled_from("[]()!<>:#/\\ \n`*_a1\u00e9&;%.h"), max_size=60))
def test_any_markdown_can_be_read(text: str) -> None:
    lines = text.splitlines() or [""]
    for each in addresses(parse_markdown(text)):
        assert 1 <= each.place.line <= len(lines) + 1
