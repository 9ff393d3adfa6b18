"""A gateway as a process, and trees of several repositories for it to serve."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import urllib3
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass

from catalogctl.gateway.methods import SERVICES
from support.commands import COMMAND, SECONDS, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.jsontypes import JSON, JSONObject

API = "repository/v1/plugin"
V1 = "/repository/v1"
POSTS = {
    "Plugin.get": f"{V1}/plugin/get",
    "Plugin.get_versions": f"{V1}/plugin/get-versions",
    "Plugin.list": f"{V1}/plugin/list",
    "Plugin.stat": f"{V1}/plugin/stat",
    "Repository.get": f"{V1}/repository/get",
    "Repository.list": f"{V1}/repository/list",
}
"""The path of each call in the API's reference."""
NOW = "2026-01-01T00:00:00.000Z"
_CHANNEL = (("grpc.max_receive_message_length", -1),)
_READY = re.compile(r"ready grpc=(\S+) http=(\S+) repositories=(\d+) plugins=(\d+)")


class Given(NamedTuple):
    """A repository of a tree: its plugins, and the versions of those that have some."""

    info: JSONObject
    plugins: Sequence[JSONObject]
    versions: Mapping[str, Sequence[str]]


def repository(
    name: str, plugins: Sequence[JSONObject], versions: Mapping[str, Sequence[str]] | None = None
) -> Given:
    """Return a repository with a name; its plugins are given its repository_info."""
    kind = "local" if name == "own" else "remote"
    info: JSONObject = {"repository_id": f"repo-{name}", "name": name, "repository_type": kind}
    ordered = sorted(plugins, key=lambda each: (str(each["name"]), str(each["plugin_id"])))
    return Given(info, [{**each, "repository_info": info} for each in ordered], versions or {})


def plugin(plugin_id: str, **fields: JSON) -> JSONObject:
    """Return a PluginInfo without its repository_info."""
    return {
        "plugin_id": plugin_id,
        "name": f"The {plugin_id}",
        "image": f"acme/{plugin_id}",
        "registry_url": "registry.hub.docker.com",
        "state": "ENABLED",
        "service_type": "monitoring.Webhook",
        "registry_type": "DOCKER_HUB",
        "registry_config": {},
        "capability": {},
        "template": {},
        "labels": [],
        "tags": {},
        "domain_id": "domain-1",
        "created_at": NOW,
        "updated_at": NOW,
        **fields,
    }


def tree_of(*repositories: Given, now: str = NOW) -> dict[str, bytes]:
    """Return the files of a tree that a gateway reads, by path."""
    files: dict[str, bytes] = {}
    about = []
    for number, each in enumerate(repositories):
        folder = API if number == 0 else f"repositories/{each.info['repository_id']}/plugin"
        ids = sorted(str(info["plugin_id"]) for info in each.plugins)
        rows = [{"plugin_id": name, "results": [*each.versions.get(name, ())]} for name in ids]
        lists: dict[str, list[Any]] = {"all": [*each.plugins], "versions": rows}
        named = {}
        for name, results in lists.items():
            path = f"{folder}/list/{name}.json"
            files[path] = json.dumps({"results": results, "total_count": len(results)}).encode()
            named[name] = {"path": path, "size": len(files[path]), "sha256": _sha256(files[path])}
        about.append({"repository_info": each.info, "lists": named})
    index = {
        "schema_version": 1,
        **about[0],
        "now": now,
        "endpoints": {},
        **({"repositories": about} if len(about) > 1 else {}),
    }
    return {**files, "index.json": json.dumps(index).encode()}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def events(running: RunningGateway, name: str) -> list[Any]:
    """Return the events of a name in a gateway's log so far."""
    lines = map(json.loads, list(running.log))
    return [line for line in lines if line.get("event") == name]


def metric(running: RunningGateway, name: str) -> float:
    """Return the value of a gateway's metric, with its labels in the name."""
    lines = running.request("GET", "/metrics").data.decode().splitlines()
    found = [line.rpartition(" ") for line in lines]
    return float(next((value for key, _, value in found if key == name), "nan"))


class Refused(NamedTuple):
    """An error: gRPC's status, and the API's code and message."""

    status: str
    code: str
    message: str


class ClientTls(NamedTuple):
    """What a client proves a server by, and itself, if it has a certificate."""

    ca_file: Path
    cert: Path | None = None
    key: Path | None = None

    def channel(self, address: str) -> grpc.Channel:
        """Return a channel to a server."""
        key, cert = (path.read_bytes() if path else None for path in (self.key, self.cert))
        credentials = grpc.ssl_channel_credentials(self.ca_file.read_bytes(), key, cert)
        return grpc.secure_channel(address, credentials, _CHANNEL)

    def pool(self) -> urllib3.PoolManager:
        """Return the connections of a client of HTTP."""
        key, cert = (str(path) if path else None for path in (self.key, self.cert))
        return urllib3.PoolManager(
            retries=False, ca_certs=str(self.ca_file), cert_file=cert, key_file=key
        )


class RunningGateway:
    """A gateway that is ready, and clients of it."""

    def __init__(
        self, process: subprocess.Popen[str], log: list[str], tls: ClientTls | None
    ) -> None:
        self.process = process
        self.log = log
        assert process.stdout is not None
        self.ready = process.stdout.readline().strip()
        found = _READY.fullmatch(self.ready)
        assert found is not None, (self.ready, log)
        self.grpc, self.http = found[1], found[2]
        self.scheme = "https" if tls else "http"
        self.channel = tls.channel(self.grpc) if tls else grpc.insecure_channel(self.grpc, _CHANNEL)
        self.pool = tls.pool() if tls else urllib3.PoolManager(retries=False)

    def call(self, name: str, request: JSONObject) -> JSONObject:
        """Return the answer of a method such as Plugin.get by gRPC; raise grpc.RpcError."""
        service, _, method = name.partition(".")
        descriptor = SERVICES[service].methods_by_name[method]
        kind = GetMessageClass(descriptor.output_type)
        message = ParseDict(request, GetMessageClass(descriptor.input_type)())
        path = f"/{SERVICES[service].full_name}/{method}"
        data = self.raw(path)(message.SerializeToString(), timeout=SECONDS)
        answer: JSONObject = MessageToDict(kind.FromString(data), preserving_proto_field_name=True)
        return answer

    def raw(self, path: str) -> Any:
        """Return a method that takes and returns bytes."""
        return self.channel.unary_unary(path)

    def refusal(self, name: str, request: JSONObject) -> Refused:
        """Return the error of a method by gRPC."""
        try:
            answer = self.call(name, request)
        except grpc.RpcError as error:
            code, _, message = str(error.details()).partition(": ")
            return Refused(error.code().name, code, message)
        raise AssertionError(f"{name} answered {answer}")

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Return the answer to a request by HTTP."""
        url = f"{self.scheme}://{self.http}{path}"
        return self.pool.request(method, url, body=body, **options)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Return the status and the JSON of an answer by HTTP."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        response = self.request(method, path, data)
        return response.status, response.json()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@contextmanager
def gateway(
    location: str | Path,
    *arguments: str | Path,
    tls: ClientTls | None = None,
    program: Sequence[str] = COMMAND,
) -> Iterator[RunningGateway]:
    """Run a gateway on free ports until the context ends."""
    command = [*program, "gateway", "--from", location, "--grpc-port", "0", "--http-port", "0"]
    command += ["--drain", "0", *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        log: list[str] = []
        assert process.stderr is not None
        reading = threading.Thread(target=_read, args=(process.stderr, log), daemon=True)
        reading.start()
        try:
            running = RunningGateway(process, log, tls)
            with running.channel:
                yield running
        finally:
            process.kill()
            reading.join()


def _read(stream: Any, lines: list[str]) -> None:
    lines.extend(line.rstrip("\n") for line in stream)
