"""Addresses that people type: what is none is wrong usage, and no secret in it is repeated."""

from __future__ import annotations

import pytest

from catalogctl.errors import UsageError
from catalogctl.fetch.address import (
    parse_address,
    redirected,
    shown_target,
    tree_address,
)
from catalogctl.fetch.address_or_path import is_address

GOOD = {
    "https://plugins.example.org": "https://plugins.example.org/",
    "HTTPS://Plugins.Example.ORG/A": "https://plugins.example.org/A",
    "https://plugins.example.org/some/prefix//": "https://plugins.example.org/some/prefix/",
    "http://[::1]:8000/": "http://[::1]:8000/",
    "http://127.0.0.1:1/x": "http://127.0.0.1:1/x",
    "https://b\u00fccher.example/": "https://xn--bcher-kva.example/",
    "https://example.org:/": "https://example.org/",
    "https://a_b.example.org/gh/some/tree@v1/": "https://a_b.example.org/gh/some/tree@v1/",
    "https://example.org/index.json": "https://example.org/",
    "https://example.org/sub/manifest.json": "https://example.org/sub/",
    "https://example.org/sub/index.html/": "https://example.org/sub/",
}


@pytest.mark.parametrize(("text", "address"), GOOD.items())
def test_the_address_of_a_tree_ends_in_a_slash(text: str, address: str) -> None:
    assert is_address(text)
    assert tree_address(text, "verify").rstrip("/") == address.rstrip("/")
    assert tree_address(text, "verify").endswith("/")


NO_HOST = [
    *(
        "https://",
        "http:///",
        "https://[::1",
        "https://]/",
        "https://[::1]x/",
        "https://[1.2.3.4]/",
    ),
    *("https://a..b/", "https://.a/", "https://-a/", f"https://{'a' * 64}.example/"),
    *(
        "https://a:b/",
        "https://a:0/",
        "https://a:65536/",
        "https://a:99999999999/",
        "https://a:-1/",
    ),
    *("https://:443/", "https://a:1:2/", "https://a%20b/", "https://1.2.3/", "https://256.0.0.1/"),
    *(
        "https://0x7f.1/",
        "https://a,b/",
        f"https://{'a.' * 127}aa/",
        "https://\u2028/",
        "https://a*/",
        "https://_a/",
        "https://a.b_/",
        "https://[fe80::1%25eth0]/",
    ),
]


@pytest.mark.parametrize("text", NO_HOST)
def test_what_names_no_host_is_no_address(text: str) -> None:
    """One line in our words."""
    assert is_address(text)
    with pytest.raises(UsageError, match=r"^import: \S.*https://plugins\.example\.org/$"):
        parse_address(text, "import")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("https://a b/", "no blanks"),
        ("https://a/b c", "no blanks"),
        (" https://a/", "no blanks"),
        ("https://a/\n", "no blanks"),
        ("https://a/\x1b[31m", "no blanks"),
        ("https://a\\@b/", "no blanks"),
        ("ftp://a/", "only https:// and http://"),
        ("file:///etc/passwd", "only https:// and http://"),
        ("git+ssh://a/", "only https:// and http://"),
        ("https:/a/", "only https:// and http://"),
        ("https:a", "only https:// and http://"),
        ("https://a/?", "without ? or #"),
        ("https://a/#", "without ? or #"),
        ("https://a?b", "without ? or #"),
    ],
)
def test_each_flaw_is_said(text: str, message: str) -> None:
    assert is_address(text)
    with pytest.raises(UsageError, match=r"^--from: ") as caught:
        parse_address(text, "--from")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *("https://me:S3cret@a/", "https://S3cret@a/", "https://me:@a/S3cret", "https://@a/S3cret"),
        *("https://me:S3cret/x@a/", "https://me:S3cret#x@a/", "https://me:12?S3cret@a/"),
        *("https://a/?token=S3cret", "https://a/x#S3cret", "https://a/;x?S3cret&y=S3cret"),
        *("ftp://me:S3cret@a/", "https://me:S3cret@[::1", "https://me:S3cret @a/"),
        *("https://a:S3cret/", "https:// S3cret", "https:S3cret", "https://me:S3cret%40@a..b/"),
    ],
)
def test_no_part_of_a_refused_address_is_repeated(text: str) -> None:
    """R-14: a login or a token may stand anywhere in it."""
    with pytest.raises(UsageError) as caught:
        tree_address(text, "verify")
    assert "S3cret" not in str(caught.value)


@pytest.mark.parametrize("text", ["public", "./http", "C:/x", "-", "a/https://b", "httpsx", ""])
def test_a_path_of_this_machine_is_no_address(text: str) -> None:
    assert not is_address(text)


HERE = "https://example.org/a/b.json"


@pytest.mark.parametrize(
    ("url", "location", "goal"),
    [
        (HERE, "/c", "https://example.org/c"),
        (HERE, "c?x=1#y", "https://example.org/a/c?x=1"),
        (HERE, "https://EXAMPLE.org:443/c", "https://EXAMPLE.org:443/c"),
        ("http://example.org/a", "https://example.org/a", "https://example.org/a"),
        ("http://example.org/a", "http://example.org:80/b", "http://example.org:80/b"),
        (HERE, "http://example.org/a/b.json", None),
        (HERE, "https://example.com/a", None),
        (HERE, "https://example.org.evil.example/", None),
        (HERE, "//other.example/a", None),
        (HERE, "https://example.org:8443/", None),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8001/", None),
        ("http://127.0.0.1:8000/", "http://localhost:8000/", None),
        (HERE, "https://me@example.org/", None),
        (HERE, "ftp://example.org/", None),
        (HERE, "javascript:alert(1)", None),
        (HERE, "https://[::1", None),
        (HERE, "https://exa mple.org/", None),
    ],
)
def test_a_redirect_stays_on_the_host_and_on_https(
    url: str, location: str, goal: str | None
) -> None:
    """R-34."""
    assert redirected(url, location) == goal


def test_the_target_of_a_redirect_is_shown_without_its_secrets() -> None:
    """R-14."""
    shown = shown_target(HERE, "https://me:S3cret@other.example/x?sig=S3cret#S3cret")
    assert shown == "https://other.example/x"
    assert shown_target(HERE, "https://[::1") == "something that is not an address"
    assert len(shown_target(HERE, "/" + "x" * 5000)) <= 200
