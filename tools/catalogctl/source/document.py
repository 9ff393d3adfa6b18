"""Read and parse a file that a person wrote, into a value and the problems found in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from catalogctl.json_pointer import escape
from catalogctl.jsontypes import JSONObject, as_text
from catalogctl.problem import Problem, Severity
from catalogctl.redaction import redacted_values
from catalogctl.source import strict_yaml
from catalogctl.source.positions import Examined, examine
from catalogctl.source.secret_places import secrets

if TYPE_CHECKING:
    from catalogctl.source.flaws import Flaw, Place
    from catalogctl.source.folder import Folder


class Document(msgspec.Struct, frozen=True):
    """A parsed file: `value` is what could be read, `problems` what is wrong with the rest.

    `file` is its name in reports (relative to the working directory), `stem` its name without the
    ending, `data` the bytes as read, in which places are looked up on demand. If `is_whole`, the
    value is a mapping that was read to its end, so rules can be applied to it. `warnings` are about
    how values are written. `spelt` maps the name of a field in `value` to its misspelling in the
    file.
    """

    file: str
    stem: str
    value: JSONObject
    data: bytes = b""
    problems: tuple[Problem, ...] = ()
    is_whole: bool = True
    warnings: tuple[Problem, ...] = ()
    spelt: Mapping[str, str] = MappingProxyType({})

    def locate(self, pointer: str, *, key: bool = False) -> Place:
        """Return the place of a value or its key, or of its nearest existing parent."""
        return _examined(self.data).locate(pointer, key=key)

    @property
    def accepted(self) -> JSONObject:
        """The value if the file has no problems, else {}."""
        return {} if self.problems else self.value

    def as_written(self, pointer: str) -> str:
        """Return a pointer into `value` as one into the file, where a field may be misspelt."""
        _, _, rest = pointer.partition("/")
        name, slash, below = rest.partition("/")
        return f"/{escape(self.spelt[name])}{slash}{below}" if name in self.spelt else pointer

    def hides(self, problem: Problem, *, suggests: bool = False) -> bool:
        """Return whether a problem is a mere consequence of one found while reading its place.

        `suggests` means that the problem is about a misspelt name and suggests the right one.
        """
        return bool(self.problems) and _examined(self.data).hides(problem, suggests=suggests)

    def text(self, field: str) -> str:
        """Return the text of a top-level field, or "" if it is absent or not text."""
        return as_text(self.value.get(field))


def read(folder: Folder, name: str) -> Document:
    """Read and parse one YAML file; if it can't be read, the document's problem says why."""
    file, stem, data = folder.file(name), name.removesuffix(".yaml"), folder.read(name)
    if isinstance(data, Problem):
        return Document(file, stem, {}, problems=(data,), is_whole=False)
    return parse(file, stem, data)


def parse(file: str, stem: str, data: bytes) -> Document:
    """Parse one YAML file; errors in its text become the document's problems."""
    value = strict_yaml.load(data)
    if value is not None:
        return Document(file, stem, value, data)
    examined = _examined(data)
    return Document(
        file,
        stem,
        examined.value,
        data,
        tuple(_problem(file, data, flaw) for flaw in examined.flaws),
        examined.is_whole,
        tuple(_problem(file, data, flaw, Severity.WARNING) for flaw in examined.numbers),
    )


def _problem(file: str, data: bytes, flaw: Flaw, severity: Severity = Severity.ERROR) -> Problem:
    message, hint = without_secrets(data, flaw.message, flaw.hint)
    return Problem(file, *flaw.place, flaw.code, flaw.pointer, message, hint, severity)


def without_secrets(data: bytes, message: str, hint: str) -> tuple[str, str]:
    """Return a message and a hint about a file, with the secrets of the file cut out."""
    values = secrets(data).values
    return redacted_values(message, values), redacted_values(hint, values)


@lru_cache(maxsize=4)
def _examined(data: bytes) -> Examined:
    return examine(data)
