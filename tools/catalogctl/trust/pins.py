"""Read what a consumer pins: the first root of a catalog, or its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from catalogctl.content_hash import means_sha256, sha256_in
from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import NotAFileError, cause
from catalogctl.files.regular_files import read_file
from catalogctl.trust.limits import LIMITS


@dataclass(frozen=True, slots=True)
class Pin:
    """A root that is trusted: its hash, its bytes if they are known, and how the user named it."""

    sha256: str
    data: bytes | None
    name: str


def pin_of(trust: Path | bytes | str, option: str = "--trust") -> Pin:
    """Return what an option names: a root, by its file, its bytes, or `sha256:` and its hash.

    Only of the first root a hash is enough. Raise UsageError if it is none of these.
    """
    if isinstance(trust, bytes):
        return Pin(hashlib.sha256(trust).hexdigest(), trust, "the given root")
    if isinstance(trust, str):
        if digits := sha256_in(trust):
            return Pin(digits, None, trust)
        if means_sha256(trust):
            raise UsageError(
                f"{option}: write sha256: and the 64 hex digits of the first root's hash, in lower"
                " case"
            )
    if not trust:
        raise UsageError(f"{option} is empty: name the catalog's 1.root.json, or sha256:HEX")
    path = Path(trust)
    try:
        data = read_file(path.resolve(), LIMITS.of("root.json"))
    except FileNotFoundError:
        raise UsageError(
            f"{option} {path} does not exist: name the catalog's 1.root.json, or sha256:HEX"
        ) from None
    except NotAFileError as error:
        raise UsageError(f"{option} {path} {error}") from None
    except OSError as error:
        raise OutsideError(f"{path}: {cause(error)}") from error
    return Pin(hashlib.sha256(data).hexdigest(), data, str(path))
