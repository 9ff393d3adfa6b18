"""`catalogctl serve`: tells its address, follows changes, survives a broken file, ends at once."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from support.catalogs import PLUGIN, write_catalog
from support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Serving:
    """A running preview of a catalog of one plugin."""

    def __init__(self, catalog: Path) -> None:
        command = [sys.executable, "-m", "catalogctl", "serve", "--port", "0"]
        self.file = catalog / "plugins" / "plugin-hyperbilling.yaml"
        self.process = subprocess.Popen(
            [*command, "--catalog", str(catalog)], stderr=subprocess.PIPE, text=True
        )
        self.address = re.search(r"http://127\.0\.0\.1:[0-9]+/", self.line("preview of"))[0]  # type: ignore[index]

    def line(self, wanted: str) -> str:
        """Return the next line on stderr that holds a text."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if wanted in line:
                return line
        raise AssertionError(f"it ended without saying {wanted!r}")

    def page(self) -> str:
        """Return the plugin's page."""
        url = f"{self.address}plugins/plugin-hyperbilling/"
        with urllib.request.urlopen(url, timeout=30) as answer:
            text: str = answer.read().decode()
            return text


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    catalog = write_catalog(tmp_path / "catalog", {"plugins/plugin-hyperbilling.yaml": PLUGIN})
    running = Serving(catalog)
    yield running
    running.process.kill()
    running.process.communicate()


def test_a_change_is_on_the_page_and_a_broken_file_is_survived(serving: Serving) -> None:
    serving.line("built in")
    assert "Hyperbilling" in serving.page()
    serving.file.write_text(PLUGIN.replace("Hyperbilling", "First change"))
    wait_until(lambda: "First change" in serving.page())
    serving.file.write_text(PLUGIN + "lables: []\n")
    assert "unknown-field" in serving.line("unknown-field")
    serving.line("the last good tree stays")
    assert "First change" in serving.page()
    serving.file.write_text(PLUGIN.replace("Hyperbilling", "Second change"))
    wait_until(lambda: "Second change" in serving.page())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_and_without_a_traceback(serving: Serving, number: int) -> None:
    """Q-09."""
    serving.line("built in")
    serving.process.send_signal(number)
    _, said = serving.process.communicate(timeout=30)
    assert serving.process.returncode == 128 + number
    assert "Traceback" not in said
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(serving.address, timeout=5)
