"""Read and check the committed files of a catalog's upstreams, and decide which repository answers.

A repository is asked after those before it: its plugins whose ids an earlier one has are shadowed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.build_cache.cache_file import CachedRow
from catalogctl.content_hash import combined, content_digest
from catalogctl.errors import ApiError
from catalogctl.model.plugin_summary import PluginSummary, base_key
from catalogctl.model.upstream_plugins import summarize_taken
from catalogctl.pipeline.pool import spread
from catalogctl.problem import Problem, has_errors
from catalogctl.publish.upstreams import TakenEdition, Upstream, repository_segments
from catalogctl.source.document import parse
from catalogctl.source.flaws import TOP
from catalogctl.source.folder import SETTINGS_FILE
from catalogctl.source.upstream_files import MAX_FILE_SIZE, SOURCE_FILE
from catalogctl.validate.finding import Finding, place, problem
from catalogctl.validate.upstream_rules import check_upstream_plugin, check_upstream_source
from catalogctl.wording import repository_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from catalogctl.build_cache.cache_file import CacheFile
    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.settings import UpstreamSettings
    from catalogctl.source.upstream_files import UpstreamFolder, UpstreamSource

_ROW = ("upstreams", "checked")
WORTH_IT = 3000
"""The number of files below which a second process is not worth it."""


class KnownTaken(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What was found out about a file of an upstream: what identifies it, and the plugin in it.

    The plugin is None if the file has errors. Problems name files relative to the catalog.
    """

    digest: bytes
    summary: PluginSummary | None
    problems: tuple[Problem, ...]

    def is_of(self, info: Mapping[str, str]) -> bool:
        """Return whether the plugin, if there is one, shows this RepositoryInfo."""
        return self.summary is None or self.summary.repository == info["name"]


class _Known(msgspec.Struct, frozen=True):
    """A row: `files` is not decoded before it is known to be of this epoch, as this tool has it."""

    epoch: bytes
    files: msgspec.Raw


class KnownUpstreams:
    """What a cache knows of the files of upstreams, in an epoch of checks; `files` by path."""

    def __init__(self, cache: CacheFile, epoch: bytes) -> None:
        self._cache = cache
        self._epoch = epoch
        row = cache.value(*_ROW)
        self.files: Mapping[str, KnownTaken] = {} if row is None else _files(row, epoch)

    def save(self, files: Mapping[str, KnownTaken]) -> None:
        """Replace what is known, if it differs."""
        if self._cache.writes and files != self.files:
            every = msgspec.Raw(msgspec.msgpack.encode({**files}))
            row = msgspec.msgpack.encode(_Known(self._epoch, every))
            self._cache.update([CachedRow(*_ROW, row)])


def _files(row: bytes, epoch: bytes) -> dict[str, KnownTaken]:
    """Return the files of a row, none if another version of the tool wrote it."""
    try:
        known = msgspec.msgpack.decode(row, type=_Known)
        if known.epoch == epoch:
            return msgspec.msgpack.decode(known.files, type=dict[str, KnownTaken])
    except msgspec.MsgspecError:
        pass
    return {}


class CheckedUpstreams(NamedTuple):
    """The upstreams of a catalog in the order in which they are asked, and their problems.

    Plugins with errors are left out, and so is an upstream without a usable `source.json`.
    `known` has what was found out about each file, by path; `digest` identifies all of them.
    """

    upstreams: tuple[Upstream, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: int = 0
    known: Mapping[str, KnownTaken] = {}
    digest: bytes = b""

    @property
    def owners(self) -> dict[str, Upstream]:
        """The upstream that answers for each plugin that the catalog itself does not have."""
        return {
            plugin.plugin_id: each
            for each in self.upstreams
            for plugin in each.plugins
            if plugin.plugin_id not in each.shadowed
        }


def answering(
    opened: OpenCatalog, changed: Mapping[str, Iterable[str]] = MappingProxyType({})
) -> dict[str, str]:
    """Return the name of the upstream that answers for each plugin, "" for the catalog itself.

    `changed` has the ids of the plugins that some upstreams will have.
    """
    folders = {each.name: each for each in opened.upstreams.folders}
    found = dict.fromkeys(opened.plugin_ids, "")
    for each in opened.settings.upstreams:
        folder = folders.get(each.name)
        names = [] if folder is None else folder.names
        ids = changed.get(each.name, [name.removesuffix(".json") for name in names])
        for plugin_id in ids:
            found.setdefault(plugin_id, each.name)
    return found


class TakenPlugins:
    """The plugins of a catalog's upstreams, to look up single ones without reading all files.

    Raise the error that `refuse` returns for the problems of files that an answer needs.
    """

    def __init__(
        self, opened: OpenCatalog, refuse: Callable[[tuple[Problem, ...]], Exception]
    ) -> None:
        self._opened = opened
        self._refuse = refuse

    @property
    def repositories(self) -> list[dict[str, str]]:
        """The RepositoryInfo of each upstream that was taken, in order."""
        return [info for _, info in self._readable()]

    def find(self, plugin_id: str, repository_id: str | None = None) -> PluginSummary | None:
        """Return the plugin of the first upstream that has it, or of the one asked for."""
        name = f"{plugin_id}.json"
        for folder, info in self._readable():
            if name in folder.names and repository_id in {None, info["repository_id"]}:
                reader = _UpstreamReader(self._opened, {})
                found = [*reader.plugins(folder, info, [name])]
                if has_errors(reader.problems):
                    raise self._refuse(tuple(reader.problems))
                return found[0]
        return None

    def ids(self, repository_id: str | None = None) -> list[str]:
        """Return the ids of all plugins, or of those of one upstream."""
        return [
            name.removesuffix(".json")
            for folder, info in self._readable()
            if repository_id in {None, info["repository_id"]}
            for name in folder.names
        ]

    def _readable(self) -> Iterator[tuple[UpstreamFolder, dict[str, str]]]:
        """Yield the folder and the RepositoryInfo of each upstream that was taken."""
        folders = {each.name: each for each in self._opened.upstreams.folders}
        for each in self._opened.settings.upstreams:
            if each.name in folders:
                reader = _UpstreamReader(self._opened, {})
                source = reader.source(folders[each.name], each)
                if source is None:
                    raise self._refuse(tuple(reader.problems))
                yield folders[each.name], _repository_info(each, source)


def check_upstreams(
    opened: OpenCatalog,
    known: Mapping[str, KnownTaken] | None = None,
    *,
    jobs: int | None = None,
) -> CheckedUpstreams:
    """Read and check the files of all upstreams; those that `known` has are not checked again.

    If none is known, up to `jobs` processes share the work.
    """
    if not opened.settings.upstreams and not opened.upstreams.folders:
        return CheckedUpstreams(problems=opened.upstreams.problems)
    reader = _UpstreamReader(opened, known or {}, jobs)
    upstreams = [*reader.read()]
    files = reader.files
    digest = combined([(path, each.digest) for path, each in files.items()], *reader.sources)
    problems = (*opened.upstreams.problems, *reader.problems, *_wrong_filters(opened))
    count = len(files) + len(reader.sources)
    return CheckedUpstreams(tuple(upstreams), problems, count, files, digest)


def _wrong_filters(opened: OpenCatalog) -> Iterator[Problem]:
    """Yield a problem for each upstream whose `filter` is not one of a query."""
    for index, each in enumerate(opened.settings.upstreams):
        from catalogctl.query import parse as parse_query  # most catalogs have no upstream

        try:
            parse_query("list", filter_request(each), repository_id="")
        except ApiError as error:
            pointer = f"/upstreams/{index}{error.pointer.removeprefix('/query')}"
            finding = Finding(pointer, f"{error.code}: {error.message}", error.hint)
            file = opened.top_folder.file(SETTINGS_FILE)
            document = parse(file, "catalog", opened.top.written)
            yield place("upstream-settings", finding, document)


def filter_request(upstream: UpstreamSettings) -> JSONObject:
    """Return the request of the list of plugins that are taken from an upstream."""
    return {"query": {"filter": [*upstream.filter]}}


class _UpstreamReader:
    """Reads the files of upstreams; collects `problems`, and what was found out about `files`.

    `sources` are the bytes of each `source.json`.
    """

    def __init__(
        self, opened: OpenCatalog, known: Mapping[str, KnownTaken], jobs: int | None = 1
    ) -> None:
        self._opened = opened
        self._known = known
        self._jobs = 1 if known else jobs
        self.files: dict[str, KnownTaken] = {}
        self.sources: list[bytes] = []
        self.problems: list[Problem] = []

    def read(self) -> Iterator[Upstream]:
        """Yield each upstream, in order."""
        settings = self._opened.settings
        folders = {each.name: each for each in self._opened.upstreams.folders}
        segments = repository_segments(
            [settings.repository_id, *(each.repository_id for each in settings.upstreams)]
        )
        taken = dict.fromkeys(self._opened.plugin_ids, "")
        for each in settings.upstreams:
            folder = folders.pop(each.name, None)
            source = None if folder is None else self.source(folder, each)
            if folder is None or source is None:
                continue
            info = _repository_info(each, source)
            plugins = sorted(self.plugins(folder, info, folder.names), key=base_key)
            shadowed = frozenset(row.plugin_id for row in plugins if row.plugin_id in taken)
            self.problems.extend(self._shadowed(folder, sorted(shadowed), taken))
            taken.update(
                (row.plugin_id, each.name) for row in plugins if row.plugin_id not in taken
            )
            edition = TakenEdition(source.url, source.commit, source.now, source.manifest_sha256)
            yield Upstream(
                each.name, info, edition, plugins, shadowed, segment=segments[each.repository_id]
            )
        for folder in folders.values():
            message = f"catalog.yaml has no upstream {folder.name}"
            hint = "remove the folder, or add the upstream to upstreams in catalog.yaml"
            self.problems.append(_about(folder.top.label, "upstream-orphan", message, hint))

    def source(self, folder: UpstreamFolder, upstream: UpstreamSettings) -> UpstreamSource | None:
        """Return what the `source.json` of an upstream says, None if it has errors."""
        if not folder.top.has(SOURCE_FILE):
            file, hint = folder.top.file(SOURCE_FILE), "run catalogctl sync, which writes it"
            self.problems.append(_about(file, "upstream-broken", "this file is missing", hint))
            return None
        data: bytes | Problem = folder.top.read(SOURCE_FILE)
        if isinstance(data, Problem):
            self.problems.append(data)
            return None
        self.sources.append(data)
        file = folder.top.file(SOURCE_FILE)
        source, problems = check_upstream_source(file, data, upstream)
        self.problems.extend(problems)
        return source

    def plugins(
        self, folder: UpstreamFolder, info: Mapping[str, str], names: Iterable[str]
    ) -> Iterator[PluginSummary]:
        """Yield the plugin in each of these files of an upstream that has no errors."""
        every = [*names]

        def read(name: str) -> KnownTaken | Problem:
            data = folder.plugins.read(name, MAX_FILE_SIZE)
            if isinstance(data, Problem):
                return data
            found = self._known.get(f"{folder.plugins.name}/{name}")
            if found is not None and found.digest == content_digest(data) and found.is_of(info):
                return found
            return self._check(folder, name, data, info)

        results = spread(read, every, self._jobs, worth_it=WORTH_IT)
        for name, found in zip(every, results, strict=True):
            if isinstance(found, Problem):
                self.problems.append(found)
                continue
            self.files[f"{folder.plugins.name}/{name}"] = found
            self.problems.extend(self._opened.labelled(found.problems))
            if found.summary is not None:
                yield found.summary

    def _check(
        self, folder: UpstreamFolder, name: str, data: bytes, info: Mapping[str, str]
    ) -> KnownTaken:
        path, stem = f"{folder.plugins.name}/{name}", name.removesuffix(".json")
        checked = check_upstream_plugin(path, stem, data, self._opened.settings)
        summary = None
        if checked.taken is not None and not has_errors(checked.problems):
            summary = summarize_taken(checked.taken, checked.info, info)
        return KnownTaken(content_digest(data), summary, checked.problems)

    def _shadowed(
        self, folder: UpstreamFolder, shadowed: Sequence[str], taken: Mapping[str, str]
    ) -> Iterator[Problem]:
        """Yield a warning about each plugin that an earlier repository has as well."""
        for plugin_id in shadowed:
            message = (
                f"{repository_words(taken[plugin_id])} has {plugin_id} as well, and answers for it"
            )
            hint = "both are published; calls that name the repository get this one"
            file = folder.plugins.file(f"{plugin_id}.json")
            yield _about(file, "upstream-shadowed", message, hint)


def _about(file: str, code: str, message: str, hint: str) -> Problem:
    return problem(code, file, TOP, Finding("", message, hint))


def _repository_info(upstream: UpstreamSettings, source: UpstreamSource) -> dict[str, str]:
    """Return the RepositoryInfo that the plugins of an upstream are published with."""
    return {
        "repository_id": upstream.repository_id,
        "name": upstream.title or source.repository_info["name"],
        "repository_type": "remote",
    }
