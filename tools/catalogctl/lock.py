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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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

        How they were asked for, and what a registry tells beside, is no news of its own.
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
    return msgspec.json.format(_encoder.encode(lock), indent=2) + b"\n"


def decode(data: bytes) -> Lock | Flaw:
    """Return the lock in a file, or the first thing that is wrong with it.

    The file may be laid out otherwise than `encode` does.
    """
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
        return Flaw("", f"is no JSON: {what.lower()}", int(byte) if byte else len(data))
    except RecursionError:
        return Flaw("", "is nested too deeply")
    return lock if _is_well_formed(lock) else _first_flaw(lock)


_tags_decoder = msgspec.json.Decoder(Tags)


def tags_of(data: bytes) -> Tags | None:
    """Return what a lock said of its versions, however it was written; None when it can't be read.

    For locks of the past, which nobody can mend.
    """
    try:
        read = _tags_decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    texts = [read.latest, *(version.tag for version in read.versions)]
    return (
        read
        if all("\n" not in (text or "") for text in texts) and _all_match(_TAG, texts)
        else None
    )


def _wrong_member(words: str) -> Flaw:
    """Return what the decoder's words amount to."""
    what, _, path = words.replace("`", "").partition(" - at $")
    pointer = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", path).replace(".", "/")
    if what.startswith("Object contains unknown field "):
        name = what.removeprefix("Object contains unknown field ")
        step = name.replace("~", "~0").replace("/", "~1")
        return Flaw(f"{pointer}/{step}", "is no member of a lock", at_key=True)
    if what.startswith("Object missing required field "):
        return Flaw(pointer, f"has no {what.rpartition(' ')[2]}")
    return Flaw(pointer, f"is not what it should be: {what[:1].lower()}{what[1:]}")


def _form(text: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return a pattern of one text, and of any number of such texts, each with a line feed."""
    return re.compile(text), re.compile(rf"(?:{text}\n)*+")


_TAG = _form(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = _form(r"sha256:[0-9a-f]{64}")
_TIME = _form(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9T:.Z+-]{0,25}")
_TYPE = _form(r"[a-z0-9][a-z0-9.+_-]{0,126}/[a-z0-9][a-z0-9.+_-]{0,126}")
_PLATFORM = _form(r"[A-Za-z0-9._/-]{1,255}")
_NAME = _form(r"[!-~]{1,255}")
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


def _is_well_formed(lock: Lock) -> bool:
    """Return whether each text has its form: column by column, for there are many.

    No text holds a line feed, which only an escape could bring in.
    """
    versions, moved, removed = lock.versions, lock.history, lock.removed
    tags = [version.tag for version in versions]
    if lock.total_count != len(set(tags)) or len(tags) != lock.total_count:
        return False
    if lock.latest is not None and lock.latest not in tags:
        return False
    digests = [version.digest for version in versions]
    digests += lock.other_tags.values()
    times = {version.first_seen for version in versions}
    times |= {version.pushed_at for version in versions}
    tags += [*(each.tag for each in removed), *(each.tag for each in moved)]
    digests += [each.digest for each in removed]
    digests += [digest for each in moved for digest in (each.before, each.after)]
    times |= {each.last_seen for each in removed} | {each.at for each in moved}
    platforms = {each for version in versions if version.platforms for each in version.platforms}
    source = lock.source
    return (
        _all_match(_TAG, [*tags, *lock.other_tags])
        and _all_match(_DIGEST, digests)
        and _all_match(_TIME, times)
        and _all_match(_TYPE, {version.media_type for version in versions})
        and _all_match(_PLATFORM, platforms)
        and _all_match(_NAME, (lock.plugin_id, source.image, source.registry_url))
    )


def _all_match(form: tuple[re.Pattern[str], re.Pattern[str]], texts: Iterable[str | None]) -> bool:
    known = [text for text in texts if text is not None]
    return not known or form[1].fullmatch("\n".join([*known, ""])) is not None


def _first_flaw(lock: Lock) -> Flaw:
    """Return the first text without its form, else what the numbers and the tags have wrong."""
    value = msgspec.to_builtins(lock)
    for pointer, name, text in _texts(value, "", ""):
        if not _FORMS[name][0].fullmatch(text):
            return Flaw(pointer, "does not have the form that it should")
    tags = [version.tag for version in lock.versions]
    if lock.latest is not None and lock.latest not in tags:
        return Flaw("/latest", f"is {lock.latest}, which is none of the versions")
    count = len(set(tags))
    return Flaw("/total_count", f"is {lock.total_count}, but there are {count} different versions")


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
