"""Publish a built tree to a destination: upload what differs, then delete what is due.

A run writes down what it is going to write before it writes, so the next run knows what a killed
one may have left, and neither lists nor compares the files of the destination.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import MANIFEST, UNLISTED
from catalogctl.files.tree_paths import TIMESTAMP, is_signature
from catalogctl.publish.manifest import read_manifest
from catalogctl.upload.built_tree import HOST_HEADERS
from catalogctl.upload.host_headers import HostHeaders
from catalogctl.upload.plan import Kind, Plan, Situation, kind_of, plan
from catalogctl.upload.publish_lock import PublishLock
from catalogctl.upload.records import (
    PROGRESS,
    STATE,
    DestinationState,
    Progress,
    Unfinished,
    decoded,
    decoded_state,
    encoded,
)
from catalogctl.upload.store import Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from catalogctl.publish.manifest import Listed
    from catalogctl.upload.built_tree import BuiltTree
    from catalogctl.upload.store import Store

GRACE = 3600.0
RENEW_AFTER = 5.0
"""Seconds after which a run renews its lock and notes its progress."""
_FILES_AT_ONCE = 256
_BYTES_AT_ONCE = 16 * 1024 * 1024
_NOT_OURS = frozenset({"lost+found", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class PublishOptions:
    """How to publish.

    Files are deleted `grace` seconds after they left the edition. With `repair`, all files are
    uploaded, whatever the destination is known to hold. `who` names this run to others;
    `clock` returns seconds since 1970; `tell` gets a line for the user; `progress` gets a step, how
    many files are done, and of how many.
    """

    who: str
    clock: Callable[[], float]
    grace: float = GRACE
    dry_run: bool = False
    repair: bool = False
    take_over: bool = False
    renew_after: float = RENEW_AFTER
    tell: Callable[[str], None] = lambda _: None
    progress: Callable[[str, int, int], None] = lambda *_: None


@dataclass(frozen=True, slots=True)
class PublishedTree:
    """What a run did, or would do: files and bytes uploaded by kind, and what became of others.

    `resumed` files were uploaded by a run that did not end; `waiting` ones are deleted later.
    """

    uploaded: dict[Kind, tuple[int, int]]
    resumed: int
    unchanged: int
    deleted: int
    waiting: int

    @property
    def total(self) -> tuple[int, int]:
        """The number of uploaded files and their size in bytes."""
        return (
            sum(files for files, _ in self.uploaded.values()),
            sum(size for _, size in self.uploaded.values()),
        )


def publish(tree: BuiltTree, store: Store, options: PublishOptions) -> PublishedTree:
    """Make a destination hold a tree; return what was, or with `dry_run` would be, done.

    Raise UsageError if the destination holds something that catalogctl did not publish,
    OutsideError if another run publishes there, the store fails, or the tree changes meanwhile.
    """
    if options.dry_run:
        situation = _checked_situation(store, tree, options)
        return _summary(tree, situation, _planned(tree, situation, options))
    if store.read(MANIFEST) is None and store.read(STATE) is None:
        _check_empty(store)  # before the lock, which would be left in a folder of someone else
    lock = PublishLock(
        store, options.who, clock=options.clock, tell=options.tell, take_over=options.take_over
    )
    with lock:
        store.tidy()
        situation = _checked_situation(store, tree, options)
        planned = _planned(tree, situation, options)
        _LockedRun(tree, store, options, lock).do(situation, planned)
        return _summary(tree, situation, planned)


def _checked_situation(store: Store, tree: BuiltTree, options: PublishOptions) -> Situation:
    """Return what is at a destination. Raise UsageError if it is signed and the tree is not."""
    situation = find_situation(store, tree, options.tell)
    if TIMESTAMP in situation.edition and TIMESTAMP not in tree.files:
        raise UsageError(
            f"{store.name} holds a signed catalog, and {tree.folder} is not signed: its readers"
            " would accept nothing of it. Run catalogctl trust sign first"
        )
    return replace(situation, manifest=None, present={}) if options.repair else situation


def find_situation(store: Store, tree: BuiltTree, tell: Callable[[str], None]) -> Situation:
    """Return what is at a destination, from its manifest and the records of earlier runs.

    What can't be known, because one of them is damaged, is reported and uploaded anew.
    """
    manifest, stored = store.read(MANIFEST), store.read(STATE)
    state = decoded_state(stored)
    if manifest is None and stored is None:
        _check_empty(store)
    edition: Mapping[str, Listed] = {}
    if manifest is not None:
        try:
            edition = tree.listed if manifest == tree.manifest else read_manifest(manifest)
        except ValueError as error:
            tell(f"{store.name}: {MANIFEST} is damaged ({error}): everything is uploaded anew")
            manifest = None
    if state is None:
        if stored is not None:
            tell(f"{store.name}: {STATE} is damaged: everything is uploaded anew")
        present = {} if stored is not None else _with_headers(store, tree, edition)
        return Situation(manifest, edition, present, ignores_case=store.ignores_case)
    edition = {**edition} | {file.path: file for file in state.unlisted}
    files: tuple[Listed, ...] = ()
    done = 0
    if state.unfinished is not None:
        files = state.unfinished.files
        done = _done(state.unfinished, decoded(store.read(PROGRESS), Progress))
    present = {**_with_headers(store, tree, edition)} | {file.path: file for file in files[:done]}
    for path in (*(file.path for file in files[done:]), *state.leaving):
        present.pop(path, None)
    touched = frozenset(file.path for file in files)
    return Situation(manifest, edition, present, touched, state.leaving, store.ignores_case)


def _with_headers(
    store: Store, tree: BuiltTree, present: Mapping[str, Listed]
) -> Mapping[str, Listed]:
    """Return those of the files at a destination that have the headers that they would get now."""
    is_same = present.get(HOST_HEADERS) == tree.files.get(HOST_HEADERS)
    if is_same or not store.keeps_headers or not present:
        return present
    before = HostHeaders((store.read(HOST_HEADERS) or b"").decode("utf-8", "replace"))
    return {
        path: file for path, file in present.items() if before.of(path) == tree.headers.of(path)
    }


def _check_empty(store: Store) -> None:
    """Raise UsageError if there are files at a destination to which nothing was published."""
    for name in sorted(store.entries()):
        if not name.startswith(".") and name not in _NOT_OURS:
            raise UsageError(
                f"{store.name} holds {name}, which catalogctl did not publish (there is no"
                f" {MANIFEST}): empty it, or name another place"
            )


def _done(unfinished: Unfinished, progress: Progress | None) -> int:
    """Return how many of the files of an unfinished run are certainly written."""
    if progress is None or progress.run != unfinished.run:
        return unfinished.begin
    return max(unfinished.begin, progress.done)


def _planned(tree: BuiltTree, situation: Situation, options: PublishOptions) -> Plan:
    now = options.clock()
    return plan(situation, tree.files, tree.headers, now=now, grace=options.grace)


def _summary(tree: BuiltTree, situation: Situation, planned: Plan) -> PublishedTree:
    """Return the numbers of a plan; the manifest counts as a file of the index."""
    uploaded = dict.fromkeys(Kind, (0, 0))
    sizes = [(kind_of(file.path, tree.headers), file.size) for file in planned.upload]
    if situation.manifest != tree.manifest:
        sizes.append((Kind.INDEX, len(tree.manifest)))
    for kind, size in sizes:
        files, total = uploaded[kind]
        uploaded[kind] = files + 1, total + size
    unchanged = len(tree.files) + 1 - len(sizes) - len(planned.resumed)
    waiting = len(planned.remaining)
    return PublishedTree(uploaded, len(planned.resumed), unchanged, len(planned.delete), waiting)


class _LockedRun:
    """One run that holds the lock; it remembers how far it has come."""

    def __init__(
        self, tree: BuiltTree, store: Store, options: PublishOptions, lock: PublishLock
    ) -> None:
        self._tree = tree
        self._store = store
        self._options = options
        self._lock = lock
        self._done = 0
        self._has_noted = False

    def do(self, situation: Situation, planned: Plan) -> None:
        """Carry out a plan."""
        is_new = situation.manifest != self._tree.manifest
        is_settled = not situation.touched and planned.remaining == situation.leaving
        if not is_new and not planned.upload and is_settled:
            return
        if is_new or planned.upload:
            files = (*planned.resumed, *planned.upload)
            unfinished = Unfinished(self._lock.run, len(planned.resumed), files)
            self._note(_unlisted(situation.edition.values()), planned.leaving, unfinished)
            last = [file for file in planned.upload if file.path == TIMESTAMP]
            with self._noting_progress():
                self._upload(planned, planned.upload[: len(planned.upload) - len(last)])
                if is_new:
                    self._put(MANIFEST, self._tree.manifest)
                if last:
                    self._lock.check()
                    self._upload(planned, last)
        if planned.delete:
            self._delete(planned)
        self._note(_unlisted(self._tree.files.values()), planned.remaining)
        if situation.touched or self._has_noted:
            self._store.delete([PROGRESS])

    def _upload(self, planned: Plan, files: Sequence[Listed]) -> None:
        """Upload the next files of a plan, one kind after the other."""
        begin = len(planned.resumed)
        self._done = max(self._done, begin)
        for batch in _batches(files, self._kind):
            if self._lock.is_due(self._options.renew_after):
                self._lock.renew()
                self._note_progress()
            self._store.write(
                [Upload(each.path, self._tree.read(each), self._headers(each)) for each in batch]
            )
            self._done += len(batch)
            self._options.progress("uploading", self._done - begin, len(planned.upload))

    def _delete(self, planned: Plan) -> None:
        """Delete what is due. If that fails, note that the next run has only that to do."""
        self._lock.renew()
        try:
            self._store.delete(planned.delete)
        except OutsideError:
            with suppress(OutsideError):
                self._note(_unlisted(self._tree.files.values()), planned.leaving)
            raise

    @contextmanager
    def _noting_progress(self) -> Iterator[None]:
        """Note the progress if the work fails or is interrupted."""
        try:
            yield
        except BaseException:
            with suppress(OutsideError):
                self._note_progress()
            raise

    def _note_progress(self) -> None:
        self._has_noted = True
        self._put(PROGRESS, encoded(Progress(self._lock.run, self._done)))

    def _note(
        self,
        unlisted: tuple[Listed, ...],
        leaving: Mapping[str, float],
        unfinished: Unfinished | None = None,
    ) -> None:
        state = DestinationState(unlisted=unlisted, leaving=dict(leaving), unfinished=unfinished)
        self._put(STATE, encoded(state))

    def _put(self, path: str, data: bytes) -> None:
        """Write what says how far this run is, unless another one has taken over."""
        self._lock.check()
        self._store.write([Upload(path, data, self._tree.headers.of(path))])

    def _kind(self, file: Listed) -> Kind:
        return kind_of(file.path, self._tree.headers)

    def _headers(self, file: Listed) -> Mapping[str, str]:
        return self._tree.headers.of(file.path)


def _unlisted(files: Iterable[Listed]) -> tuple[Listed, ...]:
    """Return those files of a tree that its manifest does not list."""
    return tuple(file for file in files if file.path in UNLISTED or is_signature(file.path))


def _batches(files: Sequence[Listed], kind: Callable[[Listed], Kind]) -> Iterator[Sequence[Listed]]:
    """Yield files, in order, in groups of one kind that fit into memory."""
    batch: list[Listed] = []
    size = 0
    for file in files:
        is_full = len(batch) >= _FILES_AT_ONCE or size + file.size > _BYTES_AT_ONCE
        if batch and (is_full or kind(file) is not kind(batch[0])):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield batch
