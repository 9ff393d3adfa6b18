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
    lock = decode(data)
    if isinstance(lock, LockFlaw) or (written := encode(lock)) == data:
        return lock
    pairs = enumerate(zip(data, written, strict=False))
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
    if _HAS_FORMS.fullmatch(data) and _adds_up(lock):
        return lock
    return _first_flaw(lock) or lock


def tags_of(data: bytes) -> Tags | None:
    """Return what a lock said of its versions, however it was written; None when it can't be read.

    For locks of the past, which nobody can mend.
    """
    try:
        said = msgspec.json.decode(data, type=Tags)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    tags = [version.tag for version in said.versions] + ([said.latest] if said.latest else [])
    return said if all(re.fullmatch(_TAG, tag) for tag in tags) else None


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
_NAME = r"[!#-\[\]-~]{1,255}+"
_WORD = r"[A-Za-z_]++"
_FORMS = {
    **dict.fromkeys(("at", "first_seen", "last_seen", "pushed_at"), _TIME),
    **dict.fromkeys(("digest", "from", "to"), _DIGEST),
    **dict.fromkeys(("image", "plugin_id", "registry_url"), _NAME),
    **dict.fromkeys(("latest", "tag"), _TAG),
    **dict.fromkeys(("registry_type", "resolved_via"), _WORD),
    "media_type": r"[a-z0-9][a-z0-9.+_-]{0,126}+/[a-z0-9][a-z0-9.+_-]{0,126}+",
    "platforms": r"[A-Za-z0-9._/-]{1,255}+",
}
"""The forms of a lock's texts by the names of the members. No pattern here can go back."""


def _member(name: str) -> str:
    """Return a pattern of a member, which may be null or absent; a blank is any white space."""
    form = f'"{_FORMS[name]}"' if name in _FORMS else "[a-z0-9]++"
    if name == "platforms":
        form = rf"\[(?: {form},?)*+ \]"
    return f'(?: "{name}": (?:null|{form}),?)?+'


def _object(*names: str) -> str:
    return rf" \{{{''.join(map(_member, names))} \}},?"


_VERSION = _object(
    "digest", "first_seen", "media_type", "platforms", "prerelease", "pushed_at", "size", "tag"
)
_HAS_FORMS = re.compile(
    (
        rf'\{{ "history": \[(?:{_object("at", "from", "tag", "to")})*+ \],'
        rf"{_member('latest')}{_member('lock_version')}"
        rf' "other_tags": \{{(?: "{_TAG}": (?:null|"{_DIGEST}"),?)*+ \}},{_member("plugin_id")}'
        rf' "removed": \[(?:{_object("digest", "last_seen", "tag")})*+ \],'
        rf'{_member("resolved_via")} "source":{_object("image", "registry_type", "registry_url")}'
        rf'{_member("total_count")} "versions": \[(?:{_VERSION})*+ \] \}} '
    )
    .replace(" ", r"\s*+")
    .encode()
)
"""Every text of the lock in this file has its form; type and layout are checked elsewhere."""


def _adds_up(lock: Lock) -> bool:
    tags = {version.tag for version in lock.versions}
    count = len(lock.versions)
    return lock.total_count == count == len(tags) and (lock.latest is None or lock.latest in tags)


def _first_flaw(lock: Lock) -> LockFlaw | None:
    """Return the first text without its form, else what does not add up, else None."""
    for pointer, name, text in _texts(msgspec.to_builtins(lock), "", ""):
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
