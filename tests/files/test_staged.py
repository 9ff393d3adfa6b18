from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import OutsideError
from catalogctl.files import StagedTree, is_published_path
from catalogctl.publish.manifest import manifest
from support.faults import beside, edition, writer

if TYPE_CHECKING:
    from pathlib import Path


def build(out: Path, files: dict[str, bytes]) -> None:
    with StagedTree(out, wait=0, durable=False) as tree:
        rows = [tree.write(path, data) for path, data in files.items()]
        tree.write("manifest.json", manifest(rows))
        tree.commit()


def content(out: Path) -> dict[str, bytes]:
    files = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }
    files.pop("manifest.json")
    return files


def test_a_tree_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "public"
    build(out, {"index.html": b"1", "a/b/old.json": b"{}"})
    new = {"index.html": b"2", "a/new.json": b"{}", "_headers": b"", ".nojekyll": b""}
    build(out, new)
    assert content(out) == new
    assert beside(out) == ["public"]


def test_the_folders_above_a_tree_are_made(tmp_path: Path) -> None:
    build(tmp_path / "a/b/public", {"index.html": b""})
    assert content(tmp_path / "a/b/public") == {"index.html": b""}


def test_a_tree_that_is_brought_to_the_disk_is_the_same(tmp_path: Path) -> None:
    with StagedTree(tmp_path / "public") as tree:
        tree.write("manifest.json", manifest([tree.write("a", b"1")]))
        tree.commit()
    assert content(tmp_path / "public") == {"a": b"1"}


def test_a_build_that_fails_leaves_the_old_tree_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "public"
    build(out, {"index.html": b"1"})

    def fail() -> None:
        with StagedTree(out, wait=0) as tree:
            tree.write("index.html", b"2")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert content(out) == {"index.html": b"1"}
    assert beside(out) == ["public"]


def test_a_build_without_commit_leaves_no_tree(tmp_path: Path) -> None:
    with StagedTree(tmp_path / "public", wait=0) as tree:
        tree.write("index.html", b"1")
    assert list(tmp_path.iterdir()) == []


def test_a_row_tells_path_size_and_hash(tmp_path: Path) -> None:
    data = "ä".encode()
    expected = {"path": "a/b.json", "size": 2, "sha256": hashlib.sha256(data).hexdigest()}
    with StagedTree(tmp_path / "public", wait=0) as tree:
        assert json.loads(tree.write("a/b.json", data)) == expected
        assert json.loads(tree.write_pieces("c", [data[:1], data[1:]])) == expected | {"path": "c"}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_a_web_server_can_read_a_tree_made_under_any_umask(tmp_path: Path, umask: int) -> None:
    """Q-08: the umask changes nothing."""
    before = os.umask(umask)
    try:
        build(tmp_path / "public", {"a/b/c.json": b""})
    finally:
        os.umask(before)
    modes = {
        path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in tmp_path.rglob("*")
    }
    assert modes == {
        "public": 0o755,
        "public/a": 0o755,
        "public/a/b": 0o755,
        "public/a/b/c.json": 0o644,
        "public/manifest.json": 0o644,
    }


GOOD = ["a", "a/b.json", "labels/~C3~A4/1.json", "..a", "a..", "...", "%41", "a" * 200]
BAD = ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.", "a b", "ä", "a\\b", "a\n", "a" * 201]
BAD += ["a\0", "a:b", 'a"', "a/" * 32 + "a", "/".join(["a" * 199] * 6)]


@pytest.mark.parametrize("path", GOOD)
def test_plain_paths_are_published(path: str) -> None:
    """R-12"""
    assert is_published_path(path)


@pytest.mark.parametrize("path", BAD, ids=ascii)
def test_no_other_path_is_ever_written(path: str, tmp_path: Path) -> None:
    """R-12: nothing outside the tree is written, whatever its path."""
    assert not is_published_path(path)
    with StagedTree(tmp_path / "public", wait=0) as tree, pytest.raises(ValueError, match="path"):
        tree.write(path, b"")


def test_files_that_no_manifest_would_list_are_refused(tmp_path: Path) -> None:
    with StagedTree(tmp_path / "public", wait=0) as tree:
        with pytest.raises(ValueError, match="manifest"):
            tree.write(".well-known/x", b"")
        with pytest.raises(ValueError, match=r"manifest\.json"):
            tree.commit()


def test_a_path_is_written_once(tmp_path: Path) -> None:
    with StagedTree(tmp_path / "public", wait=0) as tree:
        tree.write("a/b", b"1")
        with pytest.raises(ValueError, match="a/b is written twice"):
            tree.write("a/b", b"1")


def test_forked_workers_write_into_the_tree_of_their_parent(tmp_path: Path) -> None:
    out = tmp_path / "public"
    subprocess.run(writer(out, "workers", "new", "60"), check=True, timeout=60)
    assert edition(out) == "new"
    assert len(content(out)) == 60
    assert beside(out) == ["public"]


def test_an_error_names_the_path_as_published(tmp_path: Path) -> None:
    out = tmp_path / "public"
    with StagedTree(out, wait=0) as tree:
        tree.write("a", b"")
        with pytest.raises(OutsideError) as caught:
            tree.write("a/b", b"")
    assert str(caught.value) == f"{out}/a/b: not a directory"
