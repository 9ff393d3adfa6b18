"""Who reads while a run publishes, or after it was killed, gets one edition or is asked to wait."""

from __future__ import annotations

import importlib
import os
import random
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from catalogctl import Catalog
from catalogctl.errors import OutsideError
from catalogctl.upload.built_tree import read_tree
from catalogctl.upload.destination import open_store
from catalogctl.upload.publishing import PublishOptions, publish
from support.killing import KILLED, end, start
from support.publishing import files_in, tree_of, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from catalogctl.upload.store import Store, Upload
    from support.s3_server import Bucket

OLD = tree_of(1, plugins=("plugin-a", "plugin-b", "plugin-c"))
NEW = tree_of(2, plugins=("plugin-a", "plugin-b", "plugin-d"))
MOMENTS = 12


@dataclass
class Place:
    """A destination: what to publish to, where readers find it, and what is there.

    Where a run takes long, only every `stride`-th of its operations is one to be killed at.
    """

    destination: str
    address: str | Path
    files: Callable[[], dict[str, bytes]]
    stride: int


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Return an empty destination of each kind."""
    if request.param == "folder":
        www = tmp_path / "www"
        return Place(str(www), www, lambda: files_in(www), 1)
    importlib.import_module("s3fs")  # once, not in each child
    bucket: Bucket = request.getfixturevalue("bucket")
    address = f"{request.getfixturevalue('s3_address')}/{bucket.name}/catalog/"
    return Place(f"s3://{bucket.name}/catalog", address, lambda: bucket.files("catalog/"), 11)


class KilledStore:
    """A store whose process is killed before its n-th operation, each file being one."""

    def __init__(self, store: Store, count: int) -> None:
        self.name = store.name
        self.ignores_case = store.ignores_case
        self.keeps_headers = store.keeps_headers
        self._store = store
        self._left = count

    def _step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def read(self, path: str) -> bytes | None:
        self._step()
        return self._store.read(path)

    def create(self, path: str, data: bytes) -> bool:
        self._step()
        return self._store.create(path, data)

    def write(self, files: Sequence[Upload]) -> None:
        for file in files:
            self._step()
            self._store.write([file])

    def delete(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._step()
            self._store.delete([path])

    def entries(self) -> list[str]:
        self._step()
        return self._store.entries()

    def tidy(self) -> None:
        self._step()
        self._store.tidy()


def publishing(place: Place, tree: Path, kill_at: int = 0) -> Callable[[], int]:
    """Return the work of a process that publishes; it takes over from the one before."""

    def work() -> int:
        store: Store = KilledStore(open_store(place.destination), kill_at)
        how = PublishOptions("a test", time.time, grace=0, take_over=True, renew_after=0)
        publish(read_tree(tree), store, how)
        return 0

    return work


def read(place: Place) -> set[int]:
    """Return the edition that a reader sees; none if it is asked to try again."""
    try:
        catalog = Catalog.open(place.address)
        plugin = catalog.get("plugin-a")
        plugins = catalog.list()["results"]
    except OutsideError:
        return set()
    editions = {int(str(each["name"])[-1]) for each in plugins}
    assert len(editions) == 1, plugins
    assert plugin["name"] in {"plugin-a of edition 1", "plugin-a of edition 2"}
    return editions


def read_until_it_ends(place: Place, child: int) -> tuple[int, set[int]]:
    """Read until a process ends; return how it ended, and what was read afterwards."""
    while os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        read(place)
        time.sleep(0.02)
    return end(child), read(place)


def test_killed_at_each_operation_a_reader_sees_one_edition(place: Place, tmp_path: Path) -> None:
    """R-36, Q-01: and the next run completes what the killed one began."""
    old, new = write_tree(tmp_path / "old", OLD), write_tree(tmp_path / "new", NEW)
    code, count = KILLED, 1 - place.stride
    while code == KILLED:
        count += place.stride
        assert end(start(publishing(place, old))) == 0
        assert place.files() == OLD
        assert read(place) == {1}
        code, seen = read_until_it_ends(place, start(publishing(place, new, count)))
        assert seen <= {1, 2}
    assert code == 0
    assert read(place) == {2}
    assert place.files() == NEW
    assert count > len(NEW)


def test_killed_at_any_moment_a_reader_sees_one_edition(place: Place, tmp_path: Path) -> None:
    """R-36, Q-01: also amid a group of requests, and with unfinished runs of both editions."""
    trees = [write_tree(tmp_path / "old", OLD), write_tree(tmp_path / "new", NEW)]
    moments = random.Random(7)
    assert end(start(publishing(place, trees[0]))) == 0
    for number in range(MOMENTS):
        child = start(publishing(place, trees[number % 2]))
        time.sleep(moments.uniform(0, 0.3))
        os.kill(child, signal.SIGKILL)
        _, seen = read_until_it_ends(place, child)
        assert seen <= {1, 2}
    assert end(start(publishing(place, trees[1]))) == 0
    assert place.files() == NEW
    assert read(place) == {2}
