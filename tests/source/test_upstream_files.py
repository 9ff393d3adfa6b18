"""The files of upstreams have one form, and a hash that any tool can compute."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.source.upstream_files import (
    as_written,
    decode_plugin,
    encode_upstream_file,
    taken_hash,
    taken_plugin,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([4.0, -0.0, 1e300, 0.1, 1e-7, 2.0**53])
    | texts
    | st.sampled_from(
        ["\ue000", "\U0001f600", "\x7f", "\u2028", "08:02:38.094Z", "1234567890123456"]
    )
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=5), st.lists(texts, max_size=3))
def test_the_hash_is_that_of_the_rfc_8785_form(value: dict[str, object], tags: list[str]) -> None:
    plugin = msgspec.Raw(msgspec.json.encode(value))
    decoded = msgspec.json.decode(plugin)
    expected = hashlib.sha256(rfc8785.dumps([decoded, [*tags]])).hexdigest()
    assert taken_hash(plugin, tags) == expected


@pytest.mark.parametrize("number", [2**53, -(2**53)])
def test_the_largest_numbers_of_a_catalog_have_the_hash_of_a_double(number: int) -> None:
    whole, double = (
        taken_hash(msgspec.Raw(msgspec.json.encode({"a": [each]})), ["1.0"])
        for each in (number, float(number))
    )
    assert whole == double
    with pytest.raises(ValueError, match="safe integer"):
        taken_hash(msgspec.Raw(msgspec.json.encode({"a": number * 2})), [])


@given(st.dictionaries(texts, values, max_size=5))
def test_a_file_is_read_as_it_was_written(value: dict[str, object]) -> None:
    taken = taken_plugin(
        as_written(msgspec.json.encode(value)), ["1.0"], get=None, get_versions=None
    )
    data = encode_upstream_file(taken)
    again = decode_plugin(data)
    assert encode_upstream_file(again) == data
    assert again.info == msgspec.json.decode(msgspec.json.encode(value))


def test_any_other_bytes_are_refused() -> None:
    taken = taken_plugin(as_written(b'{"a":1.10,"b":[]}'), ["1.0"], get=None, get_versions=None)
    data = encode_upstream_file(taken)
    assert b'"a": 1.10' in data
    others = (
        data.replace(b"  ", b"    ", 1),
        data.replace(b'"a": 1.10', b'"a": 2, "a": 1.10'),
        data.replace(b'"a": 1.10', b'"a": 1e400'),
        data.replace(b'"a": 1.10', b'"a": -' + b"1" * 400 + b".0"),
        data.replace(b'"upstream_version": 1', b'"upstream_version": 2'),
        data.replace(b'"versions"', b'"version"'),
        data.rstrip(b"\n"),
        data + b" ",
        b"[" * 100_000,
        b"\xff",
        b"",
    )
    for other in others:
        assert other != data
        with pytest.raises(ValueError, match="sync"):
            decode_plugin(other)
