"""The same commit gives the same bytes, whatever the machine is like."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.pool import WORTH_IT
from support.catalogs import plugin, write_catalog
from support.git import Repository

if TYPE_CHECKING:
    from pathlib import Path

LABELS = (
    "CON",
    "istanbul",
    "ISTANBUL",
    "İstanbul",
    "\u0131stanbul",
    "straße",
    "Straße",
    "日本",
    "a/b",
    "é",
    "e\u0301",
)

BUILD = """
import os, sys
if sys.argv[1] == "reversed":
    listed, scanned = os.listdir, os.scandir
    os.listdir = lambda *of: sorted(listed(*of), reverse=True)

    class Reversed:
        def __init__(self, *of):
            self.entries = scanned(*of)
        def __enter__(self):
            return iter(sorted(self.entries, key=lambda entry: entry.name, reverse=True))
        def __exit__(self, *_):
            self.entries.close()
        __iter__ = __enter__

    os.scandir = Reversed
from catalogctl.cli.main import main
sys.exit(main(sys.argv[2:]))
"""

MACHINES: dict[str, tuple[str, int, int, dict[str, str]]] = {
    "folders in another order": ("reversed", 1, 0o022, {}),
    "one processor and another hash": ("as they are", 1, 0o022, {"PYTHONHASHSEED": "0"}),
    "many processors": ("reversed", 16, 0o022, {"PYTHONHASHSEED": "random"}),
    "a private umask in the far east": ("as they are", 2, 0o077, {"TZ": "Pacific/Kiritimati"}),
    "Turkish": ("as they are", 2, 0o027, {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}),
    "no language": ("reversed", 2, 0o022, {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"}),
}
"""How folders are listed, `--jobs`, umask and environment."""


@pytest.fixture(scope="module")
def commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository of enough plugins for several processes, with values that sort oddly."""
    repository = Repository.new(tmp_path_factory.mktemp("commit") / "repository")
    for part in range(3):
        names = [f"plugin-{part}-{number}" for number in range(WORTH_IT // 3 + 10)]
        files = {
            f"plugins/{name}.yaml": plugin(
                name,
                labels=f"[{LABELS[number % len(LABELS)]}, {LABELS[number % 3]}]",
                provider=LABELS[number % 5],
            )
            for number, name in enumerate(names)
        }
        write_catalog(repository.folder / "catalog", files)
        repository.commit(f"part {part}")
    return repository.folder


def build(catalog: Path, out: Path, machine: tuple[str, int, int, dict[str, str]]) -> bytes:
    order, jobs, umask, environ = machine
    options: list[str | Path] = ["build", "--quiet", "--jobs", str(jobs)]
    options += ["--catalog", catalog, "--out", out]
    done = subprocess.run(
        [sys.executable, "-c", BUILD, order, *options],
        env={**os.environ, **environ},
        umask=umask,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return (out / "manifest.json").read_bytes()


@pytest.fixture(scope="module")
def expected(commit: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the manifest that a build gives here."""
    out = tmp_path_factory.mktemp("here") / "public"
    return build(commit / "catalog", out, ("as they are", 2, 0o022, {}))


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_another_machine_gives_the_same_manifest(
    commit: Path, expected: bytes, tmp_path: Path, machine: tuple[str, int, int, dict[str, str]]
) -> None:
    """Q-08: order of folders, processors, umask, time zone, language, hash, path, file times."""
    other = tmp_path / "another place" / "clone"
    shutil.copytree(commit, other)
    for path in other.joinpath("catalog").rglob("*"):
        os.utime(path, (1, 1))
    assert build(other / "catalog", tmp_path / "there", machine) == expected
