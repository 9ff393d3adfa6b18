"""Warn about values and names that were probably meant to be those of other plugins."""

from __future__ import annotations

from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING

from catalogctl.similar_names import SimilarNames, look, plain
from catalogctl.validate.between_plugins import Conflict, name_key
from catalogctl.validate.finding import Finding
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.source.settings import Settings
    from catalogctl.validate.between_plugins import Claim

SHORT = 5
"""In values with fewer characters, one edit makes a different word: `gcp`, `gce`."""


def near_misses(claims: Sequence[Claim], settings: Settings) -> Iterator[Conflict]:
    """Yield a warning for each value that hardly differs from one that more plugins have.

    If the settings list the values of a field, any other value is an error instead.
    """
    if not settings.providers:
        yield from _values("provider", claims)
    if not settings.service_types:
        yield from _values("service_type", claims)


def _values(field: str, claims: Sequence[Claim]) -> Iterator[Conflict]:
    """Yield the near misses among the values of one field."""
    value_of = attrgetter(field)
    counts = Counter(map(value_of, claims))
    usual = SimilarNames(value for value, count in counts.items() if value and count > 1)
    likely = ((value, _meant(value, counts, usual)) for value in counts if value)
    meant = {value: other for value, other in likely if other}
    for each in claims if meant else ():
        value = value_of(each)
        other = meant.get(value)
        if other:
            case = value.casefold() == other.casefold()
            how = "differs only by case from" if case else "is much like"
            which = f"{verbatim(other)}, which {counts[other]} plugins have"
            message = f"{field} {verbatim(value)} {how} {which}"
            hint = f"did you mean {verbatim(other)}?"
            finding = Finding(f"/{field}", message, hint, code="similar-value")
            yield Conflict(each.stem, finding)


def _meant(value: str, counts: Mapping[str, int], usual: SimilarNames) -> str:
    """Return the most frequent value similar to this one, or "" if there is none."""
    similar = [
        other
        for other in usual.find(value)
        if counts[other] > counts[value] and _is_close(value, other)
    ]
    return min(similar, key=lambda other: (-counts[other], other), default="")


def _is_close(value: str, other: str) -> bool:
    return max(len(value), len(other)) >= SHORT or plain(value) == plain(other)


def look_alike_names(claims: Sequence[Claim]) -> Iterator[Conflict]:
    """Yield a warning for each name that looks like the name of another plugin of its domain.

    Of the two, report the one that is not plain ASCII, or else the later one.
    """
    first: dict[tuple[str, str], Claim] = {}
    for each in claims:
        appearance = look(each.name)
        other = first.setdefault((each.domain_id, appearance), each)
        if other is not each and appearance and name_key(other) != name_key(each):
            one, two = (other, each) if other.name.isascii() else (each, other)
            message = f"name {verbatim(two.name)} looks the same as {verbatim(one.name)} of"
            hint = "make sure that it is not meant to be taken for that one"
            finding = Finding("/name", message, hint, code="similar-name")
            yield Conflict(two.stem, finding, (one.stem, "/name"))
