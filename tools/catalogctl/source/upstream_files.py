"""Read and write the files of upstreams, which `sync` commits: plugins as published elsewhere.

A file has only one valid form, byte for byte: the one that is written here. So it can't have a
member twice or hidden text, and its hash tells when somebody edited it.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import msgspec
import re2
import rfc8785
from msgspec import Raw, Struct

from catalogctl.json_pointer import members
from catalogctl.source.folder import Folder, Listing, Substitute
from catalogctl.source.yaml_scalars import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.problem import Problem

UPSTREAM = "upstream"
PLUGINS = "plugins"
SOURCE_FILE = "source.json"
MAX_PLUGIN = 256 * 1024
"""The most bytes of a PluginInfo, in its compact form."""
MAX_FILE_SIZE = 4 * 1024 * 1024
"""The most bytes of a file: a PluginInfo with indentation, and 20,000 versions."""
NOTHING_ELSE = Substitute()
_INDENT = 2


class PublishedHashes(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What identifies a plugin: its two files in the upstream's tree, and what was taken of it.

    The first two are null for an upstream that is no tree.
    """

    get: str | None
    get_versions: str | None
    taken: str


class TakenPlugin(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A file of an upstream: the PluginInfo, as published there, and the versions, newest first."""

    upstream_version: Literal[1]
    plugin: Raw
    versions: tuple[str, ...]
    sha256: PublishedHashes

    @property
    def info(self) -> JSONObject:
        """The PluginInfo."""
        value: JSONObject = msgspec.json.decode(self.plugin)
        return value


class UpstreamSource(Struct, frozen=True, forbid_unknown_fields=True):
    """`source.json`: the edition of the upstream that was taken.

    `repository_info` is its own. `commit`, `now` and `manifest_sha256` are null for an upstream
    that is no tree.
    """

    upstream_version: Literal[1]
    repository_info: dict[str, str]
    url: str
    commit: str | None
    now: str | None
    manifest_sha256: str | None
    total_count: int


File = TypeVar("File", TakenPlugin, UpstreamSource)


class _FractionError(Exception):
    """A number is not a whole one, or beyond those that are exact."""


def _whole_number(literal: str) -> int:
    """Return a number that is written with a fraction or an exponent, if it is a whole one."""
    number = float(literal)
    if not number.is_integer() or abs(number) > LARGEST:
        raise _FractionError
    return int(number)


def _finite_number(literal: str) -> Raw:
    """Return a number as it is written. Raise ValueError if no reader of JSON can hold it."""
    if math.isinf(float(literal)):
        raise ValueError(f"{literal} has no bounds")
    return Raw(literal.encode())


_sorted = msgspec.json.Encoder(order="sorted")
_whole = msgspec.json.Decoder(float_hook=_whole_number)
_LONG_NUMBER = re2.compile(rb"[0-9]{16}")
"""Matches a number that may not be exact."""
_plugins = msgspec.json.Decoder(TakenPlugin)
_sources = msgspec.json.Decoder(UpstreamSource)
_values = msgspec.json.Decoder(float_hook=lambda literal: Raw(literal.encode()))
"""Decodes JSON, but leaves numbers with a fraction or an exponent as they are written."""
_finite = msgspec.json.Decoder(float_hook=_finite_number)


def as_written(info: bytes | Raw) -> Any:
    """Return the value of a PluginInfo, in which numbers stay as they are written."""
    return _values.decode(info)


def taken_plugin(
    value: JSONObject, versions: Sequence[str], *, get: str | None, get_versions: str | None
) -> TakenPlugin:
    """Return a plugin as it is to be committed; `value` is from `as_written`."""
    plugin = Raw(msgspec.json.encode(value))
    hashes = PublishedHashes(get, get_versions, taken_hash(plugin, versions))
    return TakenPlugin(1, plugin, tuple(versions), hashes)


def taken_hash(plugin: Raw, versions: Sequence[str]) -> str:
    """Return the hash of what was taken of a plugin: the RFC 8785 form of `[plugin, versions]`.

    Raise ValueError if a number has no exact form.
    """
    return hashlib.sha256(_canonical(plugin, versions)).hexdigest()


def _canonical(plugin: Raw, versions: Sequence[str]) -> bytes:
    """Return the RFC 8785 form of `[plugin, versions]`.

    Sorted JSON is that form if its numbers are whole, and no character is one that UTF-16 orders in
    another way: nearly always, and then in a fraction of the time.
    """
    try:
        encoded = _sorted.encode([_whole.decode(plugin), versions])
    except _FractionError:
        encoded = b""
    if not encoded or _LONG_NUMBER.search(encoded) or not _is_ordered_alike(encoded):
        return rfc8785.dumps([_with_doubles(msgspec.json.decode(plugin)), [*versions]])
    return encoded


def _with_doubles(value: JSON) -> JSON:
    """Return a value in which ±2^53 is a double, because rfc8785 refuses it as an integer.

    Larger integers stay: as doubles, different ones would have the same hash.
    """
    if isinstance(value, dict):
        return {name: _with_doubles(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_doubles(element) for element in value]
    return float(value) if isinstance(value, int) and abs(value) == LARGEST else value


def inexact_number(value: Any) -> str:
    """Return the pointer of a number that has no exact form, or "" if there is none.

    `value` is from `as_written`.
    """
    number: Any
    for pointer, _, number in members("", value):
        if isinstance(number, Raw) and math.isinf(float(bytes(number))):
            return pointer
        if isinstance(number, int) and abs(number) > LARGEST:
            return pointer
    return ""


def _is_ordered_alike(text: bytes) -> bool:
    """Return whether the order of UTF-16 is that of code points for all characters of a text."""
    return text.isascii() or max(text.decode()) < "\ud800"


def encode_upstream_file(value: TakenPlugin | UpstreamSource) -> bytes:
    """Return the bytes of a plugin's file, or of `source.json`."""
    return msgspec.json.format(msgspec.json.encode(value), indent=_INDENT) + b"\n"


def decode_plugin(data: bytes) -> TakenPlugin:
    """Return the plugin in a file. Raise ValueError if these are not the bytes of one."""
    return _decoded(data, _read_plugin)


def decode_source(data: bytes) -> UpstreamSource:
    """Return what a `source.json` says. Raise ValueError if these are not the bytes of one."""
    return _decoded(data, _sources.decode)


def _read_plugin(data: bytes) -> TakenPlugin:
    read = _plugins.decode(data)
    value = _finite.decode(read.plugin)
    if not isinstance(value, dict):
        raise ValueError("it has no plugin")  # noqa: TRY004  (as for any other wrong file)
    return msgspec.structs.replace(read, plugin=Raw(msgspec.json.encode(value)))


def _decoded(data: bytes, read: Callable[[bytes], File]) -> File:
    try:
        value = read(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise ValueError("it is not what sync writes") from None
    if encode_upstream_file(value) != data:
        raise ValueError("it is not laid out as sync writes it")
    return value


class UpstreamFolder(NamedTuple):
    """The folder of an upstream, and the names of its plugins' files."""

    name: str
    top: Folder
    plugins: Folder
    names: tuple[str, ...]


class UpstreamFolders(NamedTuple):
    """The folders of all upstreams, by name, and the problems of what does not belong there."""

    folders: tuple[UpstreamFolder, ...] = ()
    problems: tuple[Problem, ...] = ()


_BELONGS = "only source.json and plugins/ belong here"
_OUT = "move it out of this folder"


def upstream_folders(
    catalog: Path, label: str, substitute: Substitute = NOTHING_ELSE
) -> UpstreamFolders:
    """Return the folders of a catalog's upstreams; `substitute` has some of them instead."""
    start = f"{label}/" if label else ""
    above = Folder(catalog, UPSTREAM, start + UPSTREAM, substitute=substitute)
    listing = above.subfolders(lambda _: None)
    other = Path(substitute.path).parent
    found = [
        _folder(other if name in substitute.names else catalog, start, name)
        for name in listing.names
    ]
    problems = (each for _, strays in found for each in strays)
    return UpstreamFolders(tuple(folder for folder, _ in found), (*listing.problems, *problems))


def _folder(catalog: Path, start: str, name: str) -> tuple[UpstreamFolder, list[Problem]]:
    place = f"{UPSTREAM}/{name}"
    top = Folder(catalog, place, start + place)
    plugins = Folder(catalog, f"{place}/{PLUGINS}", f"{start}{place}/{PLUGINS}")
    listing: Listing = plugins.listing(".json")
    problems = [*listing.problems, *_strays(top)]
    return UpstreamFolder(name, top, plugins, listing.names), problems


def _strays(top: Folder) -> Iterator[Problem]:
    """Yield a problem for each entry beside `source.json` and `plugins/`."""
    files = top.listing_of(lambda name: None if name == SOURCE_FILE else (_BELONGS, _OUT))
    for problem in files.problems:
        if problem.file != top.file(PLUGINS):
            yield problem
