"""Files are put in the place of what was read, or nothing is changed."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import OutsideError
from catalogctl.files import ChangedMeanwhileError, Replacement, replace, replace_files
from support.faults import ordinary_user

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_files_are_added_changed_and_taken_away(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_bytes(b"old")
    (tmp_path / "gone.yaml").write_bytes(b"gone")
    replace_files(
        tmp_path,
        [
            Replacement("plugins/new.yaml", None, b"new"),
            Replacement("old.yaml", b"old", b"changed"),
            Replacement("gone.yaml", b"gone", None),
        ],
    )
    assert (tmp_path / "plugins" / "new.yaml").read_bytes() == b"new"
    assert (tmp_path / "old.yaml").read_bytes() == b"changed"
    assert names(tmp_path) == ["old.yaml", "plugins"]


@pytest.mark.parametrize(
    "each",
    [
        pytest.param(Replacement("file", b"other", b"new"), id="changed"),
        pytest.param(Replacement("file", None, b"new"), id="added"),
        pytest.param(Replacement("nowhere", b"there", b"new"), id="taken away"),
        pytest.param(Replacement("nowhere", b"there", None), id="taken away twice"),
    ],
)
def test_a_file_that_is_not_as_it_was_read_is_left_alone(tmp_path: Path, each: Replacement) -> None:
    """Q-22: compared before the rename, and all that was done is undone."""
    (tmp_path / "file").write_bytes(b"what is there")
    (tmp_path / "first").write_bytes(b"1")
    with pytest.raises(ChangedMeanwhileError, match="was changed by someone else"):
        replace_files(tmp_path, [Replacement("first", b"1", b"2"), each])
    assert (tmp_path / "file").read_bytes() == b"what is there"
    assert (tmp_path / "first").read_bytes() == b"1"
    assert names(tmp_path) == ["file", "first"]


def test_a_file_that_changes_while_the_new_one_is_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-22: an editor that saves at that moment wins."""
    file = tmp_path / "file"
    file.write_bytes(b"old")
    flush = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (flush(handle), file.write_bytes(b"saved")))
    with pytest.raises(ChangedMeanwhileError):
        replace_files(tmp_path, [Replacement("file", b"old", b"new")])
    assert file.read_bytes() == b"saved"
    assert names(tmp_path) == ["file"]


def test_folders_made_for_files_that_are_not_written_go_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept/one").mkdir(parents=True)
    (tmp_path / "kept/one/old.json").write_bytes(b"old")

    def flush(folder: Path) -> None:
        if folder.name == "full":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(replace, "flush_folder", flush)
    names = ("kept/one/two/a.json", "made/one/two/b.json", "made/full/c.json")
    with pytest.raises(OutsideError, match="no space left"):
        replace_files(tmp_path, [Replacement(name, None, b"new") for name in names])
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert found == {"kept", "kept/one", "kept/one/old.json", "made"}


@pytest.mark.parametrize("link", ["upstream", "upstream/theirs", "upstream/theirs/plugins"])
def test_a_folder_that_is_a_symbolic_link_is_not_written_to(tmp_path: Path, link: str) -> None:
    catalog, outside = tmp_path / "catalog", tmp_path / "outside"
    outside.mkdir()
    (catalog / link).parent.mkdir(parents=True)
    (catalog / link).symlink_to(outside)
    new = [
        Replacement("plugins/plugin-a.yaml", None, b"a"),
        Replacement("upstream/theirs/plugins/plugin-a.json", None, b"a"),
    ]
    with pytest.raises(OutsideError, match=f"{link}: a symbolic link, which is not followed"):
        replace_files(catalog, new)
    assert [*outside.iterdir()] == []
    assert not (catalog / "plugins").exists()


def test_mode_and_owner_stay(tmp_path: Path) -> None:
    """Q-21."""
    file = tmp_path / "file"
    file.write_bytes(b"old")
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, 65534, 65534)
    before = file.stat()
    replace_files(tmp_path, [Replacement("file", b"old", b"new")])
    after = file.stat()
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


def test_a_read_only_file_is_refused_not_replaced(tmp_path: Path) -> None:
    """Q-21: also for root, whom no permission stops."""
    file = tmp_path / "file"
    file.write_bytes(b"old")
    file.chmod(0o444)
    for after in (b"new", None):
        with pytest.raises(OutsideError, match="file: the file is read-only"):
            replace_files(tmp_path, [Replacement("file", b"old", after)])
    assert file.read_bytes() == b"old"


def test_a_folder_without_room_for_a_temporary_file_is_told_with_the_file(tmp_path: Path) -> None:
    del tmp_path
    with ordinary_user() as folder:
        (folder / "a").write_bytes(b"old")
        folder.chmod(0o555)
        try:
            with pytest.raises(OutsideError) as caught:
                replace_files(folder, [Replacement("a", b"old", b"new")])
        finally:
            folder.chmod(0o755)
    assert str(caught.value) == f"{folder / 'a'}: permission denied"


def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    del tmp_path
    with ordinary_user() as folder:
        (folder / "plugins").mkdir()
        (folder / "plugins" / "a").write_bytes(b"old")
        (folder / "first").write_bytes(b"1")
        (folder / "plugins").chmod(0o555)
        try:
            with pytest.raises(OutsideError, match="permission denied"):
                replace_files(
                    folder,
                    [Replacement("first", b"1", None), Replacement("plugins/a", b"old", None)],
                )
            assert (folder / "first").read_bytes() == b"1"
        finally:
            (folder / "plugins").chmod(0o755)


def test_a_symbolic_link_is_not_written_through(tmp_path: Path) -> None:
    """R-12."""
    (tmp_path / "elsewhere").write_bytes(b"old")
    (tmp_path / "link").symlink_to("elsewhere")
    with pytest.raises(OutsideError, match="symbolic link"):
        replace_files(tmp_path, [Replacement("link", b"old", b"new")])
    assert (tmp_path / "elsewhere").read_bytes() == b"old"
