"""The stream of one `git log` in, commits with what they changed in plugins/ and versions/ out.

One pass over the history of any size: newest first, children before their parents. A merge is
compared with each of its parents. Names come NUL-terminated, as bytes; nothing that a commit's
author wrote is ever taken for git's own words: a message's lines are all indented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.source.git import Git

FOLDERS = ("plugins", "versions")
_OURS = (b"plugins/", b"versions/")
_OPTIONS = (
    "--full-history",
    "--parents",
    "--topo-order",
    "--diff-merges=separate",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-abbrev-commit",
    "--no-renames",
    "--no-ext-diff",
    "--no-decorate",
    "--no-notes",
    "--no-color",
    "--relative",
    "-O/dev/null",
    "--pretty=raw",
    "--encoding=UTF-8",
)
_CHUNK = 1 << 20
_ABSENT = b"000000"
LAST_TIME = 253_402_300_799
"""The end of year 9999: what git calls later than that is taken for it."""


class Change(NamedTuple):
    """One file that a commit has otherwise than a parent; an id is None where there is no file.

    `path` is relative to the catalog; `before` and `after` are ids of blobs.
    """

    path: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class Commit:
    """A commit; `time` is the committer's, in seconds.

    `parents` are its parents, or the nearest ancestors that matter to the catalog; `changes` has
    one list for each of them, in their order (for a commit without parents, one list in all).
    """

    id: str
    parents: tuple[str, ...]
    time: int
    subject: str
    changes: list[list[Change]]

    @property
    def matters(self) -> bool:
        """Say whether the catalog's history has to know of it: merges lead to their parents."""
        return len(self.parents) > 1 or bool(self.changes[0])


def read_log(git: Git, revision: str = "HEAD", *, whole: bool = False) -> Iterator[Commit]:
    """Yield the commits that changed something in the catalog, and the merges, newest first.

    With `whole` the others come, too, without changes: git then compares each commit with its
    parents once, not a second time to find out whether it matters, which is a third of its work
    where most commits do. One path in all is what git compares fastest, so what lies beside
    `plugins/` and `versions/` is left out here.
    """
    path = () if whole else (".",)
    with git.stream("log", *_OPTIONS, revision, "--", *path) as stream:
        yield from parse_log(stream)


def read_line(git: Git, paths: Sequence[str]) -> Iterator[Commit]:
    """Yield the commits of the branch itself that changed these files or folders, newest first.

    They are those of the first-parent line: a merge stands for all that it brought.
    """
    line = ("--first-parent", "--diff-merges=first-parent")
    with git.stream("log", *_OPTIONS, *line, "HEAD", "--", *paths) as stream:
        yield from parse_log(stream)


def parse_log(stream: IO[bytes]) -> Iterator[Commit]:
    """Yield the commits of a log as `read_log` asks for it."""
    commit: Commit | None = None
    changes: list[Change] = []
    meta = b""
    for token in _tokens(stream):
        if meta:
            if token.startswith(_OURS):
                changes.append(_change(meta, token))
            meta = b""
        elif token[:1] == b":":
            meta = token
        elif token[:7] == b"commit ":
            names = _names(token)
            if commit is None or commit.id != names.id:
                if commit is not None:
                    yield commit
                commit = _commit(names, token)
            changes = commit.changes[names.against]
            last_line = token[token.rfind(b"\n") + 1 :]
            meta = last_line if last_line[:1] == b":" else b""
    if commit is not None:
        yield commit


def _tokens(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest:
        yield rest


class _Names(NamedTuple):
    """The first line of a commit; `against` is the number of the parent it is compared with."""

    id: str
    parents: tuple[str, ...]
    against: int


def _names(token: bytes) -> _Names:
    """Read `commit ID PARENT PARENT (from PARENT)`."""
    line, _, origin = token[7 : token.index(b"\n")].decode("ascii").partition(" (from ")
    name, *parents = line.split()
    against = parents.index(origin[:-1]) if origin[:-1] in parents else 0
    return _Names(name, tuple(parents), against)


def _commit(names: _Names, text: bytes) -> Commit:
    header, _, message = text.partition(b"\n\n")
    line = message.partition(b"\n")[0]
    subject = line[4:].strip().decode("utf-8", "replace") if line.startswith(b"    ") else ""
    lists: list[list[Change]] = [[] for _ in range(max(1, len(names.parents)))]
    return Commit(names.id, names.parents, _time(header), subject, lists)


def _time(header: bytes) -> int:
    """Return the committer's time; 0 where it can't be read, as git has it."""
    line = header[header.rfind(b"\ncommitter ") + 1 :].partition(b"\n")[0]
    words = line.rsplit(b" ", 2)
    digits = words[-2] if len(words) > 2 else b""  # noqa: PLR2004  (name, seconds, zone)
    return min(int(digits), LAST_TIME) if digits.isdigit() else 0


def _change(meta: bytes, path: bytes) -> Change:
    """Read `:MODE MODE ID ID STATUS` and the name behind it."""
    mode_before, mode_after, before, after, _ = meta[1:].split(b" ", 4)
    return Change(
        path.decode("utf-8", "surrogateescape"),
        None if mode_before == _ABSENT else before.decode("ascii"),
        None if mode_after == _ABSENT else after.decode("ascii"),
    )
