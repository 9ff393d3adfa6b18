"""Read the commits of a branch, with what each changed in the catalog's data, from `git log`.

Only the first-parent line is read: a merge stands for everything it merged, and is compared with
its first parent only (product contract, 8). Names come NUL-terminated.
Nothing that a commit's author wrote can be taken for git's own output, because git indents every
line of a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from catalogctl.source.git import Git

_OURS = ("plugins/", "versions/", "upstream/")
RAW = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-color", "-O/dev/null")
"""Options that make git write changes in the form that `raw_change` reads."""
_FORMAT = (
    *RAW,
    *("--no-abbrev-commit", "--no-decorate", "--no-notes", "--relative"),
    *("--pretty=raw", "--encoding=UTF-8"),
)
_LINE = ("--first-parent", "--diff-merges=first-parent")
_DELETIONS = ("--full-history", "--diff-merges=off", "--diff-filter=D")
_CHUNK = 1 << 20
_ABSENT = "000000"
LAST_TIME = 253_370_764_800
"""The beginning of the year 9999, in seconds: the latest time that a query can ask about. Commits
dated later are treated as if they were of that time."""


class CommittedChange(NamedTuple):
    """One file that a commit changed.

    `path` is relative to the catalog; `before` and `after` are ids of blobs, or None for no file.
    """

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit and what it changed, compared with its first parent.

    `time` is the committer's, in seconds; `has_odd_time` means that the time in the commit itself
    is invalid and `time` replaces it.
    """

    id: str
    parents: tuple[str, ...]
    time: int
    subject: str
    changes: list[CommittedChange]
    has_odd_time: bool = False

    @property
    def is_merge(self) -> bool:
        """Whether the commit joins other branches to this one."""
        return len(self.parents) > 1


def read_log(
    git: Git, revisions: Sequence[str] = ("HEAD",), paths: Sequence[str] = ()
) -> Iterator[Commit]:
    """Yield the commits of the first-parent line that changed the catalog's data, newest first.

    Only `paths`, relative to the folder of `git`, count; without any, git needs no second look at
    each commit to see whether they are in it, but looks at every other folder too. Raise
    OutsideError if git fails.
    """
    with git.stream("log", *_LINE, *_FORMAT, *revisions, "--", *paths) as stream:
        yield from (commit for commit in parse_log(stream) if commit.changes)


def is_on_line(git: Git, old: str, new: str) -> bool:
    """Return whether `old` is the commit `new` or one that its first-parent line leads to.

    A commit that git does not know is not on the line.
    """
    if old == new:
        return True
    code, answer, _ = git.attempt("rev-list", "--first-parent", "--parents", new, f"^{old}", "--")
    *_, oldest = answer.decode("ascii").splitlines() or [""]
    return code == 0 and oldest.split()[1:2] == [old]


def find_deletions(
    git: Git, revisions: Sequence[str], wanted: Collection[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return the subjects of the commits that deleted files on the branches that merges brought.

    `wanted` are pairs of a merge on the first-parent line of `revisions` and a path; a pair is left
    out if no commit that the merge brought deleted the file. The newest one counts.
    """
    found: dict[tuple[str, str], Commit] = {}
    if not wanted:
        return {}
    brought_by = _brought_by(git, revisions)
    with git.stream("log", *_DELETIONS, *_FORMAT, *revisions, "--", ".") as stream:
        for commit in parse_log(stream):
            for change in commit.changes:
                pair = brought_by.get(commit.id, ""), change.path
                if pair in wanted:
                    newest = found.get(pair, commit)
                    found[pair] = max(newest, commit, key=lambda each: (each.time, each.id))
    return {pair: commit.subject for pair, commit in found.items()}


def _brought_by(git: Git, revisions: Sequence[str]) -> dict[str, str]:
    """Return, for each commit, the one of the first-parent line that it came to the line with."""
    answer = git.ask("rev-list", "--parents", "--topo-order", *revisions, "--").decode("ascii")
    parents = {name: above for name, *above in map(str.split, answer.splitlines())}
    line = []
    name = next(iter(parents), "")
    while name in parents:
        line.append(name)
        name = next(iter(parents[name]), "")
    brought_by: dict[str, str] = {}
    for merge in reversed(line):
        waiting = [merge]
        while waiting:
            name = waiting.pop()
            if name in parents and name not in brought_by:
                brought_by[name] = merge
                waiting.extend(parents[name])
    return brought_by


def read_times(git: Git, commits: Iterable[str]) -> dict[str, int]:
    """Return the committer's time of each commit, in seconds; missing commits are left out."""
    names = "".join(f"{name}\n" for name in commits).encode("ascii")
    if not names:
        return {}
    options = ("--no-walk=unsorted", "--timestamp", "--ignore-missing", "--stdin")
    _, answers, _ = git.attempt("rev-list", *options, given=names)
    pairs = [line.split() for line in answers.splitlines()]
    return {name.decode("ascii"): _seconds(time) for time, name in pairs}


def parse_log(stream: IO[bytes]) -> Iterator[Commit]:
    """Yield the commits of a log in the format that `read_log` requests."""
    commit: Commit | None = None
    meta = ""
    for token in _tokens(stream):
        if meta:
            if commit is not None and token.startswith(_OURS):
                commit.changes.append(raw_change(meta, token))
            meta = ""
        elif token[:1] == ":":
            meta = token
        elif token[:7] == "commit ":
            if commit is not None:
                yield commit
            commit = _commit(token.encode("utf-8", "surrogateescape"))
            last_line = token[token.rfind("\n") + 1 :]
            meta = last_line if last_line[:1] == ":" else ""
    if commit is not None:
        yield commit


def _tokens(stream: IO[bytes]) -> Iterator[str]:
    """Yield the NUL-terminated texts of a stream; bytes that are not UTF-8 become surrogates."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        whole, nul, after = chunk.rpartition(b"\0")
        if not nul:
            rest += after
            continue
        yield from (rest + whole).decode("utf-8", "surrogateescape").split("\0")
        rest = after
    if rest:
        yield rest.decode("utf-8", "surrogateescape")


def _commit(text: bytes) -> Commit:
    """Parse the header and the message of a commit, as `--pretty=raw` writes them."""
    header, _, message = text.partition(b"\n\n")
    name, *lines = header[len(b"commit ") :].decode("utf-8", "replace").split("\n")
    parents = [line[len("parent ") :] for line in lines if line.startswith("parent ")]
    first = message.partition(b"\n")[0]
    subject = first[4:].strip().decode("utf-8", "replace") if first.startswith(b"    ") else ""
    given = _given_time(header)
    time = _seconds(given)
    return Commit(name, tuple(parents), time, subject, [], given != b"%d" % time)


def _given_time(header: bytes) -> bytes:
    """Return the committer's time as written in a commit's header, or b"" without one."""
    line = header[header.rfind(b"\ncommitter ") + 1 :].partition(b"\n")[0]
    words = line.rsplit(b" ", 2)
    return words[-2] if len(words) > 2 else b""  # noqa: PLR2004  (name, seconds, zone)


def _seconds(given: bytes) -> int:
    """Return a time as a valid number of seconds; like git, return 0 if it can't be read."""
    if not given.isdigit():
        return 0
    return min(int(given), LAST_TIME) if len(given) <= len(str(LAST_TIME)) else LAST_TIME


def raw_change(meta: str, path: str) -> CommittedChange:
    """Parse `:MODE MODE ID ID STATUS` and the name that follows.

    A file of the work tree has no id.
    """
    mode_before, mode_after, before, after, _ = meta.split(" ", 4)
    return CommittedChange(
        path,
        None if mode_before == f":{_ABSENT}" else before,
        None if mode_after == _ABSENT else after,
    )
