"""What SpaceONE's own clients, spaceone-core and spacectl 1.10.4.2, get from a gateway."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.commands import environment

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
