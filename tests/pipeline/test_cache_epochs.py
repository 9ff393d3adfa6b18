"""An epoch of the cache ends with whatever checks and files depend on."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

EPOCH = "from catalogctl.pipeline.cache_epochs import check_epoch; print(check_epoch(b'').hex())"


def test_a_library_that_is_upgraded_in_a_folder_of_its_own_begins_an_epoch(tmp_path: Path) -> None:
    """As in `~/.local`, below PYTHONPATH, or in a virtual environment beside system packages."""
    (tmp_path / "markdown_it").mkdir()
    (tmp_path / "markdown_it/__init__.py").touch()

    def epoch() -> str:
        environ = {**os.environ, "PYTHONPATH": os.fspath(tmp_path)}
        return subprocess.check_output([sys.executable, "-c", EPOCH], env=environ, text=True)

    before = epoch()
    assert epoch() == before
    os.utime(tmp_path, (1, 1))
    assert epoch() != before
