"""Bring a catalog repository up to the tool at hand, and keep what people changed.

Each file is compared three ways: as the tool wrote it, by the hash that `starter.json` recorded, as
it is, and as the tool writes it now.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import NotAFileError, Replacement, cause, read_inside, replace_files
from catalogctl.new_catalog.start import record_of
from catalogctl.new_catalog.starter_files import CI, REQUIREMENTS, tool_files
from catalogctl.new_catalog.tool_pin import ToolPin, default_pin, index_pin, own_pin, pin_of
from catalogctl.new_catalog.tool_record import RECORD, ToolRecord, parse_record, sha256
from catalogctl.schemas import EDITOR_SCHEMAS
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAX_SIZE = 64 * 1024 * 1024
_WORDS = {"dev": -6, "a": -5, "b": -4, "rc": -3, "": -2, "post": -1}
"""The places of the words in a version before its numbers; "" is the end."""


class Action(StrEnum):
    """What an update does with a file; a kept one was changed by people, and by the tool."""

    WRITE = "write"
    REPLACE = "replace"
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class FileUpdate:
    """A file that is not as the tool at hand writes it: its bytes now, and the tool's, if any."""

    path: str
    action: Action
    ours: bytes | None
    tools: bytes | None

    @property
    def difference(self) -> str:
        """The difference from the catalog's own bytes to the tool's, "" if they aren't text."""
        try:
            texts = [(data or b"").decode().splitlines() for data in (self.ours, self.tools)]
        except UnicodeDecodeError:
            return ""
        names = (f"a/{self.path}", f"b/{self.path}")
        lines = difflib.unified_diff(texts[0], texts[1], *names, lineterm="")
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Update:
    """An update of a catalog: the files that it is about, and the record before and after."""

    files: tuple[FileUpdate, ...]
    record_before: bytes | None
    record_after: bytes

    @property
    def is_needed(self) -> bool:
        """Whether anything is to be written or to be shown."""
        return bool(self.files) or self.record_before != self.record_after


def plan_update(
    folder: Path, *, ci: CI | None, tool: str | None, environ: Mapping[str, str]
) -> Update:
    """Return what brings the catalog repository in a folder up to the tool at hand.

    Raise UsageError if there is no catalog or the record is damaged, OutsideError if a file can't
    be read.
    """
    if not (folder / "catalog/catalog.yaml").is_file():
        raise UsageError(f"{folder} has no catalog/catalog.yaml: name the folder of the repository")
    written = _read(folder, RECORD)
    record = parse_record(written) if written is not None else None
    if written is not None and record is None:
        raise UsageError(f"{folder / RECORD} is damaged: repair it, or delete it")
    if record and _order(record.catalogctl) > _order(__version__):
        raise UsageError(
            f"{folder} is of catalogctl {record.catalogctl}, and this is {__version__}: install a"
            " newer one"
        )
    ci = ci or (record.ci if record else _ci_of(folder))
    pin = pin_of(tool, environ) if tool is not None else _pin(record, environ)
    files = tool_files(ci, pin)
    known = record.files if record else {}
    updates = (
        _update(path, known.get(path), _read(folder, path), files.get(path))
        for path in sorted({*known, *files})
    )
    after = record_of(ci, pin, files).to_bytes()
    return Update(tuple(each for each in updates if each), written, after)


def _ci_of(folder: Path) -> CI:
    """Return whose workflows a catalog without a record has."""
    is_gitlab = (folder / ".gitlab-ci.yml").exists() and not (folder / ".github/workflows").exists()
    return CI.GITLAB if is_gitlab else CI.GITHUB


def _order(version: str) -> list[int]:
    """Return the parts of a version as numbers that tell which of two is newer (PEP 440).

    Before a release, which is the end, come its candidates, and after it its later builds.
    """
    parts = re.findall(r"[0-9]{1,9}|dev|a|b|rc|post|\Z", version)
    return [_WORDS[part] if part in _WORDS else int(part) for part in parts]


def _pin(record: ToolRecord | None, environ: Mapping[str, str]) -> ToolPin:
    """Return the pin of the tool at hand, from where the catalog had its tool until now."""
    if record is None:
        return default_pin(environ)
    if any(path.endswith(".whl") for path in record.files):
        return own_pin()
    if record.catalogctl == __version__:
        return ToolPin(record.tool)
    is_release = record.tool.startswith("catalogctl==")
    return index_pin(__version__, environ) if is_release else own_pin()


def _update(
    path: str, recorded: str | None, ours: bytes | None, tools: bytes | None
) -> FileUpdate | None:
    """Return what is to be done with a file, or None if nothing is.

    A file that people deleted stays deleted. The pin is what an update is for, so it is replaced,
    and so are schemas: an editor that reads others accepts what the checks refuse.
    """
    if ours == tools:
        return None
    is_untouched = ours is not None and sha256(ours) == recorded
    if tools is None:
        return FileUpdate(path, Action.DELETE if is_untouched else Action.KEEP, ours, None)
    if is_untouched or (ours is None and recorded is None):
        return FileUpdate(path, Action.WRITE, ours, tools)
    is_schema = ours is not None and path.startswith(f"{EDITOR_SCHEMAS}/")
    if path == REQUIREMENTS or path.endswith(".whl") or is_schema:
        return FileUpdate(path, Action.REPLACE, ours, tools)
    if ours is None or sha256(tools) == recorded:
        return None
    return FileUpdate(path, Action.KEEP, ours, tools)


def apply_update(folder: Path, update: Update) -> None:
    """Write an update, either all of it or nothing."""
    files = [
        Replacement(each.path, each.ours, each.tools)
        for each in update.files
        if each.action is not Action.KEEP
    ]
    record = Replacement(RECORD, update.record_before, update.record_after)
    replace_files(folder, (*files, record))


def _read(folder: Path, path: str) -> bytes | None:
    """Return the bytes of a file of the repository, or None if there is none."""
    try:
        return read_inside(folder, path, _MAX_SIZE)
    except FileNotFoundError:
        return None
    except NotAFileError as error:
        raise UsageError(f"{folder / path} {error}") from error
    except OSError as error:
        raise OutsideError(f"{folder / path}: {cause(error)}") from error
