"""Write files and trees completely or not at all. No other package does.

A file replaces the old one in one step; a tree is built next to the old one and swapped in. Errors
of the system (a full disk, no permission) become an OutsideError: one line that names the path.
"""

from __future__ import annotations

from catalogctl.files.atomic import write_atomic
from catalogctl.files.os_errors import cause
from catalogctl.files.regular_files import NotAFileError, read_file, read_inside, read_regular
from catalogctl.files.replace import ChangedMeanwhileError, Replacement, replace_files
from catalogctl.files.shared_tree import SharedTree
from catalogctl.files.signatures import FileSignature
from catalogctl.files.staged import StagedTree
from catalogctl.files.tree_paths import MANIFEST, UNLISTED, is_published_path, row

__all__ = [
    "MANIFEST",
    "UNLISTED",
    "ChangedMeanwhileError",
    "FileSignature",
    "NotAFileError",
    "Replacement",
    "SharedTree",
    "StagedTree",
    "cause",
    "is_published_path",
    "read_file",
    "read_inside",
    "read_regular",
    "replace_files",
    "row",
    "write_atomic",
]
