"""Check the calls that a changed plugin file amounts to.

The policy of the base decides what a call may do: an update may change only `policy.updatable`, and
nothing may be written to a catalog that mirrors another repository (product contract, 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.jsontypes import is_same_json
from catalogctl.model.calls_between_versions import changed_fields
from catalogctl.problem import Problem
from catalogctl.schemas import fields
from catalogctl.validate.effective_request import CATALOG_ONLY
from catalogctl.validate.finding import Finding, place
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.document import Document
    from catalogctl.source.settings import Settings

NEEDS_MAINTAINER = "needs-maintainer"
"""The problem code, and label, of changes that need a maintainer, regardless of policy."""
_DECIDED = {
    "/maintainers": "maintainers changes who may approve a change of this plugin",
    "/versions/pattern": "versions.pattern changes which tags are versions",
    "/deprecated/successor": "deprecated.successor changes which plugin users are sent to",
}
WRITES = frozenset({"register", "update", "enable", "disable", "deregister"})
_NOT_UPDATED = CATALOG_ONLY | {"state", "plugin_id"}


class Earlier(NamedTuple):
    """An image that a plugin_id once referred to, and the commit that ended this."""

    image: str
    commit: str
    time: str


def refusals(
    document: Document, before: JSONObject, after: JSONObject, policy: Settings
) -> Iterator[Problem]:
    """Yield a problem for each field that an update may not change; unknown ones are reported."""
    refused = set(fields("PluginFile")) - _NOT_UPDATED - set(policy.updatable)
    for name in sorted(changed_fields(before, after) & refused):
        allowed = ", ".join(policy.updatable)
        message = f"{name} can't be changed by an update: was {_shown(before.get(name))}"
        advice = "put it back" if name in before else "take it out"
        hint = f"{advice}: an update may change {allowed}; another {name} is another plugin"
        yield place("not-updatable", Finding(f"/{name}", message, hint), document)


def for_maintainers(document: Document, before: JSONObject, after: JSONObject) -> Iterator[Problem]:
    """Yield a problem for each change of trust: no policy lets an owner make it alone."""
    for pointer, message in _DECIDED.items():
        was, is_now = _member(before, pointer), _member(after, pointer)
        if not is_same_json(was, is_now):
            words = f"{message}: was {_shown(was)}, is {_shown(is_now)}"
            hint = "a maintainer of the catalog has to approve this"
            yield place(NEEDS_MAINTAINER, Finding(pointer, words, hint), document)


def _member(request: JSONObject, pointer: str) -> JSON:
    """Return a member; None if it is absent or empty."""
    value: JSON = request
    for step in pointer.split("/")[1:]:
        value = value.get(step) if isinstance(value, dict) else None
    return value or None


def _shown(value: JSON) -> str:
    if value is None:
        return "none"
    if isinstance(value, list) and value:
        return ", ".join(verbatim(str(each)) for each in value)
    if isinstance(value, dict | list):
        return "another value" if value else "empty"
    return verbatim(str(value))


def mirrored(file: str, calls: tuple[str, ...], policy: Settings) -> Iterator[Problem]:
    """Yield a problem if the calls write to a catalog that is a mirror."""
    kind = policy.repository_info.get("repository_type") or "local"
    if kind != "local" and WRITES & set(calls):
        message = f"{calls[0]} is refused: the repository's type is {verbatim(kind)}, not local"
        hint = "change the plugin in the repository that this one mirrors"
        yield Problem(file, 1, 1, "not-local", "", message, hint)


def lookalikes(document: Document, like_id: str | None, like_name: str | None) -> Iterator[Problem]:
    """Yield a problem for each existing plugin that a new one resembles (hardening R-08)."""
    hint = "make sure that it is not meant to be taken for that one"
    if like_id is not None:
        plugin_id = verbatim(document.stem)
        message = f"plugin_id {plugin_id} resembles {verbatim(like_id)}, which exists already"
        yield place("similar-plugin-id", Finding("", message, hint), document)
    if like_name is not None:
        name = verbatim(document.text("name"))
        message = f"name {name} resembles {verbatim(like_name)}, which exists already"
        yield place("similar-name", Finding("/name", message, hint), document)


def reused(document: Document, image: str, earlier: Earlier | None) -> Iterator[Problem]:
    """Yield a problem if a plugin_id once referred to another image (hardening R-09)."""
    if earlier is not None and earlier.image != image:
        message = (
            f"plugin_id {verbatim(document.stem)} stood for {verbatim(earlier.image)} until commit"
            f" {earlier.commit[:12]} ({earlier.time})"
        )
        hint = "choose another plugin_id, or make sure that its users know"
        yield place("image-before", Finding("/image", message, hint), document)
