"""The packages of the extra are imported only where a catalog is signed or checked."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from catalogctl import Catalog
from catalogctl.cli.main import main
from catalogctl.errors import UsageError
from support.commands import COMMAND, environment

if TYPE_CHECKING:
    from pathlib import Path

    from support.published import Site
    from support.signed import Machine

WATCHED = """\
import sys
import catalogctl.cli.main
catalogctl.cli.main.main(sys.argv[1:])
found = {"cryptography", "securesystemslib", "tuf"} & set(sys.modules)
sys.exit(f"imported: {found}" if found else 0)
"""
WITHOUT = """\
import sys

class Refuser:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"cryptography", "securesystemslib", "tuf"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuser())
"""


def test_reads_that_are_not_checked_import_nothing_of_it(site: Site, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, "get", "plugin-a", "--from", site.url],
        capture_output=True,
        text=True,
        check=False,
        env=environment(XDG_CACHE_HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path)),
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["trust", "sign", "public"],
        ["trust", "show"],
        ["verify", "public", "--trust", "1.root.json"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_the_message_names_the_extra(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT)
    done = subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(tmp_path)),
    )
    assert done.returncode == 2
    assert "pip install 'catalogctl[trust]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_checked_catalog_is_never_read_unchecked_for_want_of_it(
    machine: Machine, site: Site, tmp_path: Path
) -> None:
    """R-35: a machine that has checked it before, and has lost the packages since."""
    assert machine.name()
    (tmp_path / "sitecustomize.py").write_text(WITHOUT)
    for root in (machine.root, None):
        machine.root = root
        environ = {**machine.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            [*COMMAND, "get", "plugin-a", "--from", site.url],
            capture_output=True,
            text=True,
            check=False,
            env=environ,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "catalogctl[trust]" in done.stderr


def test_the_python_api_names_the_extra(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tuf.api.metadata", None)
    with pytest.raises(UsageError, match=r"pip install 'catalogctl\[trust\]'"):
        Catalog.open(site.url, trust=f"sha256:{'0' * 64}")
    assert site.asked == []


def test_help_needs_nothing_of_it(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", "sign", "--help"]) == 0
    assert "--life" in capfd.readouterr().out
