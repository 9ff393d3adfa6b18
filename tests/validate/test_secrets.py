"""Of a large catalog RE2 searches the files for tokens: it finds what `re` finds in a small one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.source.document import parse
from catalogctl.source.positions import MAX_REPORTED
from catalogctl.source.settings import Settings
from catalogctl.validate import check_plugin
from catalogctl.validate.rules import secrets
from support.catalogs import plugin

TOKENS = {
    "aws": "AKIAABCDEFGHIJKLMNOP",
    "github": "gho_" + "a" * 36,
    "github_pat": "github_pat_" + "a" * 30,
    "gitlab": "glpat-" + "a" * 20,
    "docker": "dckr_oat_" + "a" * 24,
    "slack": "xoxb-1234567890-a",
    "jwt": "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
    "key": "-----BEGIN RSA PRIVATE KEY-----",
    "escaped": "AKIA\\x41BCDEFGHIJKLMNOP",
}

pieces = st.sampled_from(
    [
        *(b"AKIA", b"ASIA", b"A", b"KIA", b"gh", b"ghp_", b"ghx_", b"github_pat_", b"glpat-"),
        *(b"dckr_", b"xoxb-", b"xoxc-", b"eyJ", b"ey", b"-----", b"BEGIN ", b"\\", b"\n", b"\xff"),
        "Ü".encode(),
    ]
)


@given(st.lists(pieces | st.binary(max_size=4), max_size=8).map(b"".join))
def test_the_beginning_of_a_credential_is_found_in_any_bytes(data: bytes) -> None:
    expected = re.search(secrets._MARKERS.pattern, data)
    assert (secrets._MARKERS.search(data) is None) == (expected is None)


@pytest.mark.parametrize("token", ["aws", "github", "github_pat", "gitlab", "docker", "slack"])
def test_a_token_is_found_in_the_name_of_a_file(token: str) -> None:
    """R-14: with no more of it than its beginning."""
    stem = TOKENS[token]
    _, problems = check_plugin(parse("x.yaml", stem, plugin("plugin-x").encode()), Settings())
    found = [each for each in problems if each.code == "secret-value"]
    assert [(each.pointer, stem[4:] in each.message) for each in found] == [("", False)]


@pytest.mark.parametrize("token", TOKENS)
def test_every_kind_of_token_is_found(token: str) -> None:
    text = plugin("plugin-x", tags=f'{{note: "{TOKENS[token]}"}}')
    _, problems = check_plugin(parse("plugin-x.yaml", "plugin-x", text.encode()), Settings())
    assert "secret-value" in {problem.code for problem in problems}


@pytest.mark.parametrize("text", [plugin("plugin-x"), "name: [\n"], ids=["whole", "broken"])
def test_of_very_many_tokens_only_the_first_are_reported(text: str) -> None:
    """R-10: a file full of them is looked through in time."""
    text += f"# {TOKENS['aws']}\n" * (MAX_REPORTED + 100)
    _, problems = check_plugin(parse("plugin-x.yaml", "plugin-x", text.encode()), Settings())
    found = [each for each in problems if each.code == "secret-value"]
    assert len(found) == MAX_REPORTED
