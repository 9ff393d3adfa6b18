"""One file that a person wrote, read and parsed: a value, or the problems that reading met."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from catalogctl.problem import Problem
from catalogctl.redaction import cut_values
from catalogctl.source import strict_yaml
from catalogctl.source.hidden import secrets
from catalogctl.source.positions import Examined, Place, examine

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.folder import Folder


class Document(msgspec.Struct, frozen=True):
    """A parsed file. `value` is {} when `problems` is not empty.

    `file` is how reports name it (relative to the working directory), `stem` its name without
    the ending, `data` the bytes as read, from which places are found when they are asked for.
    """

    file: str
    stem: str
    value: JSONObject
    data: bytes = b""
    problems: tuple[Problem, ...] = ()

    def locate(self, pointer: str, *, key: bool = False) -> Place:
        """Return line and column of a value, or of its key; its parent's when it is not there."""
        return _examined(self.data).locate(pointer, key=key)

    def text(self, field: str) -> str:
        """Return the text of a top-level field, "" when it is absent or no text."""
        value: JSON = self.value.get(field)
        return value if isinstance(value, str) else ""


def read(folder: Folder, name: str) -> Document:
    """Read and parse one YAML file; what keeps it from being read is the document's problem."""
    file, stem, data = folder.file(name), name.removesuffix(".yaml"), folder.read(name)
    if isinstance(data, Problem):
        return Document(file, stem, {}, problems=(data,))
    return parse(file, stem, data)


def parse(file: str, stem: str, data: bytes) -> Document:
    """Parse one YAML file; what is wrong with its text is in the document's problems."""
    value = strict_yaml.load(data)
    if value is not None:
        return Document(file, stem, value, data)
    examined = _examined(data)
    problems = tuple(
        Problem(
            file,
            *flaw.place,
            flaw.code,
            flaw.pointer,
            *without_secrets(data, flaw.message, flaw.hint),
        )
        for flaw in examined.flaws
    )
    return Document(file, stem, examined.value, data, problems)


def without_secrets(data: bytes, message: str, hint: str) -> tuple[str, str]:
    """Return what is said of a file, with no value in it that is a secret there."""
    values = secrets(data).values
    return cut_values(message, values), cut_values(hint, values)


@lru_cache(maxsize=4)
def _examined(data: bytes) -> Examined:
    return examine(data)
