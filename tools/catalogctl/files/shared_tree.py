"""Write files of a tree that a build of another process, maybe on another machine, puts together.

Each file is written beside the tree and renamed into it, so that a worker that is killed leaves no
part of a file there, and another one can do its work again. Both folders are opened by name each
time: after the build they are gone, so a worker that was believed lost can't reach a published
tree.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError
from catalogctl.files.atomic import write_all
from catalogctl.files.leftovers import FOLDER
from catalogctl.files.os_errors import cause
from catalogctl.files.tree_folder import TreeFolder
from catalogctl.files.tree_paths import row

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class SharedTree:
    """The folder of a tree under construction, and one on the same file system for new files.

    `out` is the place that the tree is for, for messages.
    """

    staging: str
    scratch: str
    out: str

    def write(self, path: str, data: bytes) -> bytes:
        """Write a file of the tree, or write it again, and return its manifest row.

        Raise OutsideError if the disk fails, ValueError if the path is not allowed in a tree.
        """
        name = secrets.token_hex(16)
        try:
            with _opened(self.scratch, self.out) as scratch, _opened(self.staging, self.out) as new:
                handle = scratch.create(name)
                try:
                    write_all(handle, data)
                finally:
                    os.close(handle)
                new.prepare(path)
                os.rename(name, path, src_dir_fd=scratch.handle, dst_dir_fd=new.handle)
        except OSError as error:
            raise OutsideError(f"{self.out}/{path}: {cause(error)}") from error
        return row(path, data)

    def check(self) -> None:
        """Raise OutsideError unless this process can reach the folders."""
        for folder in (self.staging, self.scratch):
            try:
                os.close(os.open(folder, FOLDER))
            except OSError as error:
                raise OutsideError(f"can't open {folder}: {cause(error)}") from error


@contextmanager
def _opened(folder: str, out: str) -> Iterator[TreeFolder]:
    handle = os.open(folder, FOLDER)
    try:
        yield TreeFolder(handle, Path(out))
    finally:
        os.close(handle)
