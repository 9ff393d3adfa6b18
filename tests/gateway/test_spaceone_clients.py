"""What SpaceONE's own clients, spaceone-core and spacectl 1.10.4.2, get from a gateway."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.code_blocks import CodeBlock, code_blocks, run
from support.commands import environment
from support.gateway import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSONObject
    from support.gateway import RunningGateway

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / ".venv" / "spaceone-clients"
SCRIPT = ROOT / "benchmarks" / "spaceone_clients.py"


class Clients:
    """Both clients of one gateway, in one process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def core(self, method: str, parameters: JSONObject) -> Any:
        """Return what spaceone-core's connector returns."""
        return self._answer(["core", method, parameters])

    def spacectl(self, *arguments: str) -> str:
        """Return what spacectl prints."""
        return str(self._answer(["spacectl", *arguments]))

    def _answer(self, call: list[Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def clients_of(endpoint: str, home: Path) -> Iterator[Clients]:
    """Run both clients until the context ends."""
    if not (CLIENTS / "installed.txt").is_file():
        reason = "SpaceONE's clients are not installed: tools/setup/spaceone-clients.sh"
        assert not os.environ.get("CI"), reason
        pytest.skip(reason)
    environments = home / ".spaceone" / "environments"
    environments.mkdir(parents=True)
    (environments.parent / "environment.yml").write_text("environment: test\n")
    (environments / "test.yml").write_text(json.dumps({"endpoints": {"repository": endpoint}}))
    environ = environment(PYTHONPATH=str(CLIENTS), HOME=str(home), PYTHONWARNINGS="ignore")
    with subprocess.Popen(
        [sys.executable, SCRIPT, endpoint],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    ) as process:
        yield Clients(process)


@pytest.fixture(scope="module")
def clients(served: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with clients_of(f"grpc://{served.grpc}", tmp_path_factory.mktemp("home")) as running:
        yield running


CALLS: list[tuple[str, JSONObject]] = [
    ("Plugin.get", {"plugin_id": "plugin-a", "domain_id": "domain-9"}),
    ("Plugin.get", {"plugin_id": "plugin-a", "repository_id": "repo-other"}),
    ("Plugin.get_versions", {"plugin_id": "plugin-a"}),
    ("Plugin.list", {"repository_id": "repo-own", "query": {}}),
    (
        "Plugin.list",
        {"query": {"filter": [{"k": "tags.tier", "v": 4, "o": "eq"}], "minimal": True}},
    ),
    ("Plugin.list", {"query": {"sort": {"keys": [{"key": "name", "desc": True}]}}}),
    ("Plugin.stat", {"query": {"distinct": "service_type"}}),
    ("Repository.get", {"repository_id": "repo-other"}),
    ("Repository.list", {"query": {"page": {"limit": 1}}}),
]


@pytest.mark.parametrize(("method", "parameters"), CALLS)
def test_spaceone_core_gets_the_same_answers(
    served: RunningGateway, clients: Clients, method: str, parameters: JSONObject
) -> None:
    assert clients.core(method, parameters) == served.call(method, parameters)


def test_spaceone_core_takes_the_code_out_of_an_error(clients: Clients) -> None:
    refused = clients.core("Plugin.get", {"plugin_id": "plugin-x"})
    assert refused == {"error": "ERROR_NO_PLUGIN", "message": 'there is no plugin "plugin-x"'}
    assert clients.core("Plugin.register", {"name": "x"})["error"] == "ERROR_UNSUPPORTED_API"


def test_spacectl_lists_gets_and_counts(clients: Clients) -> None:
    listed = json.loads(
        clients.spacectl("list", "plugin", "-p", "repository_id=repo-own", "-o", "json")
    )
    assert [row["plugin_id"] for row in listed["results"]] == ["plugin-b", "plugin-a"]
    shown = clients.spacectl("list", "plugin", "-c", "plugin_id,name", "-s", "-name", "-o", "csv")
    assert "plugin-c,The plugin-c\nplugin-a,The plugin-a\nplugin-a,Shadowed\n" in shown
    assert "tier: 4.0" in clients.spacectl("get", "plugin", "-p", "plugin_id=plugin-a")
    assert "- '2.0'" in clients.spacectl(
        "exec", "get_versions", "plugin", "-p", "plugin_id=plugin-a"
    )
    assert "Count: 2 / 2" in clients.spacectl("list", "repository")
    count = '{"query": {"aggregate": [{"count": {"name": "n"}}]}}'
    assert "4" in clients.spacectl("stat", "plugin", "-j", count)


def test_spacectl_shows_why_it_was_refused(clients: Clients) -> None:
    assert 'there is no plugin "plugin-x"' in clients.spacectl(
        "get", "plugin", "-p", "plugin_id=plugin-x"
    )
    refused = clients.spacectl("exec", "deregister", "plugin", "-p", "plugin_id=plugin-a")
    assert "catalogctl deregister writes it" in refused


class Mover:
    """Whoever moves off a running repository: types the commands of docs/gateway.md, in order."""

    def __init__(self, folder: Path, clients: Clients, names: dict[str, str]) -> None:
        self._folder = folder
        self._clients = clients
        self._names = names

    def type(self, block: CodeBlock) -> str:
        """Type the lines of a block, and return what they print."""
        return "".join(map(self._type, block.text.splitlines()))

    def _type(self, line: str) -> str:
        for written, here in self._names.items():
            line = line.replace(written, here)
        command, _, target = line.partition(" > ")
        if command.startswith("cd "):
            self._folder /= command.removeprefix("cd ")
            return ""
        if command.startswith("spacectl "):
            printed = self._clients.spacectl(*shlex.split(command)[1:])
            assert not printed.startswith("ERROR")
        else:
            ran = run([CodeBlock("", "sh", command, "")], self._folder)
            printed = "".join(ran.outputs)
            assert ran.exit_code == 0, printed
        if target:
            (self._folder / target).write_text(printed)
        return "" if target else printed


def test_moving_off_a_running_repository_in_five_steps(
    served: RunningGateway, clients: Clients, tmp_path: Path
) -> None:
    """The running one is the gateway of the other tests, which is put back in the end."""
    take, build, start, compare, point = code_blocks("docs/gateway.md")[1:6]
    names = {"repo-123456789012": "repo-own", "Marketplace": "own"}
    mover = Mover(tmp_path, clients, names)
    assert "2 added, 0 refused" in mover.type(take)
    assert "is whole" in mover.type(build)
    assert "catalogctl gateway --from ../public " in start.text
    before = clients.core("Plugin.list", {"repository_id": "repo-own"})
    with gateway(tmp_path / "public") as new:
        names |= {"127.0.0.1:8081": new.http, "127.0.0.1:50052": new.grpc}
        assert mover.type(compare).count("0 to add, 2 there already, 0 refused") == 2
        assert "plugin-b" in mover.type(point)
        assert new.call("Plugin.list", {}) == before
        names["127.0.0.1:50052"] = served.grpc
        assert "plugin-c" in mover.type(point)
