"""What of a registry's words is taken for a digest, a media type, the name of a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.resolve.listing import digest_of, media_type_of, names_a_digest

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON

HEX = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (f"sha256:{HEX}", True),
        (f"sha256:{HEX[1:]}", False),
        (f"sha256:{HEX}0", False),
        (f"sha256:{HEX.upper()}", False),
        (f"sha512:{HEX}", False),
        (f" sha256:{HEX}", False),
        (None, False),
        (7, False),
    ],
)
def test_a_digest_is_sha256_in_lower_case(value: JSON, *, is_one: bool) -> None:
    """R-24."""
    assert digest_of(value) == (value if is_one else None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.index.v1+json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        (" text/html ", "text/html"),
        (f"{'a' * 127}/{'b' * 127}", f"{'a' * 127}/{'b' * 127}"),
        (f"a/{'b' * 128}", None),
        (f"{'a' * 128}/b", None),
        ("text", None),
        ("text/", None),
        ("text/html/x", None),
        ("text/\x1b[31m", None),
        ("", None),
        (None, None),
    ],
)
def test_a_media_type_is_taken_without_its_parameters(value: JSON, expected: str | None) -> None:
    """R-24."""
    assert media_type_of(value) == expected


@pytest.mark.parametrize(
    ("tag", "is_one"),
    [
        (f"sha256-{HEX}", True),
        (f"sha256-{HEX}.sig", True),
        (f"sha256-{HEX}.", False),
        (f"sha256-{HEX}x", False),
        ("sha256-0123456789abcdef.sig", False),
        ("1.0.0", False),
    ],
)
def test_the_tag_of_a_signature_only_names_a_digest(tag: str, *, is_one: bool) -> None:
    assert names_a_digest(tag) is is_one
