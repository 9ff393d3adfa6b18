"""Check plugins against each other: ids, names and successors."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from catalogctl.did_you_mean import Guesses
from catalogctl.jsontypes import as_object, as_text
from catalogctl.validate.finding import Finding
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from catalogctl.validate.finding import Entry

LONGEST_NAME = 255
"""Characters of a name that counts; a longer one is an error, and slow to normalise."""


class Claim(msgspec.Struct, frozen=True, gc=False):
    """What one plugin file claims for itself: small, for all of them are held and sent about.

    `stem` is the file's name; `plugin_id` and `name` are "" where the file has none that counts.
    `provider` and `service_type` are those of the effective request, "" without one.
    `deprecated` says that it is, `successor` is what the file names in its place.
    """

    stem: str
    plugin_id: str
    name: str
    domain_id: str
    successor: str
    provider: str = ""
    service_type: str = ""
    deprecated: bool = False


def claim(entry: Entry) -> Claim:
    """Return what a plugin file claims."""
    deprecated = entry.request.get("deprecated")
    name = entry.text("name")
    return Claim(
        entry.stem,
        entry.text("plugin_id"),
        name if len(name) <= LONGEST_NAME else "",
        entry.text("domain_id"),
        as_text(as_object(deprecated).get("successor")),
        entry.text("provider"),
        entry.text("service_type"),
        isinstance(deprecated, dict),
    )


Ordered: TypeAlias = (
    "Callable[[Sequence[Sequence[Claim]], Callable[[Claim], str]], Sequence[Sequence[Claim]]]"
)
"""Sorts groups of claims, each by when its plugins came to claim what they share."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A finding in the file `stem`.

    `other` is the file and pointer that it clashes with; its place ends the message.
    """

    code: str
    stem: str
    finding: Finding
    other: tuple[str, str] | None = None


def clashes(
    claims: Sequence[Claim], unread: Collection[str] = (), ordered: Ordered | None = None
) -> Iterator[Conflict]:
    """Yield what is wrong between the plugins, in one pass for each rule.

    Of two that claim one thing the later is at fault: `ordered` sorts them, in place of the order
    of the claims. `unread` are the stems of the files that could not be read, and so claim nothing
    yet.
    """
    yield from _twice(
        _groups(claims, _id_key, ordered),
        "plugin-id-taken",
        lambda each: f"plugin_id {verbatim(each.plugin_id)}",
        "choose another plugin_id and file name",
    )
    yield from _twice(
        _groups(claims, name_key, ordered),
        "name-taken",
        lambda each: f"name {verbatim(each.name)}",
        "choose another name: names are unique within a domain",
    )
    yield from _unknown_successors(claims, unread)
    yield from _deprecated_successors(claims)


def _id_key(each: Claim) -> str:
    return each.plugin_id.casefold()


def name_key(each: Claim) -> str:
    """Return what makes a name unique: domain and name, after NFC and trimming; case counts."""
    name = unicodedata.normalize("NFC", each.name).strip()
    return f"{each.domain_id}\0{name}" if name else ""


def _groups(
    claims: Sequence[Claim], key: Callable[[Claim], str], ordered: Ordered | None
) -> Sequence[Sequence[Claim]]:
    """Return the claims that have a key together, each group in the order of its arrival."""
    first: dict[str, Claim] = {}
    shared: dict[str, list[Claim]] = {}
    for each in claims:
        taken = key(each)
        if taken and (other := first.setdefault(taken, each)) is not each:
            shared.setdefault(taken, [other]).append(each)
    groups = list(shared.values())
    return ordered(groups, key) if groups and ordered is not None else groups


def _twice(
    groups: Sequence[Sequence[Claim]], code: str, what: Callable[[Claim], str], hint: str
) -> Iterator[Conflict]:
    """Yield a clash for each claim but the first one of its group."""
    field = "/plugin_id" if code == "plugin-id-taken" else "/name"
    for first, *others in groups:
        for each in others:
            finding = Finding(field, f"{what(each)} is taken by", hint)
            yield Conflict(code, each.stem, finding, (first.stem, field))


def _unknown_successors(claims: Sequence[Claim], unread: Collection[str]) -> Iterator[Conflict]:
    """Yield a finding for each successor that is not another plugin of the catalog."""
    known = {each.plugin_id for each in claims}.union(unread)
    guesses = Guesses(known)
    for each in claims:
        if each.successor == each.plugin_id and each.successor:
            message = "a plugin can't be its own successor"
            finding = Finding("/deprecated/successor", message, "name another plugin, or none")
            yield Conflict("successor-unknown", each.stem, finding)
        elif each.successor and each.successor not in known:
            hint = guesses.hint(each.successor, "name a plugin of this catalog, or none")
            message = f"successor {verbatim(each.successor)} is not in this catalog"
            yield Conflict(
                "successor-unknown", each.stem, Finding("/deprecated/successor", message, hint)
            )


def _deprecated_successors(claims: Sequence[Claim]) -> Iterator[Conflict]:
    """Yield a finding for each successor that is deprecated itself."""
    deprecated = {each.plugin_id: each for each in claims if each.deprecated}
    for each in claims:
        other = deprecated.get(each.successor)
        if other is not None and each.successor not in {"", each.plugin_id}:
            named = other.successor
            hint = f'name "{named}", its successor' if named else "name one that is not, or none"
            message = f"successor {verbatim(each.successor)} is deprecated itself"
            finding = Finding("/deprecated/successor", message, hint)
            yield Conflict("successor-deprecated", each.stem, finding)
