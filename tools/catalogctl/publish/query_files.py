"""Build the files with the answers of saved and built-in queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from catalogctl.publish.endpoints import ANSWER, API, LIST_SAVED, STAT, filled
from catalogctl.publish.file_groups import FileGroup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.jsontypes import JSONObject
    from catalogctl.publish.build_context import File


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """The answer of one query: `encoded` is its compact JSON without a line feed.

    `query_id` is the sha256 of the canonical query. `built_in` is true for a query without a file;
    without `is_named`, its answer is only published under the query's hash. `request` is the
    original query with the request's other fields. `repository_id` is that of another repository
    that it asks, or EVERY, "" for the catalog's own: the answer of such a query is only published
    by name, because the hash does not say which it asks.
    """

    name: str
    kind: Literal["list", "stat"]
    title: str
    query_id: str
    encoded: bytes
    built_in: bool = False
    is_named: bool = True
    description: str = ""
    chart: str = ""
    request: JSONObject = field(default_factory=dict)
    repository_id: str = ""

    @property
    def path(self) -> str:
        """The answer's path by query name, or by the query's hash if it has no name."""
        if not self.is_named:
            return filled(ANSWER, {"sha256": self.query_id})
        if self.kind == "list":
            return filled(LIST_SAVED, {"query": self.name})
        return filled(STAT, {"name": self.name})


def saved_group(answers: Iterable[SavedAnswer]) -> FileGroup:
    """Return the files of all answers, see `saved_files`."""
    return FileGroup(rf"{API}/(list/saved|stat|answers)/.+", lambda: saved_files(answers))


def saved_files(answers: Iterable[SavedAnswer]) -> Iterator[File]:
    """Yield each answer under its query's name and hash; equal queries share the hash's file."""
    written: set[str] = set()
    for answer in answers:
        data = answer.encoded + b"\n"
        if answer.is_named:
            yield answer.path, data
        if not answer.repository_id and answer.query_id not in written:
            written.add(answer.query_id)
            yield filled(ANSWER, {"sha256": answer.query_id}), data
