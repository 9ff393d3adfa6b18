"""Say service types and providers in people's words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from catalogctl.publish.site.own_texts import built_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_.-][A-Za-z0-9]+)*")
_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[A-Z]|[0-9]+")


class Words:
    """The words of a site: the catalog's own ones, then those of the built-in table.

    Any other identifier is written out: `cost_analysis.DataSource` is «Cost analysis · Data
    source», `google_cloud` is «Google cloud». A value that is not an identifier stays as it is.
    """

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._known = {**built_in_words(), **(own or {})}
        self.of = lru_cache(maxsize=1000)(self._of)

    def _of(self, value: str) -> str:
        """Return the word for a service type or a provider."""
        return self._known.get(value) or _written_out(value)


def _written_out(value: str) -> str:
    """Return an identifier in words, «Cost analysis · Data source»."""
    if not _IDENTIFIER.fullmatch(value):
        return value
    return " · ".join(_part(part) for part in value.split("."))


def _part(part: str) -> str:
    """Return one part of an identifier: a capital at its start, abbreviations as they are."""
    words = [word for piece in re.split("[_-]", part) for word in _WORD.findall(piece)]
    spoken = [word if word.isupper() else word.lower() for word in words]
    text = " ".join(spoken)
    return text[:1].upper() + text[1:]
