"""Which parts of a file are secrets, however they are written."""

from __future__ import annotations

import time

import pytest

from catalogctl.redaction import redacted_spans
from catalogctl.source.secret_places import lines, secrets, text_of

TOKEN = "ghp_" + "aB3" * 12


def shown(text: str) -> str:
    return redacted_spans(text_of(text.encode()), secrets(text.encode()).spans)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("registry_config: {password: Hidden99, user: x}", "{password: Hidd…, user: x}"),
        ("registry_config: {'api-key': 'Hidden99'}", "{'api-key': 'Hidd…'}"),
        ('registry_config: {"pass\\x77ord": "Hid\\x64en"}', '{"pass\\x77ord": "Hid\\…"}'),
        ("registry_config: {password\uff1aHidden99}", "{password\uff1aHidd…}"),
        ("registry_config: {user x, password:Hidden99}", "{user x, password:Hidd…}"),
        ("registry_config: {a: [{b: {my-apikey Hidden99}}]}", "{my-apikey Hidd…}"),
        ("registry_config: {token\n  Hidden99\n  Hidden98}", "{token\n  Hidd…}"),
        ("registry_config: {pass\u200bword Hidden99}", "{pass\u200bword Hidd…}"),
        ("registry_config: {1password Hidden99}\ny: Hidden99", "{1password Hidd…}\ny: Hidd…"),
        ("registry_config: {user visible}\ntags: {token visible}", "{token visible}"),
        ("registry_config: {a: {b: [{Token: [Hidden99, 12345678]}]}}", "[Hidd…, 1234…]"),
        ("registry_config:\n  secret: |\n    Hidden\n    more\n  user: x", "    Hidd…  user: x"),
        ("registry_config:\n  secret: Hidden\n    more\n  user: x", "secret: Hidd…\n  user: x"),
        (
            "registry_config: {x: &a Hidden99, token: *a}",
            "{x: &a H…, token: *a}",
        ),
        ("x: {registry_config: {token: Hidden99}}\ny: Hidden99", "\ny: Hidd…"),
        ("registry_config: {user: visible}\ntags: {password: visible}", "{password: visible}"),
        ("registry_config:\n  password Hidden99\n  user: [", "  password Hidd…\n  user: ["),
        ("registry_config: {password: Hidden99\nname: x: y", "{password: Hidd…: x: y"),
        ("registry_config:\n  token:\n\tHidden99\nname: x", "  token:\n\tHidd…\nname: x"),
        ("? {a: b}\n: registry_config\nregistry_config: {token: Hidden99}", "{token: Hidd…}"),
        (f'a: "\\x67{TOKEN[1:]}"', 'a: "\\x67…"'),
        (f"a: b # {TOKEN}", "a: b # ghp_…"),
        ("image: https://ann:Hidden99@h/x # a", "image: https://ann:Hidd…@h/x # a"),
        ('image: "https\\x3a//ann:Hid\\x64en@h/x"', 'image: "http…"'),
        ("registry_url: //Hidden99@h.org", "//Hidd…@h.org"),
        ("registry_url: 'https://:Hidden99@h.org'", "'https://:Hidd…@h.org'"),
        ("registry_url: https://Hidden99@h.org:80/x", "https://Hidd…@h.org:80/x"),
        ("{a: b, 'registry_url' : ann:Hidden99@registry}", "ann:Hidd…@registry}"),
        ("registry_url: >\n  ann:Hidden99@registry\ny: a:b@c", "ann:Hidd…@registry\ny: a:b@c"),
        ("registries:\n  https://Hidden99@h: {}\ny: //me@h", "//Hidd…@h: {}\ny: //me@h"),
        ("registries:\n  h:\n    token_hosts: ['//Hidden99@h']", "['//Hidd…@h']"),
        ("no_registry_url: //me@h\nx: registry_url //me@h", "//me@h\nx: registry_url //me@h"),
        ("registry_config:\n  token: |\n    Hidden99\ny: Hidden99", "Hidd…y: Hidd…"),
        ("registry_config:\n  token: |\n    Hidden1\n    Hidden2\ny: Hidden2", "Hidd…y: Hidd…"),
        ("registry_config:\n  token: Hidden99 # was Hidden98\n# why", "Hidd… # wa…\n# why"),
        ("registry_config:\n  token: | # Hidden98\n    Hidden99", "  token: | # Hi…\n    Hidd…"),
        ("registry_config: {token: Hidden99} # Hidden98\nname: x # y", " # Hi…\nname: x # y"),
        ("\ufeffregistry_config: {password: Hidden99}", "{password: Hidd…}"),
    ],
)
def test_what_is_a_secret_is_hidden(text: str, expected: str) -> None:
    """R-14: by its key or by its form, in YAML and in what is no YAML."""
    assert expected in shown(text)
    assert "Hidden" not in shown(text)
    assert TOKEN[:5] not in shown(text)


def test_credentials_are_told_from_those_in_comments() -> None:
    text = f"a: {TOKEN}1 # {TOKEN}2\n# {TOKEN}3\n{TOKEN}4: x"
    found = secrets(text.encode()).credentials
    assert [each.in_comment for each in found] == [False, True, True, False]


def test_each_line_knows_what_of_it_is_hidden() -> None:
    data = b"registry_config:\r\n  secret: |\r    Hidden\n    more\nuser: x"
    assert [line.hidden for line in lines(data)] == [(), (), ((4, 10),), ((0, 8),), ()]


@pytest.mark.parametrize(
    "text",
    [
        "registry_config: {" + "password: x, " * 20_000 + "}",
        "registry_config:\n" + "  password x\n" * 20_000,
        "registry_config: " * 15_000 + "[",
        "registry_config:\n" + "".join(f"{' ' * n}token\n" for n in range(700)),
        "registry_config: {a: &a [" + "x, " * 1000 + "], token: [" + "*a, " * 50_000 + "]}",
        "registry_config: " + "p-" * 120_000,
        "@" + "registry_url: " * 15_000,
        "@" + " registry_url" * 15_000,
        "@\n" + "".join(f"{' ' * n}registry_url:\n" for n in range(700)),
        "registry_config: {" + "a token x " * 20_000 + "}",
        "registry_config: {" + "token x, " * 20_000 + "}",
        "registry_config: " + "\n" * 250_000 + "password [",
    ],
    ids=lambda text: text[:30],
)
def test_a_whole_file_of_secrets_takes_little_time(text: str) -> None:
    """R-17."""
    started = time.process_time()
    lines(text.encode()[: 256 * 1024])
    assert time.process_time() - started < 2
