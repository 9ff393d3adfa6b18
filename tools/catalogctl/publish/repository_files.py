"""Build the files about the repositories that a catalog answers for, and those of its upstreams.

Their lists are made with the catalog's own (`list_files`). The page of an upstream's plugin is made
with the other pages (`site/upstream_pages`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.endpoints import (
    API,
    GET,
    GET_VERSIONS,
    REPOSITORIES,
    REPOSITORY,
    filled,
    of_repository,
)
from catalogctl.publish.file_groups import FileGroup
from catalogctl.publish.json_bytes import json_file
from catalogctl.publish.upstreams import repository_segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.jsontypes import JSON
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File


def repository_groups(context: BuildContext) -> Iterator[FileGroup]:
    """Yield the files of a catalog with upstreams; none of a catalog without."""
    if context.upstreams:
        yield FileGroup("repository/v1/repository/.+", lambda: _repositories(context))
        answers = rf"{API}/get(-versions)?/[^/]+\.json"
        shadowed = r"repositories/[^/]+/plugin/get(-versions)?/[^/]+\.json"
        yield FileGroup(f"{answers}|{shadowed}", lambda: _answers(context))
    yield upstream_stats(context)


def upstream_stats(context: BuildContext) -> FileGroup:
    """Return the answers of the built-in statistics about each upstream."""
    return FileGroup(r"repositories/[^/]+/plugin/stat/.+", lambda: _stats(context))


def _stats(context: BuildContext) -> Iterator[File]:
    for each in context.upstreams:
        for answer in each.stats:
            yield of_repository(answer.path, each.segment), answer.encoded + b"\n"


def repository_infos(context: BuildContext) -> list[Mapping[str, str]]:
    """Return the repositories in the order in which they are asked."""
    others = (each.repository_info for each in context.upstreams)
    return [context.settings.repository_info, *others]


def _repositories(context: BuildContext) -> Iterator[File]:
    infos = repository_infos(context)
    results: list[JSON] = [{**each} for each in infos]
    yield REPOSITORIES, json_file({"results": results, "total_count": len(results)})
    segments = repository_segments(each["repository_id"] for each in infos)
    for each in infos:
        path = filled(REPOSITORY, {"repository_id": segments[each["repository_id"]]})
        yield path, json_file({**each})


def _answers(context: BuildContext) -> Iterator[File]:
    """Yield the answers about each plugin; a shadowed one's are in its repository's own folder."""
    for each in context.upstreams:
        for plugin in each.plugins:
            for path, data in _of_plugin(plugin):
                is_shadowed = plugin.plugin_id in each.shadowed
                yield of_repository(path, each.segment) if is_shadowed else path, data


def _of_plugin(plugin: PluginSummary) -> Iterator[File]:
    hole = {"plugin_id": plugin.plugin_id}
    yield filled(GET, hole), plugin.encoded + b"\n"
    tags, count = plugin.versions.tags, plugin.versions.count
    yield filled(GET_VERSIONS, hole), b'{"results":%s,"total_count":%d}\n' % (tags, count)
