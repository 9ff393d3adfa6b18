"""Commits in, newest first, and the dates of each file out, as `git log -- FILE` would tell them.

At a merge, a file's history goes on with the parent that has it as the merge has it; a merge in
which it differs from every parent counts as a commit of its own, and then its history goes on with
each parent that has the file. So a side branch whose changes were thrown away dates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.source.log import Change, Commit

EARLIEST = 1_420_070_400
"""2015-01-01: no commit of a catalog is older than that (hardening R-16)."""


@dataclass(slots=True)
class _Scope:
    """The files whose history leads through a commit: `paths`, or every one but `paths`."""

    every_but: bool
    paths: set[str]

    def holds(self, path: str) -> bool:
        return (path in self.paths) != self.every_but

    def join(self, other: _Scope) -> _Scope:
        """Return the files of both; the larger set is reused, not copied."""
        if self.every_but and other.every_but:
            return _Scope(every_but=True, paths=self.paths & other.paths)
        if self.every_but:
            self.paths -= other.paths
            return self
        if other.every_but:
            return other.join(self)
        self.paths |= other.paths
        return self


@dataclass(slots=True)
class _Life:
    """What is known so far of one file, going back: seconds of its first and its last commit."""

    created: int
    updated: int
    begun: bool = False
    ended: bool = False
    exists: bool = True


class Skew(NamedTuple):
    """A commit that is dated after one that follows it."""

    commit: str
    time: int
    follower: str
    follower_time: int


@dataclass(slots=True)
class Lineage:
    """What a walk over the history finds.

    `lives` has the files of the newest commit; `line` is the history of the branch itself, newest
    first: the commits reached by first parents. `removers` has, for a merge of that line and a file
    that it took away, the commit that did. `early` and `skewed` are what committers' clocks got
    wrong.
    """

    lives: dict[str, _Life] = field(default_factory=dict)
    line: list[Commit] = field(default_factory=list)
    removers: dict[tuple[str, str], Commit] = field(default_factory=dict)
    early: list[Commit] = field(default_factory=list)
    skewed: list[Skew] = field(default_factory=list)

    def dates(self) -> Iterator[tuple[str, int, int]]:
        """Yield path, created and updated of each file that there is, in seconds."""
        for path, life in self.lives.items():
            if life.exists:
                yield path, life.created, max(life.created, life.updated)


def trace(commits: Iterable[Commit]) -> Lineage:
    """Walk over the commits, newest first, children before parents.

    One that does not matter is passed by: what led to it leads to its parent.
    """
    found = Lineage()
    scopes: dict[str, _Scope] = {}
    followers: dict[str, tuple[int, str]] = {}
    wanted: dict[str, str] = {}
    on_line = ""
    for commit in commits:
        if not on_line:
            scopes[commit.id], on_line = _Scope(every_but=True, paths=set()), commit.id
        scope = scopes.pop(commit.id, None) or _Scope(every_but=False, paths=set())
        is_on_line = commit.id == on_line
        if is_on_line:
            on_line = commit.parents[0] if commit.parents else "none"
        if not commit.matters:
            _pass_by(commit, scope, scopes, followers)
            continue
        if is_on_line:
            found.line.append(commit)
            wanted |= dict.fromkeys(_taken_by_merge(commit), commit.id)
        _note_time(commit, followers, found)
        own = commit.changes[0] if len(commit.changes) == 1 else _split(commit, scope, scopes)
        for change in own:
            if scope.holds(change.path):
                _live(found.lives, change, commit.time)
            if change.after is None and change.path in wanted:
                found.removers[wanted.pop(change.path), change.path] = commit
        if len(commit.parents) == 1:
            _pass_on(scopes, commit.parents[0], scope)
    return found


def _taken_by_merge(merge: Commit) -> list[str]:
    """Return the files that a merge took away; none of a commit that is no merge."""
    if len(merge.parents) < 2:  # noqa: PLR2004  (what makes a merge)
        return []
    return [change.path for change in merge.changes[0] if change.after is None]


def _live(lives: dict[str, _Life], change: Change, time: int) -> None:
    """Take one commit of a file into account."""
    life = lives.get(change.path)
    if life is None:
        life = lives[change.path] = _Life(time, time, exists=change.after is not None)
        life.ended = not life.exists
    if life.ended:
        return
    if change.after is None:
        life.ended = True
    elif change.before is None:
        life.created = min(life.created, time) if life.begun else time
        life.begun = True
    elif not life.begun:
        life.created = time


def _split(commit: Commit, scope: _Scope, scopes: dict[str, _Scope]) -> list[Change]:
    """Send each file's history on to the parents it leads to; return the merge's own changes."""
    differing = [{change.path: change for change in each} for each in commit.changes]
    own: list[Change] = []
    leading: list[set[str]] = [set() for _ in commit.parents]
    for path, change in differing[0].items():
        same = next((n for n, each in enumerate(differing) if path not in each), None)
        if same is not None:
            leading[same].add(path)
            continue
        held = [n for n, each in enumerate(differing) if each[path].before is not None]
        own.append(change._replace(before=differing[held[0]][path].before if held else None))
        for number in held:
            leading[number].add(path)
    elsewhere = set(differing[0]) - leading[0]
    for number, parent in enumerate(commit.parents):
        if number:
            going = {path for path in leading[number] if scope.holds(path)}
            _pass_on(scopes, parent, _Scope(every_but=False, paths=going))
    if scope.every_but:
        scope = _Scope(every_but=True, paths=scope.paths | elsewhere)
    else:
        scope = _Scope(every_but=False, paths=scope.paths - elsewhere)
    _pass_on(scopes, commit.parents[0], scope)
    return own


def _pass_on(scopes: dict[str, _Scope], parent: str, scope: _Scope) -> None:
    there = scopes.get(parent)
    scopes[parent] = scope if there is None else there.join(scope)


def _pass_by(
    commit: Commit,
    scope: _Scope,
    scopes: dict[str, _Scope],
    followers: dict[str, tuple[int, str]],
) -> None:
    """Let what leads to a commit lead to its parent."""
    follower = followers.pop(commit.id, None)
    for parent in commit.parents:
        _pass_on(scopes, parent, scope)
        if follower is not None:
            _follow(followers, parent, follower)


def _follow(followers: dict[str, tuple[int, str]], parent: str, follower: tuple[int, str]) -> None:
    """Note the time and the id of what follows a commit; the earliest counts."""
    known = followers.get(parent)
    if known is None or follower[0] < known[0]:
        followers[parent] = follower


def _note_time(commit: Commit, followers: dict[str, tuple[int, str]], found: Lineage) -> None:
    """Note a commit that is too old to be true, or later than one that follows it."""
    if commit.time < EARLIEST:
        found.early.append(commit)
    follower_time, follower = followers.pop(commit.id, (commit.time, ""))
    if commit.time > follower_time:
        found.skewed.append(Skew(commit.id, commit.time, follower, follower_time))
    for parent in commit.parents:
        _follow(followers, parent, (commit.time, commit.id))
