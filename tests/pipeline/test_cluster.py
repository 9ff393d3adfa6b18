"""A build on a Dask cluster leaves the tree of a build on one machine, whatever is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.content_hash import content_digest
from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import StagedTree
from catalogctl.pipeline import dask_cluster
from catalogctl.pipeline.build import BuildOptions, Built, build
from catalogctl.pipeline.dask_cluster import DaskCluster
from catalogctl.pipeline.file_dates import PluginDates
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.plugin_work import CheckThere, check_same, place_of
from catalogctl.pipeline.source_states import source_states
from catalogctl.publish.verify import verify_folder
from support.catalogs import LOCK, PLUGIN, plugin, write_catalog
from support.commands import COMMAND
from support.dask_processes import scheduling
from support.faults import beside
from support.schemas import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.dask_processes import Cluster

EPOCH = {"SOURCE_DATE_EPOCH": "1767225600"}
PLUGINS = 60
QUERY = (
    "kind: stat\ntitle: By state\nquery:\n  aggregate:\n"
    "    - group: {keys: [{key: state, name: state}]}\n"
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Provide a cluster of two workers."""
    with scheduling(tmp_path_factory.mktemp("cluster")) as made:
        made.workers(2)
        yield made


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Provide a scheduler without workers."""
    with scheduling(tmp_path_factory.mktemp("lonely")) as made:
        yield made


@dataclass
class Workshop:
    """A catalog of plugins with labels, neighbours, a lock and a query, and where it is built."""

    top: Path
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        files = {
            f"plugins/plugin-{number:02}.yaml": plugin(
                f"plugin-{number:02}",
                name=f"Plugin {number % 7} of {number}",
                provider="aws" if number % 3 else "azure",
                labels=f"[label-{number % 5}, ü]",
            )
            for number in range(PLUGINS)
        }
        write_catalog(
            self.catalog,
            {
                **files,
                "plugins/plugin-hyperbilling.yaml": PLUGIN,
                "versions/plugin-hyperbilling.json": LOCK,
                "queries/our-states.yaml": QUERY,
            },
        )

    @property
    def catalog(self) -> Path:
        return self.top / "catalog"

    @property
    def out(self) -> Path:
        return self.top / "public"

    def build(self, **given: Any) -> Built:
        """Build the catalog."""
        asked = BuildOptions(
            self.catalog,
            self.out,
            environ=EPOCH,
            generator="catalogctl",
            base_url="https://plugins.example.org/",
            durable=False,
            working=self.top,
            tell=self.told.append,
        )
        return build(replace(asked, **given))

    def here(self) -> tuple[Built, dict[str, bytes]]:
        """Return what a build on this machine makes."""
        out = self.top / "here" / "public"
        try:
            built = self.build(out=out)
            assert built.published, built.problems
            return built, tree(out)
        finally:
            shutil.rmtree(out.parent, ignore_errors=True)

    def write(self, path: str, text: str) -> None:
        """Write a file of the catalog."""
        (self.catalog / path).write_text(text, encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer for a cluster than a test can."""
    monkeypatch.setattr(dask_cluster, "WAIT", 2.0)


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a tree by its path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def written_beside(out: Path) -> int:
    """Return how many files a running build has written."""
    walks = [os.walk(out.parent / name) for name in beside(out) if "catalogctl-" in name]
    return sum(len(names) for walk in walks for *_, names in walk)


@contextmanager
def failing(words: str) -> Iterator[None]:
    """Expect a failure outside catalogctl that is told in one line with these words."""
    with pytest.raises(OutsideError, match=words) as error:
        yield
    assert "\n" not in str(error.value)


def test_a_cluster_makes_the_tree_of_one_machine(shop: Workshop, cluster: Cluster) -> None:
    expected, files = shop.here()
    assert shop.build(scheduler=cluster.address) == expected
    assert tree(shop.out) == files
    assert beside(shop.out) == ["catalog", "public"]
    assert {path.stat().st_mode & 0o777 for path in shop.out.rglob("*")} == {0o755, 0o644}


def test_the_command_says_what_it_says_without_a_cluster(shop: Workshop, cluster: Cluster) -> None:
    words = ("build", "--catalog", shop.catalog, "--out", shop.out, "--scheduler", cluster.address)
    done = subprocess.run(
        [*COMMAND, *map(str, words)], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "built" in done.stderr
    assert "distributed" not in done.stdout + done.stderr
    assert verify_folder(shop.out) == []


def test_problems_arrive_as_they_do_on_one_machine(shop: Workshop, cluster: Cluster) -> None:
    shop.write("plugins/plugin-03.yaml", "name: [\n")
    shop.write("plugins/plugin-04.yaml", plugin("plugin-04", state="ON"))
    expected = shop.build(out=shop.top / "here")
    assert not expected.published
    assert {each.file for each in expected.problems} >= {
        "catalog/plugins/plugin-03.yaml",
        "catalog/plugins/plugin-04.yaml",
    }
    assert shop.build(scheduler=cluster.address) == expected
    assert not shop.out.exists()


def test_a_broken_lock_arrives_as_a_problem(shop: Workshop, cluster: Cluster) -> None:
    shop.write("versions/plugin-hyperbilling.json", "{}")
    found = shop.build(scheduler=cluster.address).problems
    assert [each.code for each in found if "versions/" in each.file] == ["lock-broken"]


def test_only_what_changed_is_sent(
    shop: Workshop, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    real = DaskCluster.map

    def count(self: DaskCluster, work: Any, things: Any) -> Iterator[Any]:
        sent.append(len(things))
        return real(self, work, things)

    monkeypatch.setattr(DaskCluster, "map", count)
    asked = {"scheduler": cluster.address, "cache": shop.top / "cache"}
    shop.build(**asked)
    shop.write("plugins/plugin-07.yaml", plugin("plugin-07", name="Another name"))
    shop.build(**asked)
    _, files = shop.here()
    assert tree(shop.out) == files
    shop.build(**asked)
    assert sent[:3] == [PLUGINS + 1, PLUGINS + 1, 1]
    assert 1 <= sent[3] < PLUGINS // 2
    assert sent[4:] == [0]


@pytest.mark.parametrize("renames", [1, 7])
def test_what_a_killed_worker_had_is_done_again(
    shop: Workshop, cluster: Cluster, renames: int
) -> None:
    """Q-03: whatever the worker left of its chunk is no obstacle, and stays out of the tree."""
    killer = cluster.killer(renames)
    expected, files = shop.here()
    assert shop.build(scheduler=cluster.address) == expected
    assert killer.wait(60) == -signal.SIGKILL
    assert tree(shop.out) == files
    assert beside(shop.out) == ["catalog", "public"]


def test_killed_while_workers_write_the_old_tree_stays(shop: Workshop, cluster: Cluster) -> None:
    """Q-01: and workers that still write are no obstacle for the next build."""
    shop.build()
    words = ("build", "--quiet", "--no-cache", "--catalog", shop.catalog, "--out", shop.out)
    command = [*COMMAND, *map(str, words), "--scheduler", cluster.address]
    environ = {**os.environ, **EPOCH}
    codes = []
    for files in (1, 30, 100):
        with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as process:
            while written_beside(shop.out) < files and process.poll() is None:
                time.sleep(0.01)
            process.kill()
        codes.append(process.returncode)
        assert verify_folder(shop.out) == []
    assert -signal.SIGKILL in codes
    subprocess.run(command, check=True, env=environ, stderr=subprocess.DEVNULL)
    assert verify_folder(shop.out) == []
    assert [name for name in beside(shop.out) if "catalogctl-" in name] == []


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "tcp://127.0.0.1:x"])
def test_an_address_without_a_scheduler_is_one_line(shop: Workshop, address: str) -> None:
    with failing(f"--scheduler {address}: no scheduler answers within 2 s"):
        shop.build(scheduler=address)
    assert beside(shop.out) == ["catalog"]


@pytest.mark.usefixtures("impatient")
def test_no_worker_or_none_left_is_one_line(shop: Workshop, lonely: Cluster) -> None:
    with failing("there is no worker within 2 s"):
        shop.build(scheduler=lonely.address)
    killer = lonely.killer(40)
    with failing("there is no worker within 2 s"):
        shop.build(scheduler=lonely.address)
    assert killer.wait(60) == -signal.SIGKILL
    assert beside(shop.out) == ["catalog"]


def test_a_worker_with_another_installation_is_refused(
    shop: Workshop, lonely: Cluster, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(ROOT / "tools" / "catalogctl", other / "tools" / "catalogctl")
    for name in ("codes", "schemas", "site", "starter"):
        (other / name).symlink_to(ROOT / name)
    version = other / "tools" / "catalogctl" / "version.py"
    version.write_text('"""Another."""\n\n__version__ = "0.0.1"\n', encoding="utf-8")
    (worker,) = lonely.workers(1, environ={"PYTHONPATH": str(other / "tools")})
    with failing(r"the worker on .+ has catalogctl 0\.0\.1 on Python .+: install the same"):
        shop.build(scheduler=lonely.address)
    worker.kill()


def test_a_worker_that_sees_another_catalog_is_refused(shop: Workshop) -> None:
    opened = open_catalog(shop.catalog, shop.top)
    dates = PluginDates("plugin-01.yaml", "", "", None, "")
    other = replace(place_of(opened), top=b"other")
    with failing("catalog.yaml, a template or the logo is not the same for a worker"):
        CheckThere(other)(dates)
    states = source_states(opened.plugin_folder, ["plugin-01.yaml"], {}, limit=10_000, like="")
    with failing("plugins/plugin-01.yaml is not the same for a worker"):
        check_same("plugins/plugin-01.yaml", states["plugin-01.yaml"], content_digest(b""))


def test_a_file_of_a_shared_tree_is_written_again(tmp_path: Path) -> None:
    with StagedTree(tmp_path / "public", durable=False) as staged:
        shared = staged.share()
        shared.check()
        first = shared.write("plugins/plugin-a/index.html", b"one")
        assert shared.write("plugins/plugin-a/index.html", b"one") == first
        with pytest.raises(ValueError, match="can't be the path"):
            shared.write("../index.html", b"one")
    with failing("public/plugins/plugin-a/index.html: "):
        shared.write("plugins/plugin-a/index.html", b"two")
    with failing("can't open"):
        shared.check()
    assert beside(tmp_path / "public") == []


def test_a_missing_package_is_named(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "catalogctl.pipeline.dask_cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'catalogctl\[dask\]'"):
        shop.build(scheduler="tcp://127.0.0.1:9")
