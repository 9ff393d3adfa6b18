"""Define what a rule is and what it finds, and place a finding in its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from catalogctl.codes import all_codes
from catalogctl.problem import Problem
from catalogctl.source.document import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalogctl.jsontypes import JSONObject
    from catalogctl.source.document import Document
    from catalogctl.source.flaws import Place
    from catalogctl.source.settings import Settings
    from catalogctl.validate.template_schemas import TemplateSchema


class Finding(NamedTuple):
    """One thing wrong at an RFC 6901 pointer; `at_key` when the key is wrong, not the value.

    `name` is that of a field that is missing, or that a misspelt one was meant to be. `at` is its
    place where no pointer leads to it: in a comment. `code` is that of its problem, where no rule
    has it. With `suggests` the hint names the field that an unknown one was meant to be.
    """

    pointer: str
    message: str
    hint: str = ""
    at_key: bool = False
    name: str = ""
    at: Place | None = None
    code: str = ""
    suggests: bool = False


class Entry(msgspec.Struct, frozen=True):
    """A plugin file for the rules: what was written, and the effective request made from it.

    `odd` are the fields outside the Structs that are worth a closer look: not plain ASCII text.
    `schemas` are those of its template.
    """

    document: Document
    request: JSONObject
    odd: JSONObject = {}
    schemas: tuple[TemplateSchema, ...] = ()

    @property
    def stem(self) -> str:
        """The name of the file without its ending."""
        return self.document.stem

    def text(self, field: str) -> str:
        """Return a field of the effective request, "" when it is absent or no text."""
        value = self.request.get(field)
        return value if isinstance(value, str) else ""  # called for each rule: no call more


Check: TypeAlias = "Callable[[Entry, Settings], Iterator[Finding]]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with the code of the problems that it finds.

    One that is about a `field` is asked only where the effective request has it, one of `odd` texts
    only where the file has any.
    """

    code: str
    check: Check
    field: str | None = None
    odd: bool = False


def rule(code: str, *, field: str | None = None, odd: bool = False) -> Callable[[Check], Rule]:
    """Make a rule of a check: a function of a plugin file and the settings that yields findings."""
    return lambda check: Rule(code, check, field, odd)


def place(code: str, finding: Finding, document: Document) -> Problem:
    """Return the problem that a finding is in its document."""
    pointer = document.as_written(finding.pointer)
    where = finding.at or document.locate(pointer, key=finding.at_key)
    message, hint = without_secrets(document.data, finding.message, finding.hint)
    shown = finding._replace(pointer=pointer, message=message, hint=hint)
    return problem(code, document.file, where, shown)


def visible(code: str, finding: Finding, document: Document) -> Iterator[Problem]:
    """Yield the problem that a finding is, unless it only follows from one that reading met."""
    found = place(code, finding, document)
    if not document.hides(found, suggests=finding.suggests):
        yield found


def problem(code: str, file: str, where: Place, finding: Finding) -> Problem:
    """Return the problem that a finding is at a place of a file."""
    severity = all_codes()[code].severity
    return Problem(file, *where, code, finding.pointer, finding.message, finding.hint, severity)
