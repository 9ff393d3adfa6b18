"""The systemd unit of docs/gateway.md: systemd accepts it, and what it runs starts."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from typing import TYPE_CHECKING

import pytest

from catalogctl.gateway.gateway_options import LAST_CALLS, GatewayOptions
from support.code_blocks import code_blocks
from support.gateway import gateway, plugin, repository, tree_of
from support.publishing import write_tree

if TYPE_CHECKING:
    from pathlib import Path

(UNIT,) = (block.text for block in code_blocks("docs/gateway.md") if block.language == "ini")
PROGRAM = "/opt/catalogctl/bin/catalogctl"


def service() -> dict[str, str]:
    """Return the settings of the service, by their names in small letters."""
    parser = RawConfigParser()
    parser.read_string(UNIT)
    return dict(parser["Service"])


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_accepts_it(tmp_path: Path) -> None:
    program = f"{sys.prefix}/bin/catalogctl"
    unit = tmp_path / "catalogctl-gateway.service"
    unit.write_text(UNIT.replace(PROGRAM, program))
    command = ["systemd-analyze", "verify", "--man=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_what_it_runs_starts_and_has_time_to_end(tmp_path: Path) -> None:
    lines = service()
    program, command, option, location, *rest = shlex.split(lines["execstart"])
    assert (program, command, option) == (PROGRAM, "gateway", "--from")
    assert location.startswith("https://")
    tree = write_tree(tmp_path / "tree", tree_of(repository("own", [plugin("plugin-a")])))
    with gateway(tree, *rest) as running:
        assert running.ask("GET", "/check") == (200, {"status": "SERVING"})
    assert int(lines["timeoutstopsec"]) > GatewayOptions().drain + LAST_CALLS
