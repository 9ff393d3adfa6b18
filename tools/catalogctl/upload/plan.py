"""Decide what to write, what to delete and in which order, from what is known of a destination.

A reader finds files by those that name them, so a file is written after what it names: first the
files named by the hash of their content, which no reader asks for yet; then answers and pages; then
the parts of the index and `index.json`, whose hashes tell a reader which answers are of one
edition; then `manifest.json`, which says that all of it is there. In a signed tree the timestamp of
the signatures, which leads to all others, comes last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from catalogctl.files import MANIFEST
from catalogctl.files.tree_paths import TIMESTAMP, is_signature
from catalogctl.publish.endpoints import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalogctl.publish.manifest import Listed
    from catalogctl.upload.host_headers import HostHeaders

_SHARDS = ("index/", "search/")


class Kind(StrEnum):
    """The kinds of files, in the order in which they are written."""

    BY_CONTENT = "by_content"
    ANSWERS = "answers"
    PAGES = "pages"
    SHARDS = "shards"
    INDEX = "index"


_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is at a destination.

    `manifest` are the bytes of its manifest, and `edition` the files that it and the state name.
    `present` are the files whose content is certain: those of the edition, except what an
    unfinished run may have overwritten. `touched` are all paths that such a run may have written.
    `leaving` has the files that left the edition, and when, in seconds since 1970. With
    `ignores_case`, paths that differ only in case are the same file's.
    """

    manifest: bytes | None = None
    edition: Mapping[str, Listed] = field(default_factory=dict)
    present: Mapping[str, Listed] = field(default_factory=dict)
    touched: frozenset[str] = frozenset()
    leaving: Mapping[str, float] = field(default_factory=dict)
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does: files to `upload`, in order, and paths to `delete` afterwards.

    `resumed` are the files of the tree that are there already, though not in the edition.
    `leaving` has the files that are not in the tree, and when they left the edition.
    """

    upload: tuple[Listed, ...]
    resumed: tuple[Listed, ...]
    delete: tuple[str, ...]
    leaving: Mapping[str, float]

    @property
    def remaining(self) -> dict[str, float]:
        """What is left in `leaving` after the deletions."""
        gone = frozenset(self.delete)
        return {path: since for path, since in self.leaving.items() if path not in gone}


def plan(
    situation: Situation,
    tree: Mapping[str, Listed],
    headers: HostHeaders,
    *,
    now: float,
    grace: float,
) -> Plan:
    """Return what makes a destination hold the files of a tree, all but its manifest.

    A file is deleted `grace` seconds after it left the edition. `now` is in seconds since 1970.
    """
    upload = [file for path, file in tree.items() if situation.present.get(path) != file]
    upload.sort(
        key=lambda file: (file.path == TIMESTAMP, _ORDER[kind_of(file.path, headers)], file.path)
    )
    resumed = tuple(
        tree[path]
        for path in sorted(situation.touched & tree.keys())
        if situation.present.get(path) == tree[path] != situation.edition.get(path)
    )
    gone = (situation.edition.keys() | situation.touched | situation.leaving.keys()) - tree.keys()
    if situation.ignores_case:
        known = frozenset(map(str.lower, tree))
        gone = {path for path in gone if path.lower() not in known}
    leaving = dict(_leaving(situation, gone - {MANIFEST}, now))
    kept = _kept_for_readers(situation, tree, headers)
    delete = tuple(path for path, since in leaving.items() if since + grace <= now)
    return Plan(tuple(upload), resumed, tuple(path for path in delete if path not in kept), leaving)


def _kept_for_readers(
    situation: Situation, tree: Mapping[str, Listed], headers: HostHeaders
) -> frozenset[str]:
    """Return the files named by content of the edition before, which its signatures lead to.

    A reader who has just read those believes them for a while, so they stay for one edition more.
    """
    if TIMESTAMP not in tree:
        return frozenset()
    paths = (path for path in situation.edition if path not in tree)
    return frozenset(path for path in paths if kind_of(path, headers) is Kind.BY_CONTENT)


def _leaving(situation: Situation, gone: Iterable[str], now: float) -> Iterable[tuple[str, float]]:
    """Yield when each path left the edition: now, if the edition at the destination has it."""
    for path in sorted(gone):
        yield path, now if path in situation.edition else situation.leaving.get(path, now)


def kind_of(path: str, headers: HostHeaders) -> Kind:
    """Return the kind of a file of a tree."""
    if headers.is_named_by_content(path) or (is_signature(path) and path != TIMESTAMP):
        return Kind.BY_CONTENT
    if path in {INDEX, MANIFEST, TIMESTAMP}:
        return Kind.INDEX
    if path.startswith(_SHARDS):
        return Kind.SHARDS
    return Kind.ANSWERS if path.endswith(".json") else Kind.PAGES
