"""Check a value against the JSON Schema of its message.

A compiled validator decides whether a value is valid; only an invalid one is explained, by
`jsonschema`, which is 100 times slower. If the two disagree, the value is refused with a code of
its own. Neither may fetch anything: both get a registry that can't retrieve documents.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

import jsonschema_rs

from catalogctl import wording
from catalogctl.did_you_mean import MOST_GUESSED, did_you_mean, nearest
from catalogctl.json_pointer import child, join
from catalogctl.schemas import whole_schema
from catalogctl.source import character_names
from catalogctl.validate.finding import Finding
from catalogctl.validate.spelling import misplaced, misspelt
from catalogctl.validate.type_hints import option_names, type_hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jsonschema import ValidationError

    from catalogctl.jsontypes import JSON

MAX_EXPLAINED = 500
"""Errors of one schema that are reported for one file, as for its text; more would be noise."""

_REGISTRY_TYPES = (
    "write DOCKER_HUB with registry_url: HOST for any registry, such as GHCR, Quay, Harbor or a"
    " private ECR; public.ecr.aws needs AWS_PUBLIC_ECR"
)
"""The hint for an author who is looking for the right registry_type."""


def _refuse_to_fetch(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is not fetched")


@cache
def compiled(message: str) -> jsonschema_rs.Draft202012Validator:
    """Return the compiled validator of a message's schema."""
    return jsonschema_rs.Draft202012Validator(whole_schema(message), retriever=_refuse_to_fetch)


def violations(message: str, value: JSON) -> list[Finding]:
    """Return the violations of a message's schema in a value, or [] if it is valid."""
    if compiled(message).is_valid(value):
        return []
    explained = set(islice(_explain(message, value), MAX_EXPLAINED))
    disagreement = f"one validator refuses this {message}, another one accepts it"
    return _once(sorted(explained, key=lambda finding: (finding.code, finding))) or [
        Finding("", disagreement, "please report it, with this file", code="validators-disagree")
    ]


def _once(findings: list[Finding]) -> list[Finding]:
    """Return one finding for each thing that is wrong.

    Omit missing fields that are present but misspelt, other complaints about a value of the wrong
    type, and duplicates from two forms of a value.
    """
    mistyped = {finding.pointer for finding in findings if finding.code == "wrong-type"}
    spelt = {
        (finding.pointer.rpartition("/")[0], finding.name)
        for finding in findings
        if finding.code == "unknown-field"
    }
    different: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        if finding.code == "unknown-value" and finding.pointer in mistyped:
            continue
        if finding.code != "missing-field" or (finding.pointer, finding.name) not in spelt:
            different.setdefault((finding.code, finding.pointer, finding.message), finding)
    return list(different.values())


def _explain(message: str, value: JSON) -> Iterator[Finding]:
    import jsonschema
    from referencing import Registry

    validator = jsonschema.Draft202012Validator(whole_schema(message), registry=Registry())
    for error in validator.iter_errors(value):
        yield from _translate(error)


def _translate(error: ValidationError) -> Iterator[Finding]:
    """Yield one finding for each thing that an error of `jsonschema` is about."""
    if error.context:
        # That null is allowed too, as «not given», does not help an author who gave a value.
        parts = [part for part in error.context if part.validator_value != "null"]
        deepest = max(len(part.absolute_path) for part in parts)
        for part in parts:
            if len(part.absolute_path) == deepest:
                yield from _translate(part)
        return
    pointer = join(error.absolute_path)
    keyword = str(error.validator)
    if keyword == "required":
        yield from _missing_fields(error, pointer)
    elif keyword in {"additionalProperties", "unevaluatedProperties"}:
        yield from _unknown_fields(error, pointer)
    else:
        yield wrong_value(error, pointer)


def _missing_fields(error: ValidationError, pointer: str) -> Iterator[Finding]:
    """Yield all missing fields; `jsonschema` names each only in an error message of its own."""
    required: Any = error.validator_value
    instance: Any = error.instance
    for name in required:
        if name not in instance:
            hint = f'write "{name}: …"'
            yield Finding(pointer, f"{name} is required", hint, name=name, code="missing-field")


def _unknown_fields(error: ValidationError, pointer: str) -> Iterator[Finding]:
    owner: Any = error.schema
    known = list(owner.get("properties", {}))
    instance: Any = error.instance
    meant = {wrong: right for right, wrong in misspelt(instance, known).items()}
    unknown = [name for name in instance if name not in known]
    for number, name in enumerate(unknown):
        others = known if number < MOST_GUESSED else []
        hint, suggests = misplaced(name, known), False
        if not hint:
            near = meant.get(name) or nearest(name, others) or ""
            hint, suggests = _meant_instead(name, near, known)
        yield Finding(
            child(pointer, name),
            f"unknown field {wording.verbatim(name)}",
            hint,
            at_key=True,
            name=meant.get(name, ""),
            code="unknown-field",
            suggests=suggests,
        )


def _meant_instead(name: str, near: str, known: Sequence[str]) -> tuple[str, bool]:
    """Return the hint for an unknown name, and whether it suggests the name near it."""
    before, colon, _ = name.partition(":")
    first, space, _ = name.partition(" ")
    if colon and before in known:
        return f'write "{before}: …", with a space after the colon', False
    if space and first in known:
        return f'write "{first}: …": a colon is missing after it', False
    if not near:
        return f"allowed are {wording.listed(known)}", False
    odd = next((each for each in name if not each.isascii()), "")
    contained = f" it contains {character_names.character_name(odd)}" if odd else ""
    return f'did you mean "{near}"?{contained}', True


def wrong_value(error: ValidationError, pointer: str) -> Finding:
    """Return the finding for a keyword that restricts the value itself."""
    keyword = str(error.validator)
    limit: Any = error.validator_value
    value: Any = error.instance
    name = wording.field_name(pointer)
    options = limit if keyword == "enum" else [limit]
    allowed = option_names(options) if keyword in {"enum", "const"} else []
    if value is None and (allowed or keyword == "type"):
        what = wording.listed(allowed) if allowed else wording.type_names(limit)
        hint = f"write {what} after the colon"
        return Finding(pointer, f"{name} has no value", hint, code="missing-field")
    if keyword == "type":
        message = f"{name} is {wording.kind(value)}; {wording.type_names(limit)} is expected"
        return Finding(pointer, message, type_hint(error, name), code="wrong-type")
    if allowed:
        written = wording.verbatim(value) if isinstance(value, str) else wording.kind(value)
        message = f"{name} is {written}; allowed is {wording.listed(allowed)}"
        hint = did_you_mean(value, allowed) if isinstance(value, str) else ""
        if name == "registry_type":
            hint = f"{hint} {_REGISTRY_TYPES}".lstrip()
        hint = hint or f"write {wording.listed(allowed)}"
        return Finding(pointer, message, hint, code="unknown-value")
    if keyword in {"pattern", "minLength"} and not str(value).strip():
        return Finding(pointer, f"{name} is blank", "write something, or remove it", code="blank")
    what, hint = _limit(keyword, limit, value)
    return Finding(pointer, f"{name} {what}", hint, code="invalid-value")


def _limit(keyword: str, limit: Any, value: Any) -> tuple[str, str]:
    """Return the message about the limit that a value exceeds, and the hint."""
    size = len(value) if isinstance(value, str | list | dict) else 0
    phrases = {
        "minimum": (f"is below {limit}", f"write {limit} or more"),
        "exclusiveMinimum": (f"is not above {limit}", f"write a number above {limit}"),
        "maximum": (f"is above {limit}", f"write {limit} or less"),
        "minItems": (f"has fewer than {limit} elements", "add what is missing"),
        "maxItems": (
            f"has {size:,} elements; at most {limit} are allowed",
            "take some of them out",
        ),
        "minProperties": (f"has fewer than {limit} members", "add what is missing"),
        "maxLength": (f"has {size:,} characters; at most {limit} are allowed", "shorten it"),
        "uniqueItems": ("holds one value twice", "take one of the two out"),
        "pattern": (f"does not match {limit}", "write it in that form"),
    }
    fallback = ("does not have the form that is expected", "run catalogctl explain invalid-value")
    return phrases.get(keyword, fallback)
