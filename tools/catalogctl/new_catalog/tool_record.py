"""Remember in a catalog which files the tool wrote, and in which bytes."""

from __future__ import annotations

import hashlib

import msgspec

from catalogctl.new_catalog.starter_files import CI, TOOL_FOLDER

RECORD = f"{TOOL_FOLDER}/starter.json"


class ToolRecord(msgspec.Struct, frozen=True):
    """What the tool wrote: its version, the catalog's CI, the tool's pin, and hashes by path.

    The hash of a file is that of the tool's version of it that was last written, or that was shown
    because the catalog's own was kept.
    """

    catalogctl: str
    ci: CI
    tool: str
    files: dict[str, str]

    def to_bytes(self) -> bytes:
        """Return the record as JSON, one line for each file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


def sha256(data: bytes) -> str:
    """Return the hash of a file as a record has it."""
    return hashlib.sha256(data).hexdigest()


def parse_record(data: bytes) -> ToolRecord | None:
    """Return a record, or None if it can't be read as one, or names a file outside the catalog."""
    try:
        record = msgspec.json.decode(data, type=ToolRecord)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return record if all(map(_is_inside, record.files)) else None


def _is_inside(path: str) -> bool:
    names = path.split("/")
    return names[0] != ".git" and not {"", ".", ".."} & set(names) and "\0" not in path
