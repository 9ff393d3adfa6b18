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
"""Most characters of a name that is compared; a longer one is an error, and slow to normalise."""


class Claim(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one plugin file claims; small, because all claims are kept in memory and sent around.

    `stem` is the file's name. `plugin_id` and `name` are "" if the file has none that can be
    compared. `provider` and `service_type` are those of the effective request, or "". `successor`
    is the plugin that the file names as its successor.
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
"""Sorts each group of claims by the time at which its plugins claimed what they share."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A finding in the file `stem`.

    `other` is the file and pointer that it conflicts with, whose place is appended to the message.
    """

    stem: str
    finding: Finding
    other: tuple[str, str] | None = None


def conflicts(
    claims: Sequence[Claim], unread: Collection[str] = (), ordered: Ordered | None = None
) -> Iterator[Conflict]:
    """Yield the conflicts between plugins, in one pass for each rule.

    If two plugins claim the same thing, the later one is at fault: `ordered` sorts them, instead of
    the order of the claims. `unread` contains the stems of the files that could not be read, and
    have no claim yet.
    """
    hint = "choose another plugin_id and file name"
    for first, later in _claimed_twice(claims, lambda each: each.plugin_id.casefold(), ordered):
        message = f"plugin_id {verbatim(later.plugin_id)} is taken by"
        finding = Finding("/plugin_id", message, hint, code="plugin-id-taken")
        yield Conflict(later.stem, finding, (first.stem, "/plugin_id"))
    hint = "choose another name: names are unique within a domain"
    for first, later in _claimed_twice(claims, name_key, ordered):
        message = f"name {verbatim(later.name)} is taken by"
        finding = Finding("/name", message, hint, code="name-taken")
        yield Conflict(later.stem, finding, (first.stem, "/name"))
    yield from _wrong_successors(claims, unread)


def name_key(each: Claim) -> str:
    """Return what must be unique: domain and name, after NFC and trimming; case matters."""
    name = unicodedata.normalize("NFC", each.name).strip()
    return f"{each.domain_id}\0{name}" if name else ""


def _claimed_twice(
    claims: Sequence[Claim], key: Callable[[Claim], str], ordered: Ordered | None
) -> Iterator[tuple[Claim, Claim]]:
    """Yield, for each key that several claims have, the first claim with each later one."""
    first: dict[str, Claim] = {}
    shared: dict[str, list[Claim]] = {}
    for each in claims:
        value = key(each)
        if value and (other := first.setdefault(value, each)) is not each:
            shared.setdefault(value, [other]).append(each)
    groups: Sequence[Sequence[Claim]] = list(shared.values())
    if groups and ordered is not None:
        groups = ordered(groups, key)
    return ((earliest, each) for earliest, *later in groups for each in later)


def _wrong_successors(claims: Sequence[Claim], unread: Collection[str]) -> Iterator[Conflict]:
    """Yield a conflict for each successor that is not another plugin, or is itself deprecated."""
    known = {each.plugin_id: each for each in claims}
    guesses = Guesses({*known, *unread})
    for each in claims:
        if each.successor and each.successor not in unread:
            finding = _wrong_successor(each, known.get(each.successor), guesses)
            if finding is not None:
                yield Conflict(each.stem, finding)


def _wrong_successor(claim: Claim, successor: Claim | None, guesses: Guesses) -> Finding | None:
    pointer, name = "/deprecated/successor", verbatim(claim.successor)
    if claim.successor == claim.plugin_id:
        message, hint = "a plugin can't be its own successor", "name another plugin, or none"
        return Finding(pointer, message, hint, code="successor-unknown")
    if successor is None:
        fallback = "name a plugin of this catalog, or none"
        hint = guesses.hint(claim.successor, fallback, besides=claim.plugin_id)
        message = f"successor {name} is not in this catalog"
        return Finding(pointer, message, hint, code="successor-unknown")
    if not successor.deprecated:
        return None
    following = "" if successor.successor == claim.plugin_id else successor.successor
    hint = f'name "{following}", its successor' if following else "name one that is not, or none"
    message = f"successor {name} is deprecated itself"
    return Finding(pointer, message, hint, code="successor-deprecated")
