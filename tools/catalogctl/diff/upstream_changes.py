"""Compare two states of the committed files of upstreams, which no call changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalogctl.content_hash import combined
from catalogctl.diff.field_changes import field_changes
from catalogctl.diff.lock_changes import LockChange, Tag
from catalogctl.pipeline.checked_upstreams import answering, check_upstreams
from catalogctl.problem import Problem, Severity
from catalogctl.publish.endpoints import (
    GET,
    GET_VERSIONS,
    LIST,
    LIST_EVERY,
    LIST_VERSIONS,
    REPOSITORIES,
    REPOSITORY,
    filled,
    of_repository,
)
from catalogctl.publish.facets import values_of
from catalogctl.publish.list_files import by_path
from catalogctl.publish.upstreams import repository_segments
from catalogctl.source.upstream_files import (
    MAX_FILE_SIZE,
    SOURCE_FILE,
    UPSTREAM,
    decode_plugin,
    decode_source,
)
from catalogctl.wording import repository_words

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from catalogctl.diff.difference import FileChange
    from catalogctl.diff.states import States
    from catalogctl.pipeline.checked_upstreams import CheckedUpstreams, KnownTaken
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.publish.upstreams import Upstream
    from catalogctl.source.settings import Settings
    from catalogctl.source.upstream_files import TakenPlugin, UpstreamFolder

TAKEOVER, SHADOWED = "upstream-takeover", "upstream-shadowed"
_SMALL = frozenset({"tags", "labels", "updated_at"})
"""The fields that may change without a maintainer, if the policy says so."""
EVENT = "upstream"


def upstream_change(old: OpenCatalog, new: OpenCatalog, change: FileChange) -> FileChange:
    """Return the change of a file of an upstream, with what differs in the plugin in it."""
    name, _, rest = change.place.removeprefix(f"{UPSTREAM}/").partition("/")
    repository_id = next(
        (
            each.repository_id
            for settings in (new.settings, old.settings)
            for each in settings.upstreams
            if each.name == name
        ),
        "",
    )
    change = replace(change, event=EVENT, repository_id=repository_id)
    plugins, _, file = rest.partition("/")
    if plugins != "plugins" or not file.endswith(".json"):
        is_source = rest == SOURCE_FILE
        return replace(change, is_small=is_source and _is_same_source(old, new, name))
    was, now = (_plugin(_folder(each, name), file) for each in (old, new))
    fields = field_changes(was.info if was else {}, now.info if now else {})
    before, after = (each.versions if each else () for each in (was, now))
    versions = LockChange(
        added=tuple(Tag(tag, None, None) for tag in after if tag not in before),
        removed=tuple(Tag(tag, None, None) for tag in before if tag not in after),
    )
    is_small = (
        was is not None
        and now is not None
        and not versions.removed
        and all(each.field in _SMALL for each in fields)
    )
    stem = file.removesuffix(".json")
    return replace(change, plugin_id=stem, fields=fields, versions=versions, is_small=is_small)


def _folder(opened: OpenCatalog, name: str) -> UpstreamFolder | None:
    return next((each for each in opened.upstreams.folders if each.name == name), None)


def _plugin(folder: UpstreamFolder | None, name: str) -> TakenPlugin | None:
    """Return the plugin in a file, None if there is none that can be read."""
    if folder is None or name not in folder.names:
        return None
    data = folder.plugins.read(name, MAX_FILE_SIZE)
    try:
        return None if isinstance(data, Problem) else decode_plugin(data)
    except ValueError:
        return None


def _is_same_source(old: OpenCatalog, new: OpenCatalog, name: str) -> bool:
    """Return whether two states of a `source.json` are of editions of one repository."""
    found = []
    for opened in (old, new):
        folder = _folder(opened, name)
        data = None if folder is None else folder.top.read(SOURCE_FILE)
        try:
            source = None if not isinstance(data, bytes) else decode_source(data)
        except ValueError:
            source = None
        found.append(source and (source.repository_info, source.url))
    return found[0] is not None and found[0] == found[1]


def both_checked(
    states: States, known: Mapping[str, KnownTaken]
) -> tuple[CheckedUpstreams, CheckedUpstreams]:
    """Return what both states have of upstreams; `known` are files that need not be checked.

    A file that both states have is checked once, unless their settings differ.
    """
    new = check_upstreams(states.new, known)
    is_same = states.old.top.written == states.new.top.written
    return check_upstreams(states.old, new.known if is_same else None), new


def taken_over(old: OpenCatalog, new: OpenCatalog) -> Iterator[Problem]:
    """Yield a warning about each plugin that another repository answers for than before."""
    before, after = answering(old), answering(new)
    ids_before, ids_after = _repository_ids(old), _repository_ids(new)
    for plugin_id in sorted(before.keys() & after.keys()):
        one, other = before[plugin_id], after[plugin_id]
        if ids_before[one] != ids_after[other]:
            now, then = repository_words(other), repository_words(one)
            if now == then:
                now, then = f"{now} ({ids_after[other]})", f"{then} ({ids_before[one]})"
            message = f"{now} answers for {plugin_id} instead of {then}"
            hint = "the same id is another image then: a maintainer decides about that"
            folder = _folder(new, other)
            file = new.plugin_folder.file(f"{plugin_id}.yaml")
            if folder is not None:
                file = folder.plugins.file(f"{plugin_id}.json")
            yield Problem(file, 1, 1, TAKEOVER, "", message, hint, Severity.WARNING)


def _repository_ids(opened: OpenCatalog) -> dict[str, str]:
    """Return the repository_id of each upstream by name, "" for the catalog itself."""
    return {"": "", **{each.name: each.repository_id for each in opened.settings.upstreams}}


def upstream_answers(
    upstreams: Sequence[Upstream], settings: Settings
) -> Iterator[tuple[str, Hashable]]:
    """Yield what identifies each answer about upstreams, by path."""
    if not upstreams:
        return
    infos = [settings.repository_info, *(each.repository_info for each in upstreams)]
    yield REPOSITORIES, combined([{**each} for each in infos])
    segments = repository_segments(each.get("repository_id", "") for each in infos)
    for info in infos:
        segment = segments[info.get("repository_id", "")]
        yield filled(REPOSITORY, {"repository_id": segment}), combined({**info})
    yield LIST_EVERY, combined([row.encoded for each in upstreams for row in each.plugins])
    for each in upstreams:
        yield from _of_upstream(each)


def _of_upstream(upstream: Upstream) -> Iterator[tuple[str, Hashable]]:
    def place(path: str) -> str:
        return of_repository(path, upstream.segment)

    rows = upstream.plugins
    listed: dict[tuple[str, str], list[bytes]] = {}
    for row in rows:
        hole = {"plugin_id": row.plugin_id}
        is_shadowed = row.plugin_id in upstream.shadowed
        for path, data in ((GET, row.encoded), (GET_VERSIONS, row.versions.tags)):
            own = filled(path, hole)
            yield place(own) if is_shadowed else own, data
        for named in values_of(row):
            listed.setdefault(named, []).append(row.encoded)
    yield place(LIST), combined([row.encoded for row in rows])
    yield place(LIST_VERSIONS), combined([(row.plugin_id, row.versions.tags) for row in rows])
    segments = upstream.rows().segments
    for (field, value), found in listed.items():
        yield place(by_path(field, value, segments)), combined(found)
