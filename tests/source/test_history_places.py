"""Each state that a clone can be in: right dates, or an error that names the fix (hardening Q-30).

Each ends within seconds, asks nobody anything and talks to no other machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import OutsideError
from catalogctl.source.blobs import read_blobs
from catalogctl.source.git import Git
from catalogctl.source.history import Dates, History, read_history
from support.git import FIRST, Repository, environment, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

X = "plugins/x.yaml"
RIGHT = {X: Dates(shown(FIRST), shown(FIRST + 60), has_changed=True)}
LONGEST = 5.0


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    repository = Repository.new(tmp_path / "origin")
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.commit("add", {f"catalog/{X}": "a", "catalog/catalog.yaml": ""})
    repository.commit("change", {f"catalog/{X}": "b"})
    return repository


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 6 * LONGEST  # the clones of a test, on a busy machine


def clone(origin: Repository, *options: str) -> Repository:
    folder = origin.folder.parent / "clone"
    origin.git("clone", "--quiet", *options, f"file://{origin.folder}", folder)
    return Repository(folder)


def read(repository: Repository, *, allow_shallow: bool = False) -> History:
    return read_history(repository.folder / "catalog", allow_shallow=allow_shallow)


def away(origin: Repository) -> None:
    """Take the repository away that was cloned from: whatever is fetched now fails."""
    shutil.rmtree(origin.folder)


def test_a_shallow_clone_is_refused_and_the_fix_is_named(origin: Repository) -> None:
    shallow = clone(origin, "--depth=1")
    with pytest.raises(OutsideError, match=r"shallow clone.*--unshallow; in CI fetch-depth: 0"):
        read(shallow)


def test_a_shallow_clone_may_be_allowed_and_warns(origin: Repository) -> None:
    history = read(clone(origin, "--depth=1"), allow_shallow=True)
    time = shown(FIRST + 60)
    assert history.dates == {X: Dates(time, time, has_changed=False)}
    assert "shallow clone" in history.warnings[0]


def test_a_clone_without_blobs_has_right_dates(origin: Repository) -> None:
    partial = clone(origin, "--filter=blob:none")
    away(origin)
    assert read(partial).dates == RIGHT


def test_a_clone_without_trees_is_refused_and_the_fix_is_named(origin: Repository) -> None:
    partial = clone(origin, "--filter=tree:0")
    away(origin)
    with pytest.raises(OutsideError, match="git fetch --refetch"):
        read(partial)


def test_a_clone_without_trees_fetches_none(origin: Repository) -> None:
    partial = clone(origin, "--filter=tree:0")
    with pytest.raises(OutsideError, match="the clone is partial"):
        read(partial)


def test_a_sparse_checkout_has_right_dates(origin: Repository) -> None:
    origin.commit("more", {"catalog/plugins/y.yaml": "y", "else/where": "z"})
    sparse = clone(origin, "--sparse")
    sparse.git("sparse-checkout", "set", "--no-cone", "catalog/plugins/x.yaml")
    history = read(sparse)
    assert history.dates[X] == RIGHT[X]
    assert history.uncommitted == frozenset()


def test_without_a_commit_there_are_no_dates_and_a_warning(tmp_path: Path) -> None:
    repository = Repository.new(tmp_path / "new")
    repository.write({f"catalog/{X}": "a"})
    history = read(repository)
    assert (history.dates, history.commit) == ({}, None)
    assert history.uncommitted == {X}
    assert "has no commit yet" in history.warnings[0]


def test_outside_git_there_are_no_dates_and_a_warning(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / X).write_text("a")
    history = read_history(tmp_path)
    assert (dict(history.dates), history.root) == ({}, None)
    assert history.uncommitted == {X}
    assert "is not in a git repository: SOURCE_DATE_EPOCH, else the clock," in history.warnings[0]


def test_a_detached_head_has_the_dates_of_its_commit(origin: Repository) -> None:
    origin.git("checkout", "--quiet", "--detach", "HEAD~1")
    assert read(origin).dates == {X: Dates(shown(FIRST), shown(FIRST), has_changed=False)}


def test_a_replaced_history_is_read_as_git_shows_it(origin: Repository) -> None:
    origin.git("replace", "--graft", "HEAD")
    time = shown(FIRST + 60)
    assert read(origin).dates == {X: Dates(time, time, has_changed=False)}


def test_a_worktree_has_right_dates(origin: Repository, tmp_path: Path) -> None:
    origin.git("worktree", "add", "--quiet", tmp_path / "tree", "-b", "other")
    assert read(Repository(tmp_path / "tree")).dates == RIGHT


def test_a_submodule_has_the_dates_of_its_own_history(origin: Repository, tmp_path: Path) -> None:
    above = Repository.new(tmp_path / "above")
    above.options = ("-c", "protocol.file.allow=always")
    above.git("submodule", "--quiet", "add", f"file://{origin.folder}", "module")
    above.commit("add the module", time=FIRST + 9999)
    history = read(Repository(above.folder / "module"))
    assert history.dates == RIGHT
    assert history.root == (above.folder / "module").resolve()


def test_a_catalog_in_a_bare_repository_is_refused_and_the_fix_is_named(
    origin: Repository, tmp_path: Path
) -> None:
    origin.git("clone", "--quiet", "--bare", origin.folder, tmp_path / "bare.git")
    (tmp_path / "bare.git/catalog/plugins").mkdir(parents=True)
    with pytest.raises(OutsideError, match="bare git repository: check it out first"):
        read_history(tmp_path / "bare.git/catalog")


def test_without_git_in_path_the_error_says_so(origin: Repository, tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="no git in PATH: install git"):
        read_history(origin.folder / "catalog", environ={"PATH": str(tmp_path)})


def test_outside_git_no_git_is_needed(tmp_path: Path) -> None:
    assert read_history(tmp_path, environ={"PATH": str(tmp_path)}).dates == {}


def test_a_clone_by_half_is_refused_and_the_fix_is_named(origin: Repository) -> None:
    half = clone(origin)
    for pack in (half.folder / ".git/objects/pack").iterdir():
        pack.unlink()
    with pytest.raises(OutsideError, match=r"missing or damaged: .*clone it again"):
        read(half)


def test_missing_trees_are_refused_and_the_fix_is_named(origin: Repository) -> None:
    tree = origin.git("rev-parse", "HEAD~1:catalog/plugins")
    (origin.folder / ".git/objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(OutsideError, match=r"missing or damaged: .*clone it again"):
        read(origin)


@pytest.mark.parametrize(
    "error",
    [
        "fatal: unable to write new index file: No space left on device",
        "error: cannot fork() for x",
    ],
)
def test_an_error_that_shows_no_damage_is_not_taken_for_any(tmp_path: Path, error: str) -> None:
    with pytest.raises(OutsideError, match=f"{re.escape(error.partition(': ')[2])}$"):
        Git(tmp_path).fail(f"{error}\n")


def test_a_git_folder_with_nothing_in_it_is_refused_and_the_fix_is_named(
    origin: Repository,
) -> None:
    shutil.rmtree(origin.folder / ".git")
    (origin.folder / ".git").mkdir()
    with pytest.raises(OutsideError, match="damaged or was only partly cloned: clone it again"):
        read(origin)


def test_a_lock_on_the_index_is_no_hindrance(origin: Repository) -> None:
    (origin.folder / ".git/index.lock").write_bytes(b"")
    assert read(origin).dates == RIGHT


@pytest.fixture
def foreign(origin: Repository) -> Repository:
    """Return a repository that another user owns."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user")
    subprocess.run(["chown", "-R", "65534", origin.folder], check=True)
    return origin


class TestAnotherOwner:
    def environ(self, repository: Repository) -> dict[str, str]:
        home = repository.folder.parent
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        kept.pop("SUDO_UID", None)
        return {**kept, "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}

    def read(self, repository: Repository, environ: Mapping[str, str]) -> History:
        folder = repository.folder / "catalog"
        return read_history(folder, environ={**self.environ(repository), **environ})

    def test_it_is_refused_and_the_fix_is_named(self, foreign: Repository) -> None:
        with pytest.raises(OutsideError) as raised:
            self.read(foreign, {})
        advice = str(raised.value).rpartition("git config --global --add safe.directory ")[2]
        (foreign.folder.parent / ".gitconfig").write_text(
            f'[safe]\n\tdirectory = "{advice.removesuffix(")")}"\n'
        )
        assert self.read(foreign, {}).dates == RIGHT

    def test_the_users_own_trust_is_respected(self, foreign: Repository) -> None:
        config = foreign.folder.parent / ".gitconfig"
        config.write_text(f'[safe]\n\tdirectory = "{foreign.folder}"\n')
        assert self.read(foreign, {}).dates == RIGHT
        blob = self.read(foreign, {}).blobs[X]
        git = Git(foreign.folder / "catalog", self.environ(foreign))
        assert list(read_blobs(git, [str(blob)])) == [b"b"]

    def test_a_configuration_named_by_the_environment_is_respected(
        self, foreign: Repository, tmp_path: Path
    ) -> None:
        (tmp_path / "config").write_text("[safe]\n\tdirectory = *\n")
        found = self.read(foreign, {"GIT_CONFIG_GLOBAL": str(tmp_path / "config")})
        assert found.dates == RIGHT


@pytest.mark.parametrize(
    "configuration",
    [
        "[log]\nshowSignature=true\nshowRoot=false\nfollow=true\ndate=relative\n",
        "[diff]\nrenames=copies\nrelative=true\norderFile=/nowhere\nexternal=false\n",
        "[core]\nquotePath=false\nabbrev=5\npager=false\nfsmonitor=false-program\n",
        "[color]\nui=always\n[format]\npretty=oneline\n[i18n]\nlogOutputEncoding=utf-16\n",
        "[status]\nrelativePaths=true\nshowUntrackedFiles=all\nbranch=true\nshort=true\n",
    ],
    ids=["log", "diff", "core", "output", "status"],
)
@pytest.mark.parametrize("where", ["repository", "user"])
def test_no_configuration_changes_an_answer(
    origin: Repository, where: str, configuration: str
) -> None:
    home = origin.folder.parent
    file = {"repository": origin.folder / ".git/config", "user": home / ".gitconfig"}[where]
    with file.open("a") as stream:
        stream.write(configuration)
    environ = {**os.environ, "HOME": str(home), "GIT_DIR": "/nowhere", "GIT_PAGER": "false"}
    history = read_history(origin.folder / "catalog", environ=environ)
    assert (history.dates, history.uncommitted) == (RIGHT, frozenset())


def test_nothing_is_asked_on_a_terminal(origin: Repository) -> None:
    """Q-30: a partial clone of a server that asks for a password ends at once, in words."""
    partial = clone(origin, "--filter=tree:0")
    partial.git("remote", "set-url", "origin", "https://192.0.2.1/secret.git")
    code = (
        "import sys; from pathlib import Path; from catalogctl.source.history import read_history\n"
        "from catalogctl.errors import OutsideError\n"
        "try: read_history(Path(sys.argv[1]))\n"
        "except OutsideError as error: print(error)"
    )
    done = subprocess.run(
        ["setsid", sys.executable, "-c", code, partial.folder / "catalog"],
        capture_output=True,
        text=True,
        timeout=30,
        env=environment(),
        check=True,
    )
    assert "git fetch --refetch" in done.stdout
    assert done.stderr == ""


def test_a_blob_that_is_missing_is_an_error_that_names_the_fix(origin: Repository) -> None:
    """However many are asked for: who asks is not left waiting."""
    git = Git(origin.folder / "catalog", environment())
    known = origin.blob(f"catalog/{X}")
    assert list(read_blobs(git, [known, known])) == [b"b", b"b"]
    assert list(read_blobs(git, [])) == []
    with pytest.raises(OutsideError, match="is missing"):
        list(read_blobs(git, ["0" * 40] * 50_000))
    assert list(read_blobs(git, [known, origin.git("rev-parse", "HEAD")], limit=0)) == [None, None]
