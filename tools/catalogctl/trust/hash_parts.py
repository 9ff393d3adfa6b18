"""Divide the JSON files of a tree among parts, so that a reader needs only one part for a file.

A part lists files as a manifest does. Which part has a file follows from the file's path alone, so
most parts stay the same when a catalog changes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from catalogctl.files.tree_paths import TRUST_HASHES, encode_row
from catalogctl.publish.manifest import manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.publish.manifest import Listed

_HEX_BITS = 4
_DIGEST_BITS = 256
MAX_BITS = 24
"""More bits than any tree has; a manifest of that many parts could not be read."""


def bits_for(files: int) -> int:
    """Return how many bits number the parts of so many files: about as many parts as rows each."""
    return ((files - 1).bit_length() + 1) // 2 if files else 0


def part_name(path: str, bits: int) -> str:
    """Return the name of the part that lists a file: the first bits of its path's hash, in hex."""
    digest = int.from_bytes(hashlib.sha256(path.encode()).digest(), "big")
    width = max(1, -(-bits // _HEX_BITS))
    return f"{digest >> (_DIGEST_BITS - bits):0{width}x}"


def target_of(part: str) -> str:
    """Return the name under which a part is signed."""
    return f"{TRUST_HASHES}{part}.json"


def published_path(part: str, sha256: str) -> str:
    """Return where a part is published: its hash is in its name."""
    return f"{TRUST_HASHES}{sha256}.{part}.json"


def is_dealt(path: str) -> bool:
    """Return whether parts list a file: those that programs read."""
    return path.endswith(".json")


def hash_parts(files: Iterable[Listed]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each part that lists any of these files."""
    dealt = [file for file in files if is_dealt(file.path)]
    bits = bits_for(len(dealt))
    rows: defaultdict[str, list[bytes]] = defaultdict(list)
    for file in dealt:
        rows[part_name(file.path, bits)].append(encode_row(file.path, file.size, file.sha256))
    for name in sorted(rows):
        yield name, manifest(rows[name])
