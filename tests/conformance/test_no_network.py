"""What needs no network opens no socket: the same bytes with the cable cut."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.commands import COMMAND, SECONDS, Done, environment

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
NOW = "2026-01-01T00:00:00Z"
PLUGIN = "plugin-aws-sns-mon-webhook"
READS = {
    "validate": ["validate", "--format", "json"],
    "get": ["get", PLUGIN],
    "get-versions": ["get-versions", PLUGIN],
    "list": ["list", "--now", NOW],
    "stat": ["stat", "by-provider"],
    "explain": ["explain", "blank"],
}
RAISER = """\
import socket

def refuse(*_, **__):
    raise RuntimeError("a socket was opened")

class Socket(socket.socket):
    def __init__(self, *_, **__):
        refuse()

socket.socket = Socket
socket.create_connection = socket.getaddrinfo = socket.socketpair = refuse
"""


def run(command: Sequence[str], cwd: Path, **environ: str) -> Done:
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        env=environment(SOURCE_DATE_EPOCH="1767225600", **environ),
    )
    return Done(done.returncode, done.stdout, done.stderr)


def cut_off() -> list[str] | None:
    """Return what runs a command without any network; None where the kernel forbids that."""
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which("unshare") is None:
            return None
        tried = subprocess.run([*command, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return command
    return None


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the shipped catalog in it, outside git."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "catalog", folder / "catalog")
    return folder


@pytest.fixture(scope="module")
def no_sockets(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a PYTHONPATH where `socket.socket` is a raiser."""
    folder = tmp_path_factory.mktemp("raiser")
    (folder / "sitecustomize.py").write_text(RAISER)
    return str(folder)


def test_the_raiser_raises(checkout: Path, no_sockets: str) -> None:
    asked = ["list", "--from", "http://127.0.0.1:9/"]
    assert "a socket was opened" in run([*COMMAND, *asked], checkout, PYTHONPATH=no_sockets).err


@pytest.mark.parametrize("arguments", READS.values(), ids=READS)
def test_an_answer_needs_no_socket(checkout: Path, no_sockets: str, arguments: list[str]) -> None:
    """R-13, Q-43."""
    usual = run([*COMMAND, *arguments], checkout)
    assert usual.code == 0
    refused = run([*COMMAND, *arguments], checkout, PYTHONPATH=no_sockets)
    assert (refused.code, refused.out) == (usual.code, usual.out), refused.err


@pytest.mark.parametrize("arguments", READS.values(), ids=READS)
def test_an_answer_needs_no_network(checkout: Path, arguments: list[str]) -> None:
    """Q-43: `unshare -n`."""
    without = cut_off()
    if without is None:
        pytest.skip("the kernel gives no network namespace of our own")
    usual = run([*COMMAND, *arguments], checkout)
    cut = run([*without, *COMMAND, *arguments], checkout)
    assert (cut.code, cut.out) == (0, usual.out), cut.err


def test_a_build_gives_the_same_bytes_without_sockets_and_without_a_network(
    checkout: Path, no_sockets: str, tmp_path: Path
) -> None:
    """R-13, Q-43: and `verify` of a folder finds them whole."""
    ways: dict[str, tuple[list[str], dict[str, str]]] = {
        "usual": ([], {}),
        "refused": ([], {"PYTHONPATH": no_sockets}),
    }
    without = cut_off()
    if without is not None:
        ways["cut"] = (without, {})
    manifests = set()
    for name, (before, environ) in ways.items():
        out = tmp_path / name
        for arguments in (["build", "--out", str(out)], ["verify", str(out)]):
            done = run([*before, *COMMAND, *arguments], checkout, **environ)
            assert done.code == 0, done.err
        manifests.add((out / "manifest.json").read_bytes())
    assert len(manifests) == 1


def test_only_these_modules_could_open_a_socket() -> None:
    """Q-43: what reads and publishes at addresses, serves, or uses a cluster; a new one, too."""
    network = re.compile(
        r"(?m)^\s*(?:import|from) (?:socket|ssl|urllib3|requests|urllib\.request|http\.client"
        r"|http\.server|socketserver|asyncio|ftplib|smtplib|xmlrpc|fsspec|grpc|uvicorn)\b"
    )
    package = ROOT / "tools" / "catalogctl"
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if network.search(path.read_text(encoding="utf-8"))
    }
    fetch = {f"fetch/{name}.py" for name in ("address", "connections", "deadlines", "fetcher")}
    allowed = {*fetch, "fetch/response.py", "serve/server.py", "upload/object_store.py"}
    allowed |= {"pipeline/dask_cluster.py", "cli/gateway_command.py"}
    gateway = ("admission", "grpc_server", "http_server", "lifecycle")
    allowed |= {f"gateway/{name}.py" for name in gateway}
    assert {path for path in found if not path.startswith("resolve/")} == allowed
