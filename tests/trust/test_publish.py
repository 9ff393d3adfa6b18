"""`publish` keeps a signed catalog whole for its readers, in whatever order they ask."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, TypeAlias

import pytest

from catalogctl.errors import UsageError
from catalogctl.files import MANIFEST
from catalogctl.upload.built_tree import read_tree
from catalogctl.upload.folder_store import FolderStore
from catalogctl.upload.publishing import PublishOptions, publish
from support.publishing import files_in, write_tree
from support.signed import METADATA, TIMESTAMP, Machine, Signing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catalogctl.upload.publishing import PublishedTree
    from catalogctl.upload.store import Upload

    Editions: TypeAlias = tuple[dict[str, bytes], dict[str, bytes]]


class Noting(FolderStore):
    """A folder that notes the order in which files are written, and fails after so many."""

    def __init__(self, folder: Path, fails_at: str = "") -> None:
        super().__init__(folder)
        self.written: list[str] = []
        self._fails_at = fails_at

    def write(self, files: Sequence[Upload]) -> None:
        for file in files:
            if file.path == self._fails_at:
                raise KeyboardInterrupt
            super().write([file])
            self.written.append(file.path)


def published(
    files: dict[str, bytes], store: Noting, folder: Path, now: float = 0, grace: float = 0
) -> PublishedTree:
    shutil.rmtree(folder, ignore_errors=True)
    options = PublishOptions("a test", lambda: now, grace=grace, take_over=True)
    return publish(read_tree(write_tree(folder, files)), store, options)


def test_what_leads_to_other_files_is_uploaded_after_them(
    older: dict[str, bytes], newer: dict[str, bytes], tmp_path: Path
) -> None:
    """Files named by content and versioned metadata, the rest, index, manifest, timestamp."""
    place = tmp_path / "www"
    for files in (older, newer):
        store = Noting(place)
        published(files, store, tmp_path / "tree")
        order = [path for path in store.written if not path.startswith(".catalogctl/")]
        assert order[-3:] == ["index.json", MANIFEST, TIMESTAMP]
        named = [path.startswith(("assets/", "trust/", "search/")) for path in order[:-3]]
        named = [
            is_named and path != "search/index.json"
            for is_named, path in zip(named, order[:-3], strict=True)
        ]
        assert named == sorted(named, reverse=True)
        assert any(path.startswith(METADATA) for path in order[:-3])


def test_the_last_editions_files_stay_for_its_readers(
    older: dict[str, bytes], newer: dict[str, bytes], signing: Signing, tmp_path: Path
) -> None:
    """Whatever the grace, until the edition after the next."""
    store = Noting(tmp_path / "www")
    published(older, store, tmp_path / "tree")
    published(newer, store, tmp_path / "tree", now=1)
    there = files_in(tmp_path / "www")
    left = {path for path in older.keys() - newer.keys() if path in there}
    assert left == {path for path in older.keys() - newer.keys() if is_by_content(path)}
    assert left
    third = signing.signed(3, "third")
    published(third, store, tmp_path / "tree", now=2)
    there = files_in(tmp_path / "www")
    assert not left & there.keys()
    assert {path for path in there if path.startswith("trust/")} > {
        path for path in third if path.startswith("trust/")
    }


def is_by_content(path: str) -> bool:
    return path.startswith(("assets/", "trust/"))


@pytest.mark.parametrize("fails_at", ["index.json", MANIFEST, TIMESTAMP])
def test_readers_notice_nothing_of_a_run_that_ends_early(
    machine: Machine, editions: Editions, tmp_path: Path, fails_at: str
) -> None:
    """R-36: they see what they saw before, or an error; the next run goes on."""
    place = tmp_path / "www"
    older, newer = editions
    published(older, Noting(place), tmp_path / "tree", grace=9)
    with pytest.raises(KeyboardInterrupt):
        published(newer, Noting(place, fails_at), tmp_path / "tree", now=1, grace=9)
    machine.site.files = files_in(place)
    assert machine.code() == "TAMPERED"
    done = published(newer, Noting(place), tmp_path / "tree", now=2, grace=9)
    assert done.total[0] <= 3
    machine.site.files = files_in(place)
    assert machine.name() == "plugin-a of edition 2"


def test_a_renewal_uploads_one_file(
    older: dict[str, bytes], signing: Signing, tmp_path: Path
) -> None:
    store = Noting(tmp_path / "www")
    published(older, store, tmp_path / "tree")
    again = {**older, TIMESTAMP: signing.signed(1, "again")[TIMESTAMP]}
    done = published(again, store, tmp_path / "tree", now=1)
    assert done.total == (1, len(again[TIMESTAMP]))
    assert files_in(tmp_path / "www") == again


def test_a_signed_catalog_is_never_replaced_by_one_that_is_not(
    older: dict[str, bytes], newer: dict[str, bytes], tmp_path: Path
) -> None:
    store = Noting(tmp_path / "www")
    published(older, store, tmp_path / "tree")
    plain = {path: data for path, data in newer.items() if not path.startswith("trust/")}
    with pytest.raises(UsageError, match="its readers would accept nothing of it"):
        published(plain, store, tmp_path / "tree", now=1)
    assert files_in(tmp_path / "www") == older
