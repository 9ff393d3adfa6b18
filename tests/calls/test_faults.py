"""Calls that are killed, that meet a full disk, and that meet each other."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.calls import import_plugins, perform
from catalogctl.cli.main import main
from catalogctl.files import replace_files
from support.catalogs import LOCK, plugin, write_catalog
from support.faults import need_strace, strace_killing, with_mounts
from support.killing import KILLED, end, kill_at, start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SEED = Path(__file__).parents[1] / "conformance" / "seed"
CALLS = {
    "register": ["register", "--name", "New", "--image", "acme/new", "--service-type", "a.B"],
    "update": ["update", "jira", "--name", "Jira Cloud"],
    "enable": ["enable", "sns"],
    "disable": ["disable", "jira"],
    "deregister": ["deregister", "sns"],
    "import": ["import", str(SEED / "list-response.json")],
}
WRITES = "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,fsync,fchmod"


@pytest.fixture
def with_lock(catalog: Path) -> Path:
    lock = catalog / "versions" / "sns.json"
    lock.parent.mkdir()
    lock.write_text(LOCK.replace("plugin-hyperbilling", "sns"))
    return catalog


def contents(catalog: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(catalog)): path.read_bytes()
        for path in catalog.rglob("*")
        if path.is_file()
    }


def killed_call(arguments: Sequence[str], step: int) -> int:
    """Make a call in a child that is killed at the n-th step of its writing."""

    def work() -> int:
        def armed(folder: Path, files: Any) -> None:
            kill_at(step)
            replace_files(folder, files)

        for module in (perform, import_plugins):
            setattr(module, "replace_files", armed)  # noqa: B010  (in the child alone)
        return main(list(arguments))

    return end(start(work))


def look_after_a_kill(
    found: dict[str, bytes], old: dict[str, bytes], new: dict[str, bytes]
) -> None:
    """Each file is the old one or the new one, and no lock is without its plugin."""
    for path, data in found.items():
        if path.startswith(("plugins/", "versions/")):
            assert data in (old.get(path), new.get(path))
    for path in old.keys() & new.keys():
        assert path in found
    if "versions/sns.json" in found:
        assert "plugins/sns.yaml" in found


@pytest.mark.parametrize("name", CALLS)
def test_killed_at_each_step_every_file_is_the_old_one_or_the_new_one(
    name: str, with_lock: Path, call: Callable[..., Any]
) -> None:
    """Q-20: and the next call needs no hand and leaves nothing behind.

    An import that is killed has taken over some plugins; the next one takes the others.
    """
    command, *rest = CALLS[name]
    arguments = [command, "--catalog", str(with_lock), "-q", *rest]
    old = contents(with_lock)
    assert end(start(lambda: main(arguments))) == 0
    new = contents(with_lock)
    assert new != old
    for step in itertools.count(1):
        write_files(with_lock, old)
        code = killed_call(arguments, step)
        found = contents(with_lock)
        look_after_a_kill(found, old, new)
        assert call("validate", "-q").code == 0
        if code == 0:
            break
        assert code == KILLED
        if {path: data for path, data in found.items() if ".tmp" not in path} != new:
            assert end(start(lambda: main(arguments))) == 0
            assert contents(with_lock) == new
    assert step > 3
    assert contents(with_lock) == new


def write_files(catalog: Path, files: dict[str, bytes]) -> None:
    for path in catalog.rglob("*"):
        if path.is_file():
            path.unlink()
    for path_name, data in files.items():
        (catalog / path_name).write_bytes(data)


@pytest.mark.parametrize("name", ["update", "deregister"])
def test_killed_at_each_system_call_every_file_is_old_or_new(name: str, with_lock: Path) -> None:
    """Q-20: the same, seen by the kernel."""
    need_strace()
    command, *rest = CALLS[name]
    process = [sys.executable, "-m", "catalogctl", command, "--catalog", str(with_lock), *rest]
    old = contents(with_lock)
    subprocess.run(process, check=True, capture_output=True, timeout=120)
    new = contents(with_lock)
    for step in itertools.count(1):
        write_files(with_lock, old)
        traced = [*strace_killing(WRITES, step), *process]
        code = subprocess.run(traced, check=False, capture_output=True, timeout=120).returncode
        look_after_a_kill(contents(with_lock), old, new)
        if code == 0:
            break
    assert step > 2


def test_on_a_full_disk_nothing_changes(tmp_path: Path) -> None:
    """Q-21: exit 3, one line that names the cause, no leftover."""
    filled = """
        mount -t tmpfs -o size=64k none "$1" && mkdir "$1/plugins" && cp "$2/catalog.yaml" "$1"
        cp "$2/plugins/jira.yaml" "$1/plugins" && cd "$1"
        dd if=/dev/zero of=filler bs=1k 2>/dev/null || true
        "$3" -m catalogctl update jira --set "tags.x=$4" --catalog . && exit 9
        echo "exit $?"; cmp plugins/jira.yaml "$2/plugins/jira.yaml" && ls -A
    """
    source = write_catalog(tmp_path / "source", {"plugins/jira.yaml": plugin("jira")})
    place = tmp_path / "place"
    place.mkdir()
    done = with_mounts(filled, str(place), str(source), sys.executable, "x" * 5000)
    assert done.stdout.splitlines() == ["exit 3", "catalog.yaml", "filler", "plugins"]
    assert done.stderr.count("\n") == 1
    assert "no space left on device" in done.stderr


def test_fifty_calls_at_once_on_fifty_plugins_lose_nothing(catalog: Path) -> None:
    """Q-22."""
    write_catalog(catalog, {f"plugins/p{n}.yaml": plugin(f"p{n}") for n in range(50)})

    def update(number: int) -> Callable[[], int]:
        arguments = ["update", f"p{number}", "--set", f"tags.n={number}", "-q"]
        return lambda: main([*arguments, "--catalog", str(catalog)])

    children = [start(update(number)) for number in range(50)]
    assert [end(child) for child in children] == [0] * 50
    for number in range(50):
        text = (catalog / "plugins" / f"p{number}.yaml").read_text()
        assert text == plugin(f"p{number}") + f"tags:\n  n: {number}\n"
    assert sorted(each.name for each in catalog.iterdir()) == ["catalog.yaml", "plugins"]


def test_two_writers_of_one_file_both_are_heard(
    catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q-22: the second sees the change, and begins anew from it."""
    calls = []

    def late(folder: Path, files: Any) -> None:
        calls.append(files)
        if len(calls) == 1:
            arguments = ["update", "jira", "--set", "tags.first=1", "-q"]
            assert end(start(lambda: main([*arguments, "--catalog", str(catalog)]))) == 0
        replace_files(folder, files)

    monkeypatch.setattr(perform, "replace_files", late)
    assert main(["update", "jira", "--set", "tags.second=2", "--catalog", str(catalog)]) == 0
    text = (catalog / "plugins" / "jira.yaml").read_text()
    assert text.endswith("icon.png\n    first: 1\n    second: 2\n")
    assert len(calls) == 2
