"""A build keeps files of the tree that it replaces, and makes its tree of the one before that."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogctl.errors import OutsideError
from catalogctl.files import FileSignature, StagedTree, row
from catalogctl.publish.manifest import manifest
from support.faults import beside, ordinary_user, with_mounts, writer
from support.tree_writer import kill_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DataObject

Files = dict[str, bytes]
Cache = dict[str, tuple[bytes, FileSignature]]


def build(
    out: Path,
    files: Files,
    cache: Cache,
    *,
    previous: bool = True,
    tell: Callable[[str], None] = lambda _: None,
) -> int:
    """Build these files as a build with a cache does; return how many were written."""
    with StagedTree(out, wait=0, durable=False, previous=previous, tell=tell) as tree:
        now = tree.signatures(cache)
        kept = {
            path: each.inode
            for path, (data, each) in cache.items()
            if files.get(path) == data and now.get(path) == each
        }
        tree.keep_all(kept)
        rows = [row(path, files[path]) for path in kept]
        rows += [tree.write(path, files[path]) for path in files.keys() - kept.keys()]
        tree.write("manifest.json", manifest(rows))
        tree.commit()
        new = tree.signatures(files)
    cache.clear()
    cache.update({path: (files[path], new[path]) for path in files})
    return len(files) - len(kept)


def content(out: Path) -> Files:
    """Return the files of a published tree, after checking that it is as a web server needs it."""
    found = {}
    for path in out.rglob("*"):
        assert not path.is_symlink()
        if path.is_dir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o755
            assert any(path.iterdir())
        else:
            assert stat.S_IMODE(path.stat().st_mode) == 0o644
            found[path.relative_to(out).as_posix()] = path.read_bytes()
    listed = [row(path, data) for path, data in found.items() if path != "manifest.json"]
    assert found.pop("manifest.json") == manifest(listed)
    return found


def inodes(tree: Path) -> dict[str, int]:
    return {
        path.relative_to(tree).as_posix(): path.stat().st_ino
        for path in tree.rglob("*")
        if path.is_file()
    }


EDITIONS: list[Files] = [
    {"index.html": b"1", "a/same.html": b"s", "a/b/same.html": b"s", "gone/x.html": b"x"},
    {"index.html": b"2", "a/same.html": b"s", "a/b/same.html": b"s", "a/new.html": b"n"},
    {"index.html": b"3", "a/same.html": b"s", "a/b/same.html": b"s", "gone/x.html": b"x"},
    {"index.html": b"3", "a/same.html": b"s", "a/b": b"now a file", "gone": b"too"},
    {"index.html": b"1", "a/same.html": b"s", "a/b/same.html": b"s", "gone/x.html": b"x"},
    {"a/same.html": b"s"},
]


def test_builds_in_a_row_write_what_changed_and_keep_the_rest(tmp_path: Path) -> None:
    out, cache = tmp_path / "public", Cache()
    written = []
    for files in EDITIONS:
        before = inodes(out)
        written.append(build(out, files, cache))
        assert content(out) == files
        after = inodes(out)
        assert before.get("a/same.html", 0) in {after["a/same.html"], 0}
        assert before.get("index.html") != after.get("index.html") or files["index.html"] == b"3"
    assert written == [4, 2, 2, 2, 3, 0]
    assert beside(out) == [".public.before", "public"]


def test_a_build_takes_as_many_steps_as_files_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first build that keeps files links them all; the next ones use the tree before."""
    out, cache = tmp_path / "public", Cache()
    files = {f"d{n % 10}/{n}.html": b"" for n in range(100)}
    really_link, links = os.link, list[str]()

    def link(source: str, target: str, **rest: Any) -> None:
        links.append(source)
        really_link(source, target, **rest)

    monkeypatch.setattr(os, "link", link)
    steps = []
    for changed in ("d0/0.html", "d1/1.html", "d0/0.html", "d2/2.html"):
        files[changed] += b"+"
        build(out, files, cache)
        steps.append(len(links))
        links.clear()
    assert steps == [0, 99, 3, 3]  # what changed now and in the last build, and the manifest
    assert len(inodes(out).items() & inodes(tmp_path / ".public.before").items()) == 99


@pytest.mark.parametrize("last", ["keeps nothing", "leaves no previous tree"])
def test_the_tree_before_is_removed_when_nobody_needs_it(tmp_path: Path, last: str) -> None:
    out, cache = tmp_path / "public", Cache()
    for files in EDITIONS[:3]:
        build(out, files, cache)
    assert beside(out) == [".public.before", "public"]
    if last == "keeps nothing":
        build(out, EDITIONS[3], Cache())
    else:
        build(out, EDITIONS[3], cache, previous=False)
    assert content(out) == EDITIONS[3]
    assert beside(out) == ["public"]


def test_a_build_that_ends_without_commit_touches_neither_tree(tmp_path: Path) -> None:
    out, cache = tmp_path / "public", Cache()
    for files in EDITIONS[:3]:
        build(out, files, cache)
    trees = [out, tmp_path / ".public.before"]
    states = [(tree.stat().st_mtime_ns, inodes(tree)) for tree in trees]
    with StagedTree(out, wait=0) as tree:
        tree.keep_all({"a/same.html": tree.signatures(["a/same.html"])["a/same.html"].inode})
        tree.write("index.html", b"4")
    assert [(tree.stat().st_mtime_ns, inodes(tree)) for tree in trees] == states
    assert beside(out) == [".public.before", "public"]


def test_signatures_are_of_files_as_a_build_writes_them(tmp_path: Path) -> None:
    out = tmp_path / "public"
    with StagedTree(out, wait=0) as tree:
        assert tree.signatures(["a"]) == {}
    build(out, {"a": b"12", "b": b"", "c": b"", "d/e": b""}, Cache())
    (out / "b").chmod(0o600)
    (out / "c").unlink()
    (out / "c").symlink_to("a")
    with StagedTree(out, wait=0) as tree:
        found = tree.signatures(["a", "b", "c", "d", "d/e", "a/b", "none", "d/../a/"])
    state = (out / "a").stat()
    assert found.keys() == {"a", "d/e"}
    assert found["a"] == FileSignature(2, state.st_mtime_ns, state.st_ino)


def test_a_file_is_either_kept_or_written(tmp_path: Path) -> None:
    out = tmp_path / "public"
    build(out, {"a": b"1"}, Cache())
    with StagedTree(out, wait=0) as tree:
        tree.keep_all({"a": tree.signatures(["a"])["a"].inode})
        tree.write("manifest.json", manifest([tree.write("a", b"2")]))
        with pytest.raises(ValueError, match="a is both kept and written"):
            tree.commit()
    assert content(out) == {"a": b"1"}


@pytest.mark.parametrize("builds", [1, 3], ids=["all are linked", "trees in turn"])
@pytest.mark.parametrize("change", ["removed", "replaced"])
def test_a_kept_file_that_changes_during_a_build_is_named(
    tmp_path: Path, builds: int, change: str
) -> None:
    out, cache = tmp_path / "public", Cache()
    for files in EDITIONS[:builds]:
        build(out, files, cache)
    with StagedTree(out, wait=0) as tree:
        tree.keep_all({"index.html": tree.signatures(["index.html"])["index.html"].inode})
        tree.write("manifest.json", manifest([row("index.html", files["index.html"])]))
        (out / "index.html").rename(tmp_path / "moved")
        if change == "replaced":
            (out / "index.html").write_text("mine")
        with pytest.raises(OutsideError, match=r"index\.html was changed during the build"):
            tree.commit()
    build(out, EDITIONS[3], cache)
    assert content(out) == EDITIONS[3]


@pytest.mark.parametrize(
    "number", [errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP], ids=errno.errorcode.get
)
def test_where_files_cannot_be_linked_they_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Without links a tree before is of no use, so none stays."""

    def link(*_paths: str, **_rest: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", link)
    out, cache = tmp_path / "public", Cache()
    for files in EDITIONS:
        build(out, files, cache)
        assert content(out) == files
    assert beside(out) == ["public"]


def test_a_reader_of_an_old_tree_sees_no_changed_bytes(tmp_path: Path) -> None:
    """Q-04: whoever has opened a file gets it as it was, however many builds follow."""
    out, cache = tmp_path / "public", Cache()
    paths = ("index.html", "a/same.html")
    opened = []
    for files in EDITIONS[:5]:
        build(out, files, cache)
        opened += [((out / path).open("rb", buffering=0), files[path]) for path in paths]
    for file, data in opened:
        assert file.read() == data
        file.close()


def a_file(before: Path) -> None:
    shutil.rmtree(before)
    before.write_text("mine")


def a_link(before: Path) -> None:
    before.rename(before.with_name("elsewhere"))
    before.symlink_to("elsewhere")


def a_link_to_nowhere(before: Path) -> None:
    shutil.rmtree(before)
    before.symlink_to(before)


def a_pipe(before: Path) -> None:
    shutil.rmtree(before)
    os.mkfifo(before)


def notes(before: Path) -> None:
    shutil.rmtree(before)
    before.mkdir()
    (before / "notes.md").write_text("mine")


def notes_far_below(before: Path) -> None:
    (before / "a" / "notes.md").write_text("mine")


def an_empty_folder_below(before: Path) -> None:
    (before / "a" / "drafts").mkdir()


def a_folder_that_is_a_link(before: Path) -> None:
    shutil.rmtree(before / "a" / "b")
    (before / "a" / "b").symlink_to("..")


def no_manifest(before: Path) -> None:
    (before / "manifest.json").unlink()


LEFT_ALONE = [
    (a_file, "it is not a folder"),
    (a_link, "it is not a folder"),
    (a_link_to_nowhere, "it is not a folder"),
    (a_pipe, "it is not a folder"),
    (notes, "it has no manifest.json"),
    (notes_far_below, "it holds a/notes.md, which catalogctl did not build"),
    (an_empty_folder_below, "it holds a/drafts, which catalogctl did not build"),
    (a_folder_that_is_a_link, "it holds a/b, which catalogctl did not build"),
    (no_manifest, "it has no manifest.json"),
]


def snapshot(folder: Path) -> dict[str, str]:
    """Return what is in a folder, or in its place, without following links."""
    return {
        str(path): path.read_text() if path.is_file() else str(stat.S_IFMT(path.lstat().st_mode))
        for path in (folder, *sorted(folder.rglob("*")))
    }


@pytest.mark.parametrize(("damage", "words"), LEFT_ALONE)
def test_what_catalogctl_did_not_build_is_left_alone(
    tmp_path: Path, damage: Callable[[Path], None], words: str
) -> None:
    """Q-06: with one line each time; builds go without it."""
    out, before, cache = tmp_path / "public", tmp_path / ".public.before", Cache()
    for files in EDITIONS[:3]:
        build(out, files, cache)
    damage(before)
    found = snapshot(before)
    for files in EDITIONS[3:]:
        told: list[str] = []
        build(out, files, cache, tell=told.append)
        assert content(out) == files
        assert told == [f".public.before is left alone: {words}"]
        assert snapshot(before) == found
    assert set(beside(out)) - {"elsewhere"} == {".public.before", "public"}


def an_empty_folder(before: Path) -> None:
    shutil.rmtree(before)
    before.mkdir()


def absent(before: Path) -> None:
    shutil.rmtree(before)


def half_removed(before: Path) -> None:
    shutil.rmtree(before / "a")
    (before / "a" / "b").mkdir(parents=True)


def folders_only(before: Path) -> None:
    for path in before.rglob("same.html"):
        path.unlink()


def moved_files(before: Path) -> None:
    (before / "a/same.html").rename(before / "moved")
    (before / "index.html").rename(before / "a/same.html")
    (before / "moved").rename(before / "index.html")


def files_that_are_links(before: Path) -> None:
    (before / "index.html").unlink()
    (before / "index.html").symlink_to("/etc/passwd")


def edited_files(before: Path) -> None:
    for path in before.rglob("*.html"):
        with path.open("a") as file:
            file.write("mine")


def closed(before: Path) -> None:
    for path in (*before.rglob("*"), before):
        path.chmod(0o500)


def desktop_files(before: Path) -> None:
    (before / "a" / ".DS_Store").touch()


def files_of_nfs(before: Path) -> None:
    (before / "a" / ".nfs00000000018c2f3b00000a1d").touch()


USED: list[Callable[[Path], None]] = [
    an_empty_folder,
    absent,
    half_removed,
    folders_only,
    moved_files,
    files_that_are_links,
    edited_files,
    closed,
    desktop_files,
    files_of_nfs,
]


@pytest.mark.parametrize("damage", USED)
def test_a_damaged_tree_before_does_no_harm(damage: Callable[[Path], None]) -> None:
    """Q-06: nor is there anything to tell."""
    with ordinary_user() as folder:
        out, cache = folder / "public", Cache()
        for files in EDITIONS[:3]:
            build(out, files, cache)
        damage(folder / ".public.before")
        for files in EDITIONS:
            told: list[str] = []
            build(out, files, cache, tell=told.append)
            assert content(out) == files
            assert told == []
            assert set(beside(out)) <= {".public.before", "public"}


def test_the_tree_before_of_another_user_is_left_alone() -> None:
    """Q-06"""
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user")
    with ordinary_user() as folder:
        os.seteuid(0)
        (folder / ".public.before").mkdir()
        os.seteuid(folder.stat().st_uid)
        out, cache, told = folder / "public", Cache(), list[str]()
        for files in EDITIONS:
            build(out, files, cache, tell=told.append)
            assert content(out) == files
        words = "it belongs to another user"
        assert told == [f".public.before is left alone: {words}"] * len(EDITIONS)
        os.seteuid(0)


@pytest.mark.parametrize("mounted", [".public.before", ".public.before/same/0"])
def test_a_mount_point_is_left_alone(tmp_path: Path, mounted: str) -> None:
    """Q-06"""
    command = writer(tmp_path / "public")
    done = with_mounts(
        'cd "$1"; mounted=$2; shift 2\n'
        'for n in 1 2 3; do "$@" once-in-turn $n; done\n'
        'mount -t tmpfs none "$mounted"; touch "$mounted/0.html"\n'
        '"$@" once-in-turn 4; "$@" verify; ls "$mounted"',
        str(tmp_path),
        mounted,
        *command,
    )
    told, state, *inside = done.stdout.splitlines()
    assert told.startswith(".public.before is left alone: it ")
    assert state == "[] ['.public.before', 'public']"
    assert inside == ["0.html"]
    assert done.stderr == ""


PATHS = ["a", "b/a", "b/c/a", "b/c/b", "c/a", "_headers", "c/b/c"]
TREES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from([b"", b"1", b"22"]))


def tamper(before: Path, data: DataObject) -> None:
    """Do something to the tree before."""
    paths = sorted(before.rglob("*"))
    if not paths or not before.is_dir():
        return
    path = data.draw(st.sampled_from(paths))
    other = data.draw(st.sampled_from(paths))
    match data.draw(st.sampled_from(["remove", "chmod", "edit", "stray", "swap", "all"])):
        case "remove" if path.is_file():
            path.unlink()
        case "remove":
            shutil.rmtree(path)
        case "chmod":
            path.chmod(0o700)
        case "edit" if path.is_file():
            with path.open("ab") as file:
                file.write(b"mine")
        case "stray" if path.is_dir():
            (path / "stray").write_text("mine")
        case "swap" if path.is_file() and other.is_file() and path != other:
            path.rename(before / "swapped")
            other.rename(path)
            (before / "swapped").rename(other)
        case "all":
            shutil.rmtree(before)
        case _:  # not possible with this path
            pass


def build_killed(out: Path, files: Files, cache: Cache, step: int) -> None:
    """Build in a process that is killed at its n-th step, if it gets there."""
    child = os.fork()
    if child == 0:
        try:
            kill_at(step)
            build(out, files, dict(cache))
        finally:
            os._exit(0)
    os.waitpid(child, 0)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(TREES, min_size=3, max_size=8), st.data())
def test_whatever_happened_before_a_build_publishes_its_files(
    trees: Sequence[Files], data: DataObject
) -> None:
    """Q-01, Q-02, Q-03: killed builds and tampering between builds change no published byte."""
    with tempfile.TemporaryDirectory() as name:
        out, cache, last = Path(name) / "public", Cache(), Files()
        for files in trees:
            match data.draw(st.sampled_from(["", "", "killed", "tampered with"])):
                case "killed" if out.exists():
                    other = data.draw(TREES)
                    build_killed(out, other, cache, data.draw(st.integers(1, 60)))
                    assert content(out) in (last, other)
                case "tampered with":
                    tamper(Path(name) / ".public.before", data)
                case _:
                    pass
            build(out, files, cache)
            last = files
            assert content(out) == files
            assert set(beside(out)) <= {".public.before", "public"}
