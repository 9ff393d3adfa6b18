"""Documents in, problems out: the request schemas, and the rules that no schema can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.validate.finding import Entry, Finding, Rule, place
from catalogctl.validate.requests import create_request, effective
from catalogctl.validate.rules import (
    characters,
    hosts,
    identity,
    image,
    registry,
    secrets,
    size,
    template,
    texts,
    versions,
    vocabulary,
)
from catalogctl.validate.schemas import compiled, violations

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
    texts.line_break,
    characters.blank,
    characters.invisible_character,
    vocabulary.unlisted_value,
    texts.service_type_shape,
    texts.maintainer_shape,
    texts.since_shape,
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
_OF_PLAIN_TEXTS = tuple(rule for rule in RULES if not rule.odd)


def check_plugin(document: Document, settings: Settings) -> tuple[Entry | None, list[Problem]]:
    """Return the plugin's entry, None when it can't be published, and every problem of its file.

    A file that could not be read or parsed has its own problems; no rule is asked about it.
    """
    if document.problems:
        return None, list(document.problems)
    value = document.value
    entry = Entry(document, effective(value, settings), texts.odd_fields(value))
    found = sorted(set(_problems(entry, settings)))
    return entry, found


def _problems(entry: Entry, settings: Settings) -> Iterator[Problem]:
    for code, finding in _against_schemas(entry):
        yield place(code, finding, entry.document)
    request = entry.request
    for rule in RULES if entry.odd else _OF_PLAIN_TEXTS:
        if rule.field is None or rule.field in request:
            for finding in rule.check(entry, settings):
                yield place(rule.code, finding, entry.document)


def _against_schemas(entry: Entry) -> Iterator[tuple[str, Finding]]:
    """Check the file by its own schema, and the effective request by the API's (seed, register)."""
    if not compiled("PluginFile").is_valid(entry.document.value):
        yield from violations("PluginFile", entry.document.value)
    request = create_request(entry.request)
    if not compiled("CreatePluginRequest").is_valid(request):
        for code, finding in violations("CreatePluginRequest", request):
            field = finding.pointer.partition("/")[2].partition("/")[0]
            if code == "missing-field" and finding.message.endswith("is required"):
                if finding.message.partition(" ")[0] not in entry.document.value:
                    yield code, finding
            elif entry.document.value.get(field) is None:
                yield code, finding
