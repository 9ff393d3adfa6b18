"""Generate plugin files of 256 KiB that cause as much work as possible.

Each has a name and its text. catalogctl decides which of them are accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 256 * 1024
HEAD = "name: Hostile\nservice_type: monitoring.DataSource\nimage: acme/plugin-hostile\n"


def _filled(start: str, piece: Callable[[int], str], end: str = "") -> str:
    """Return a file of the largest allowed size: a start, numbered pieces, and an end."""
    parts, size, number = [start], len(start) + len(end), 0
    while True:
        text = piece(number)
        size += len(text)
        if size > LIMIT:
            return "".join(parts) + end
        parts.append(text)
        number += 1


def _stairs() -> str:
    """Return blocks nested by one space each, as deep as fits in a file."""
    text = HEAD + "tags:\n"
    depth = 1
    while len(text) + depth + 3 <= LIMIT:
        text += " " * depth + "a:\n"
        depth += 1
    return text


def _flow(opening: str, closing: str) -> str:
    levels = (LIMIT - len(HEAD) - 10) // (len(opening) + len(closing))
    return f"{HEAD}tags: {{a: {opening * levels}{closing * levels}}}\n"[:LIMIT]


def _columns(depth: int) -> str:
    """Return many values nested to the given depth, side by side."""
    return _filled(HEAD + "tags:\n", lambda n: f"  k{n}: {'[' * depth}{']' * depth}\n")


def _schema(piece: Callable[[int], str]) -> str:
    start = HEAD + "template:\n  options:\n    schema:\n      type: object\n      properties:\n"
    return _filled(start, piece)


def _bomb() -> str:
    lines = [HEAD, "tags:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"]
    for level in range(1, 200):
        names = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"  a{level}: &a{level} [{names}]\n")
    return _filled("".join(lines), lambda _: "# more\n")


def files() -> dict[str, str]:
    """Return all files by name."""
    tags = HEAD + "tags:\n"
    return {
        "deep, flow lists": _flow("[", "]"),
        "deep, flow mappings": _flow("{a: ", "}"),
        "deep, never closed": HEAD + "tags: " + "[" * (LIMIT - len(HEAD) - 10) + "\n",
        "deep, block": _stairs(),
        "deep, block lists": HEAD + "tags:\n  a:\n    " + "- " * 131_000 + "x\n",
        "deep, 60 levels side by side": _columns(60),
        "deep, complex keys": HEAD + "tags: " + "? " * 131_000 + "\n",
        "wide, short keys": _filled(tags, lambda n: f"  k{n}: 1\n"),
        "wide, numbers": _filled(tags + "  a: [", lambda n: f"{n}.5,", "1]\n"),
        "wide, empty lists": _filled(tags + "  a: [", lambda _: "[],", "1]\n"),
        "wide, labels": _filled(HEAD + "labels:\n", lambda n: f"- l{n}\n"),
        "wide, unknown fields": _filled(HEAD, lambda n: f"k{n}: 1\n"),
        "wide, one key again and again": _filled(tags, lambda _: "  a: 1\n"),
        "wide, doubtful scalars": _filled(tags + "  a: [", lambda _: "no,", "1]\n"),
        "wide, doubtful keys": _filled(tags, lambda n: f"  0{n % 8}{n}: 1\n"),
        "wide, blank labels": _filled(HEAD + "labels:\n", lambda _: "- ''\n"),
        "wide, wrong labels": _filled(HEAD + "labels:\n", lambda _: "- 1\n"),
        "wide, tags of YAML": _filled(tags + "  a: [", lambda _: "!x 1,", "1]\n"),
        "wide, secret keys": _filled(
            HEAD + "registry_config:\n", lambda n: f"  secret{n}: hunter2\n"
        ),
        "wide, options": _schema(lambda n: f"        o{n}: {{type: string, minLength: 1}}\n"),
        "wide, patterns": _schema(lambda n: f"        o{n}: {{pattern: '^(a|b{n})+$'}}\n"),
        "wide, patterns that do not compile": _schema(
            lambda n: f"        o{n}: {{pattern: '('}}\n"
        ),
        "wide, references": _schema(lambda n: f"        o{n}: {{$ref: '#/properties/o{n}'}}\n"),
        "wide, references to nowhere": _schema(lambda n: f"        o{n}: {{$ref: '#/x/{n}'}}\n"),
        "wide, remote references": _schema(lambda n: f"        o{n}: {{$ref: 'http://x/{n}'}}\n"),
        "wide, wrong types": _schema(lambda n: f"        o{n}: {{type: strin}}\n"),
        "one line, plain": f"{tags}  description: {'a' * (LIMIT - 200)}\n",
        "one line, words": _filled(tags + "  description: ", lambda _: "ab ", "c\n"),
        "one line, quoted escapes": _filled(tags + '  a: "', lambda _: "\\u00e9", '"\n'),
        "one line, refused characters": _filled(tags + '  a: "', lambda _: "\\u202e", '"\n'),
        "one line, a name": f"name: {'a' * (LIMIT - 200)}\n" + HEAD.partition("\n")[2],
        "one line, an image": HEAD.replace("acme/", "acme/" + "a-" * 130_000),
        "one line, a pattern": _filled(HEAD + "versions:\n  pattern: '", lambda _: "(a*)*", "b'\n"),
        "one line, comment": HEAD + "#" * (LIMIT - len(HEAD) - 1) + "\n",
        "lines, empty": HEAD + "\n" * (LIMIT - len(HEAD)),
        "lines, folded": _filled(tags + "  a: >\n", lambda _: "    b\n"),
        "lines, comments": HEAD + "#\n" * ((LIMIT - len(HEAD)) // 2),
        "lines, documents": _filled(HEAD, lambda _: "---\n"),
        "aliases, a bomb": _bomb(),
        "aliases, 9,000 of one": _filled(
            tags + "  a: &a x\n  b: [", lambda n: "*a," if n < 9000 else "1,", "1]\n"
        ),
        "aliases, anchors only": _filled(tags, lambda n: f"  k{n}: &a{n} 1\n"),
        "aliases, many of many": _filled(
            tags, lambda n: f"  k{n}: &a{n} 1\n  l{n}: *a{n}\n" if n < 4500 else "#\n"
        ),
        "aliases, cycle": _filled(tags + "  a: &a [*a]\n  b: [", lambda _: "*a,", "1]\n"),
        "aliases, to nothing": _filled(tags + "  a: [", lambda _: "*a,", "1]\n"),
        "bytes, zeros": "\x00" * LIMIT,
        "bytes, control characters": HEAD + "tags: {a: '" + "\x07" * 200_000 + "'}\n",
    }
