"""Of a large catalog RE2 searches the files for tokens: it finds what `re` finds in a small one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.source.document import parse
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
def test_both_searches_find_the_same(data: bytes) -> None:
    by_re = secrets._MARKERS.search(data)
    by_re2 = secrets._markers_by_re2().search(data)
    assert (by_re is None) == (by_re2 is None)


@pytest.mark.parametrize("first", [0, 10**9], ids=["by RE2", "by re"])
@pytest.mark.parametrize("token", TOKENS)
def test_every_kind_of_token_is_found(
    token: str, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "_WORTH_RE2", first)
    text = plugin("plugin-x", tags=f'{{note: "{TOKENS[token]}"}}')
    _, problems = check_plugin(parse("plugin-x.yaml", "plugin-x", text.encode()), Settings())
    assert "secret-value" in {problem.code for problem in problems}
