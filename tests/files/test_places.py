from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import CatalogctlError, OutsideError, UsageError
from catalogctl.files import StagedTree
from catalogctl.publish.manifest import manifest
from support.faults import beside, edition, ordinary_user, with_mounts, writer

if TYPE_CHECKING:
    from collections.abc import Callable


def build(out: Path, name: str = "new") -> None:
    with StagedTree(out, wait=0, durable=False) as tree:
        row = tree.write("docs/a.txt", name.encode())
        tree.write("manifest.json", manifest([row]))
        tree.commit()


def snapshot(folder: Path) -> dict[str, str | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_text() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def a_file(out: Path) -> None:
    out.write_text("mine")


def a_pipe(out: Path) -> None:
    os.mkfifo(out)


def a_link_to_nowhere(out: Path) -> None:
    out.symlink_to(out)


def notes(out: Path) -> None:
    out.mkdir()
    (out / "notes.md").write_text("mine")


def a_foreign_manifest(out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").write_text('{"name": "My web app"}\n')


def an_empty_manifest(out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").touch()


def a_deep_manifest(out: Path) -> None:
    out.mkdir()
    deep = "[" * 5000 + "]" * 5000
    (out / "manifest.json").write_text(f'{{"schema_version": 1, "files": [], "x": {deep}}}\n')


def a_pipe_as_manifest(out: Path) -> None:
    out.mkdir()
    os.mkfifo(out / "manifest.json")


def our_tree_with_a_domain(out: Path) -> None:
    build(out)
    (out / "CNAME").write_text("example.org")


def our_tree_that_is_a_checkout(out: Path) -> None:
    build(out)
    (out / ".git").mkdir()


def our_tree_with_notes_far_below(out: Path) -> None:
    build(out)
    folder = next(path for path in sorted(out.rglob("*")) if path.is_dir())
    (folder / "notes.txt").write_text("mine")


def our_tree_with_an_empty_folder_below(out: Path) -> None:
    build(out)
    folder = next(path for path in sorted(out.rglob("*")) if path.is_dir())
    (folder / "drafts").mkdir()


def our_tree_with_a_link_below(out: Path) -> None:
    build(out)
    folder = next(path for path in sorted(out.rglob("*")) if path.is_dir())
    (folder / "link").symlink_to("/etc")


REFUSED: list[tuple[Callable[[Path], None], str]] = [
    (a_file, "is not a folder"),
    (a_pipe, "is not a folder"),
    (a_link_to_nowhere, "leads nowhere"),
    (notes, "has no manifest.json"),
    (a_foreign_manifest, "is not one of ours"),
    (an_empty_manifest, "is not one of ours"),
    (a_deep_manifest, "is not one of ours"),
    (a_pipe_as_manifest, "is not one of ours"),
    (our_tree_with_a_domain, "it holds CNAME"),
    (our_tree_that_is_a_checkout, "it holds .git"),
    (our_tree_with_notes_far_below, "it holds [a-z/]+/notes.txt"),
    (our_tree_with_an_empty_folder_below, "it holds [a-z/]+/drafts"),
    (our_tree_with_a_link_below, "it holds [a-z/]+/link"),
]


@pytest.mark.parametrize(
    ("make", "words"), REFUSED, ids=lambda value: getattr(value, "__name__", "")
)
def test_what_catalogctl_did_not_build_is_never_replaced(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    """Q-06: refused with exit 2, and everything stays as it was."""
    out = tmp_path / "public"
    make(out)
    before = snapshot(tmp_path)
    with pytest.raises(UsageError, match=words) as caught:
        build(out)
    assert str(out) in str(caught.value)
    assert snapshot(tmp_path) == before


def test_what_appears_during_a_build_is_not_replaced(tmp_path: Path) -> None:
    """Q-06"""
    out = tmp_path / "public"

    def build_slowly() -> None:
        with StagedTree(out, wait=0) as tree:
            tree.write("manifest.json", manifest([]))
            notes(out)
            tree.commit()

    with pytest.raises(UsageError, match="was not built by catalogctl"):
        build_slowly()
    assert snapshot(tmp_path) == {"public": None, "public/notes.md": "mine"}


def test_the_root_of_the_file_system_is_no_place_for_a_tree() -> None:
    """Q-06"""
    with pytest.raises(UsageError, match="root of the file system"):
        build(Path("/"))


def test_an_empty_folder_becomes_the_tree(tmp_path: Path) -> None:
    """Q-06"""
    out = tmp_path / "public"
    out.mkdir()
    build(out)
    assert edition(out) == "new"
    assert beside(out) == ["public"]


def test_the_working_folder_becomes_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-06: `--out .` in an empty folder."""
    out = tmp_path / "public"
    out.mkdir()
    monkeypatch.chdir(out)
    build(Path())
    assert edition(out) == "new"


@pytest.mark.parametrize("name", [".DS_Store", ".nfs00000000018c2f3b00000a1d"])
def test_a_tree_with_what_a_desktop_or_nfs_puts_into_folders_is_ours(
    tmp_path: Path, name: str
) -> None:
    """Q-06"""
    out = tmp_path / "public"
    build(out, "old")
    (out / name).touch()
    build(out)
    assert edition(out) == "new"


def test_a_link_to_a_folder_is_followed_and_stays(tmp_path: Path) -> None:
    """Q-06: the tree is swapped where the folder really is."""
    real = tmp_path / "srv" / "www"
    link = tmp_path / "public"
    real.parent.mkdir()
    link.symlink_to(real)
    for name in ("old", "new"):
        build(link, name)
        assert edition(real) == name
    assert link.readlink() == real
    assert beside(link) == ["public", "srv"]
    assert beside(real) == ["www"]


def test_a_tree_on_another_file_system_than_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-06: nothing is written anywhere but beside the tree."""
    monkeypatch.setenv("TMPDIR", "/dev/null")
    build(tmp_path / "public")
    assert edition(tmp_path / "public") == "new"


def test_a_read_only_tree_is_not_replaced() -> None:
    """Q-06: DIR read-only."""
    with ordinary_user() as folder:
        out = folder / "public"
        build(out, "old")
        out.chmod(0o555)
        with pytest.raises(OutsideError, match=f"{out}: the folder is read-only"):
            build(out)
        assert edition(out) == "old"
        assert beside(out) == ["public"]
        out.chmod(0o755)


def test_read_only_folders_inside_an_old_tree_are_no_obstacle() -> None:
    """Q-06"""
    with ordinary_user() as folder:
        out = folder / "public"
        build(out, "old")
        (out / "docs").chmod(0o000)
        build(out)
        assert edition(out) == "new"
        assert beside(out) == ["public"]


@pytest.mark.parametrize("before", ["", "old"])
def test_a_read_only_folder_around_the_tree_is_named(before: str) -> None:
    """Q-06: parent read-only."""
    with ordinary_user() as folder:
        out = folder / "public"
        if before:
            build(out, before)
        folder.chmod(0o555)
        with pytest.raises(OutsideError, match=f"next to {out}: permission denied"):
            build(out)
        folder.chmod(0o755)
        assert beside(out) if before else not list(folder.iterdir())
        assert not before or edition(out) == before


def test_a_place_below_a_file_is_named(tmp_path: Path) -> None:
    """Q-06"""
    (tmp_path / "file").touch()
    with pytest.raises(CatalogctlError, match="file: "):
        build(tmp_path / "file" / "public")


@pytest.mark.parametrize("mount", ['mount -t tmpfs none "$1"', 'mount --bind "$1" "$1"'])
def test_a_mount_point_is_refused_with_the_way_out(tmp_path: Path, mount: str) -> None:
    """Q-06: another file system, and a folder of the same one mounted."""
    out = tmp_path / "a b" / "public"
    out.mkdir(parents=True)
    done = with_mounts(f'{mount}; shift; exec "$@"', str(out), *writer(out, "once", "new", "3"))
    assert done.stdout.startswith(f"{out} is a mount point")
    assert f"{out}/public" in done.stdout
    assert done.returncode == 2
    assert beside(out) == ["public"]


def test_a_folder_inside_a_mount_point_takes_a_tree(tmp_path: Path) -> None:
    """Q-06"""
    done = with_mounts(
        'mount -t tmpfs none "$1"; shift; "$@" once 1 3; "$@" once 2 3; "$@" verify',
        str(tmp_path),
        *writer(tmp_path / "public"),
    )
    assert done.stdout == "[] ['public']\n"
    assert done.returncode == 0
