"""Check plugin files against the request schemas and the catalog's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from catalogctl.schemas import fields
from catalogctl.validate.effective_request import create_request, effective
from catalogctl.validate.finding import Entry, Finding, Rule, place, told_once, visible
from catalogctl.validate.message_schemas import compiled, violations
from catalogctl.validate.rules import (
    characters,
    hosts,
    identity,
    image,
    registry,
    secrets,
    size,
    template,
    text_fields,
    versions,
    vocabulary,
)
from catalogctl.validate.spelling import as_meant, misspelt, slips
from catalogctl.validate.template_schemas import template_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.problem import Problem
    from catalogctl.source.document import Document
    from catalogctl.source.settings import Settings

RULES: tuple[Rule, ...] = (
    identity.plugin_id_shape,
    identity.plugin_id_is_the_file_name,
    identity.device_name,
    hosts.image_host,
    hosts.image_like_host,
    image.image_shape,
    image.image_name_too_long,
    text_fields.line_break,
    characters.blank,
    characters.invisible_character,
    vocabulary.unlisted_value,
    text_fields.service_type_shape,
    text_fields.maintainer_shape,
    text_fields.since_shape,
    registry.registry_url_missing,
    registry.registry_url_shape,
    registry.registry_unlisted,
    registry.registry_type_host,
    secrets.secret_key,
    secrets.secret_value,
    template.template_dialect,
    template.template_schema,
    template.template_pattern,
    template.template_ref,
    versions.versions_pattern,
    size.published_size,
)
_OF_PLAIN_TEXTS = tuple(rule for rule in RULES if not rule.unusual)


def check_plugin(document: Document, settings: Settings) -> tuple[Entry | None, list[Problem]]:
    """Return the plugin's entry, or None if its file can't be checked, and all its problems.

    A file that could not be read completely is only checked for credentials. A file that was read
    despite its problems is checked as its author meant it (product contract, 3).
    """
    if not document.is_whole:
        exposed = {place("secret-value", each, document) for each in secrets.credentials(document)}
        return None, sorted({*document.problems, *exposed})
    is_shaped = compiled("PluginFile").is_valid(document.value)
    read = document if is_shaped else _as_meant(document)
    request = effective(read.value, settings)
    schemas = template_schemas(request.get("template"))
    entry = Entry(read, request, text_fields.unusual_fields(read.value), schemas)
    problems = {*document.problems, *_warnings(document), *_problems(entry, settings)}
    if not is_shaped:
        problems.update(_shape(document, read))
    return entry, told_once(problems)


def _as_meant(document: Document) -> Document:
    """Return the document with misspelt fields replaced by those that were meant."""
    spelt = slips(document.value, fields("PluginFile"))
    return replace(document, value=as_meant(document.value, spelt), spelt=spelt)


def _shape(document: Document, read: Document) -> Iterator[Problem]:
    """Yield the schema's problems with the names in the file, and with the values as meant."""
    meant = {f"/{name}" for name in read.spelt}
    for finding in violations("PluginFile", document.value):
        yield from visible(finding.code, finding, document)
    for finding in violations("PluginFile", read.value) if meant else ():
        if finding.pointer.startswith(tuple(meant)) and (
            finding.pointer not in meant or finding.code != "wrong-type"
        ):
            yield from visible(finding.code, finding, read)


def _warnings(document: Document) -> Iterator[Problem]:
    """Yield the warnings about how values are written in the Structs, which are published."""
    for each in document.warnings:
        if each.pointer.partition("/")[2].partition("/")[0] in text_fields.STRUCTS:
            yield each


def _problems(entry: Entry, settings: Settings) -> Iterator[Problem]:
    for finding in _against_request(entry):
        yield from visible(finding.code, finding, entry.document)
    request = entry.request
    for rule in RULES if entry.unusual else _OF_PLAIN_TEXTS:
        if rule.field is None or rule.field in request:
            for finding in rule.check(entry, settings):
                yield from visible(rule.code, finding, entry.document)


def _against_request(entry: Entry) -> Iterator[Finding]:
    """Check the effective request against the API's own schema (seed, register)."""
    request = create_request(entry.request)
    if not compiled("CreatePluginRequest").is_valid(request):
        value = entry.document.value
        meant = {*value, *misspelt(value, fields("PluginFile"))}
        for finding in violations("CreatePluginRequest", request):
            field = finding.pointer.partition("/")[2].partition("/")[0]
            if finding.code == "missing-field" and finding.name:
                if finding.name not in meant:
                    yield finding
            elif value.get(field) is None:
                yield finding
