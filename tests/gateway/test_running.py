"""A gateway as a process: how it starts, what it follows, how it ends, and what it tells."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import grpc
import pytest
import urllib3
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from catalogctl.cli.main import main
from support.authority import Authority
from support.commands import run
from support.gateway import (
    V1,
    ClientTls,
    events,
    gateway,
    metric,
    plugin,
    repository,
    tree_of,
)
from support.published import Reply, Request, Site
from support.publishing import write_tree
from support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from support.gateway import RunningGateway

SERVICES = ["spaceone.api.repository.v1.Plugin", "spaceone.api.repository.v1.Repository"]
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def edition(number: int, count: int = 3) -> dict[str, bytes]:
    """Return the files of a tree whose plugins all have the number in their names."""
    plugins = [plugin(f"plugin-{n}", name=f"Edition {number}") for n in range(count)]
    return tree_of(repository("own", plugins))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "tree", edition(1))


def health(running: RunningGateway, service: str = "") -> int:
    stub: Any = health_pb2_grpc.HealthStub(running.channel)
    status: int = stub.Check(health_pb2.HealthCheckRequest(service=service)).status
    return status


def test_the_ready_line_says_where_and_what_is_served(served: RunningGateway) -> None:
    assert served.ready == (f"ready grpc={served.grpc} http={served.http} repositories=2 plugins=4")


def test_reflection_lists_the_two_services_alone(served: RunningGateway) -> None:
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(served.channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    (answer,) = stub.ServerReflectionInfo(iter([request]))
    assert [each.name for each in answer.list_services_response.service] == SERVICES


def test_health_knows_the_server_and_both_services(served: RunningGateway) -> None:
    assert [health(served, name) for name in ("", *SERVICES)] == [SERVING] * 3
    assert served.ask("GET", "/check") == (200, {"status": "SERVING"})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_it_ends_well_on_a_signal_and_serves_one_protocol_alone(
    tree: Path, protocol: str, number: int
) -> None:
    with gateway(tree, f"--{protocol}-port", "none") as running:
        assert f"{protocol}=none" in running.ready
        assert running.end(number) == 0


def test_calls_are_answered_while_health_turns_clients_away(tree: Path) -> None:
    with gateway(tree, "--drain", "30") as running:
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: health(running) == NOT_SERVING)
        assert health(running, SERVICES[0]) == NOT_SERVING
        assert running.ask("GET", "/check") == (503, {"status": "NOT_SERVING"})
        assert running.call("Plugin.get", {"plugin_id": "plugin-1"})
        assert running.ask("GET", f"{V1}/plugins/plugin-1")[0] == 200
        assert running.end() == 0  # the second signal ends the waiting


class Load:
    """Clients that call again and again, each on a connection of its own, and note what fails."""

    def __init__(self, running: RunningGateway) -> None:
        self.failed: list[object] = []
        self.names: set[str] = set()
        self.calls = 0
        self._running = running
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=work) for work in (self._by_grpc, self._by_http) * 2
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        wait_until(lambda: self.calls > 20)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def has_seen(self, number: int) -> bool:
        """Return whether an edition has been answered."""
        return f"Edition {number}" in self.names

    def _by_grpc(self) -> None:
        while not self._over.is_set():
            try:
                self._note(self._running.call("Plugin.list", {}))
            except grpc.RpcError as error:
                self.failed.append(error)

    def _by_http(self) -> None:
        while not self._over.is_set():
            status, answer = self._running.ask("GET", f"{V1}/plugins")
            if status == 200:
                self._note(answer)
            else:
                self.failed.append(answer)

    def _note(self, answer: Any) -> None:
        names = {row["name"] for row in answer["results"]}
        self.names |= names
        self.calls += 1
        if len(names) != 1:
            self.failed.append(names)


def test_a_new_edition_takes_the_place_of_the_old_one_and_no_call_is_dropped(tree: Path) -> None:
    with gateway(tree, "--refresh", "0.1") as running:
        with Load(running) as load:
            for number in (2, 3):
                replace(tree, edition(number, count=3 + number))
                wait_until(partial(load.has_seen, number))
        assert load.failed == []
        assert [event["plugins"] for event in events(running, "edition")] == [5, 6]


def replace(tree: Path, files: dict[str, bytes]) -> None:
    """Replace the files of a tree one by one, its index last, as an upload does."""
    for path in sorted(files, key=lambda path: path == "index.json"):
        new = tree / f"{path}.new"
        new.write_bytes(files[path])
        new.rename(tree / path)


BROKEN = {
    "a list that is not the index's": ("repository/v1/plugin/list/all.json", b"{}"),
    "an index that is none": ("index.json", b"<h1>down</h1>"),
    "a layout to come": ("index.json", b'{"schema_version": 99, "endpoints": {}}'),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_edition_is_logged_and_counted_and_not_served(tree: Path, what: str) -> None:
    path, data = BROKEN[what]
    with gateway(tree, "--refresh", "0.1") as running:
        replace(tree, {**edition(2), path: data})
        wait_until(lambda: events(running, "refresh failed"))
        assert running.call("Plugin.get", {"plugin_id": "plugin-1"})["name"] == "Edition 1"
        assert metric(running, "catalogctl_gateway_refresh_failures_total") >= 1
        replace(tree, edition(3))
        wait_until(lambda: events(running, "edition"))
        assert running.call("Plugin.get", {"plugin_id": "plugin-1"})["name"] == "Edition 3"


def test_a_url_is_asked_conditionally_and_may_be_gone_for_a_while() -> None:
    site = Site(edition(1))
    site.start()
    try:
        with gateway(site.url, "--refresh", "0.1") as running:
            wait_until(lambda: site.asked.count("index.json") > 3)
            later = [each for each in site.requests if each.path == "index.json"][1:]
            assert all("If-None-Match" in request.headers for request in later)
            assert len(site.asked) == len(later) + 3  # the first index, and two lists
            site.stop()
            wait_until(lambda: events(running, "refresh failed"))
            age = metric(running, "catalogctl_gateway_edition_age_seconds")
            assert running.call("Plugin.get", {"plugin_id": "plugin-1"})
            assert metric(running, "catalogctl_gateway_edition_age_seconds") > age
    finally:
        site.stop()


def test_it_does_not_wait_for_a_slow_host_when_it_ends() -> None:
    site = Site(edition(1))
    site.start()
    try:
        with gateway(site.url, "--refresh", "0.1", "--drain", "0") as running:
            asked: list[Request] = []

            def drip(request: Request) -> Reply:
                asked.append(request)
                return Reply(body=b"{", length=1000, drip=0.2)

            site.spoil = drip
            wait_until(lambda: asked)
            begun = time.monotonic()
            assert running.end() == 0
            assert time.monotonic() - begun < 10
    finally:
        site.stop()


def test_what_the_gateway_tells_of_calls_has_their_code_and_no_token(tree: Path) -> None:
    """R-14."""
    secret = "ghp_" + "s3cr3t" * 6
    with gateway(tree, "--access-log") as running:
        running.request("GET", f"{V1}/plugins/plugin-1", headers={"Authorization": secret})
        running.request("GET", f"{V1}/plugins/{secret}")
        call = running.raw(f"/{SERVICES[0]}/get")
        call(b"\n\x08plugin-1", metadata=(("token", secret),))
        wait_until(lambda: len(running.log) == 3)
        for line, protocol, code in zip(
            map(json.loads, running.log),
            ("http", "http", "grpc"),
            ("OK", "ERROR_NO_PLUGIN", "OK"),
            strict=True,
        ):
            name = "catalogctl_gateway_calls_total"
            labels = f'{{call="Plugin.get",code="{code}",protocol="{protocol}"}}'
            assert metric(running, name + labels) == 1
            assert (line["protocol"], line["call"], line["code"]) == (protocol, "Plugin.get", code)
            assert 0 < line["ms"] < 2000
        assert "s3cr3t" not in "".join(running.log)


def test_tls_and_certificates_of_clients(tree: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    cert, key = authority.files("127.0.0.1")
    own = ("--tls-cert", cert, "--tls-key", key)
    with gateway(tree, *own, tls=ClientTls(authority.ca_file)) as running:
        assert running.call("Plugin.get", {"plugin_id": "plugin-1"})
        assert running.ask("GET", "/check")[0] == 200
        with socket.create_connection(("127.0.0.1", int(running.http.rpartition(":")[2]))) as plain:
            plain.sendall(b"GET /check HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"SERVING" not in plain.recv(1000)
    both = (*own, "--tls-client-ca", authority.ca_file)
    with gateway(tree, *both, tls=ClientTls(authority.ca_file, cert, key)) as running:
        assert running.call("Plugin.get", {"plugin_id": "plugin-1"})
        assert running.ask("GET", "/check")[0] == 200
        stranger = ClientTls(authority.ca_file)
        with pytest.raises(urllib3.exceptions.HTTPError):
            stranger.pool().request("GET", f"https://{running.http}/check")
        with stranger.channel(running.grpc) as channel:
            ready = grpc.channel_ready_future(channel)
            with pytest.raises(grpc.FutureTimeoutError):
                ready.result(timeout=1)
            ready.cancel()
        assert running.log == []


WRONG: dict[str, tuple[Sequence[str], int, str]] = {
    "no tree": (["--from", "{tmp}/nothing"], 2, "no built tree at"),
    "a catalog": (["--from", "{tmp}/catalog"], 2, "is a catalog, not a built tree"),
    "a tree of an older catalogctl": (["--from", "{tmp}/old"], 3, "build it again with this one"),
    "no --from": ([], 2, "--from"),
    "nothing to serve": (["--from", "{tree}", "--grpc-port", "none", "--http-port", "none"], 2,
                         "nothing would be served"),
    "not a port": (["--from", "{tree}", "--grpc-port", "65536"], 2, "65536 is not a port"),
    "not a port for its zeros": (["--from", "{tree}", "--http-port", "0000099999"], 2,
                                 "0000099999 is not a port"),
    "a certificate without a key": (["--from", "{tree}", "--tls-cert", "x"], 2, "--tls-key"),
    "no certificate": (["--from", "{tree}", "--tls-cert", "{tree}/index.json", "--tls-key",
                        "{tree}/index.json"], 2, "are not a certificate and its key"),
    "seconds that are no number": (["--from", "{tree}", "--refresh", "nan"], 2, "nan is not a"),
    "seconds without an end": (["--from", "{tree}", "--drain", "inf"], 2, "inf is not a number of"),
    "an address of another machine": (["--from", "{tree}", "--host", "203.0.113.1"], 3,
                                      "for gRPC: cannot assign requested address"),
    "a URL that is down": (["--from", "http://127.0.0.1:9/"], 3, "can't be reached"),
    "a login in the URL": (["--from", "http://u:s3cr3t@h/"], 2, "leave user and password out"),
    "gRPC's port is in use": (["--from", "{tree}", "--grpc-port", "{port}"], 3,
                              "for gRPC: address already in use"),
    "HTTP's port is in use": (["--from", "{tree}", "--grpc-port", "none", "--http-port", "{port}"],
                              3, "in use"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_prevents_a_start_is_said(tree: Path, tmp_path: Path, what: str) -> None:
    given, code, message = WRONG[what]
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "catalog.yaml").touch()
    write_tree(tmp_path / "old", {"index.json": b'{"schema_version": 1, "endpoints": {}}'})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        filled = {"tree": tree, "tmp": tmp_path, "port": taken.getsockname()[1]}
        done = run("gateway", *(each.format(**filled) for each in given))
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert done.err.count("\n") == 1 or done.err.startswith("Usage: ")
    assert "s3cr3t" not in done.err


def test_a_key_with_a_passphrase_is_refused_and_nobody_asked_for_it(
    tree: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    cert, key = Authority(tmp_path / "ca").files("127.0.0.1")
    loaded = load_pem_private_key(key.read_bytes(), None)
    encryption = BestAvailableEncryption(b"secret")
    key.write_bytes(loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    arguments = ["gateway", "--from", tree, "--tls-cert", cert, "--tls-key", key]
    assert main(list(map(str, arguments))) == 2
    out, err = capfd.readouterr()
    assert (out, err) == (
        "",
        "catalogctl: --tls-key is encrypted: give a key without a passphrase\n",
    )


def test_a_plugin_that_is_no_plugin_info_prevents_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = write_tree(tmp_path / "tree", tree_of(repository("own", [plugin("p", state="BROKEN")])))
    assert main(["gateway", "--from", str(tree)]) == 3
    assert "plugin p is not a PluginInfo" in capsys.readouterr().err


def test_a_domain_is_a_condition_if_that_is_wanted_and_all_addresses_need_tls(
    tmp_path: Path,
) -> None:
    own = repository("own", [plugin("plugin-a", domain_id="domain-1")])
    other = repository("other", [plugin("plugin-a", domain_id="domain-2")])
    tree = write_tree(tmp_path / "tree", tree_of(own, other))
    with gateway(tree, "--domain-id", "filter", "--host", "0.0.0.0") as running:
        wait_until(lambda: events(running, "warning"))
        (warning,) = events(running, "warning")
        assert "no TLS" in warning["message"]
        host = {"Host": "plugins.example.org"}
        assert running.request("GET", "/check", headers=host).status == 200
        for domain, repository_id in (("domain-1", "repo-own"), ("domain-2", "repo-other")):
            asked = {"plugin_id": "plugin-a", "domain_id": domain}
            found: Any = running.call("Plugin.get", {**asked})
            assert found["repository_info"]["repository_id"] == repository_id
            assert running.call("Plugin.list", {"domain_id": domain})["total_count"] == 1
        request: Any = {"plugin_id": "plugin-a", "domain_id": "domain-3"}
        assert running.refusal("Plugin.get", request).code == "ERROR_NO_PLUGIN"
        assert running.refusal("Plugin.get_versions", request).code == "ERROR_NO_PLUGIN"
