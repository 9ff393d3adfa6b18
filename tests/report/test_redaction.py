"""How little of a secret is shown, and how long it takes to find one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from catalogctl import redaction
from catalogctl.report.excerpt import excerpt

ROOT = Path(__file__).parents[2]
TOKEN = "ghp_" + "aB3" * 12
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
KEY = (
    "-----BEGIN EC PRIVATE KEY-----",
    "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY",
    "/PuoAoGCCqGSM49AwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO",
    "kETNr9o==",
    "-----END EC PRIVATE KEY-----",
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f'state is "{TOKEN}"', 'state is "ghp_…"'),
        (f"{TOKEN}, {JWT}: x", "ghp_…, eyJh…: x"),
        ("AKIAABCDEFGHIJKLMNOP", "AKIA…"),
        (f"name is {JWT[:30]}…", "name is eyJh……"),
        (f"https://x.example/{JWT}?a", "https://x.example/eyJh…?a"),
        ("\n".join(("a: |", *KEY, "b: c")), "a: |\n----…\nb: c"),
        ("\\n".join(KEY) + "\\n is there", "----…\\n is there"),
        ("# ".join(f"{line}\n" for line in KEY[:3]) + "name: x", "----…: x"),
        ("⏎".join(KEY)[:70] + "…", "----……"),
        ("eyJ and ghp_ and ASIAN", "eyJ and ghp_ and ASIAN"),
        ("https://ann:S3cret@h/x", "https://ann:S3cr…@h/x"),
        ("git+ssh://a:p:q@r@h, x", "git+ssh://a:p:q@…@h, x"),
        ('"ann:S3cret@h.example.org:5000"', '"ann:S3cr…@h.example.org:5000"'),
        ("ann:S3cret@10.1.2.3/x", "ann:S3cr…@10.1.2.3/x"),
        ('"https://ann:S3cretPass…"', '"https://ann:S3cr……"'),
        (f"https://ann:{TOKEN}@h", "https://ann:ghp_…@h"),
        ("https://[::1]:5000/@x https://me@h:80/", "https://[::1]:5000/@x https://me@h:80/"),
        ("mailto:ann@example.org, git@h.org:x", "mailto:ann@example.org, git@h.org:x"),
        ("(mailto:ann@example.org)", "(mailto:ann@example.org)"),
        ("[mail](MAILTO:ann@example.org)", "[mail](MAILTO:ann@example.org)"),
        ("mailto:a@b.org,mailto:c@d.org", "mailto:a@b.org,mailto:c@d.org"),
        ("sip:a@b.org xmpp:a@b.org acct:a@b.org", "sip:a@b.org xmpp:a@b.org acct:a@b.org"),
        ("sips:ann:S3cret@b.org my-sip:S3cret@b.org", "sips:ann:S3cr…@b.org my-sip:S3cr…@b.org"),
        ("at10:30@example.com 10:30:15@example.com", "at10:30@example.com 10:30:15@example.com"),
        ("https://example.org:8080?mail=a@b.org", "https://example.org:8080?mail=a@b.org"),
        ("example.org:80#a@b.org", "example.org:80#a@b.org"),
        ("https://ann:S3cret?#x@h", "https://ann:S3cr…@h"),
        ("https://example.org:5000…", "https://example.org:5000…"),
        ("https://ann:12345678…", "https://ann:1234……"),
        ("https://:S3cretPass@h", "https://:S3cr…@h"),
        ("'ann:S3cret@[2001:db8::1]:5000'", "'ann:S3cr…@[2001:db8::1]:5000'"),
        ("ann:S3cret@registry :a@b.org ://@h", "ann:S3cret@registry :a@b.org ://@h"),
        ("acme/x:1.0@sha256:0a1b npm:react@18.2.0", "acme/x:1.0@sha256:0a1b npm:react@18.2.0"),
        ("10:30 @acme/team a:b @c", "10:30 @acme/team a:b @c"),
        ("nothing", "nothing"),
    ],
)
def test_no_more_than_four_characters_are_shown(text: str, shown: str) -> None:
    """R-14: nor of a part of one, as messages quote it."""
    assert redaction.redacted(text) == shown


def test_a_secret_as_short_as_that_is_not_shown_at_all() -> None:
    assert [redaction.shortened(text) for text in ("abc", "abcd", "abcde")] == ["…", "…", "abcd…"]


def test_the_form_of_a_page_hides_what_has_the_name_of_a_secret() -> None:
    words = "|".join(redaction.WORDS)
    assert f"/{words}/" in (ROOT / "site/js/form.js").read_text("utf-8")


def test_members_that_are_cut_alike_are_still_two() -> None:
    members = redaction.redacted_json({TOKEN: 1, TOKEN + "x": 2, "a": [TOKEN]})
    assert members == {"ghp_…": 1, "ghp_… (2)": 2, "a": ["ghp_…"]}


def test_a_secret_s_first_part_is_one_too() -> None:
    secrets = redaction.by_beginning(["SuperSecretValue99", "abcdef", "xyz"])
    text = '"SuperSecretValu…" and abcdef, and xyz'
    assert redaction.redacted_values(text, secrets) == '"Supe……" and abcd…, and xyz'


@pytest.mark.parametrize(
    "hostile",
    [
        "eyJ",
        "eyJ.",
        "eyJabcdefgh.",
        ".eyJabcdefgh",
        "eyJ-eyJ_",
        "ghp_",
        f"{TOKEN} ",
        "github_pat_",
        "xoxb-1",
        "dckr_pat_",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----" + "A" * 19 + "\n",
        "-----END PRIVATE KEY----- -----BEGIN PRIVATE KEY-----",
        "AKIAASIA",
        "//a:b@",
        "a:b@c.de",
        "a:@.",
        "mailto:",
        "mailto",
        "://",
        "\n",
        "a",
    ],
)
def test_a_text_of_any_length_is_read_in_proportion(hostile: str) -> None:
    """R-17: 256 KiB of what the patterns begin with."""
    text = hostile * (256 * 1024 // len(hostile))
    started = time.process_time()
    redaction.tokens(text)
    redaction.redacted(text)
    redaction.tokens(f"-----BEGIN PRIVATE KEY-----{text}")
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("line", "column", "hidden", "text", "marks"),
    [
        ("password: SuperSecret", 1, [(10, 21)], "password: Supe…", "^^^^^^^^"),
        ("password: SuperSecret", 11, [(10, 21)], "password: Supe…", "          ^^^^^"),
        ("{a: SuperSecret, b: 1_0}", 21, [(4, 15)], "{a: Supe…, b: 1_0}", "              ^^^"),
        ("SuperSecret", 1, [(0, 11)], "Supe…", "^^^^^"),
        ("  MoreOfIt # x", 1, [(0, 10)], "  Mo… # x", "^"),
        ("a: abc", 1, [(3, 6)], "a: …", "^"),
    ],
)
def test_a_line_is_shown_without_its_secrets(
    line: str, column: int, hidden: list[tuple[int, int]], text: str, marks: str
) -> None:
    """R-14: and the caret still stands under the place."""
    assert excerpt(line, column, width=80, unicode=True, hidden=hidden) == (text, marks)


def test_a_secret_is_hidden_in_the_middle_of_a_long_line_too() -> None:
    secret = "S3cret" * 2000
    line = f"{'a' * 3000}: {secret}, b: c"
    for column in (1, 2990, 3002, 9000, len(line)):
        shown = excerpt(line, column, width=100, unicode=True, hidden=[(3002, 3002 + len(secret))])
        assert "S3cre" not in shown.text
        assert "3cret" not in shown.text
