"""Read the index of a published tree, and check the shapes of its files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.client.tree_reader import NO_ENTRY, IndexEntry
from catalogctl.jsontypes import as_object
from catalogctl.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSON, JSONObject

API = "repository/v1/plugin/"
ALL = f"{API}list/all.json"
"""The list of all plugins, unless it is published in parts."""
_HASH = re.compile("[0-9a-f]{64}")


class PublishedIndex(NamedTuple):
    """The contents of `index.json`, and its bytes."""

    about: JSONObject
    data: bytes

    def table(self, name: str) -> JSONObject:
        """Return the object with that name, or an empty one."""
        return as_object(self.about.get(name))

    def objects(self, name: str) -> list[JSONObject]:
        """Return the objects in the list with that name, or an empty list."""
        return objects_of(self.about.get(name))


class NamedFile(NamedTuple):
    """A file that an index names: its path and its entry."""

    path: str
    entry: IndexEntry


def objects_of(value: JSON) -> list[JSONObject]:
    """Return the objects in a list, or an empty list if the value is not a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def rows_of(lists: Iterable[JSONObject]) -> list[JSONObject]:
    """Return the rows of a list's files, in order."""
    return [row for each in lists for row in objects_of(each["results"])]


def entry_of(row: JSON, member: str = "sha256") -> IndexEntry:
    """Return the entry of the file that a row of the index names; `member` is the hash's name."""
    if not isinstance(row, dict):
        return NO_ENTRY
    sha256, size = row.get(member), row.get("size")
    return IndexEntry(
        sha256 if isinstance(sha256, str) and _HASH.fullmatch(sha256) else None,
        size if isinstance(size, int) and size >= 0 else None,
    )


def files_of_all(index: PublishedIndex) -> list[NamedFile]:
    """Return the files of the list of all plugins, in order: its parts, or the one file."""
    return _files_of(index.table("lists").get("all"), ALL)


def files_of_every(index: PublishedIndex) -> list[NamedFile]:
    """Return the files of the list of all repositories, in order."""
    return _files_of(index.table("lists").get("every"))


def paths_of(files: Iterable[NamedFile]) -> list[str]:
    """Return the paths of files."""
    return [file.path for file in files]


def _files_of(entry: JSON, path: str = "") -> list[NamedFile]:
    """Return the files of a list, in order; `path` is that of one that is a single file."""
    row = as_object(entry)
    if "parts" not in row:
        return [NamedFile(path or str(row.get("path")), entry_of(row))]
    return [NamedFile(str(part.get("path")), entry_of(part)) for part in objects_of(row["parts"])]


def repositories_of(index: PublishedIndex) -> dict[str, JSONObject]:
    """Return the entries of all repositories by id, the catalog's own first; {} if it is alone."""
    found: dict[str, JSONObject] = {}
    for each in index.objects("repositories"):
        repository_id = as_object(each.get("repository_info")).get("repository_id")
        if isinstance(repository_id, str):
            found.setdefault(repository_id, each)
    return found


def files_of_list(repository: JSONObject, name: str) -> list[NamedFile]:
    """Return the files of a list of a repository, `all` or `versions`, by its entry."""
    return _files_of(as_object(repository.get("lists")).get(name))


def answer_hashes(index: PublishedIndex) -> set[str | None]:
    """Return the hashes of all published answers."""
    tables = index.table("stats"), index.table("saved")
    return {entry_of(row).sha256 for table in tables for row in table.values()}


def is_plugin(value: JSON, plugin_id: str) -> bool:
    """Return whether a value is the PluginInfo of a plugin."""
    return isinstance(value, dict) and value.get("plugin_id") == plugin_id


def has_results(value: JSON) -> bool:
    """Return whether a value is the answer to a query."""
    return isinstance(value, dict) and isinstance(value.get("results"), list)


def is_versions(value: JSON) -> bool:
    """Return whether a value is VersionsInfo, or at least has results and their count."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("results"), list)
        and isinstance(value.get("total_count"), int)
    )


def is_list(value: JSON) -> bool:
    """Return whether a value is a complete PluginsInfo."""
    if not isinstance(value, dict):
        return False
    plugins = objects_of(value.get("results"))
    return (
        is_versions(value)
        and len(plugins) == value["total_count"]
        and all(isinstance(each.get("repository_info", {}), dict) for each in plugins)
    )


def is_versions_list(value: JSON) -> bool:
    """Return whether a value is a complete VersionsList."""
    if not isinstance(value, dict):
        return False
    rows = objects_of(value.get("results"))
    is_whole = is_versions(value) and len(rows) == value["total_count"]
    return is_whole and all(isinstance(each.get("results"), list) for each in rows)


def is_index(value: JSON) -> bool:
    """Return whether a value is an index; members that this client does not use are ignored."""
    if not isinstance(value, dict):
        return False
    lists = value.get("lists", {})
    return (
        isinstance(value.get("schema_version"), int)
        and isinstance(value.get("endpoints"), dict)
        and isinstance(value.get("repository_info", {}), dict)
        and isinstance(lists, dict)
        and _is_entry_of_all(lists.get("all", {}))
        and (value.get("now") is None or time_of(value["now"]) is not None)
    )


def _is_entry_of_all(value: JSON) -> bool:
    """Return whether a value can be the entry of the list of all plugins."""
    if not isinstance(value, dict):
        return False
    parts = value.get("parts")
    if "parts" not in value:
        return True
    return (
        isinstance(parts, list)
        and parts != []
        and all(isinstance(part, dict) and entry_of(part).sha256 is not None for part in parts)
    )


def is_shard(value: JSON) -> bool:
    """Return whether a value is a part of an index."""
    return isinstance(value, dict) and isinstance(value.get("plugins"), list)


def time_of(value: JSON) -> str | None:
    """Return a time in the API's format, or None if the value is not a time."""
    return parse_time(value) if isinstance(value, str) else None
