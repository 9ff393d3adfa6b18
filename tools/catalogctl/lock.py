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


class LockFlaw(NamedTuple):
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
    return msgspec.json.format(_encoder.encode(lock), indent=2) + b"\n"


def read(data: bytes) -> Lock | LockFlaw:
    """Return the lock in a file that is as `encode` writes it, or the first thing wrong with it."""
    if _WRITTEN.fullmatch(data) is not None:
        try:
            lock = _decoder.decode(data)
        except msgspec.ValidationError as error:  # a word or a number that is none of ours
            return _wrong_member(str(error))
        if _adds_up(lock) and _has_sorted_tags(lock, data):
            return lock
    decoded = decode(data)
    if isinstance(decoded, LockFlaw):
        return decoded
    pairs = enumerate(zip(data, written := encode(decoded), strict=False))
    byte = next((at for at, (is_, should) in pairs if is_ != should), min(len(data), len(written)))
    return LockFlaw("", "is not byte for byte as resolve writes it, from here on", byte)


def decode(data: bytes) -> Lock | LockFlaw:
    """Return the lock in a file of any layout, or the first thing wrong with it."""
    if not data.isascii() or b"\\" in data or b"\x7f" in data:
        odd = re.search(rb"[^\x00-\x5b\x5d-\x7e]", data)
        return LockFlaw("", "has a character that none has", odd.start() if odd else 0)
    try:
        lock = _decoder.decode(data)
    except msgspec.ValidationError as error:
        return _wrong_member(str(error))
    except msgspec.DecodeError as error:
        what, _, rest = str(error).removeprefix("JSON is malformed: ").partition(" (byte ")
        byte = rest.partition(")")[0]
        return LockFlaw("", f"is not JSON: {what.lower()}", int(byte) if byte else len(data))
    except RecursionError:
        return LockFlaw("", "is nested too deeply")
    return _first_flaw(lock) or lock


_tags_decoder = msgspec.json.Decoder(Tags)


def tags_of(data: bytes) -> Tags | None:
    """Return what a lock said of its versions, however it was written; None when it can't be read.

    For locks of the past, which nobody can mend.
    """
    try:
        lock = _tags_decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    tags = [*(version.tag for version in lock.versions), *([lock.latest] if lock.latest else ())]
    return lock if all(re.fullmatch(_TAG, tag) for tag in tags) else None


def _wrong_member(words: str) -> LockFlaw:
    """Return what the decoder's words amount to."""
    what, _, path = words.replace("`", "").partition(" - at $")
    pointer = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", path).replace(".", "/")
    if what.startswith("Object contains unknown field "):
        name = what.removeprefix("Object contains unknown field ")
        return LockFlaw(child(pointer, name), "is not a member of a lock", at_key=True)
    if what.startswith("Object missing required field "):
        return LockFlaw(pointer, f"has no {what.rpartition(' ')[2]}")
    return LockFlaw(pointer, f"is not what it should be: {what[:1].lower()}{what[1:]}")


_TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}+"
_DIGEST = r"sha256:[0-9a-f]{64}"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9T:.Z+-]{0,25}+"
_TYPE = r"[a-z0-9][a-z0-9.+_-]{0,126}+/[a-z0-9][a-z0-9.+_-]{0,126}+"
_PLATFORM = r"[A-Za-z0-9._/-]{1,255}+"
_NAME = r"[!#-\[\]-~]{1,255}+"
_NUMBER = r"(?:0|[1-9][0-9]{0,15}+)"
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


def _text(name: str) -> str:
    return f'"{_FORMS[name]}"'


def _known(name: str) -> str:
    return f"(?:null|{_text(name)})"


def _list(element: str, indent: int) -> str:
    """Return a pattern of a list, laid out as `encode` does."""
    start = "\n" + " " * (indent + 2)
    return rf"(?:\[\]|\[{start}{element}(?:,{start}{element})*+\n{' ' * indent}\])"


def _object(indent: int, members: dict[str, str], absent: frozenset[str] = frozenset()) -> str:
    """Return a pattern of an object; `absent` names members that need not be there."""
    *names, last = members
    lines = []
    for name in names:
        line = f'{" " * (indent + 2)}"{name}": {members[name]},\n'
        lines.append(f"(?:{line})?+" if name in absent else line)
    end = f'{" " * (indent + 2)}"{last}": {members[last]}\n{" " * indent}'
    return rf"\{{\n{''.join(lines)}{end}\}}"


def _knowns(*names: str) -> dict[str, str]:
    return {name: _text(name) if name == "tag" else _known(name) for name in names}


_VERSION = _object(
    4,
    {
        **_knowns("digest", "first_seen", "media_type"),
        "platforms": f"(?:null|{_list(_text('platforms'), 6)})",
        "prerelease": "(?:true|false)",
        **_knowns("pushed_at"),
        "size": f"(?:null|{_NUMBER})",
        **_knowns("tag"),
    },
    frozenset({"platforms", "size"}),
)
_OTHER = f"{_text('tag')}: {_known('digest')}"
_SOURCE = {"image": _text("image"), "registry_type": '"[A-Z_]++"', "registry_url": _text("image")}
_WRITTEN = re.compile(
    _object(
        0,
        {
            "history": _list(_object(4, _knowns("at", "from", "tag", "to")), 2),
            "latest": _known("latest"),
            "lock_version": "1",
            "other_tags": _list(_OTHER, 2).replace(r"\[", r"\{").replace(r"\]", r"\}"),
            "plugin_id": _text("plugin_id"),
            "removed": _list(_object(4, _knowns("digest", "last_seen", "tag")), 2),
            "resolved_via": '"[a-z]++"',
            "source": _object(2, _SOURCE),
            "total_count": _NUMBER,
            "versions": _list(_VERSION, 2),
        },
    ).encode()
    + b"\n"
)
"""The bytes of a lock: what `encode` writes, but for the order of the other tags."""


def _has_sorted_tags(lock: Lock, data: bytes) -> bool:
    """Return whether the other tags stand in the file as `encode` writes them, each once."""
    alone = msgspec.json.format(_encoder.encode({"other_tags": lock.other_tags}), indent=2)
    return alone[1:-2] + b",\n" in data


def _adds_up(lock: Lock) -> bool:
    tags = {version.tag for version in lock.versions}
    count = len(lock.versions)
    return lock.total_count == count == len(tags) and (lock.latest is None or lock.latest in tags)


def _first_flaw(lock: Lock) -> LockFlaw | None:
    """Return the first text without its form, else what does not add up, else None."""
    value = msgspec.to_builtins(lock)
    for pointer, name, text in _texts(value, "", ""):
        if not re.fullmatch(_FORMS[name], text):
            return LockFlaw(pointer, "does not have the form that it should")
    if _adds_up(lock):
        return None
    tags = [version.tag for version in lock.versions]
    if lock.latest is not None and lock.latest not in tags:
        return LockFlaw("/latest", f"is {lock.latest}, which is none of the versions")
    count = len(set(tags))
    return LockFlaw(
        "/total_count", f"is {lock.total_count}, but there are {count} different versions"
    )


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
