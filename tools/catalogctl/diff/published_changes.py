"""Compute what an open catalog would publish, path by path, and its problems."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.model.assemble import info_of, plugin
from catalogctl.pipeline.check_files import check_file, check_result, with_documents
from catalogctl.pipeline.pool import spread
from catalogctl.pipeline.saved_answers import answer_saved
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.pipeline.summaries import summarize_file
from catalogctl.publish.endpoints import GET, GET_VERSIONS, LOCK, PARTS, filled
from catalogctl.publish.facets import facet_segments, in_order
from catalogctl.publish.list_files import lists
from catalogctl.publish.query_files import saved_files
from catalogctl.query import base_order
from catalogctl.query.documents import Documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.check_files import CheckedFile, FileCheck
    from catalogctl.pipeline.file_dates import FileDates
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.list_files import PartsOfLists
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.source.settings import SiteSettings


@dataclass(frozen=True, slots=True)
class Published:
    """What a catalog would publish: the hash of each answer by path, and the counts of each stat.

    If the catalog has errors, only its valid plugins count. `names` are the plugins' names by
    plugin_id.
    """

    problems: tuple[Problem, ...] = ()
    has_errors: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


class _PluginHashes(NamedTuple):
    row: PluginSummary
    lock: str | None


def published(
    opened: OpenCatalog, dates: FileDates, *, now: str, jobs: int | None = None
) -> Published:
    """Return what a catalog would publish; `now` is the reference time of its saved queries."""
    saved, query_problems = check_queries(opened)

    def make(checked: CheckedFile) -> _PluginHashes:
        own_dates = dates.of_file(checked.file)
        summary = summarize_file(checked, opened.settings.repository_info, own_dates)
        whole = plugin(summary, checked.lock)
        return _PluginHashes(whole.summary, None if whole.lock is None else _hash(whole.lock))

    def check(name: str) -> FileCheck[_PluginHashes]:
        return with_documents(opened, name, check_file(opened, name, make))

    checks = spread(check, opened.plugins.names, jobs)
    checked = check_result(opened, checks, query_problems=query_problems)
    summaries = [each.row for each in checked.values]
    rows = in_order(summaries, facet_segments(summaries))
    documents = Documents(base_order([info_of(each) for each in rows.ordered]))
    answers, problems = answer_saved(
        saved, documents, now=now, repository_id=opened.settings.repository_id
    )
    hashes = dict(_hashes(rows, answers, opened.settings.site))
    for each in checked.values:
        hashes[filled(GET_VERSIONS, {"plugin_id": each.row.plugin_id})] = each.row.versions.sha256
        if each.lock is not None:
            hashes[filled(LOCK, {"plugin_id": each.row.plugin_id})] = each.lock
    return Published(
        tuple(sorted({*checked.problems, *problems})),
        checked.has_errors or bool(problems),
        hashes,
        {each.name: dict(_counts(each)) for each in answers if each.kind == "stat"},
        {each.plugin_id: each.name for each in rows.ordered},
    )


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hashes(
    rows: Rows, answers: Sequence[SavedAnswer], site: SiteSettings
) -> Iterator[tuple[str, str]]:
    for each in rows.ordered:
        yield filled(GET, {"plugin_id": each.plugin_id}), _hash(each.encoded + b"\n")
    parts: PartsOfLists = {}
    for path, data in lists(rows, site, parts):
        if not path.startswith(PARTS):
            yield path, _hash(data)
    for path, found in parts.items():
        yield path, _hash("".join(part.file.sha256 for part in found).encode())
    for path, data in saved_files(answers):
        yield path, _hash(data)


def _counts(answer: SavedAnswer) -> Iterator[tuple[str, int]]:
    """Yield the value and count of each row with just these two, as in the built-in stats."""
    value: JSONObject = msgspec.json.decode(answer.encoded)
    results = value.get("results")
    for each in results if isinstance(results, list) else ():
        if isinstance(each, dict) and len(each) == 2 and isinstance(each.get("count"), int):  # noqa: PLR2004  (value, count)
            (name,) = (member for key, member in each.items() if key != "count")
            count = each["count"]
            if isinstance(name, str) and isinstance(count, int):
                yield name, count
