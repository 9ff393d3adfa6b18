"""What was asked for and found nothing in; on stderr, the value that was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.catalog import Catalog
    from catalogctl.jsontypes import JSON, JSONObject

_MOST_NAMED = 8


def with_words(
    query: JSONObject | None, labels: Sequence[str], keyword: str | None
) -> JSONObject | None:
    """Return a query that asks for labels and a keyword too."""
    if not labels and keyword is None:
        return query
    asked: JSONObject = {**(query or {})}
    if keyword is not None:
        if asked.get("keyword"):
            raise UsageError("--keyword, and the query has a keyword of its own: give one of them")
        asked["keyword"] = keyword
    filters = asked.get("filter", [])
    if labels and isinstance(filters, list):  # what is no list is the query's own error
        asked["filter"] = [*filters, *map(_has_label, labels)]
    return asked


def _has_label(label: str) -> JSONObject:
    return {"key": "labels", "value": label, "operator": "eq"}


def tell_unmatched(opened: Catalog, given: Mapping[str, str], labels: Sequence[str]) -> None:
    """Say on stderr which of the values that were asked for no plugin has, and which ones do."""
    plugins = [each for each in _rows(cast("JSONObject", opened.list())) if isinstance(each, dict)]
    for field, asked in [*given.items(), *(("labels", label) for label in labels)]:
        known = {text for plugin in plugins for text in _texts(plugin.get(field))}
        if field != "repository_id" and asked not in known:
            other = _instead(field, asked, known)
            say_to_person(f'no plugin has {_name(field)} "{asked}"{other}')


def say_to_person(line: str) -> None:
    """Write a line to stderr."""
    from catalogctl.cli.terminal import clean

    click.echo(f"catalogctl: {clean(line)}", err=True)


def _rows(answer: JSONObject) -> list[JSON]:
    rows = answer.get("results")
    return rows if isinstance(rows, list) else []


def _texts(value: JSON) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield each


def _name(field: str) -> str:
    return "the label" if field == "labels" else field


def _instead(field: str, asked: str, known: set[str]) -> str:
    """Return what else could be asked for: the nearest value, or, where there are few, all."""
    from catalogctl.did_you_mean import did_you_mean, did_you_mean_id

    hint = (did_you_mean_id if field == "plugin_id" else did_you_mean)(asked, sorted(known))
    if hint:
        return f": {hint}"
    return f"; there are {', '.join(sorted(known))}" if 0 < len(known) <= _MOST_NAMED else ""
