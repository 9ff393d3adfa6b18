"""Suggest on stderr the values that were probably meant by a list that found nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from catalogctl.cli.output import say
from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.catalog import Catalog
    from catalogctl.jsontypes import JSON, JSONObject

_MOST_NAMED = 8


def with_words(
    query: JSONObject | None, labels: Sequence[str], keyword: str | None
) -> JSONObject | None:
    """Return a query with labels and a keyword added. Raise UsageError for a second keyword."""
    if not labels and keyword is None:
        return query
    extended: JSONObject = {**(query or {})}
    if keyword is not None:
        if extended.get("keyword"):
            raise UsageError("--keyword, and the query has a keyword of its own: give one of them")
        extended["keyword"] = keyword
    filters = extended.get("filter", [])
    if labels and isinstance(filters, list):  # other types are reported later
        conditions: list[JSON] = [
            {"key": "labels", "value": label, "operator": "eq"} for label in labels
        ]
        extended["filter"] = [*filters, *conditions]
    return extended


def report_unmatched(
    opened: Catalog, fields: Mapping[str, str], labels: Sequence[str], repository_id: str
) -> None:
    """Report on stderr which requested values no plugin has, and suggest existing ones.

    The plugins are those of the repository that was asked, "" for the catalog's own.
    """
    from catalogctl.query import given_fields

    given = cast("dict[str, str]", given_fields("list", {**fields}))
    given.pop("repository_id", None)
    plugins = cast("list[JSONObject]", opened.list(repository_id=repository_id)["results"])
    for field, value in [*given.items(), *(("labels", label) for label in labels)]:
        known = {text for plugin in plugins for text in _texts(plugin.get(field))}
        if value not in known:
            name = "the label" if field == "labels" else field
            say(f'no plugin has {name} "{value}"{_alternatives(field, value, known)}')


def _texts(value: JSON) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield each


def _alternatives(field: str, value: str, known: set[str]) -> str:
    """Return alternatives to a value: the nearest one, or all if there are few."""
    from catalogctl.did_you_mean import did_you_mean, did_you_mean_id

    hint = (did_you_mean_id if field == "plugin_id" else did_you_mean)(value, sorted(known))
    if hint:
        return f": {hint}"
    return f"; there are {', '.join(sorted(known))}" if 0 < len(known) <= _MOST_NAMED else ""
