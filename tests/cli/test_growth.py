"""Four times as much takes about four times as long: no step grows faster than its input."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.check import check
from catalogctl.source.folder import MAX_YAML_SIZE
from support.catalogs import PLUGIN, plugin, write_catalog
from support.git import Repository
from support.hostile_files import PLUGINS
from support.locks import lock_text, version
from support.measuring import measure

if TYPE_CHECKING:
    from pathlib import Path

FOUR_TIMES = 8.0
"""How many times as long four times the input may take; a square would take sixteen times."""
LITTLE = 1.0
"""Seconds below which the growth of a step can't be told from the noise of a machine."""
COMMANDS = {
    "validate": ("validate",),
    "build": ("build", "--out", "../public", "--quiet", "--jobs", "1"),
    "list": ("list", "--format", "json"),
    "fmt": ("fmt", "--check"),
    "diff": ("diff", "--base", "HEAD"),
}


@pytest.fixture(scope="module", params=[400, 1600])
def catalog(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalog of so many plugins; half of them are not committed, and one label is all."""
    count: int = request.param
    repository = Repository.new(tmp_path_factory.mktemp(f"of-{count}"))
    folder = write_catalog(repository.folder / "catalog")
    for part in range(2):
        names = [f"plugin-{part}-{number}" for number in range(count // 2)]
        labels = "[all, {}]".format
        repository.write(
            {
                f"catalog/plugins/{name}.yaml": plugin(name, labels=labels(name), provider=name[:9])
                for name in names
            }
        )
        if part == 0:
            repository.commit("start")
    return folder


class TestCommands:
    """Q-50: each command over 400 and over 1,600 plugins."""

    taken: dict[str, list[float]] = {}  # noqa: RUF012  (what the first catalog took, for the second)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_command_grows_with_the_catalog_and_no_faster(
        self, catalog: Path, command: str, tmp_path: Path
    ) -> None:
        done = measure(COMMANDS[command], cwd=catalog, scratch=tmp_path)
        assert done.code in (0, 1), done.err
        taken = self.taken.setdefault(command, [])
        taken.append(done.seconds)
        if len(taken) == 2 and taken[1] > LITTLE:
            assert taken[1] / taken[0] < FOUR_TIMES


@pytest.mark.parametrize("kind", PLUGINS)
def test_one_file_takes_time_in_proportion_to_its_size(tmp_path: Path, kind: str) -> None:
    """Q-50, R-10: of each kind, 64 and 256 KiB; other work can only make a run longer."""
    catalogs = []
    for size in (MAX_YAML_SIZE // 4, MAX_YAML_SIZE):
        files = {"plugins/plugin-hyperbilling.yaml": PLUGINS[kind](size)}
        catalogs.append(write_catalog(tmp_path / str(size), files))
    shortest = [math.inf, math.inf]
    for _ in range(3):
        for number, catalog in enumerate(catalogs):
            started = time.process_time()
            check(catalog, working=tmp_path)
            shortest[number] = min(shortest[number], time.process_time() - started)
        if shortest[1] < LITTLE:
            break
    assert shortest[1] < LITTLE or shortest[1] / shortest[0] < FOUR_TIMES, shortest


@pytest.mark.parametrize("command", ["validate", "build"])
def test_many_tags_fit_into_memory(tmp_path: Path, command: str) -> None:
    """Q-50: 10,000 plugins of 300 tags take less than 1 GB; a tenth of them far less."""
    files: dict[str, str | bytes] = {}
    versions = [version(f"1.{number}.0", None, number) for number in reversed(range(300))]
    for number in range(1000):
        name = f"plugin-{number}"
        files[f"plugins/{name}.yaml"] = plugin(name)
        files[f"versions/{name}.json"] = lock_text(name, versions)
    catalog = write_catalog(tmp_path / "catalog", files)
    done = measure(COMMANDS[command], cwd=catalog, scratch=tmp_path)
    assert done.code == 0
    assert done.peak < 300 * 1024


def test_many_labels_of_many_plugins_end_in_time(tmp_path: Path) -> None:
    """Q-50: 50,000 labels."""
    files: dict[str, str | bytes] = {}
    for number in range(500):
        labels = ", ".join(f"l{number}-{each}" for each in range(100))
        files[f"plugins/plugin-{number}.yaml"] = plugin(f"plugin-{number}", labels=f"[{labels}]")
    catalog = write_catalog(tmp_path / "catalog", files)
    done = measure(("list", "--format", "json"), cwd=catalog, scratch=tmp_path)
    assert done.code == 0
    assert done.seconds < 10
    assert PLUGIN
