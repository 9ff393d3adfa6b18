"""Measure the requests and seconds of `resolve`, compared with `skopeo list-tags` in a loop.

    python -m benchmarks.resolve [--plugins 1000] [--tags 50]

Everything runs on this machine, with Debian's docker-registry on loopback, so the times are those
of the registry and the client, without a network. skopeo returns only tag names, no digests.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import peers
from benchmarks.measure import Usage, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OCI = "application/vnd.oci.image.manifest.v1+json"
_REPOSITORIES = "docker/registry/v2/repositories"
_SETTINGS = """\
repository: {repository_id: repo-bench, name: Bench, repository_type: local}
defaults: {domain_id: domain-bench}
registries:
  "HOST": {insecure: true, allow_private: true}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one way: its requests (None if they can't be counted), and resources used."""

    what: str
    requests: int | None
    usage: Usage

    def cells(self, tags: int) -> str:
        """Return the line as a row of a table."""
        requests = "-" if self.requests is None else f"{self.requests:,}"
        usage, rate = self.usage, tags / self.usage.wall
        cells = [self.what, requests, f"{number(usage.wall)} s", f"{number(usage.cpu)} s"]
        return f"| {' | '.join([*cells, f'{rate:,.0f}'])} |"


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Run a docker-registry with its data in a folder until the context ends; yield its host."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    host = f"127.0.0.1:{port}"
    config = {
        "version": "0.1",
        "log": {"accesslog": {"disabled": True}, "level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": host},
    }
    (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")
    program = shutil.which("docker-registry")
    if program is None:
        raise SystemExit("docker-registry is not installed: apt-get install docker-registry")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "serve", folder / "config.yml"], stderr=log)
    try:
        _wait(port)
        yield host
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    """Wait until the registry listens. Raise SystemExit after 10 seconds."""
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit("docker-registry did not start")


def fill(host: str, data: Path, plugins: int, tags: int) -> None:
    """Push one image, and copy its metadata for the others: the content is stored once."""
    blob = b"{}"
    begun = _send("POST", f"http://{host}/v2/bench/plugin-0/blobs/uploads/", b"")
    _send("PUT", f"{begun}&digest={_digest(blob)}", blob)
    config = {"mediaType": f"{_OCI}.config", "digest": _digest(blob), "size": len(blob)}
    for tag in range(tags):
        manifest = {"schemaVersion": 2, "mediaType": _OCI, "config": config, "layers": []}
        body = json.dumps({**manifest, "annotations": {"tag": str(tag)}}).encode()
        _send("PUT", f"http://{host}/v2/bench/plugin-0/manifests/1.{tag}.0", body, _OCI)
    folder = data / _REPOSITORIES / "bench"
    for plugin in range(1, plugins):
        shutil.copytree(folder / "plugin-0", folder / f"plugin-{plugin}")


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _send(method: str, url: str, body: bytes, kind: str = "application/octet-stream") -> str:
    """Send a request to the registry; return the response's Location."""
    headers = {"Content-Type": kind}
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return str(answer.headers.get("Location", ""))


def catalog(folder: Path, host: str, plugins: int) -> Path:
    """Write a catalog of plugins for the images in the registry."""
    (folder / "plugins").mkdir(parents=True)
    (folder / "catalog.yaml").write_text(_SETTINGS.replace("HOST", host), encoding="utf-8")
    for plugin in range(plugins):
        text = (
            f"name: Plugin {plugin}\nservice_type: monitoring.Webhook\n"
            f'image: bench/plugin-{plugin}\nregistry_url: "{host}"\n'
        )
        (folder / "plugins" / f"plugin-{plugin}.yaml").write_text(text, encoding="utf-8")
    return folder


def timed(command: Sequence[str | Path]) -> Usage:
    """Run a command to its end; `measure.run` would wait for the registry, our child, too."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    wall = time.perf_counter() - began
    return Usage(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def resolve(what: str, folder: Path, report: Path, *options: str) -> Line:
    """Run `catalogctl resolve`, and read the number of its requests from the report."""
    given: list[str | Path] = ["--quiet", "--catalog", folder, "--report", report, *options]
    usage = timed([peers.catalogctl(), "resolve", *given])
    return Line(what, json.loads(report.read_bytes())["requests"], usage)


def list_tags(host: str, folder: Path, plugins: int) -> Line | None:
    """Run `skopeo list-tags` for each image in turn; return None without skopeo."""
    skopeo = shutil.which("skopeo")
    if skopeo is None:
        return None
    script = folder / "loop.sh"
    lines = (
        f"{skopeo} list-tags --tls-verify=false docker://{host}/bench/plugin-{plugin} >/dev/null"
        for plugin in range(plugins)
    )
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Line("skopeo list-tags, in a loop", None, timed(["sh", "-e", script]))


def lines(plugins: int, tags: int) -> Iterator[Line]:
    """Yield the figures of each way."""
    with tempfile.TemporaryDirectory(prefix="catalogctl-bench-") as name:
        work = Path(name)
        with registry(work) as host:
            print(f"pushing {plugins:,} images of {tags:,} tags", file=sys.stderr, flush=True)
            fill(host, work / "data", plugins, tags)
            folder = catalog(work / "catalog", host, plugins)
            report = work / "report.json"
            yield resolve("resolve, first run", folder, report)
            yield resolve("resolve, nothing new", folder, report)
            yield resolve("resolve, nothing new, --recheck 0", folder, report, "--recheck", "0")
            peer = list_tags(host, work, plugins)
            if peer is not None:
                yield peer


def main() -> int:
    """Print the table; return 1 if a run without changes sent more than N x (2 + K) requests."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--plugins", type=int, default=1000)
    parser.add_argument("--tags", type=int, default=50)
    given = parser.parse_args()
    print(f"### Resolve: {given.plugins:,} plugins of {given.tags:,} tags\n")
    print("| what | requests | wall | CPU | tags a second |")
    print("| --- | --- | --- | --- | --- |")
    met = True
    for line in lines(given.plugins, given.tags):
        print(line.cells(given.plugins * given.tags), flush=True)
        is_again = line.what == "resolve, nothing new"
        met &= not is_again or (line.requests or 0) <= given.plugins * (2 + 5)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
