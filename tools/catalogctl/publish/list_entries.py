"""Build the entries of `index.json` for lists, and for the repositories that they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.jsontypes import as_object
from catalogctl.publish.endpoints import (
    LIST,
    LIST_EVERY,
    LIST_PAGE,
    LIST_VERSIONS,
    filled,
    of_repository,
)
from catalogctl.publish.list_files import by_path, has_pages, page_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.build_context import BuildContext
    from catalogctl.publish.index_files import PublishedLists
    from catalogctl.publish.manifest import Listed
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.upstreams import Upstream
    from catalogctl.source.settings import SiteSettings


def named(file: Listed) -> JSONObject:
    """Return what the index says of a file."""
    return {"path": file.path, "size": file.size, "sha256": file.sha256}


def entries_of_lists(
    total: int,
    site: SiteSettings,
    files: PublishedLists,
    place: Callable[[str], str] = lambda path: path,
) -> JSONObject:
    """Return the lists of all plugins: `all`, `versions`, and `page/1` and so on.

    `place` returns the path of a list from that of the catalog's own one.
    """
    paths = {"all": LIST, "versions": LIST_VERSIONS}
    if has_pages(total, site):
        for number in range(1, page_count(total, site.page_size) + 1):
            paths[f"page/{number}"] = filled(LIST_PAGE, {"page": str(number)})
    return {name: files.entry(place(path)) for name, path in paths.items()}


def entry_of_every(context: BuildContext, total: int, files: PublishedLists) -> JSONObject:
    """Return the entry of the list of all repositories, {} without upstreams.

    It is one file, or has the parts of their lists; one without parts is a part itself. `total` is
    the catalog's own number of plugins.
    """
    if not context.upstreams:
        return {}
    if LIST_EVERY in files.written:
        return files.entry(LIST_EVERY)
    counts = {LIST: total}
    for each in context.upstreams:
        counts[of_repository(LIST, each.segment)] = len(each.plugins)
    return {"parts": [*_parts(counts.items(), files)]}


def _parts(counts: Iterable[tuple[str, int]], files: PublishedLists) -> Iterator[JSON]:
    """Yield the parts of lists; `counts` has the path and the number of plugins of each."""
    for path, count in counts:
        if path in files.parts:
            for part in files.parts[path]:
                yield {"count": part.plugins, **named(part.file)}
        elif count:
            yield {"count": count, **named(files.written[path])}


def entries_of_repositories(
    index: JSONObject, context: BuildContext, stats: Sequence[SavedAnswer], files: PublishedLists
) -> Iterator[JSONObject]:
    """Yield the entry of each repository; the catalog's own repeats what the index says of it."""
    lists, answers = as_object(index["lists"]), as_object(index["stats"])
    yield {
        "repository_info": index["repository_info"],
        "source": index["source"],
        "total_count": index["total_count"],
        "lists": {name: entry for name, entry in lists.items() if name != "every"},
        "stats": {answer.name: answers[answer.name] for answer in stats if answer.built_in},
        "shadowed": [],
    }
    for each in context.upstreams:
        yield _of_upstream(each, context.settings.site, files)


def _of_upstream(upstream: Upstream, site: SiteSettings, files: PublishedLists) -> JSONObject:
    def place(path: str) -> str:
        return of_repository(path, upstream.segment)

    lists = entries_of_lists(len(upstream.plugins), site, files, place)
    segments = upstream.rows().segments
    for (field, value), segment in segments.items():
        lists[f"by/{field}/{segment}"] = files.entry(place(by_path(field, value, segments)))
    return {
        "repository_info": {**upstream.repository_info},
        "source": upstream.source(),
        "total_count": len(upstream.plugins),
        "lists": lists,
        "stats": {each.name: files.entry(place(each.path)) for each in upstream.stats},
        "shadowed": [*sorted(upstream.shadowed)],
    }
