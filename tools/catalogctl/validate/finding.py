"""Define rules and their findings, and locate a finding in its file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from catalogctl.codes import all_codes
from catalogctl.jsontypes import JSONObject
from catalogctl.problem import Problem
from catalogctl.source.document import Document, without_secrets
from catalogctl.validate.template_schemas import TemplateSchema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from catalogctl.source.flaws import Place
    from catalogctl.source.settings import Settings


class Finding(NamedTuple):
    """One thing wrong at an RFC 6901 pointer; `at_key` if the key is wrong, not the value.

    `name` is the name of a missing field, or of the field that a misspelt one was meant to be. `at`
    is the place of a finding that has no pointer, such as in a comment. `code` is the code of the
    problem if no rule defines it. With `suggests`, the hint names the field that an unknown one was
    meant to be.
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
    """A plugin file as the rules see it: the document and its effective request.

    `unusual` contains the fields outside the Structs that are not plain ASCII text, `schemas` the
    schemas of its template.
    """

    document: Document
    request: JSONObject
    unusual: JSONObject = {}
    schemas: tuple[TemplateSchema, ...] = ()

    @property
    def stem(self) -> str:
        """The name of the file without its extension."""
        return self.document.stem

    def text(self, field: str) -> str:
        """Return a field of the effective request, or "" if it is absent or not a string."""
        value = self.request.get(field)
        return value if isinstance(value, str) else ""  # called by every rule: avoid another call


Check: TypeAlias = "Callable[[Entry, Settings], Iterator[Finding]]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A check, with the code of the problems that it finds.

    A rule about a `field` runs only if the effective request has it, a rule about `unusual` texts
    only if the file has any.
    """

    code: str
    check: Check
    field: str | None = None
    unusual: bool = False


def rule(code: str, *, field: str | None = None, unusual: bool = False) -> Callable[[Check], Rule]:
    """Turn a check, a function of an entry and the settings that yields findings, into a rule."""
    return lambda check: Rule(code, check, field, unusual)


def place(code: str, finding: Finding, document: Document) -> Problem:
    """Return a finding as a problem of its document."""
    pointer = document.as_written(finding.pointer)
    where = finding.at or document.locate(pointer, key=finding.at_key)
    message, hint = without_secrets(document.data, finding.message, finding.hint)
    shown = finding._replace(pointer=pointer, message=message, hint=hint)
    return problem(code, document.file, where, shown)


def visible(code: str, finding: Finding, document: Document) -> Iterator[Problem]:
    """Yield a finding as a problem, unless it only follows from a problem found when reading."""
    found = place(code, finding, document)
    if not document.hides(found, suggests=finding.suggests):
        yield found


def problem(code: str, file: str, where: Place, finding: Finding) -> Problem:
    """Return a finding as a problem at a place in a file."""
    severity = all_codes()[code].severity
    return Problem(file, *where, code, finding.pointer, finding.message, finding.hint, severity)


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in their order, with only one about an ambiguous value that is not allowed.

    It is the one about the ambiguity, with the hint of the one about what is allowed.
    """
    found = sorted(set(problems))
    ambiguous = {each.pointer for each in found if each.code == "ambiguous-scalar"}
    hints = {
        each.pointer: each.hint
        for each in found
        if each.code in _NOT_ALLOWED and each.pointer in ambiguous
    }
    told = (each for each in found if each.code not in _NOT_ALLOWED or each.pointer not in hints)
    return [
        replace(each, hint=hints.get(each.pointer, each.hint))
        if each.code == "ambiguous-scalar"
        else each
        for each in told
    ]


_NOT_ALLOWED = {"wrong-type", "unknown-value", "invalid-value", "template-schema"}
