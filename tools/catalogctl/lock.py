"""Read, check and write a lock: what is known of the versions of one image (registries, 10).

A lock has one form, byte for byte: that in which `encode` writes it. So no key stands in it twice,
no member that nobody knows, and no text that hides something. The members of each type stand in the
order of their names, which is their order in the file. Nothing says when a lock was checked, so a
run without news gives the same bytes, and no diff.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import replace

from catalogctl.json_pointer import child

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LOCK_SIZE = 16 * 1024 * 1024
MAX_VERSIONS = 20_000
LARGEST = 2**53
"""The largest number that all readers of JSON can tell from the next."""


class Source(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What was asked: the plugin's own words."""

    image: str
    registry_type: Literal["AWS_PUBLIC_ECR", "DOCKER_HUB"]
    registry_url: str


class LockedVersion(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A tag that is a version; all but `tag` may be unknown. `size` in bytes, times as text.

    `platforms` and `size` may be absent: only Docker Hub tells them.
    """

    digest: str | None
    first_seen: str | None
    media_type: str | None
    platforms: tuple[str, ...] | UnsetType | None = UNSET
    prerelease: bool
    pushed_at: str | None
    size: Annotated[int, Meta(ge=0, le=LARGEST)] | UnsetType | None = UNSET
    tag: str


class Removed(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A version that vanished: its last digest, and when a run first missed it."""

    digest: str | None
    last_seen: str | None
    tag: str


class Moved(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A version whose digest changed, and when a run saw that."""

    at: str | None
    before: str | None = field(name="from")
    tag: str
    after: str | None = field(name="to")


class Lock(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """What is known of one image: `versions` newest first, `resolved_via` how it was asked."""

    history: tuple[Moved, ...]
    latest: str | None
    lock_version: Literal[1] = 1
    other_tags: dict[str, str | None]
    plugin_id: str
    removed: tuple[Removed, ...]
    resolved_via: Literal["hub", "manual", "oci"]
    source: Source
    total_count: Annotated[int, Meta(ge=0, le=MAX_VERSIONS)]
    versions: tuple[LockedVersion, ...]

    def says_the_same_as(self, other: Lock) -> bool:
        """Return whether two locks name the same tags and digests in the same order.

        How they were resolved, and what else a registry says of them, does not count.
        """
        return _news_of(self) == _news_of(other)


def locked(tag: str, digest: str | None = None, *, prerelease: bool = False) -> LockedVersion:
    """Return a version of which no more is known."""
    return LockedVersion(
        tag=tag,
        digest=digest,
        prerelease=prerelease,
        first_seen=None,
        media_type=None,
        pushed_at=None,
    )


def _news_of(lock: Lock) -> Lock:
    bare = [locked(each.tag, each.digest, prerelease=each.prerelease) for each in lock.versions]
    return replace(lock, resolved_via="manual", versions=tuple(bare))


class _Tag(Struct, frozen=True, gc=False):
    tag: str
    digest: str | None = None


class Tags(Struct, frozen=True, gc=False):
    """What a lock of any layout says of its versions, newest first."""

    latest: str | None = None
    versions: tuple[_Tag, ...] = ()


class Flaw(NamedTuple):
    """The first thing wrong with a lock: an RFC 6901 pointer, and what is wrong with that part.

    It stands at `byte` of the file; None where the pointer has to do. `at_key` when the key is
    wrong, not the value.
    """

    pointer: str
    message: str
    byte: int | None = None
    at_key: bool = False


_decoder = msgspec.json.Decoder(Lock)
_encoder = msgspec.json.Encoder(order="deterministic")


def encode(lock: Lock) -> bytes:
    """Return a lock's bytes: UTF-8, sorted keys, two spaces, a line feed at the end."""
    return _laid_out(_encoder.encode(lock))


def _laid_out(compact: bytes) -> bytes:
    return msgspec.json.format(compact, indent=2) + b"\n"


def read(data: bytes) -> Lock | Flaw:
    """Return the lock in a file that is as `encode` writes it, or the first thing wrong with it."""
    decoded = _decoded(data)
    if isinstance(decoded, Flaw):
        return decoded
    lock, compact = decoded
    written = _laid_out(compact)
    if written == data:
        return lock
    pairs = enumerate(zip(data, written, strict=False))
    shorter = min(len(data), len(written))
    byte = next((at for at, (given, expected) in pairs if given != expected), shorter)
    return Flaw("", "is not byte for byte as resolve writes it, from here on", byte)


def decode(data: bytes) -> Lock | Flaw:
    """Return the lock in a file of any layout, or the first thing wrong with it."""
    decoded = _decoded(data)
    return decoded if isinstance(decoded, Flaw) else decoded[0]


def _decoded(data: bytes) -> tuple[Lock, bytes] | Flaw:
    """Return the lock in a file, and its bytes without blanks, or the first thing wrong."""
    if not data.isascii() or b"\\" in data or b"\x7f" in data:
        odd = re.search(rb"[^\x00-\x5b\x5d-\x7e]", data)
        return Flaw("", "has a character that none has", odd.start() if odd else 0)
    try:
        lock = _decoder.decode(data)
    except msgspec.ValidationError as error:
        return _wrong_member(str(error))
    except msgspec.DecodeError as error:
        what, _, rest = str(error).removeprefix("JSON is malformed: ").partition(" (byte ")
        byte = rest.partition(")")[0]
        return Flaw("", f"is not JSON: {what.lower()}", int(byte) if byte else len(data))
    except RecursionError:
        return Flaw("", "is nested too deeply")
    compact = _encoder.encode(lock)
    flaw = None if _WELL_FORMED.fullmatch(compact) else _misformed_text(lock)
    return flaw or _wrong_sum(lock) or (lock, compact)


_tags_decoder = msgspec.json.Decoder(Tags)


def tags_of(data: bytes) -> Tags | None:
    """Return what a lock said of its versions, however it was written; None when it can't be read.

    For locks of the past, which nobody can mend.
    """
    try:
        found = _tags_decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    tags = [*(version.tag for version in found.versions), *([found.latest] if found.latest else ())]
    return found if all(re.fullmatch(_TAG, tag) for tag in tags) else None


def _wrong_member(words: str) -> Flaw:
    """Return what the decoder's words amount to."""
    what, _, path = words.replace("`", "").partition(" - at $")
    pointer = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", path).replace(".", "/")
    if what.startswith("Object contains unknown field "):
        name = what.removeprefix("Object contains unknown field ")
        return Flaw(child(pointer, name), "is not a member of a lock", at_key=True)
    if what.startswith("Object missing required field "):
        return Flaw(pointer, f"has no {what.rpartition(' ')[2]}")
    return Flaw(pointer, f"is not what it should be: {what[:1].lower()}{what[1:]}")


_TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}+"
_DIGEST = r"sha256:[0-9a-f]{64}"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9T:.Z+-]{0,25}+"
_TYPE = r"[a-z0-9][a-z0-9.+_-]{0,126}+/[a-z0-9][a-z0-9.+_-]{0,126}+"
_PLATFORM = r"[A-Za-z0-9._/-]{1,255}+"
_NAME = r"[!#-\[\]-~]{1,255}+"
_FORMS = {
    "at": _TIME,
    "digest": _DIGEST,
    "first_seen": _TIME,
    "from": _DIGEST,
    "image": _NAME,
    "last_seen": _TIME,
    "latest": _TAG,
    "media_type": _TYPE,
    "platforms": _PLATFORM,
    "plugin_id": _NAME,
    "pushed_at": _TIME,
    "registry_url": _NAME,
    "tag": _TAG,
    "to": _DIGEST,
}
"""The forms of a lock's texts by the names of the members. No pattern here can go back."""


def _members(*names: str) -> str:
    """Return a pattern of members in a row, each a text of its form or null."""
    return ",".join(f'"{name}":(?:null|"{_FORMS[name]}")' for name in names)


_WELL_FORMED = re.compile(
    (
        rf'{{"history":\[(?:{{{_members("at", "from", "tag", "to")}}},?)*+\]'
        rf',{_members("latest")},"lock_version":1'
        rf',"other_tags":{{(?:"{_TAG}":(?:null|"{_DIGEST}"),?)*+}},{_members("plugin_id")}'
        rf',"removed":\[(?:{{{_members("digest", "last_seen", "tag")}}},?)*+\]'
        rf',"resolved_via":"[a-z]++","source":{{{_members("image")},"registry_type":"[A-Z_]++"'
        rf',{_members("registry_url")}}},"total_count":[0-9]++'
        rf',"versions":\[(?:{{{_members("digest", "first_seen", "media_type")}'
        rf'(?:,"platforms":(?:null|\[(?:"{_PLATFORM}",?)*+\]))?+'
        rf',"prerelease":[a-z]++,{_members("pushed_at")}(?:,"size":[0-9a-z]++)?+'
        rf",{_members('tag')}}},?)*+\]}}"
    ).encode()
)
"""All of a lock without blanks, in the order of `encode`, where each text has its form."""


def _misformed_text(lock: Lock) -> Flaw | None:
    """Return the first text of a lock without its form."""
    for pointer, name, text in _texts(msgspec.to_builtins(lock), "", ""):
        if not re.fullmatch(_FORMS[name], text):
            return Flaw(pointer, "does not have the form that it should")
    return None


def _wrong_sum(lock: Lock) -> Flaw | None:
    """Return what does not add up."""
    tags = {version.tag for version in lock.versions}
    if lock.latest is not None and lock.latest not in tags:
        return Flaw("/latest", f"is {lock.latest}, which is none of the versions")
    if not lock.total_count == len(lock.versions) == len(tags):
        message = f"is {lock.total_count}, but there are {len(tags)} different versions"
        return Flaw("/total_count", message)
    return None


def _texts(value: object, pointer: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield each text of a lock that has a form: where it stands, what it is, the text."""
    if isinstance(value, dict):
        for key, member in value.items():
            if name == "other_tags":
                yield f"{pointer}/{key}", "tag", key
            yield from _texts(member, f"{pointer}/{key}", "digest" if name == "other_tags" else key)
    elif isinstance(value, list | tuple):
        for index, element in enumerate(value):
            yield from _texts(element, f"{pointer}/{index}", name)
    elif isinstance(value, str) and name in _FORMS:
        yield pointer, name, value
