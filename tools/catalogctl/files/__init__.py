"""Write the files of a catalog, and trees, completely or not at all. No other package does.

A file replaces the old one in one step; a tree is built next to the old one and swapped in. Errors
of the system (a full disk, no permission) become an OutsideError: one line that names the path.
Others write only elsewhere: `upload/` where a tree is published, `source/git_diff.py` into a
temporary folder, `trust/key_files.py` new keys.
What is imported from here is loaded when it is first accessed: most commands write nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catalogctl.files.atomic import write_atomic
    from catalogctl.files.file_signatures import FileSignature
    from catalogctl.files.os_errors import cause
    from catalogctl.files.regular_files import NotAFileError, read_file, read_inside
    from catalogctl.files.replace import ChangedMeanwhileError, Replacement, replace_files
    from catalogctl.files.shared_tree import SharedTree
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
    "replace_files",
    "row",
    "write_atomic",
]

_MODULES = {
    "atomic": ("write_atomic",),
    "file_signatures": ("FileSignature",),
    "os_errors": ("cause",),
    "regular_files": ("NotAFileError", "read_file", "read_inside"),
    "replace": ("ChangedMeanwhileError", "Replacement", "replace_files"),
    "shared_tree": ("SharedTree",),
    "staged": ("StagedTree",),
    "tree_paths": ("MANIFEST", "UNLISTED", "is_published_path", "row"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import the module of a name when it is first accessed."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
