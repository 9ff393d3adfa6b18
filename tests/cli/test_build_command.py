"""`catalogctl build` and `verify` on the command line: what they print, what they end with."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support.catalogs import PLUGIN, plugin, write_catalog
from support.commands import run
from support.faults import with_mounts
from support.git import Repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "catalog", {"plugins/plugin-hyperbilling.yaml": PLUGIN})


@pytest.mark.parametrize("epoch", ["today", "1767225600.5", "9" * 20, "9" * 5000])
def test_a_source_date_epoch_that_is_no_time_is_wrong_usage(
    catalog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    """Q-08: the clock does not quietly stand in for a time that was asked for."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    done = run("build", "--catalog", catalog, "--out", tmp_path / "out")
    assert (done.code, done.out) == (2, "")
    [line] = done.err.splitlines()[-1:]
    assert line.startswith("catalogctl: SOURCE_DATE_EPOCH is ")
    assert not (tmp_path / "out").exists()


def test_a_build_ends_with_one_line_of_what_was_done(catalog: Path, tmp_path: Path) -> None:
    out = tmp_path / "public"
    done = run("build", "--catalog", catalog, "--out", out)
    assert (done.code, done.out) == (0, "")
    last = done.err.splitlines()[-1]
    assert last.startswith("built ")
    assert f" into {out} in " in last
    again = run("build", "--catalog", catalog, "--out", out, "--now", "2030-01-01T00:00:00Z")
    assert "changed)" in again.err
    assert json.loads((out / "index.json").read_text())["now"] == "2030-01-01T00:00:00.000Z"


@pytest.mark.parametrize("seconds", [253_402_300_800, 99_999_999_999_999])
def test_a_commit_of_a_time_that_no_calendar_has_stops_no_command(
    catalog: Path, tmp_path: Path, seconds: int
) -> None:
    """Q-32: a warning names the commit, and the build goes on."""
    repository = Repository.new(catalog.parent)
    commit = repository.commit("late", time=seconds)
    done = run("build", "--catalog", catalog, "--out", tmp_path / "public")
    assert done.code == 0
    assert f"commit {commit[:12]} has an impossible date" in done.err
    for call in (["list"], ["stat", "created-by-month"], ["diff", "--base", "HEAD"]):
        done = run(*call, "--catalog", catalog, "--format", "json")
        assert done.code == 0, done.err


def test_a_full_temporary_folder_is_told_with_its_path(tmp_path: Path) -> None:
    """Q-05: exit 3, and one line with the path and the cause."""
    repository = Repository.new(tmp_path / "repository")
    for word in ("start", "other"):
        big = {
            f"plugins/plugin-{number}.yaml": plugin(
                f"plugin-{number}", tags=f"{{a: {word}{'x' * 900}}}"
            )
            for number in range(60)
        }
        write_catalog(repository.folder / "catalog", big)
        repository.commit(word)
    (tmp_path / "small").mkdir()
    script = """
        mount -t tmpfs -o size=16k tmpfs "$1"
        export TMPDIR="$1"
        code=0
        "$2" -m catalogctl diff --base HEAD~1 --catalog "$3" || code=$?
        echo "exit $code"
    """
    catalog = repository.folder / "catalog"
    done = with_mounts(script, str(tmp_path / "small"), sys.executable, str(catalog))
    assert done.stdout == "exit 3\n"
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"catalogctl: can't write {tmp_path}/small/catalogctl-")
    assert "no space left on device" in line


def test_output_that_can_not_be_written_is_told(catalog: Path) -> None:
    """Q-05."""
    with open("/dev/full", "w") as full:  # noqa: PTH123  (a device)
        done = subprocess.run(
            [sys.executable, "-m", "catalogctl", "list", "--catalog", catalog],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1] == "catalogctl: standard output: no space left on device"


def test_outside_git_it_says_where_the_dates_come_from(catalog: Path, tmp_path: Path) -> None:
    done = run("build", "--catalog", catalog, "--out", tmp_path / "public")
    assert "git" in done.err


def test_errors_are_printed_as_validate_prints_them_and_nothing_is_built(
    catalog: Path, tmp_path: Path
) -> None:
    (catalog / "plugins" / "plugin-b.yaml").write_text("name: B\nlables: []\n")
    done = run("build", "--catalog", catalog, "--out", tmp_path / "public")
    assert done.code == 1
    assert "error[unknown-field]" in done.err
    assert "nothing was built" in done.err
    assert not (tmp_path / "public").exists()
    quiet = run("build", "--catalog", catalog, "--out", tmp_path / "public", "--quiet")
    lines = [line for line in done.err.splitlines() if not line.startswith("✗ ")]
    assert (quiet.code, quiet.err.splitlines()) == (1, lines)
    assert len(done.err.splitlines()) == len(lines) + 1, "the summary"


@pytest.mark.parametrize(
    "address",
    [
        *("plugins.example.org", "ftp://x/", "https://", "https://x/?a", "https://x/ b"),
        *("https://someone:word@x/", 'https://x/a"b', "https://x:80000/", "https://x/ü/"),
    ],
)
def test_a_base_url_is_the_address_of_a_folder(catalog: Path, tmp_path: Path, address: str) -> None:
    done = run("build", "--catalog", catalog, "--out", tmp_path / "out", "--base-url", address)
    assert done.code == 2
    assert "--base-url" in done.err


def test_processes_of_this_machine_are_not_counted_with_a_cluster(catalog: Path) -> None:
    done = run("build", "--catalog", catalog, "--jobs", "2", "--scheduler", "tcp://127.0.0.1:9")
    assert done.code == 2
    assert "leave it out with --scheduler" in done.err


def test_verify_names_what_differs_and_ends_with_one(catalog: Path, tmp_path: Path) -> None:
    """R-30."""
    out = tmp_path / "public"
    run("build", "--catalog", catalog, "--out", out, "--quiet")
    whole = run("verify", out)
    assert (whole.code, whole.out) == (0, "")
    assert "is whole" in whole.err
    (out / "index.json").write_bytes(b"{}")
    (out / "robots.txt").unlink()
    (out / "more.txt").write_text("")
    found = run("verify", out)
    assert found.code == 1
    assert [line.split()[:2] for line in found.out.splitlines()] == [
        ["truncated", "index.json:"],
        ["added", "more.txt"],
        ["missing", "robots.txt"],
    ]
    assert "3 files differ" in found.err
    as_json = json.loads(run("verify", out, "--format", "json", "--quiet").out)
    assert [each["kind"] for each in as_json["differences"]] == ["truncated", "added", "missing"]


def test_verify_of_no_folder_is_wrong_usage(tmp_path: Path) -> None:
    assert run("verify", tmp_path / "nothing").code == 2
