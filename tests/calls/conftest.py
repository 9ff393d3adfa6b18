"""A small catalog in a git repository, and a way to call the command line on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.cli import source_lines
from catalogctl.cli.main import main
from support.catalogs import SETTINGS, plugin, write_catalog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = "1700000000"
"""The clock of these tests, in seconds: 2023-11-14T22:13:20Z."""

JIRA = """\
# yaml-language-server: $schema=../../schemas/PluginFile.schema.json
name: "Jira"   # as on their site
service_type: notification.Protocol
image: acme/jira

labels: [jira, 'issue tracker']   # to find it by
tags:
    # shown on the page
    icon: https://icon-path/icon.png
"""


@dataclass
class Done:
    """What a command did: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog with two plugins, one of them with a lock-free file that a person wrote."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    monkeypatch.chdir(tmp_path)
    files = {"plugins/jira.yaml": JIRA, "plugins/sns.yaml": plugin("sns", state="DISABLED")}
    return write_catalog(tmp_path / "catalog", files, SETTINGS)


@pytest.fixture
def call(catalog: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run a command in this process, on the catalog."""

    def run(command: str, *arguments: str) -> Done:
        capfd.readouterr()
        source_lines._lines.cache_clear()
        code = main([command, "--catalog", str(catalog), *arguments])
        written = capfd.readouterr()
        return Done(code, written.out, written.err)

    return run
