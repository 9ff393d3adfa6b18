"""Check the committed files of upstreams, and plugins before they become such files.

What another repository published is not reviewed like a plugin file, so its values pass the same
rules wherever they could do harm: ids, images, secrets, characters and numbers. Its registry need
not be listed, because it is not asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import re2

from catalogctl.source.document import Document
from catalogctl.source.flaws import TOP
from catalogctl.source.folder import MAX_YAML_SIZE
from catalogctl.source.strict_yaml import MAX_DEPTH, REFUSED
from catalogctl.source.upstream_files import (
    MAX_PLUGIN,
    TakenPlugin,
    UpstreamSource,
    decode_plugin,
    decode_source,
    taken_hash,
)
from catalogctl.source.yaml_scalars import LARGEST
from catalogctl.times import parse_time
from catalogctl.validate.finding import Entry, Finding, place
from catalogctl.validate.message_schemas import compiled, violations
from catalogctl.validate.rules import (
    characters,
    hosts,
    identity,
    image,
    registry,
    secrets,
    size,
    text_fields,
)
from catalogctl.validate.unsupported_values import unsupported_value
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem
    from catalogctl.source.settings import Settings, UpstreamSettings

MAX_VERSIONS = 20_000
MAX_TEXT = 255
"""The most characters of a text of `source.json`, as of the catalog's own `repository`."""
_UNUSUAL = re2.compile(rb"\\[ubf]|[0-9]{16}|\x7f")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_RULES = (
    identity.plugin_id_shape,
    identity.device_name,
    hosts.image_host,
    image.image_shape,
    image.image_name_too_long,
    text_fields.line_break,
    characters.blank,
    characters.invisible_character,
    registry.registry_url_shape,
    secrets.secret_key,
    secrets.secret_value,
    size.published_size,
)
_SYNC = "run catalogctl sync, which writes it"


class CheckedUpstreamPlugin(NamedTuple):
    """A plugin of an upstream and its problems; None if its file can't be read."""

    taken: TakenPlugin | None
    info: JSONObject
    problems: tuple[Problem, ...]


def check_upstream_plugin(
    file: str, stem: str, data: bytes, settings: Settings
) -> CheckedUpstreamPlugin:
    """Check the file of an upstream's plugin; `file` is its name in reports."""
    document = Document(file, stem, {}, data)
    try:
        taken = decode_plugin(data)
    except ValueError as error:
        finding = Finding("", f"this is not the file of an upstream's plugin: {error}", _SYNC)
        return CheckedUpstreamPlugin(None, {}, (_placed("upstream-broken", finding, document),))
    info = taken.info
    document = msgspec.structs.replace(document, value=info)
    problems = tuple(sorted({*_problems(document, taken, settings)}))
    return CheckedUpstreamPlugin(taken, info, problems)


def _problems(document: Document, taken: TakenPlugin, settings: Settings) -> Iterator[Problem]:
    unsupported = _unsupported(taken, document.value)
    if unsupported is not None:
        yield _placed("upstream-broken", _in_plugin(unsupported), document)
        return
    if taken.sha256.taken != taken_hash(taken.plugin, taken.versions):
        message = "this file is not what sync took: somebody edited it"
        yield _placed("upstream-edited", Finding("/sha256/taken", message, _SYNC), document)
    for finding in violations("PluginInfo", document.value):
        yield _placed(finding.code, _in_plugin(finding), document)
    if document.value.get("plugin_id") != document.stem:
        message = f"this is the file of {document.stem}, and the plugin in it is another one"
        yield _placed("upstream-broken", Finding("/plugin/plugin_id", message, _SYNC), document)
    yield from _by_rules(document, settings)


def _placed(code: str, finding: Finding, document: Document) -> Problem:
    """Return a finding as a problem; its line is not looked up in a file that is too large."""
    if len(document.data) > MAX_YAML_SIZE and finding.at is None:
        finding = finding._replace(at=TOP)
    return place(code, finding, document)


def _unsupported(taken: TakenPlugin, info: JSONObject) -> Finding | None:
    """Return why a plugin's values can't be looked at any further, or None."""
    if len(taken.plugin) > MAX_PLUGIN:
        return Finding("", f"the plugin has {len(taken.plugin)} bytes; {MAX_PLUGIN} are allowed")
    versions = taken.versions
    wrong = next((each for each in versions if _TAG.fullmatch(each) is None), None)
    if wrong is not None or len(versions) > MAX_VERSIONS or len({*versions}) < len(versions):
        return Finding("", f"its versions are not at most {MAX_VERSIONS} different tags")
    if not _may_hold_refused(bytes(taken.plugin)):
        return None
    found = unsupported_value(info)
    return _refused_value(info) if found is None else Finding(found.pointer, found.message)


def _may_hold_refused(plugin: bytes) -> bool:
    """Return whether a value in an encoded PluginInfo may be refused, found by a quick check.

    It has none without an escaped or unusual character, a long number, or many levels.
    """
    is_plain = plugin.isascii() and _UNUSUAL.search(plugin) is None
    return may_be_deep(plugin) or not is_plain


def may_be_deep(text: bytes) -> bool:
    """Return whether a JSON text may have more levels than a catalog's files, by a quick check."""
    return text.count(b"{") + text.count(b"[") > MAX_DEPTH


def _refused_value(value: JSON) -> Finding | None:
    """Return what no catalog publishes: a control character, or a number that is not exact."""
    waiting: list[JSON] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(each)
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, str):
            if refused := _refused_character(each):
                return Finding("", f"a text in it has {refused}, which is refused")
        elif isinstance(each, int) and abs(each) > LARGEST:
            return Finding("", "a number in it is beyond 2^53, so readers would differ about it")
    return None


def _refused_character(text: str) -> str:
    """Return a character of a text that no catalog publishes, as U+202E, or ""."""
    found = None if text.isascii() and text.isprintable() else REFUSED.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def _by_rules(document: Document, settings: Settings) -> Iterator[Problem]:
    entry = Entry(document, document.value, text_fields.unusual_fields(document.value))
    for rule in _RULES:
        is_asked = not rule.unusual or entry.unusual
        if is_asked and (rule.field is None or rule.field in entry.request):
            for finding in rule.check(entry, settings):
                yield _placed(rule.code, _in_plugin(finding), document)


def _in_plugin(finding: Finding) -> Finding:
    """Return a finding about a PluginInfo as one about the file that contains it."""
    if finding.at is not None:
        return finding
    return finding._replace(pointer=f"/plugin{finding.pointer}", hint=finding.hint or _SYNC)


def check_upstream_source(
    file: str, data: bytes, upstream: UpstreamSettings
) -> tuple[UpstreamSource | None, list[Problem]]:
    """Check the `source.json` of an upstream; return what it says, None if it can't be used."""
    document = Document(file, "source", {}, data)
    try:
        source = decode_source(data)
    except ValueError as error:
        finding = Finding("", f"this is not the source.json of an upstream: {error}", _SYNC)
        return None, [_placed("upstream-broken", finding, document)]
    flaw = next(_source_flaws(source, upstream), None)
    if flaw is not None:
        return None, [_placed("upstream-broken", flaw._replace(hint=_SYNC), document)]
    return source, []


def _source_flaws(source: UpstreamSource, upstream: UpstreamSettings) -> Iterator[Finding]:
    """Yield what is wrong with the values in a `source.json`."""
    info = source.repository_info
    if not compiled("RepositoryInfo").is_valid({**info}):
        yield Finding("/repository_info", "repository_info is not a RepositoryInfo")
        return
    if info["repository_id"] != upstream.repository_id:
        message = f"this is not repository {upstream.repository_id}, which catalog.yaml names"
        yield Finding("/repository_info/repository_id", message)
    texts = {f"/repository_info/{name}": text for name, text in info.items()}
    for pointer, text in {**texts, "/commit": source.commit or ""}.items():
        name = pointer[1:].replace("/", ".")
        if len(text) > MAX_TEXT:
            message = f"{name} has {len(text):,} characters; at most {MAX_TEXT} are allowed"
            yield Finding(pointer, message)
        if refused := _refused_character(text):
            yield Finding(pointer, f"{name} has {refused}, which is refused")
    if source.now is not None and parse_time(source.now) != source.now:
        yield Finding("/now", f"now is {verbatim(source.now)}, which is not a time")
