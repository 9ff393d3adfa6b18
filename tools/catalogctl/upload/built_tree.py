"""Read a built tree that is to be published."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import MANIFEST, UNLISTED, NotAFileError, cause, read_inside
from catalogctl.files.tree_paths import TRUST_HASHES, TRUST_METADATA, is_signature
from catalogctl.publish.manifest import MAX_BYTES, Listed, read_manifest
from catalogctl.upload.host_headers import HostHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOST_HEADERS = "_headers"
_MOST_UNLISTED = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BuiltTree:
    """A tree in a folder: its manifest, its files but for that, and the headers of each.

    `listed` are those files that the manifest lists.
    """

    folder: Path
    manifest: bytes
    listed: Mapping[str, Listed]
    files: Mapping[str, Listed]
    headers: HostHeaders

    def read(self, file: Listed) -> bytes:
        """Return the bytes of a file. Raise OutsideError if they are not those of the manifest."""
        changed = OutsideError(
            f"{self.folder / file.path} is not the file that {MANIFEST} names: build the tree again"
        )
        try:
            data = read_inside(self.folder, file.path, file.size)
        except (FileNotFoundError, NotAFileError):
            raise changed from None
        except OSError as error:
            raise OutsideError(f"{self.folder / file.path}: {cause(error)}") from error
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise changed
        return data


def read_tree(folder: Path) -> BuiltTree:
    """Return the tree in a folder. Raise UsageError if there is none, OutsideError if unreadable.

    Only the manifest and the files that it does not list, signatures too, are read; each other file
    is read, and compared with the manifest, when it is uploaded.
    """
    manifest = _read(folder, MANIFEST, MAX_BYTES)
    if manifest is None:
        raise UsageError(f"{folder} holds no built tree: run catalogctl build, or name one: --from")
    try:
        listed = read_manifest(manifest)
    except ValueError as error:
        raise UsageError(f"{folder / MANIFEST}: {error}; build the tree again") from None
    files = dict(listed)
    host_headers = b""
    for path in (*sorted(UNLISTED - {MANIFEST}), *_signatures(folder)):
        data = _read(folder, path, _MOST_UNLISTED)
        if data is not None:
            files[path] = Listed(path, len(data), hashlib.sha256(data).hexdigest())
            host_headers = data if path == HOST_HEADERS else host_headers
    return BuiltTree(
        folder, manifest, listed, files, HostHeaders(host_headers.decode("utf-8", "replace"))
    )


def _signatures(folder: Path) -> list[str]:
    """Return the paths of the signatures of a tree."""
    paths: list[str] = []
    for below in (TRUST_HASHES, TRUST_METADATA):
        try:
            with os.scandir(folder / below) as entries:
                paths += [below + entry.name for entry in entries]
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise OutsideError(f"{folder / below}: {cause(error)}") from error
    return sorted(filter(is_signature, paths))


def _read(folder: Path, path: str, most: int) -> bytes | None:
    """Return the bytes of a file of the tree, or None if it does not exist."""
    try:
        return read_inside(folder, path, most)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except NotAFileError as error:
        raise UsageError(f"{folder / path} {error}") from None
    except OSError as error:
        raise OutsideError(f"{folder / path}: {cause(error)}") from error
