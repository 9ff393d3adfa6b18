"""The catalogs that are measured on are the same for the same arguments, sound, and varied.

And each measure runs: here on a catalog of a few plugins, without the peers.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml
from benchmarks.catalogs import MISTAKES, SHARES, GeneratedPlugin, make
from benchmarks.measure import Usage
from benchmarks.peers import ROOT
from benchmarks.run import MEASURES
from benchmarks.table import MISSED, Row, against

from catalogctl.lock import Lock, decode
from catalogctl.pipeline.check import check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANY = 2000
MARKS: dict[str, Callable[[str], bool]] = {
    "a comment above": lambda text: text.startswith("# "),
    "its own plugin_id": lambda text: "\nplugin_id: " in f"\n{text}",
    "AWS Public ECR": lambda text: "AWS_PUBLIC_ECR" in text,
    "disabled": lambda text: "state: DISABLED" in text,
    "an options form": lambda text: "      properties:" in text,
    "a long description": lambda text: "long_description:" in text,
    "another alphabet": lambda text: not text.isascii(),
    "a quoted key": lambda text: "'spaceone:plugin_name'" in text,
    "a link with a comment behind it": lambda text: "# sources" in text,
    "its domain_id": lambda text: "\ndomain_id: " in text,
}


def head(folder: Path) -> str:
    """Return the id of a repository's last commit, which stands for all of its bytes."""
    command = ("git", "-C", folder, "rev-parse", "HEAD")
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("merges", [False, True])
def test_the_same_arguments_make_the_same_commits(tmp_path: Path, *, merges: bool) -> None:
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        make(folder, 40, commits=12, merges=merges)
    assert head(folders[0]) == head(folders[1])


def test_a_catalog_is_sound_and_each_mistake_an_error(tmp_path: Path) -> None:
    assert not check(make(tmp_path / "sound", 300, commits=20), working=tmp_path).has_errors
    wrong = check(make(tmp_path / "wrong", 300, commits=20, bad=1.0), working=tmp_path)
    assert len({each.file for each in wrong.errors}) == 300
    assert len({each.code for each in wrong.errors}) >= len(MISTAKES)


@pytest.mark.parametrize("what", MARKS)
def test_files_have_what_they_shall_have_as_often(what: str) -> None:
    files = [GeneratedPlugin(number).file() for number in range(MANY)]
    share = sum(MARKS[what](text) for text in files) / MANY
    assert share == pytest.approx(SHARES[what], abs=0.035)


def test_text_goes_on_over_lines_and_plugins_differ() -> None:
    files = [GeneratedPlugin(number).file() for number in range(MANY)]
    long = [yaml.safe_load(text)["tags"].get("long_description", "") for text in files]
    assert sum(len(text) > 200 for text in long) > MANY / 2
    assert len({text.partition("tags:")[0] for text in files}) == MANY


def test_locks_have_five_to_sixty_versions_most_have_few() -> None:
    locks = [decode(GeneratedPlugin(number).lock().encode()) for number in range(300)]
    counts = sorted(len(lock.versions) for lock in locks if isinstance(lock, Lock))
    assert len(counts) == 300
    assert counts[0] == 5
    assert counts[150] < 20 < counts[-20]
    assert counts[-1] <= 60


TINY = ("--plugins", "70", "--rounds", "1", "--changes", "8", "--no-peers")
SLOW = {"worst", "lighthouse"}
"""Measures of the same size for any catalog: half a minute, and a browser."""


@pytest.mark.parametrize("measure", sorted({*MEASURES} - SLOW))
def test_each_measure_runs_and_gives_rows(measure: str, tmp_path: Path) -> None:
    made = tmp_path / "rows.json"
    larger = ("--large", "80") if measure == "growth" else ()
    options = (*TINY, *larger, "--only", measure, "--json", made)
    command = (sys.executable, "-m", "benchmarks.run", *options)
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode in {0, 1}, ran.stderr  # 1: limits of large catalogs don't hold here
    rows = json.loads(made.read_bytes())["rows"]
    assert rows
    assert not [row["what"] for row in rows if "failed" in row["what"]], ran.stderr
    for row in rows:
        is_absent = row["other"].endswith(": absent")
        assert (row["measured"] is None) == is_absent, row
        assert row["what"] in ran.stdout


def test_an_aim_is_stricter_than_a_limit_and_a_verdict_names_both() -> None:
    row = Row("what", "1 s", "peer: 2 s", 0.5, must=0.6, aim=0.4)
    assert row.verdict == "met"
    assert replace(row, measured=0.4).verdict == "aim met"
    assert replace(row, measured=0.7).verdict == MISSED
    assert replace(row, measured=0.7, at_least=True).verdict == "aim met"
    assert replace(row, measured=None).verdict == "not measured"


def test_a_ratio_is_the_median_of_adjacent_runs() -> None:
    runs = {"ours": _took(1.0, 2.0, 9.0), "peer": _took(2.0, 2.0, 3.0)}
    row = against(runs, "ours", "peer", what="what")
    assert (row.measured, row.verdict) == (1.0, "-")
    assert row.other.startswith("peer: 2.00 s CPU")
    assert against(runs, "ours", "nobody", what="what").other == "nobody: absent"


def _took(*seconds: float) -> list[Usage]:
    return [Usage(cpu, cpu, 1.0) for cpu in seconds]
