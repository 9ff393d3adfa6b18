"""`--from DIR`, `verify DIR`: a tree in a folder may be a stranger's, and is read like one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from catalogctl.catalog import Catalog
from catalogctl.cli.main import main
from catalogctl.errors import OutsideError
from support.published import ALL, API, GET, INDEX, PLUGIN, STAT, edition

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = b'{"plugin_id": "plugin-a", "results": [], "total_count": 0, "secret": "S3cret"}'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a built tree, and beside it a file that is not in it."""
    for path, data in edition(1).items():
        file = tmp_path / "tree" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    (tmp_path / "secret.json").write_bytes(SECRET)
    return tmp_path / "tree"


def pipe(file: Path) -> None:
    os.mkfifo(file)


def link_to_a_device(file: Path) -> None:
    file.symlink_to("/dev/zero")


def link_out_of_the_tree(file: Path) -> None:
    folder = next(each for each in file.parents if each.name == "tree").parent
    file.symlink_to(folder / "secret.json")


def link_in_the_tree(file: Path) -> None:
    (file.parent / "real.json").write_bytes(SECRET)
    file.symlink_to("real.json")


def link_to_itself(file: Path) -> None:
    file.symlink_to(file.name)


def link_to_a_pipe(file: Path) -> None:
    os.mkfifo(file.parent / "pipe")
    file.symlink_to("pipe")


def hard_folder(file: Path) -> None:
    file.mkdir()


def huge(file: Path) -> None:
    with file.open("wb") as sparse:
        sparse.truncate(10**12)


def deep(file: Path) -> None:
    file.write_bytes(b"[" * 500_000)


INSTEAD = (
    *(pipe, link_to_a_device, link_out_of_the_tree, link_in_the_tree, link_to_itself),
    *(link_to_a_pipe, hard_folder, huge, deep),
)
READS = {
    GET: ["get", PLUGIN],
    f"{API}/get-versions/{PLUGIN}.json": ["get-versions", PLUGIN],
    ALL: ["list"],
    STAT: ["stat", "by-state"],
    INDEX: ["get", PLUGIN],
}


@pytest.mark.parametrize("instead", INSTEAD, ids=lambda each: each.__name__)
@pytest.mark.parametrize(("path", "command"), READS.items())
def test_what_is_no_regular_file_is_named(
    tree: Path,
    path: str,
    command: list[str],
    instead: Callable[[Path], None],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """R-12, R-17: exit 3 at once, and nothing outside the tree is shown."""
    (tree / path).unlink()
    instead(tree / path)
    assert main([*command, "--from", str(tree)]) == 3
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert path.rpartition("/")[2] in err
    assert "S3cret" not in err


@pytest.mark.parametrize("folder", ["repository", "repository/v1/plugin/get"])
def test_a_folder_that_is_a_link_is_not_entered(tree: Path, folder: str) -> None:
    """R-12."""
    (tree / folder).rename(tree.parent / "elsewhere")
    (tree / folder).symlink_to(tree.parent / "elsewhere")
    with pytest.raises(OutsideError, match="symbolic link"):
        Catalog.open(tree).get(PLUGIN)


def test_a_pipe_instead_of_a_folder_is_named(tree: Path) -> None:
    for path in (API + "/get", "repository/v1"):
        (tree / path).rename(tree.parent / "elsewhere")
        os.mkfifo(tree / path)
        with pytest.raises(OutsideError, match="is not a regular file"):
            Catalog.open(tree).get(PLUGIN)
        (tree / path).unlink()
        (tree.parent / "elsewhere").rename(tree / path)


def test_the_tree_itself_may_be_a_link(tree: Path) -> None:
    """Who deploys by a link names it; only what lies below is a stranger's."""
    (tree.parent / "current").symlink_to(tree)
    assert Catalog.open(tree.parent / "current").get(PLUGIN)["plugin_id"] == PLUGIN


def test_the_index_of_a_tree_stands_for_it(tree: Path) -> None:
    assert Catalog.open(tree / INDEX).get(PLUGIN)["plugin_id"] == PLUGIN


@pytest.mark.parametrize("instead", [pipe, link_to_a_device, hard_folder, huge])
def test_a_manifest_that_is_no_file_ends_verify(
    tree: Path, instead: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    """R-12, R-17."""
    instead(tree / "manifest.json")
    assert main(["verify", str(tree)]) in {1, 3}
    assert "manifest.json" in capfd.readouterr().out
