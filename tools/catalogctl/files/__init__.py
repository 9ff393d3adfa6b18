"""Bytes in, files on disk out, whole or not at all: the one place that writes files and trees.

A file replaces the old one in one step; a tree is built beside the old one and swapped in. What
fails outside (a full disk, no permission) is an OutsideError of one line that names the path.
"""

from __future__ import annotations

from catalogctl.files.atomic import write_atomic
from catalogctl.files.causes import cause
from catalogctl.files.exchange import ChangedMeanwhileError, Exchange, exchange
from catalogctl.files.inside import NotAFileError, read_inside, read_regular
from catalogctl.files.paths import MANIFEST, UNLISTED, is_published_path, row
from catalogctl.files.staged import StagedTree

__all__ = [
    "MANIFEST",
    "UNLISTED",
    "ChangedMeanwhileError",
    "Exchange",
    "NotAFileError",
    "StagedTree",
    "cause",
    "exchange",
    "is_published_path",
    "read_inside",
    "read_regular",
    "row",
    "write_atomic",
]
