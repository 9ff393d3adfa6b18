"""What is at a destination after any sequence of runs, each killed anywhere or left to end."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.errors import OutsideError
from catalogctl.files import MANIFEST
from catalogctl.upload.built_tree import read_tree
from catalogctl.upload.host_headers import HostHeaders
from catalogctl.upload.plan import kind_of
from catalogctl.upload.publishing import PublishOptions, publish
from catalogctl.upload.records import LockRecord, encoded
from support.publishing import RECORDS, complete, write_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.upload.publishing import PublishedTree
    from catalogctl.upload.store import Upload

PATHS = (
    *("assets/a.1.js", "assets/a.2.js", "index/0.json", "index.html", "index.json"),
    *("plugins/a/index.html", "plugins/b/index.html", "repository/v1/plugin/get/a.json"),
    *("repository/v1/plugin/get/b.json", "search/index.json", "search/0a.json", "404.html"),
)
CONTENTS = st.dictionaries(st.sampled_from(PATHS), st.sampled_from([b"1", b"2", b"33"]), min_size=1)
TREES = CONTENTS.map(lambda files: complete(files, ["search/0a.json"]))
HEADERS = HostHeaders(complete({}, ["search/0a.json"])["_headers"].decode())


class KilledError(BaseException):
    """The run ends here, as if the process were gone."""


@dataclass
class Memory:
    """A store that notes what is written, and is gone after so many operations."""

    files: dict[str, bytes] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    left: int = -1
    name: str = "memory"
    ignores_case: bool = False
    keeps_headers: bool = False

    def read(self, path: str) -> bytes | None:
        self._step()
        return self.files.get(path)

    def create(self, path: str, data: bytes) -> bool:
        self._step()
        return self.files.setdefault(path, data) is data

    def write(self, files: Sequence[Upload]) -> None:
        for path, data, headers in files:
            self._step()
            self.files[path] = data
            self.headers[path] = headers
            self.written.append(path)

    def delete(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._step()
            self.files.pop(path, None)

    def entries(self) -> list[str]:
        self._step()
        return list({path.partition("/")[0] for path in self.files})

    def tidy(self) -> None:
        """Do nothing."""

    def _step(self) -> None:
        if self.left == 0:
            raise KilledError
        self.left -= 1

    @property
    def tree(self) -> dict[str, bytes]:
        """What readers may request."""
        return {path: data for path, data in self.files.items() if not path.startswith(RECORDS)}


def run(
    store: Memory, files: Mapping[str, bytes], *, now: float, grace: float = 0, renew: float = 0
) -> PublishedTree | None:
    """Publish a tree to a store; return None if the store was gone before the end."""
    how = PublishOptions("a test", lambda: now, grace=grace, take_over=True, renew_after=renew)
    with tempfile.TemporaryDirectory() as folder:
        tree = read_tree(write_tree(Path(folder), files))
        try:
            return publish(tree, store, how)
        except KilledError:
            return None


@given(st.lists(st.tuples(TREES, st.integers(0, 40), st.booleans()), max_size=5), TREES)
@settings(max_examples=30)
def test_after_any_history_a_run_gives_exactly_the_tree(
    history: list[tuple[dict[str, bytes], int, bool]], last: dict[str, bytes]
) -> None:
    """Runs killed at any operation; what they left is found without a list of the files."""
    store = Memory()
    for now, (files, steps, often) in enumerate(history):
        store.left = steps
        run(store, files, now=now, renew=0 if often else 99)
    store.left = -1
    assert run(store, last, now=99) is not None
    assert store.tree == last
    assert sorted(set(store.files) - set(last)) == [f"{RECORDS}state.json"]


@given(TREES, TREES, st.integers(0, 60))
@settings(max_examples=30)
def test_a_run_that_is_continued_sends_only_its_last_group_again(
    old: dict[str, bytes], new: dict[str, bytes], steps: int
) -> None:
    """What a killed run wrote is known from its notes: one for each group of files."""
    store = Memory()
    run(store, old, now=0)
    store.written.clear()
    store.left = steps
    run(store, new, now=1)
    store.left = -1
    before = {path for path in store.written if not path.startswith(RECORDS)}
    store.written.clear()
    run(store, new, now=2)
    again = before & set(store.written)
    assert len({kind_of(path, HEADERS) for path in again}) <= 1
    assert store.tree == new


@given(TREES, TREES)
def test_files_wait_for_their_deletion(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """A later run deletes them, though nothing else has changed."""
    store = Memory()
    run(store, old, now=0, grace=60)
    run(store, new, now=1000, grace=60)
    assert store.tree == old | new
    early = run(store, new, now=1059, grace=60)
    assert store.tree == old | new
    late = run(store, new, now=1060, grace=60)
    assert store.tree == new
    gone = len(old.keys() - new.keys())
    assert early is not None
    assert late is not None
    assert (early.waiting, early.deleted, late.waiting, late.deleted) == (gone, 0, 0, gone)


@pytest.mark.parametrize("ignores_case", [True, False])
def test_a_path_that_only_changes_its_case_is_deleted_where_it_is_another_file(
    *, ignores_case: bool
) -> None:
    old = complete({"labels/AWS/index.html": b"1", "index.json": b"1"})
    new = complete({"labels/aws/index.html": b"2", "index.json": b"2"})
    store = Memory(ignores_case=ignores_case)
    run(store, old, now=0)
    run(store, new, now=1)
    assert ("labels/AWS/index.html" in store.tree) is ignores_case
    store.written.clear()
    run(store, new, now=2)
    assert store.written == []


@pytest.mark.parametrize("keeps_headers", [True, False])
def test_a_file_whose_headers_change_is_uploaded_where_they_are_stored_with_it(
    *, keeps_headers: bool
) -> None:
    path = "search/0a.json"
    files = {path: b"1", "index.json": b"1", "plugins/a/index.html": b"1"}
    store = Memory(keeps_headers=keeps_headers)
    run(store, complete(files), now=0)
    store.written.clear()
    new = complete(files, [path])
    run(store, new, now=1)
    published = [each for each in store.written if not each.startswith(RECORDS)]
    assert published == [*([path] if keeps_headers else []), "_headers"]
    assert ("immutable" in store.headers[path]["Cache-Control"]) is keeps_headers
    store.written.clear()
    run(store, new, now=2)
    assert store.written == []


def test_a_run_whose_lock_another_has_taken_says_nothing_of_its_edition(tmp_path: Path) -> None:
    """Two runs that saw the same stale lock: the one that created its own first stops."""
    lock, store = f"{RECORDS}lock.json", Memory()
    others = encoded(LockRecord("another", "another test", "", 0))
    tree = read_tree(write_tree(tmp_path, complete({"index.json": b"1", "index.html": b"1"})))

    def take_over(_step: str, done: int, of: int) -> None:
        if done == of:
            store.files[lock] = others
            store.written.clear()

    how = PublishOptions("a test", lambda: 0, renew_after=99, progress=take_over)
    with pytest.raises(OutsideError, match="another run has taken over; this one stops"):
        publish(tree, store, how)
    assert store.written == []
    assert store.files[lock] == others


def test_a_clock_that_steps_back_ends_no_signs_of_life(tmp_path: Path) -> None:
    store, seconds = Memory(), itertools.count(1_000_000, -1)
    tree = read_tree(write_tree(tmp_path, complete({"index.json": b"1", "index.html": b"1"})))
    publish(tree, store, PublishOptions("a test", lambda: next(seconds), renew_after=0))
    assert f"{RECORDS}lock.json" in store.written


class Keeping(Memory):
    """A store from which some files can't be deleted."""

    def delete(self, paths: Sequence[str]) -> None:
        super().delete([path for path in paths if path not in KEPT])
        if KEPT.intersection(paths):
            raise OutsideError("it may not be deleted")


KEPT = {"404.html"}


def test_what_can_not_be_deleted_is_an_error_until_it_is_gone() -> None:
    """And a run that only can't delete does not upload everything again."""
    old = complete({"404.html": b"1", "index.html": b"1", "index.json": b"1"})
    new = complete({"index.html": b"2", "index.json": b"2"})
    store = Keeping()
    run(store, old, now=0)
    for now in (1, 2):
        with pytest.raises(OutsideError, match="may not be deleted"):
            run(store, new, now=now, renew=99)
        assert store.tree == {"404.html": b"1", **new}
    assert sorted(set(store.files) - set(store.tree)) == [f"{RECORDS}state.json"]
    store.written.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{__name__}.KEPT", set())
        run(store, new, now=3, renew=99)
    assert store.tree == new
    assert {path for path in store.written if not path.startswith(RECORDS)} == set()


def test_a_lock_that_stays_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the next run would be refused, and nobody would know why."""
    monkeypatch.setattr(f"{__name__}.KEPT", {f"{RECORDS}lock.json"})
    store = Keeping()
    files = complete({"index.json": b"1"})
    with pytest.raises(OutsideError, match="may not be deleted"):
        run(store, files, now=0)
    assert store.tree == files


@given(TREES, TREES)
def test_a_file_is_written_after_what_it_names(
    old: dict[str, bytes], new: dict[str, bytes]
) -> None:
    store = Memory()
    run(store, old, now=0)
    store.written.clear()
    run(store, new, now=1)
    order = [path for path in store.written if not path.startswith(RECORDS)]
    assert set(order) == {path for path, data in new.items() if old.get(path) != data}

    def rank(path: str) -> int:
        if path.startswith("assets/") or path == "search/0a.json":
            return 0
        last = {"index.json": 4, MANIFEST: 5}
        if path in last or path.startswith(("index/", "search/")):
            return last.get(path, 3)
        return 1 if path.endswith(".json") else 2

    assert order == sorted(order, key=rank)


@given(TREES)
def test_nothing_is_written_if_nothing_changed(files: dict[str, bytes]) -> None:
    store = Memory()
    run(store, files, now=0)
    store.written.clear()
    before = dict(store.files)
    done = run(store, files, now=1)
    assert done is not None
    assert done.total == (0, 0)
    assert store.written == []
    assert store.files == before
