"""Answer a `list` or `stat` request: check it, and run it within its step budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.errors import UsageError
from catalogctl.query.list_query import answer_list
from catalogctl.query.model import ListQuery, StatQuery
from catalogctl.query.query_documents import Documents
from catalogctl.query.query_errors import bad
from catalogctl.query.query_limits import StepBudget
from catalogctl.query.query_requests import parse
from catalogctl.query.query_times import MAX_INSTANT, MIN_INSTANT, Instant, instant, written
from catalogctl.query.stat_query import answer_stat
from catalogctl.wording import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSONObject


def answer(
    kind: str,
    request: JSONObject,
    plugins: Sequence[JSONObject] | Documents,
    *,
    now: str,
    repository_id: str,
) -> JSONObject:
    """Return the answer to a request; `kind` is list or stat, `plugins` are in base order.

    `repository_id` is this catalog's own. The rows may be the plugins themselves: don't modify
    them. Raise ApiError if the request can't be answered, UsageError if `now` is not a time.
    """
    query = parse(kind, request, repository_id=repository_id)
    documents = plugins if isinstance(plugins, Documents) else Documents(plugins)
    return answer_query(query, documents, now=now, budget=StepBudget(len(documents)))


def answer_query(
    query: ListQuery | StatQuery, documents: Documents, *, now: str, budget: StepBudget
) -> JSONObject:
    """Return the answer to a parsed query within a budget of steps; raise as `answer` does."""
    moment = _moment(now)
    try:
        if isinstance(query, ListQuery):
            return answer_list(query, documents, now=moment, budget=budget)
        return answer_stat(query, documents, now=moment, budget=budget)
    except RecursionError as error:
        # Plugin files nest at most 64 levels; a tree published by another tool may nest deeper.
        raise bad("a value nests too deep to be looked at", "/query") from error


def _moment(now: str) -> Instant:
    found = instant(now)
    if found is None:
        raise UsageError(f"{quote(now)} is not a time: write it like 2022-11-01T12:34:56.000Z")
    if not MIN_INSTANT <= found <= MAX_INSTANT:
        years = f"{written(MIN_INSTANT)} to {written(MAX_INSTANT)}"
        raise UsageError(f"{quote(now)} is out of range: give a time from {years}")
    return found
