"""Read all repositories of a published catalog: their plugins, and the versions of each."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.client.edition_reader import INDEX
from catalogctl.client.published_index import (
    ALL,
    files_of_list,
    is_list,
    repositories_of,
    rows_of,
    time_of,
)
from catalogctl.client.tree_reader import MissingFile, NoAnswerError
from catalogctl.jsontypes import as_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.client.edition_reader import EditionReader
    from catalogctl.client.published_index import NamedFile, PublishedIndex
    from catalogctl.jsontypes import JSONObject


class WholeRepository(NamedTuple):
    """A repository: its plugins in base order, and the versions of each by plugin_id."""

    info: JSONObject
    plugins: list[JSONObject]
    versions: Mapping[str, list[str]]


class WholeCatalog(NamedTuple):
    """One edition of a catalog, with its repositories in the order in which they are asked.

    `data` are the bytes of its index; `now` is its reference time, if known.
    """

    data: bytes
    now: str | None
    repositories: list[WholeRepository]


def read_whole(edition: EditionReader) -> WholeCatalog:
    """Return all repositories of one edition.

    Raise MissingFile if there is no index, NoAnswerError if a list is missing or can't be read.
    """
    index, lists = edition.read(ALL, is_list, _files_of_all_lists)
    if index is None:
        raise MissingFile(ALL)
    rest, found = iter(lists), []
    for repository in _repositories(index):
        plugins = rows_of(islice(rest, len(files_of_list(repository, "all"))))
        versions = rows_of(islice(rest, len(files_of_list(repository, "versions"))))
        info = as_object(repository.get("repository_info"))
        found.append(WholeRepository(info, plugins, dict(map(_versions, versions))))
    return WholeCatalog(index.data, time_of(index.about.get("now")), found)


def _repositories(index: PublishedIndex) -> list[JSONObject]:
    """Return the entries of all repositories; the index itself is that of one that is alone."""
    return [*repositories_of(index).values()] or [index.about]


def _files_of_all_lists(index: PublishedIndex) -> list[NamedFile]:
    """Return the files of the lists of each repository: its plugins, then their versions."""
    if "versions" not in index.table("lists"):
        raise NoAnswerError(
            f"{INDEX} names no list of versions, because an older catalogctl built this tree: build"
            " it again with this one, and publish it"
        )
    return [
        file
        for repository in _repositories(index)
        for name in ("all", "versions")
        for file in files_of_list(repository, name)
    ]


def _versions(row: JSONObject) -> tuple[str, list[str]]:
    found = row.get("results")
    return str(row.get("plugin_id")), [*map(str, found)] if isinstance(found, list) else []
