"""Files that are as bad as their kind can be, at the largest size that is read.

A kind is drawn from what the product has: each field of the schema of plugin files takes each
hostile text, so a new field is attacked without anyone remembering it; the shapes below are those
that parsers and editors have been seen to stumble over. Each is made when it is asked for: all of
them at once would take hundreds of megabytes of every test process.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogctl.source.folder import MAX_LOCK_SIZE, MAX_YAML_SIZE
from support.catalogs import PLUGIN, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Sized = Callable[[int], bytes]

ROOT = Path(__file__).parents[2]

TEXTS: dict[str, str] = {
    "an address of many dots": "a@" + "a." * 4 + "@",
    "half a token": "eyJ",
    "tokens": "ghp_0123456789abcdefghij0123456789abcdef ",
    "keys of a cloud": "AKIA",
    "a key in PEM": "-----BEGIN ",
    "marks that combine": "a\u0301\u0323",
    "marks alone": "\u0323\u0301",
    "blanks": " \u00a0",
    "invisible letters": "a\u200b\u2060",
    "hyphens and dots": "a-.",
    "slashes": "a/",
    "addresses": "https://a.b/?",
    "numbers": "9",
    "letters beyond the first plane": "\U0001f600",
    "expressions": "(a{1,9}){1,9}",
    "quotes": "'\"`",
    "references": "&amp;%41\\u0041",
    "commands": "::error::x ${{ x }} ",
}
"""Texts that are repeated until a file is full."""


def plugin_fields() -> dict[str, dict[str, Any]]:
    """Return the schema of each field that a plugin file may have, by its name."""
    schema = json.loads((ROOT / "schemas/PluginFile.schema.json").read_text(encoding="utf-8"))
    fields: dict[str, dict[str, Any]] = schema["properties"]
    return fields


def filled(
    head: str, piece: Callable[[int], str], tail: str = "", size: int = MAX_YAML_SIZE
) -> bytes:
    """Return a file of at most `size` bytes: the head, as many pieces as fit, the tail."""
    pieces, number = [head.encode()], 0
    left = size - len(pieces[0]) - len(tail.encode())
    while (more := piece(number).encode()) and len(more) <= left:
        pieces.append(more)
        left -= len(more)
        number += 1
    return b"".join([*pieces, tail.encode()])


def fields_full_of(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield a name and a file for each field of a plugin file, the field full of a text.

    A list is tried as one long text and as many; an object as one long key and one long value.
    """
    # JSON is YAML, and says exactly which text is meant.
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    base = {"name": "n", "service_type": "a.B", "image": "a/b", "domain_id": "d"}
    for field, schema in plugin_fields().items():
        others = {name: value for name, value in base.items() if name != field}
        head = json.dumps(others)[:-1] + f', "{field}": '
        types = schema.get("type", "string")
        shapes = {"one": ('"', "", '"}\n')}
        if "array" in types:
            shapes |= {"long": ('["', "", '"]}\n'), "many": ('["', '", "', '"]}\n')}
        if "object" in types:
            shapes |= {"key": ('{"', "", '": 1}}\n'), "value": ('{"a": "', "", '"}}\n')}
        for shape, (start, between, end) in shapes.items():
            piece = f"{escaped}{between}"
            yield f"{field}-{shape}", filled(head + start, lambda _, p=piece: p, end)  # type: ignore[misc]  # the default binds it


def _plugin(head: str, piece: str, tail: str = "\n") -> Sized:
    return _sized(PLUGIN + head, lambda number: piece.replace("{n}", f"w{number}"), tail)


def _sized(head: str, piece: Callable[[int], str], tail: str = "") -> Sized:
    return lambda size: filled(head, piece, tail, size)


def _always(data: bytes) -> Sized:
    return lambda _: data


PLUGINS: dict[str, Sized] = {
    "aliases": _plugin("tags:\n  a: &a [x]\n  b: [", "*a, ", "]\n"),
    "aliases of aliases": _always(
        (
            PLUGIN
            + "tags:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20))
        ).encode()
    ),
    "aliases of a long key": _always(
        (
            f"{PLUGIN}tags:\n  a: &a\n    ? {'x' * 200_000}\n    : y\n  b: [{'*a, ' * 4000}]\n"
        ).encode()
    ),
    "aliases as keys": _plugin("tags:\n  a: &a x\n", "  ? [*a]\n  : 1\n"),
    "anchors": _plugin("tags:\n", "  k{n}: &{n} x\n"),
    "merge keys": _plugin("tags:\n  a: &a {x: y}\n", "  k{n}: {<<: *a}\n"),
    "deep lists": _plugin("tags: ", "["),
    "deep objects": _plugin("tags: ", "{a: "),
    "deep blocks": _sized(PLUGIN + "tags:\n", lambda n: " " * (n + 1) + "a:\n"),
    "deep dashes": _plugin("tags:\n  a:\n    ", "- "),
    "wide": _plugin("tags:\n", "  {n}: {n}x\n"),
    "wide in braces": _plugin("tags: {", "{n}: x, ", "}\n"),
    "one key again": _plugin("tags:\n", "  k: v\n"),
    "unknown fields": _plugin("", "f{n}: x\n"),
    "one line": _plugin("tags: {a: '", "x", "'}\n"),
    "a quoted text of escapes": _plugin('tags: {a: "', "\\u0301", '"}\n'),
    "a folded text": _plugin("tags:\n  a: >\n", "    x\n\n"),
    "a text of blank lines": _plugin("tags:\n  a: |\n    x\n", "\n"),
    "blank lines": _plugin("", "\n"),
    "comments": _plugin("", "# {n}\n"),
    "a comment of marks": _plugin("# ", "#"),
    "comments between members": _plugin("tags:\n", "  # {n}\n  {n}: x # {n}\n"),
    "a question mark and marks": _plugin("tags:\n  ? a ", "#", "\n  : &x 1\n"),
    "question marks": _plugin("tags:\n", "  ? {n}\n  : x\n"),
    "colons": _plugin("tags: {a: ", ":", "}\n"),
    "dashes": _plugin("", "-"),
    "document marks": _plugin("", "---\n"),
    "conflict marks": _plugin("", "<<<<<<< a\n=======\n>>>>>>> b\n"),
    "tabs": _plugin("tags:\n", "\t"),
    "open quotes": _plugin("tags: ", "'"),
    "tags of YAML": _plugin("tags:\n", "  {n}: !!python/object:os.system x\n"),
    "directives": _sized("", lambda _: "%YAML 1.2\n", PLUGIN),
    "ambiguous texts": _plugin("tags:\n", "  {n}: yes\n"),
    "long numbers": _plugin("tags: {a: ", "9", "}\n"),
    "numbers with exponents": _plugin("tags:\n", "  {n}: 1e99999\n"),
    "patterns": _plugin("template: {o: {schema: {patternProperties: {", "'(a{n}': {}, ", "}}}}\n"),
    "sound patterns": _plugin(
        "template: {o: {schema: {patternProperties: {", "'(a|{n}){1,9}': {}, ", "}}}}\n"
    ),
    "patterns of classes": _plugin(
        "template: {o: {schema: {patternProperties: {", "'(\\p{L}{1,30}){1,30}{n}': {}, ", "}}}}\n"
    ),
    "references": _plugin(
        "template: {o: {schema: {definitions: {", "{n}: {$ref: '#/definitions/{n}'}, ", "}}}}\n"
    ),
    "references to the root": _plugin(
        "template: {o: {schema: {allOf: [", "{$ref: '#'}, ", "]}}}\n"
    ),
    "schemas in schemas": _plugin("template: {o: {schema: ", "{not: "),
    "labels": _plugin("labels: [", "{n}, ", "]\n"),
    "maintainers": _plugin("maintainers: [", "'@{n}', ", "]\n"),
    "no UTF-8": lambda size: b"\xff" * size,
    "NUL": lambda size: b"\0" * size,
    "a pair torn apart": _plugin('tags: {a: "', "\\ud800", '"}\n'),
    "carriage returns": _plugin("", "\r"),
    "byte order marks": _plugin("", "\ufeff"),
    "nothing but blanks": lambda size: b" " * size,
}
"""Plugin files by their kind; each is made for a size in bytes."""

SETTINGS_FILES: dict[str, Callable[[], bytes]] = {
    "settings of many registries": lambda: filled(
        SETTINGS + "registries:\n", lambda n: f"  r{n}.example.org: {{}}\n"
    ),
    "settings of a long title": lambda: filled(SETTINGS + "site: {title: '", lambda _: "x", "'}\n"),
    "settings of many links": lambda: filled(
        SETTINGS + "site:\n  links:\n", lambda n: f"    - {{text: t{n}, url: 'https://a.b/{n}'}}\n"
    ),
    "settings of unknown keys": lambda: filled(SETTINGS, lambda n: f"k{n}: x\n"),
    "settings of deep lists": lambda: filled(SETTINGS + "x: ", lambda _: "["),
}

_QUERY = "kind: list\ntitle: t\nquery:\n"
QUERIES: dict[str, Callable[[], bytes]] = {
    "a query of many conditions": lambda: filled(
        _QUERY + "  filter:\n", lambda n: f"    - {{k: name, v: v{n}, o: contain}}\n"
    ),
    "a query of expressions": lambda: filled(
        _QUERY + "  filter:\n", lambda n: f"    - {{k: name, v: '(a|{n}){{1,30}}', o: regex}}\n"
    ),
    "a query of one long list": lambda: filled(
        _QUERY + "  filter:\n    - {k: name, o: in, v: [", lambda n: f"v{n}, ", "]}\n"
    ),
    "a query of a long path": lambda: filled(
        _QUERY + "  filter: [{o: eq, v: 1, k: tags", lambda _: ".a", "}]\n"
    ),
    "a query of many fields": lambda: filled(_QUERY + "  only: [", lambda n: f"tags.t{n}, ", "]\n"),
    "a query of a deep value": lambda: filled(
        _QUERY + "  filter: [{k: tags, o: eq, v: ", lambda _: "["
    ),
}

_IMPORTED = '"created_at": "2022-01-01T00:00:00.000Z"'
IMPORTED: dict[str, Callable[[], bytes]] = {
    "dates of many plugins": lambda: filled(
        "{", lambda n: f'"p{n}": {{{_IMPORTED}}}, ', f'"q": {{{_IMPORTED}}}}}', 4 << 20
    ),
    "dates that nest": lambda: filled('{"a": ', lambda _: "[", "", 4 << 20),
    "dates of a long text": lambda: filled('{"a": {"created_at": "', lambda _: "9", '"}}', 4 << 20),
}

_LOCK = (
    '{"lock_version":1,"plugin_id":"plugin-hyperbilling","source":{"registry_type":"DOCKER_HUB",'
    '"registry_url":"registry.hub.docker.com","image":"acme/plugin-hyperbilling"},'
)


def _lock(head: str, piece: Callable[[int], str], tail: str) -> bytes:
    return filled(_LOCK + head, piece, tail, MAX_LOCK_SIZE)


LOCKS: dict[str, Callable[[], bytes]] = {
    "a lock of unknown members": lambda: _lock("", lambda n: f'"m{n}":{{}},', '"latest":null}'),
    "a lock of empty objects": lambda: _lock('"versions":[', lambda _: "{},", "{}]}"),
    "a lock of lists": lambda: _lock('"versions":[', lambda _: "[],", "[]]}"),
    "a lock of versions": lambda: _lock(
        '"versions":[', lambda n: f'{{"tag":"1.0.{n}","digest":null}},', '{"tag":"1"}]}'
    ),
    "a lock of one tag": lambda: _lock('"versions":[{"tag":"', lambda _: "9" * 1024, '"}]}'),
    "a lock of one member again": lambda: _lock("", lambda _: '"latest":"1",', '"latest":null}'),
    "a lock that nests": lambda: _lock('"versions":', lambda _: "[" * 1024, ""),
    "a lock of blanks": lambda: _lock("", lambda _: " " * 1024, "}"),
    "a lock of numbers": lambda: _lock('"versions":', lambda _: "9" * 1024, "}"),
}
"""Locks by their kind."""
