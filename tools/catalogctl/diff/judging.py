"""A changed plugin file and the calls that it amounts to in; what stands against them out.

What a call may do is the base's to say: an update changes `policy.updatable` alone, nothing is
written where the catalog mirrors another repository (product contract, 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.model.calls import changed_fields
from catalogctl.problem import Problem
from catalogctl.validate.finding import Finding, place
from catalogctl.validate.requests import CATALOG_ONLY
from catalogctl.validate.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSONObject
    from catalogctl.likeness import Alike
    from catalogctl.source.document import Document
    from catalogctl.source.settings import Settings

WRITES = frozenset({"register", "update", "enable", "disable", "deregister"})
_BESIDE = CATALOG_ONLY | {"state", "plugin_id"}


class Earlier(NamedTuple):
    """An image that a plugin_id stood for once, and the commit that ended it."""

    image: str
    commit: str
    time: str


def refusals(
    document: Document, before: JSONObject, after: JSONObject, policy: Settings
) -> Iterator[Problem]:
    """Yield what an update changes that it may not."""
    for name in sorted(changed_fields(before, after) - _BESIDE - set(policy.updatable)):
        allowed = ", ".join(policy.updatable)
        message = f"{name} can't be changed by an update: was {shown(_text(before, name))}"
        hint = f"put it back: an update may change {allowed}; another {name} is another plugin"
        yield place("not-updatable", Finding(f"/{name}", message, hint), document)


def _text(request: JSONObject, name: str) -> str:
    value = request.get(name)
    return value if isinstance(value, str) else "another value" if name in request else "absent"


def mirrored(file: str, calls: tuple[str, ...], policy: Settings) -> Iterator[Problem]:
    """Yield that a catalog which is a mirror takes no write calls."""
    kind = policy.repository_info.get("repository_type") or "local"
    if kind != "local" and WRITES & set(calls):
        message = f"{calls[0]} is refused: the repository's type is {shown(kind)}, not local"
        hint = "change the plugin in the repository that this one mirrors"
        yield Problem(file, 1, 1, "not-local", "", message, hint)


def lookalikes(document: Document, name: str, ids: Alike, names: Alike) -> Iterator[Problem]:
    """Yield what a new plugin could be taken for (hardening R-08)."""
    other = ids.to(document.stem)
    if other is not None:
        message = f"plugin_id {shown(document.stem)} is much like {shown(other)}, which is here"
        hint = "make sure that it is not meant to be taken for that one"
        yield place("similar-plugin-id", Finding("", message, hint), document)
    other = names.to(name)
    if other is not None:
        message = f"name {shown(name)} is much like {shown(other)}, which is here"
        hint = "make sure that it is not meant to be taken for that one"
        yield place("similar-name", Finding("/name", message, hint), document)


def reused(document: Document, image: str, earlier: Earlier | None) -> Iterator[Problem]:
    """Yield that a plugin_id stood for another image once (hardening R-09)."""
    if earlier is not None and earlier.image != image:
        message = (
            f"plugin_id {shown(document.stem)} stood for {shown(earlier.image)} until commit"
            f" {earlier.commit[:12]} ({earlier.time})"
        )
        hint = "choose another plugin_id, or make sure that its users know"
        yield place("image-before", Finding("/image", message, hint), document)
