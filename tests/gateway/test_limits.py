"""What a gateway does with more than it can answer: too slow, too much, too many."""

from __future__ import annotations

import json
import socket
import sys
import time
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.json_format import ParseDict
from spaceone.api.repository.v1 import plugin_pb2

from catalogctl.errors import ApiError
from catalogctl.gateway import http_server
from catalogctl.gateway.admission import Admission
from catalogctl.gateway.edition_refresh import read_edition
from catalogctl.gateway.error_codes import status_of
from catalogctl.gateway.gateway_log import GatewayLog
from catalogctl.gateway.gateway_options import GatewayOptions
from catalogctl.gateway.metrics import Metrics
from catalogctl.gateway.tree_source import open_tree
from support.commands import COMMAND
from support.gateway import POSTS, events, gateway, plugin, repository, tree_of
from support.publishing import write_tree
from support.schemas import ROOT
from support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from support.gateway import RunningGateway

_CONDITION: JSONObject = {"k": "name", "v": "nobody", "o": "contain"}
HEAVY: JSONObject = {"query": {"filter_or": [_CONDITION] * 9000}}
"""A query that takes seconds with the plugins of the tree, within the steps that it may take."""
LIST = "/spaceone.api.repository.v1.Plugin/list"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plugins = [plugin(f"plugin-{number}") for number in range(400)]
    return write_tree(tmp_path_factory.mktemp("tree"), tree_of(repository("own", plugins)))


def in_progress(running: RunningGateway, asked: JSONObject = HEAVY) -> Any:
    """Return a heavy query by gRPC, when it has reached the gateway.

    Asking whether it has may itself take the place for which it comes: then it is sent again.
    """
    request = ParseDict(asked, plugin_pb2.PluginQuery()).SerializeToString()
    while True:
        call = running.raw(LIST).future(request)
        wait_until(partial(has_arrived, running, call))
        if not call.done() or call.code() is grpc.StatusCode.OK:
            return call


def has_arrived(running: RunningGateway, call: Any) -> bool:
    """Return whether a call has ended, or takes the place of another query."""
    return call.done() or is_busy(running)


def is_busy(running: RunningGateway) -> bool:
    """Return whether another query is refused."""
    status, _ = running.ask("POST", POSTS["Plugin.list"], {"query": {"count_only": True}})
    return status == 429


def count(running: RunningGateway) -> int | None:
    """Return how many plugins there are, None if that takes too long."""
    request = {"query": {"count_only": True}}
    status, answer = running.ask("POST", POSTS["Plugin.list"], request)
    return answer["total_count"] if status == 200 else None


def test_a_call_that_takes_too_long_is_ended_and_others_are_answered(tree: Path) -> None:
    """Q-44: also the query itself, which would keep the thread of queries."""
    with gateway(tree, "--time-limit", "0.5") as running:
        for _ in range(2):
            refused = running.refusal("Plugin.list", HEAVY)
            assert (refused.status, refused.code) == ("DEADLINE_EXCEEDED", "ERROR_REQUEST_TIMEOUT")
        status, answer = running.ask("POST", POSTS["Plugin.list"], HEAVY)
        assert (status, answer["detail"]["code"]) == (504, "ERROR_REQUEST_TIMEOUT")
        wait_until(lambda: count(running) == 400, seconds=3)


def test_a_body_that_drips_is_ended(tree: Path) -> None:
    """Q-44."""

    def dripping() -> Any:
        for _ in range(40):
            yield b" "
            time.sleep(0.05)

    with gateway(tree, "--time-limit", "0.3") as running:
        began = time.monotonic()
        response = running.request("POST", POSTS["Plugin.list"], dripping())
        assert (response.status, response.json()["detail"]["code"]) == (
            504,
            "ERROR_REQUEST_TIMEOUT",
        )
        assert time.monotonic() - began < 6


def test_more_queries_than_may_wait_are_refused_and_lookups_answered(tree: Path) -> None:
    with gateway(tree, "--max-queries", "1", "--time-limit", "60") as running:
        heavy = in_progress(running)
        refused = running.refusal("Plugin.list", {})
        assert (refused.status, refused.code) == ("RESOURCE_EXHAUSTED", "ERROR_RESOURCE_EXHAUSTED")
        assert running.call("Plugin.get", {"plugin_id": "plugin-1"})
        assert running.ask("POST", POSTS["Plugin.get"], {"plugin_id": "plugin-1"})[0] == 200
        heavy.cancel()  # nobody waits for it, so it ends at once
        wait_until(lambda: not is_busy(running), seconds=3)


def test_more_calls_than_may_be_in_progress_are_refused(tree: Path) -> None:
    with gateway(tree, "--max-calls", "1", "--time-limit", "60") as running:
        heavy = in_progress(running)
        refused = running.refusal("Plugin.get", {"plugin_id": "plugin-1"})
        assert (refused.status, refused.code) == ("RESOURCE_EXHAUSTED", "ERROR_RESOURCE_EXHAUSTED")
        assert running.ask("GET", "/check")[0] == 200
        heavy.cancel()
        wait_until(lambda: not is_busy(running), seconds=3)
        assert running.call("Plugin.get", {"plugin_id": "plugin-1"})


def test_metadata_that_is_too_large_is_refused(tree: Path) -> None:
    with gateway(tree) as running:
        call = running.raw(LIST)
        with pytest.raises(grpc.RpcError) as caught:
            call(b"", metadata=(("token", "x" * 20_000),), timeout=10)
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert running.request("GET", "/check", headers={"X-Token": "x" * 20_000}).status == 431
        assert call(b"", metadata=(("token", "x" * 8000),))
        assert running.request("GET", "/check", headers={"X-Token": "x" * 8000}).status == 200


def test_more_connections_than_files_are_told_and_do_not_end_it(tree: Path) -> None:
    program = ("bash", "-c", 'ulimit -n 50; exec "$@"', "bash", *COMMAND)
    with gateway(tree, program=program) as running, ExitStack() as connections:
        host, _, port = running.http.partition(":")
        for _ in range(60):
            connections.enter_context(socket.create_connection((host, int(port))))
        wait_until(lambda: events(running, "error"))
        connections.close()
        assert running.request("GET", "/check", timeout=20).status == 200
        causes = {event["cause"] for event in events(running, "error")}
        assert causes == {"OSError: [Errno 24] Too many open files"}


def test_an_http_connection_is_closed_if_it_is_idle_after_an_answer(tree: Path) -> None:
    """docs/gateway.md says how long it is kept; one that never asked stays open."""
    page = (ROOT / "docs/gateway.md").read_text("utf-8")
    assert f"idle for {http_server._KEEP_ALIVE} s after an answer" in " ".join(page.split())
    patched = "from catalogctl.gateway import http_server; http_server._KEEP_ALIVE = 1"
    start = "from catalogctl.cli.entry_point import run; run()"
    program = (sys.executable, "-c", f"{patched}; {start}")
    with gateway(tree, program=program) as running, ExitStack() as connections:
        host, _, port = running.http.partition(":")
        silent, asked = (
            connections.enter_context(socket.create_connection((host, int(port)), timeout=20))
            for _ in range(2)
        )
        asked.sendall(f"GET /check HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: asked.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        silent.sendall(f"GET /check HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert silent.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_call_in_progress_is_answered_before_the_end(tree: Path) -> None:
    request: JSONObject = {"query": {"filter_or": [_CONDITION] * 800}}
    with gateway(tree, "--max-queries", "1", "--time-limit", "60") as running:
        call = in_progress(running, request)
        assert running.end() == 0
        assert call.result() == b""  # no plugin, as none matches


def test_a_fault_is_logged_and_answered_without_what_it_was(tree: Path) -> None:
    lines: list[str] = []
    metrics, log = Metrics(), GatewayLog(lines.append, has_calls=True)
    edition = read_edition(open_tree(str(tree), lines.append))
    admission = Admission(edition, GatewayOptions(), metrics, log)
    with pytest.raises(ApiError) as caught, admission.call("grpc", "Plugin.get"):
        raise ZeroDivisionError("of a kind")
    assert (caught.value.code, status_of(caught.value.code)) == ("ERROR_UNKNOWN", ("INTERNAL", 500))
    assert "of a kind" not in caught.value.message
    fault, call = map(json.loads, lines)
    assert "ZeroDivisionError: of a kind" in fault["traceback"]
    assert call["code"] == "ERROR_UNKNOWN"
    assert b'code="ERROR_UNKNOWN"' in metrics.text()
