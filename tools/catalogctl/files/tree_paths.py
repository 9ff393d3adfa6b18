"""Check paths of a published tree, and describe its files for the manifest.

Each segment is plain ASCII that needs no escaping in a URL or on any disk, and is not "." or "..".
Files that the manifest does not list have fixed names, so the manifest identifies a tree.
"""

from __future__ import annotations

import hashlib
import re

MANIFEST = "manifest.json"

UNLISTED = frozenset({MANIFEST, "_headers", ".nojekyll"})
"""The files of a tree that its manifest does not list."""

TRUST = "trust"
"""The folder of a tree's signatures, added after it was built, and of a catalog's roots."""
TRUST_METADATA = f"{TRUST}/metadata/"
TRUST_HASHES = f"{TRUST}/hashes/"
TIMESTAMP = f"{TRUST_METADATA}timestamp.json"
TRUST_FOLDERS = frozenset({TRUST, TRUST_METADATA.rstrip("/"), TRUST_HASHES.rstrip("/")})

MAX_PATH = 1000
MAX_DEPTH = 32

_SEGMENT = r"(?!\.\.?(?:/|\Z))[A-Za-z0-9._~%-]{1,200}"
_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,{MAX_DEPTH - 1}}}")


_SIGNATURES = re.compile(
    rf"{TRUST_METADATA}(?:timestamp|[1-9][0-9]{{0,15}}\.(?:root|snapshot|targets))\.json"
    rf"|{TRUST_HASHES}[0-9a-f]{{64}}\.[0-9a-f]{{1,8}}\.json"
)


def is_signature(path: str) -> bool:
    """Return whether a path is one of those that signing adds to a tree."""
    return _SIGNATURES.fullmatch(path) is not None


def is_published_path(path: str) -> bool:
    """Return whether a file of the tree may have this path."""
    return len(path) <= MAX_PATH and _PATH.fullmatch(path) is not None


def row(path: str, data: bytes) -> bytes:
    """Return the encoded manifest row of a file: path, size in bytes, sha256.

    Rows sort like their paths, because the quote that ends a path sorts before all its characters.
    """
    return encode_row(path, len(data), hashlib.sha256(data).hexdigest())


def encode_row(path: str, size: int, sha256: str) -> bytes:
    """Return an encoded manifest row; a published path needs no escaping in JSON."""
    return f'{{"path":"{path}","size":{size},"sha256":"{sha256}"}}'.encode("ascii")
