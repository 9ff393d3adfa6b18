"""Read and check the saved queries of a catalog."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from catalogctl.device_names import is_device_name
from catalogctl.errors import ApiError
from catalogctl.every_repository import EVERY
from catalogctl.json_pointer import split
from catalogctl.jsontypes import as_object
from catalogctl.query import BUILT_IN, parse
from catalogctl.source.document import Document, read
from catalogctl.validate.finding import Finding, place, told_once, visible
from catalogctl.validate.message_schemas import violations
from catalogctl.validate.rules.identity import device
from catalogctl.validate.rules.secrets import credentials
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem
    from catalogctl.source.settings import Settings

_NAME = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A file in queries/ without errors; `request` is PluginQuery or PluginStatQuery.

    `chart` is bar, line, table, or "" if the file doesn't set it. `document` is the query's file;
    None for a built-in query, whose answer may have no name. `repository_id` is the upstream that
    is asked, or EVERY, "" for the catalog's own plugins; `request` does not have it.
    """

    name: str
    kind: Literal["list", "stat"]
    title: str
    description: str
    chart: str
    request: JSONObject
    document: Document | None
    is_named: bool = True
    repository_id: str = ""


def check_queries(opened: OpenCatalog) -> tuple[list[SavedQuery], list[Problem]]:
    """Return the catalog's saved queries, and all problems of their files."""
    saved: list[SavedQuery] = []
    problems: list[Problem] = []
    for name in opened.queries.names:
        document = read(opened.query_folder, name)
        own = _problems(document, opened) if document.is_whole else ()
        secrets = {place("secret-value", each, document) for each in credentials(document)}
        found = told_once((*document.problems, *own, *secrets))
        problems.extend(found)
        if not found:
            saved.append(_saved(document, opened.settings))
    return saved, problems


def _problems(document: Document, opened: OpenCatalog) -> Iterator[Problem]:
    """Yield the problems of a saved query: its name, its shape, its query."""
    if not _NAME.fullmatch(document.stem) or document.stem in BUILT_IN:
        built_in = document.stem in BUILT_IN
        what = "the name of a built-in query" if built_in else "not well formed"
        hint = "rename the file: lower-case letters, digits and hyphens, and no built-in name"
        finding = Finding("", f"query name {verbatim(document.stem)} is {what}", hint)
        yield from visible("query-name", finding, document)
    if is_device_name(document.stem):
        finding = Finding("", *device("query name", document.stem))
        yield from visible("query-name", finding, document)
    shape = violations("SavedQuery", document.value)
    for each in shape:
        yield from visible(each.code, each, document)
    saved = _saved(document, opened.settings)
    if saved.kind not in {"list", "stat"} or not isinstance(document.value.get("query"), dict):
        return
    request = _well_formed(saved, shape)
    if request is None:
        return
    if saved.kind == "stat" and (more := request.keys() - {"query", "repository_id"}):
        request = {name: value for name, value in request.items() if name not in more}
        hint = "write conditions into query.filter"
        finding = Finding("/params", "a stat has no params but repository_id", hint)
        yield from visible("query", finding, document)
    try:
        parse(saved.kind, request, repository_id=opened.settings.repository_id)
    except ApiError as error:
        problem = query_problem(error, saved)
        if not document.hides(problem):
            yield problem


def _well_formed(saved: SavedQuery, shape: Sequence[Finding]) -> JSONObject | None:
    """Return the request without the params and members of the query that are wrong in shape.

    Return None if there is nothing left to ask for.
    """
    wrong = {owner: _wrong_members(shape, owner) for owner in ("params", "query")}
    query = as_object(saved.request["query"])
    kept = {name: value for name, value in query.items() if name not in wrong["query"]}
    if saved.kind == "stat" and wrong["query"] and not kept.keys() & {"aggregate", "distinct"}:
        return None
    request = {name: v for name, v in saved.request.items() if name not in wrong["params"]}
    return {**request, "query": kept}


def _wrong_members(shape: Sequence[Finding], owner: str) -> set[str]:
    """Return the names of the members of `params` or `query` that are wrong in shape."""
    return {split(each.pointer)[1] for each in shape if each.pointer.startswith(f"/{owner}/")}


def query_problem(error: ApiError, saved: SavedQuery) -> Problem:
    """Return an API error as a problem of a saved query's file. Raise it for a built-in query."""
    if saved.document is None:
        raise error
    pointer = error.pointer if error.pointer.startswith("/query") else f"/params{error.pointer}"
    finding = Finding(pointer, f"{error.code}: {error.message}", error.hint)
    return place("query", finding, saved.document)


def _saved(document: Document, settings: Settings) -> SavedQuery:
    """Return the saved query in a well-formed file."""
    value = document.value
    params = value.get("params")
    request: JSONObject = dict(params) if isinstance(params, dict) else {}
    others = {EVERY, *(each.repository_id for each in settings.upstreams)}
    asked = request.get("repository_id")
    is_other = asked in others and asked != settings.repository_id
    if is_other:
        del request["repository_id"]
    query = value.get("query")
    request["query"] = query if isinstance(query, dict) else {}
    return SavedQuery(
        document.stem,
        cast("Literal['list', 'stat']", document.text("kind")),
        document.text("title") or document.stem,
        document.text("description"),
        document.text("chart"),
        request,
        document,
        repository_id=str(asked) if is_other else "",
    )
