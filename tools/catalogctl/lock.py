"""Read, check and write locks: what is known about the versions of an image (registries, 10).

A lock has only one valid form, byte for byte: the one that `encode` writes. So it can't contain a
duplicate key, an unknown member, or hidden text. The members of each type are sorted by name, as
they are in the file. A lock does not record when it was checked, so a run that finds nothing new
writes the same bytes and causes no diff.
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

MAX_VERSIONS = 20_000
LARGEST = 2**53
"""The largest integer that all JSON readers can distinguish from the next."""
MEDIA_TYPE = r"[a-z0-9][a-z0-9.+_-]{0,126}+/[a-z0-9][a-z0-9.+_-]{0,126}+"
"""The form of a media type in a lock: at most 127 characters on each side (RFC 6838)."""


class Source(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The image and registry that were queried, as written in the plugin file."""

    image: str
    registry_type: Literal["AWS_PUBLIC_ECR", "DOCKER_HUB"]
    registry_url: str


class LockedVersion(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A tag that is a version; everything except `tag` may be unknown.

    `size` is in bytes, times are text. `platforms` and `size` may be absent, because only Docker
    Hub reports them.
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
    """A version that disappeared: its last digest, and when a run first noticed."""

    digest: str | None
    last_seen: str | None
    tag: str


class Moved(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A version whose digest changed, and when a run noticed."""

    at: str | None
    before: str | None = field(name="from")
    tag: str
    after: str | None = field(name="to")


class Lock(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """What is known about an image; `versions` are newest first, `resolved_via` is their source."""

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

    def has_same_tags(self, other: Lock) -> bool:
        """Return whether two locks have the same tags and digests in the same order.

        How they were resolved, and any other details from the registry, do not count.
        """
        return _tags_and_digests(self) == _tags_and_digests(other)


def locked(tag: str, digest: str | None = None, *, prerelease: bool = False) -> LockedVersion:
    """Return a version about which nothing else is known."""
    return LockedVersion(
        tag=tag,
        digest=digest,
        prerelease=prerelease,
        first_seen=None,
        media_type=None,
        pushed_at=None,
    )


def _tags_and_digests(lock: Lock) -> Lock:
    bare = [locked(each.tag, each.digest, prerelease=each.prerelease) for each in lock.versions]
    return replace(lock, resolved_via="manual", versions=tuple(bare))


class _Tag(Struct, frozen=True, gc=False):
    tag: str
    digest: str | None = None


class Tags(Struct, frozen=True, gc=False):
    """The versions in a lock of any layout, newest first."""

    latest: str | None = None
    versions: tuple[_Tag, ...] = ()


class LockFlaw(NamedTuple):
    """The first thing wrong with a lock: an RFC 6901 pointer, and what is wrong with that part.

    `byte` is its place in the file, or None if only the pointer is known. `at_key` means that the
    key is wrong, not the value.
    """

    pointer: str
    message: str
    byte: int | None = None
    at_key: bool = False


_decoder = msgspec.json.Decoder(Lock)
_encoder = msgspec.json.Encoder(order="deterministic")


def encode(lock: Lock) -> bytes:
    """Return a lock as UTF-8, with sorted keys, two spaces of indentation and a final line feed."""
    return _laid_out(_encoder.encode(lock))


def _laid_out(compact: bytes) -> bytes:
    return msgspec.json.format(compact, indent=2) + b"\n"


def read(data: bytes) -> Lock | LockFlaw:
    """Return the lock in a file, or the first thing that differs from what `encode` writes."""
    lock, compact = _decode(data)
    if isinstance(lock, LockFlaw) or (written := _laid_out(compact)) == data:
        return lock
    pairs = enumerate(zip(data, written, strict=False))
    byte = next((at for at, (is_, should) in pairs if is_ != should), min(len(data), len(written)))
    return LockFlaw("", "is not byte for byte as resolve writes it, from here on", byte)


def decode(data: bytes) -> Lock | LockFlaw:
    """Return the lock in a file of any layout, or the first thing wrong with it."""
    return _decode(data)[0]


def _decode(data: bytes) -> tuple[Lock, bytes] | tuple[LockFlaw, bytes]:
    """Return what `decode` does, and a lock's JSON without white space, or b"" for a flaw."""
    if not data.isascii() or b"\\" in data or b"\x7f" in data:
        odd = re.search(rb"[^\x00-\x5b\x5d-\x7e]", data)
        return LockFlaw("", "has a character that none has", odd.start() if odd else 0), b""
    try:
        lock = _decoder.decode(data)
    except msgspec.ValidationError as error:
        return _wrong_member(str(error)), b""
    except msgspec.DecodeError as error:
        what, _, rest = str(error).removeprefix("JSON is malformed: ").partition(" (byte ")
        byte = rest.partition(")")[0]
        return LockFlaw("", f"is not JSON: {what.lower()}", int(byte) if byte else len(data)), b""
    except RecursionError:
        return LockFlaw("", "is nested too deeply"), b""
    compact = _encoder.encode(lock)
    if not (_HAS_FORMS.fullmatch(compact) and _adds_up(lock)) and (flaw := _first_flaw(lock)):
        return flaw, b""
    return lock, compact


def tags_of(data: bytes) -> Tags | None:
    """Return the versions in a lock of any layout, or None if it can't be read.

    Use it for locks in the history, which can't be fixed any more.
    """
    try:
        said = msgspec.json.decode(data, type=Tags)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    tags = [version.tag for version in said.versions] + ([said.latest] if said.latest else [])
    return said if all(map(_IS_TAG.fullmatch, tags)) else None


def _wrong_member(words: str) -> LockFlaw:
    """Return the flaw that an error message of the decoder describes."""
    what, _, path = words.replace("`", "").partition(" - at $")
    pointer = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", path).replace(".", "/")
    if what.startswith("Object contains unknown field "):
        name = what.removeprefix("Object contains unknown field ")
        return LockFlaw(child(pointer, name), "is not a member of a lock", at_key=True)
    if what.startswith("Object missing required field "):
        return LockFlaw(pointer, f"has no {what.rpartition(' ')[2]}")
    return LockFlaw(pointer, f"is not what it should be: {what[:1].lower()}{what[1:]}")


_TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}+"
_IS_TAG = re.compile(_TAG)
_DIGEST = r"sha256:[0-9a-f]{64}"
_DAY = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))"
)
_HOUR = "(?:[01][0-9]|2[0-3])"
_SECONDS = r"(?>(?::[0-5][0-9](?>(?:\.[0-9]{1,9}+)?))?)"
_ZONE = rf"(?>(?:Z|[+-]{_HOUR}:?[0-5][0-9])?)"
_TIME = rf"(?!0000)[0-9]{{4}}-{_DAY}(?>(?:T{_HOUR}:[0-5][0-9]{_SECONDS}{_ZONE})?)"
_NAME = r"[!#-\[\]-~]{1,255}+"
_WORD = r"[A-Za-z_]++"
_FORMS = {
    **dict.fromkeys(("at", "first_seen", "last_seen", "pushed_at"), _TIME),
    **dict.fromkeys(("digest", "from", "to"), _DIGEST),
    **dict.fromkeys(("image", "plugin_id", "registry_url"), _NAME),
    **dict.fromkeys(("latest", "tag"), _TAG),
    **dict.fromkeys(("registry_type", "resolved_via"), _WORD),
    "media_type": MEDIA_TYPE,
    "platforms": r"[A-Za-z0-9._/-]{1,255}+",
}
"""The forms of a lock's texts by the names of the members. No pattern here can backtrack."""


def has_form(name: str, text: str) -> bool:
    """Return whether a text has the form of the members of a lock that have this name."""
    return re.fullmatch(_FORMS[name], text) is not None


def _member(name: str) -> str:
    """Return the pattern of a member, which may be null; `platforms` and `size` may be absent."""
    form = f'"{_FORMS[name]}"' if name in _FORMS else "[a-z0-9]++"
    if name == "platforms":
        form = rf"\[(?>(?:{form},?)*)\]"
    member = f'"{name}":(?:null|{form}),?'
    return f"(?>(?:{member})?)" if name in {"platforms", "size"} else member


def _object(*names: str) -> str:
    return rf"\{{{''.join(map(_member, names))}\}},?"


_VERSION = _object(
    "digest", "first_seen", "media_type", "platforms", "prerelease", "pushed_at", "size", "tag"
)
_HAS_FORMS = re.compile(
    (
        rf'\{{"history":\[(?>(?:{_object("at", "from", "tag", "to")})*)\],'
        rf"{_member('latest')}{_member('lock_version')}"
        rf'"other_tags":\{{(?>(?:"{_TAG}":(?:null|"{_DIGEST}"),?)*)\}},{_member("plugin_id")}'
        rf'"removed":\[(?>(?:{_object("digest", "last_seen", "tag")})*)\],'
        rf'{_member("resolved_via")}"source":{_object("image", "registry_type", "registry_url")}'
        rf'{_member("total_count")}"versions":\[(?>(?:{_VERSION})*)\]\}}'
    ).encode()
)
"""Matches the compact JSON of a lock if every text has its form."""


def _adds_up(lock: Lock) -> bool:
    tags = {version.tag for version in lock.versions}
    count = len(lock.versions)
    return (
        lock.total_count == count == len(tags)
        and (lock.latest is None or lock.latest in tags)
        and tags.isdisjoint(lock.other_tags)
        and tags.isdisjoint(each.tag for each in lock.removed)
    )


def _first_flaw(lock: Lock) -> LockFlaw | None:
    """Return the first text that does not have its form, else what is inconsistent, else None."""
    for pointer, name, text in _texts(msgspec.to_builtins(lock), "", ""):
        if not has_form(name, text):
            return LockFlaw(pointer, "does not have the form that it should")
    if _adds_up(lock):
        return None
    tags = [version.tag for version in lock.versions]
    if lock.latest is not None and lock.latest not in tags:
        return LockFlaw("/latest", f"is {lock.latest}, which is none of the versions")
    count = len(set(tags))
    if not lock.total_count == len(tags) == count:
        what = f"is {lock.total_count}, but there are {count} different versions"
        return LockFlaw("/total_count", what)
    others = [(f"/other_tags/{tag}", tag) for tag in lock.other_tags]
    others += [(f"/removed/{index}/tag", each.tag) for index, each in enumerate(lock.removed)]
    twice = next(pointer for pointer, tag in others if tag in tags)
    return LockFlaw(twice, "is one of the versions, too", at_key=twice.startswith("/other_tags"))


def _texts(value: object, pointer: str, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield the pointer, the kind and the text for each text of a lock that must have a form."""
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
