"""Read an edition of a published catalog over HTTP: index, manifest and lists, each by its hash."""

from __future__ import annotations

import hashlib
import time
from contextlib import closing
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from catalogctl.client.edition_reader import LAYOUTS, at_once
from catalogctl.client.published_index import (
    PublishedIndex,
    files_of_all,
    files_of_list,
    is_index,
)
from catalogctl.client.tree_reader import CONNECTIONS
from catalogctl.errors import OutsideError
from catalogctl.fetch.address import tree_address
from catalogctl.fetch.bounded_json import check_cost, decode
from catalogctl.fetch.fetch_errors import TooLargeError, quoted
from catalogctl.fetch.fetch_limits import MIB
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.fetch.response import whole
from catalogctl.files import MANIFEST, is_published_path
from catalogctl.jsontypes import as_object, as_text
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.publish.endpoints import GET, GET_VERSIONS, INDEX, filled
from catalogctl.publish.manifest import Listed, read_manifest
from catalogctl.sync.signed_upstream import UnsignedEditionError, signatures_of
from catalogctl.sync.upstream_edition import (
    ChangingEditionError,
    Hashes,
    ReadPlugin,
    WrongEditionError,
)
from catalogctl.times import parse_time
from catalogctl.validate.message_schemas import compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.client.published_index import NamedFile
    from catalogctl.fetch.fetch_limits import FetchLimits
    from catalogctl.source.settings import UpstreamSettings
    from catalogctl.sync.signed_upstream import UpstreamSignatures
    from catalogctl.sync.upstream_edition import UpstreamEdition

MAX_INDEX, MAX_MANIFEST, MAX_LIST = 16 * MIB, 64 * MIB, 256 * MIB
"""The most bytes of the files of an upstream, each unpacked."""
MAX_ANSWER = 4 * MIB
_TRIES = 3
_PAUSE = 1.0
_RATIO = 8
Read = TypeVar("Read")
Page = TypeVar("Page")


class _ListedId(msgspec.Struct):
    plugin_id: str


class _ListPage(msgspec.Struct):
    results: list[msgspec.Raw]


class _TagsOf(msgspec.Struct):
    plugin_id: str
    results: list[str]


class _VersionsList(msgspec.Struct):
    results: list[_TagsOf]


class _Tags(msgspec.Struct):
    results: list[str]


class _OldFileError(Exception):
    """A file is not of the edition whose index was read."""


class TreeConnection(NamedTuple):
    """How an upstream's tree is asked: the fetcher, each request's headers, and what was asked.

    `signatures` check its editions, if its root is pinned.
    """

    url: str
    fetcher: Fetcher
    headers: Mapping[str, str]
    asked: list[str]
    signatures: UpstreamSignatures | None = None


def connect(
    upstream: UpstreamSettings,
    catalog: Path,
    environ: Mapping[str, str],
    limits: FetchLimits | None = None,
) -> TreeConnection:
    """Return a connection to an upstream. Raise OutsideError if its token is not in `environ`."""
    ca_file = str(catalog.absolute() / upstream.ca_file) if upstream.ca_file else None
    fetcher = Fetcher(
        environ,
        limits=limits,
        connections=CONNECTIONS,
        allow_private=upstream.allow_private,
        ca_file=ca_file,
    )
    token = token_of(upstream, environ)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = tree_address(upstream.url, f"upstream {upstream.name}")
    connection = TreeConnection(url, fetcher, headers, [])
    signatures = signatures_of(upstream, connection, catalog, environ)
    return connection._replace(signatures=signatures)


def token_of(upstream: UpstreamSettings, environ: Mapping[str, str]) -> str:
    """Return an upstream's token, "" if it needs none. Raise OutsideError if it is not there."""
    if not upstream.token_env:
        return ""
    token = environ.get(upstream.token_env, "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise OutsideError(f"the environment has no token in {upstream.token_env}")
    return token


class TreeEdition:
    """An edition of a published catalog."""

    def __init__(self, tree: _Tree, index: PublishedIndex, manifest: bytes) -> None:
        self._tree = tree
        self._index = index
        self._listed = _read_manifest(tree.url, manifest)
        self.url = tree.url
        self.repository_info = _repository_info(tree.url, index)
        self.commit = as_text(as_object(index.about.get("source")).get("commit")) or None
        self.now: str | None = _time(tree.url, index)
        self.manifest_sha256: str | None = hashlib.sha256(manifest).hexdigest()
        total = index.about.get("total_count")
        self.total_count = total if isinstance(total, int) and total >= 0 else 0

    def is_of(self, index: bytes) -> bool:
        """Return whether the manifest names these bytes as its index."""
        known = self._listed.get(INDEX)
        return known is not None and known.sha256 == hashlib.sha256(index).hexdigest()

    def hashes(self, plugin_id: str) -> Hashes:
        """Return the hashes of a plugin's files, None if the manifest does not name one."""
        get, get_versions = self._own_files(plugin_id)
        return Hashes(
            None if get is None else get.sha256,
            None if get_versions is None else get_versions.sha256,
        )

    def plugins(self, known: Mapping[str, Hashes]) -> dict[str, ReadPlugin]:
        """Return all plugins by id; of those with `known` hashes the versions are left out."""
        found: dict[str, ReadPlugin] = {}
        versions = self._versions_lists()
        for number, row in enumerate(self._rows(files_of_all(self._index)), start=1):
            plugin_id = _plugin_id(row) or f"row {number}"
            if plugin_id in found:
                found[plugin_id] = found[plugin_id]._replace(flaw="it is listed twice")
            else:
                found[plugin_id] = self._plugin(plugin_id, bytes(row), versions)
        if versions is not None:
            return found
        missing = [
            plugin_id
            for plugin_id, each in found.items()
            if not each.flaw and known.get(plugin_id) != each.hashes
        ]
        tags = at_once(self._tags, missing)
        read = zip(missing, tags, strict=True)
        return {**found, **{name: found[name]._replace(versions=each) for name, each in read}}

    def _plugin(
        self, plugin_id: str, row: bytes, versions: Mapping[str, Sequence[str]] | None
    ) -> ReadPlugin:
        """Return a plugin, whose row in the list has to be what its own file is."""
        get, get_versions = self._own_files(plugin_id)
        tags = None if versions is None else versions.get(plugin_id)
        read = ReadPlugin(row, None if tags is None else tuple(tags), Hashes("", ""))
        if get is None or get_versions is None:
            return read._replace(flaw="the manifest does not name its files")
        read = read._replace(hashes=Hashes(get.sha256, get_versions.sha256))
        if hashlib.sha256(row + b"\n").hexdigest() != get.sha256:
            return read._replace(flaw="the list and its own file differ")
        if versions is not None:
            answer = {"results": tags or [], "total_count": len(tags or [])}
            encoded = msgspec.json.encode(answer) + b"\n"
            if tags is None or hashlib.sha256(encoded).hexdigest() != get_versions.sha256:
                return read._replace(flaw="the list of versions and its own file differ")
        return read

    def _own_files(self, plugin_id: str) -> tuple[Listed | None, Listed | None]:
        hole = {"plugin_id": plugin_id}
        return self._listed.get(filled(GET, hole)), self._listed.get(filled(GET_VERSIONS, hole))

    def _rows(self, files: Iterable[NamedFile]) -> Iterator[msgspec.Raw]:
        for page in self._decoded([*files], _ListPage, "plugins"):
            yield from page.results

    def _versions_lists(self) -> dict[str, Sequence[str]] | None:
        """Return the versions of each plugin by id, None if the upstream has no list of them."""
        if "versions" not in self._index.table("lists"):
            return None
        files = files_of_list(self._index.about, "versions")
        found: dict[str, Sequence[str]] = {}
        for page in self._decoded(files, _VersionsList, "versions"):
            found.update((row.plugin_id, row.results) for row in page.results)
        return found

    def _decoded(
        self, files: Sequence[NamedFile], kind: type[Page], contents: str
    ) -> Iterator[Page]:
        """Yield files that the index names, decoded as lists of `contents`."""
        read = at_once(self._tree.named, files)
        for file, data in zip(files, read, strict=True):
            yield _decode(data, kind, f"{self.url}{file.path} is not a list of {contents}")

    def _tags(self, plugin_id: str) -> tuple[str, ...]:
        _, listed = self._own_files(plugin_id)
        if listed is None:
            raise _OldFileError
        data = self._tree.read_listed(listed.path, listed.size, MAX_ANSWER, listed.sha256)
        fault = f"{self.url}{listed.path} is not a list of versions"
        return tuple(_decode(data, _Tags, fault).results)


def read_tree(connection: TreeConnection, use: Callable[[UpstreamEdition], Read]) -> Read:
    """Return the result of `use` on the upstream's edition, again if it changed meanwhile.

    Raise WrongEditionError if it is not an edition of a catalog, OutsideError if the host fails.
    """
    tree = _Tree(connection)
    with closing(connection.fetcher):
        trouble: Exception | None = None
        for tried in range(_TRIES):
            if tried:
                time.sleep(_PAUSE)
            try:
                return use(tree.edition(again=tried > 0))
            except (_OldFileError, UnsignedEditionError) as error:
                trouble = error
    if isinstance(trouble, UnsignedEditionError):
        raise trouble
    raise ChangingEditionError(f"{tree.url} is being changed; try again in a minute")


class _Tree:
    """Reads the files of a published catalog."""

    def __init__(self, connection: TreeConnection) -> None:
        self.url = connection.url
        self._connection = connection
        self._again = False

    def edition(self, *, again: bool) -> TreeEdition:
        """Return the current edition; `again` asks for fresh copies."""
        self._again = again
        index = self.read(INDEX, MAX_INDEX)
        manifest = self.read(MANIFEST, MAX_MANIFEST)
        if self._connection.signatures is not None:
            self._connection.signatures.check(index, manifest)
        edition = TreeEdition(self, _read_index(self.url, index), manifest)
        if not edition.is_of(index):
            raise _OldFileError
        return edition

    def named(self, file: NamedFile) -> bytes:
        """Return the bytes of a file that the index names."""
        if not is_published_path(file.path) or file.entry.sha256 is None:
            raise WrongEditionError(f"{self.url}{INDEX} names a file without a path or a hash")
        return self.read_listed(file.path, file.entry.size or None, MAX_LIST, file.entry.sha256)

    def read_listed(self, path: str, size: int | None, most: int, sha256: str) -> bytes:
        """Return the bytes of a file of a known hash, and a known size if it is not None.

        Raise _OldFileError if it is another one by now, TooLargeError if it has over `most` bytes.
        """
        try:
            data = self.read(path, most if size is None else min(size, most))
        except TooLargeError:
            if size is None or size > most:
                raise
            raise _OldFileError from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _OldFileError
        return data

    def read(self, path: str, most: int) -> bytes:
        """Return the bytes of a file."""
        _, fetcher, headers, asked, _ = self._connection
        asked.append(path)
        fresh = {"Cache-Control": "no-cache"} if self._again else {}
        answer = fetcher.read(self.url + path, whole, most=most, headers={**headers, **fresh})
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE} and path != INDEX:
            raise _OldFileError
        if answer.status != HTTPStatus.OK:
            raise OutsideError(f"{self.url}{path} answered {answer.status}")
        return answer.body


def _decode(data: bytes, kind: type[Page], fault: str) -> Page:
    """Return the value of a file of an upstream. Raise WrongEditionError if it has another form."""
    try:
        check_cost(data, ratio=_RATIO)
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise WrongEditionError(fault) from None


def _plugin_id(row: msgspec.Raw) -> str:
    """Return the id of a plugin in a list, "" if it has none."""
    try:
        found = msgspec.json.decode(row, type=_ListedId).plugin_id
    except (msgspec.MsgspecError, RecursionError):
        return ""
    return found if is_plugin_id(found) else ""


def _read_index(url: str, data: bytes) -> PublishedIndex:
    try:
        value = decode(data, ratio=_RATIO)
    except ValueError:
        value = None
    if not isinstance(value, dict) or not is_index(value):
        raise OutsideError(f"{url}{INDEX} is not the index of a catalog")
    if value["schema_version"] not in LAYOUTS:
        layout = quoted(value["schema_version"])
        raise OutsideError(f"{url} has layout {layout}, which this catalogctl does not know")
    return PublishedIndex(value, data)


def _read_manifest(url: str, data: bytes) -> dict[str, Listed]:
    try:
        return read_manifest(data)
    except ValueError as error:
        raise WrongEditionError(f"{url}{MANIFEST} can't be used: {quoted(error)}") from None


def _repository_info(url: str, index: PublishedIndex) -> dict[str, str]:
    info = index.table("repository_info")
    if not compiled("RepositoryInfo").is_valid(info):
        raise WrongEditionError(f"{url}{INDEX} does not say which repository it is")
    return {name: as_text(info[name]) for name in ("repository_id", "name", "repository_type")}


def _time(url: str, index: PublishedIndex) -> str:
    """Return the time of an edition. Without one, no older edition would ever be noticed."""
    now = parse_time(as_text(index.about.get("now")))
    if now is None:
        raise WrongEditionError(f"{url}{INDEX} does not say from when it is: now is not a time")
    return now
