"""Registries for tests: Debian's docker-registry, started on loopback, and simulators of others."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest
import urllib3

from support.loopback import Asked, Reply, in_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from types import TracebackType

OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
_CONFIG = {
    OCI: "application/vnd.oci.image.config.v1+json",
    DOCKER: "application/vnd.docker.container.image.v1+json",
}
_PATIENCE = 30


def need(program: str, package: str) -> str:
    """Return the path of a program; without it skip the test, but fail where CI is set."""
    path = shutil.which(program)
    if path is None:
        reason = f"{program} is not installed: apt-get install {package}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def digest(data: bytes) -> str:
    """Return the digest of bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def manifest(content: str, media_type: str = OCI) -> bytes:
    """Return the manifest of an image that differs by its content."""
    config = config_blob(content)
    value = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {"mediaType": _CONFIG[media_type], "digest": digest(config), "size": len(config)},
        "layers": [],
    }
    return json.dumps(value).encode()


def config_blob(content: str) -> bytes:
    """Return an image's configuration."""
    value = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Labels": {"content": content}},
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    return json.dumps(value).encode()


class DockerRegistry:
    """Debian's docker-registry (2.8.2) with its data in a folder; it can be stopped and started.

    `tls` are the paths of a certificate and its key, of the authority in `ca_file`; `auth` is the
    configuration's part of that name.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tls: tuple[Path, Path] | None = None,
        ca_file: Path | None = None,
        auth: Mapping[str, Any] | None = None,
    ) -> None:
        self._program = need("docker-registry", "docker-registry")
        self._folder = folder
        self._auth = dict(auth or {})
        self._tls = tls
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.host = f"127.0.0.1:{self._port}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"
        self._http = urllib3.PoolManager(ca_certs=ca_file and str(ca_file), retries=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._http.clear()

    def start(self) -> None:
        """Start it and wait until it answers."""
        http: dict[str, Any] = {"addr": self.host}
        if self._tls is not None:
            http["tls"] = {"certificate": str(self._tls[0]), "key": str(self._tls[1])}
        config = {
            "version": "0.1",
            "log": {"accesslog": {"disabled": True}, "level": "error"},
            "storage": {
                "filesystem": {"rootdirectory": str(self._folder / "data")},
                "delete": {"enabled": True},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            "http": http,
        }
        if self._auth:
            config["auth"] = self._auth
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "config.yml"
        file.write_text(json.dumps(config), encoding="utf-8")
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "serve", file], stdout=log, stderr=log, cwd=self._folder
            )
        self._wait()

    def _wait(self) -> None:
        assert self._process is not None
        ends_at = time.monotonic() + _PATIENCE
        while time.monotonic() < ends_at:
            assert self._process.poll() is None, (self._folder / "log").read_text("utf-8")
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.02)
        pytest.fail("docker-registry did not start")

    def stop(self) -> None:
        """Stop it; its data stays."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_PATIENCE)
            self._process = None

    def push(
        self,
        name: str,
        tags: Iterable[str],
        content: str,
        media_type: str = OCI,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Push one small image under these tags and return its digest."""
        blob = config_blob(content)
        headers = dict(headers or {})
        begun = self._send("POST", f"{self.url}/v2/{name}/blobs/uploads/", b"", headers, 202)
        place = begun.headers["Location"]
        mark = "&" if "?" in place else "?"
        self._send("PUT", f"{place}{mark}digest={digest(blob)}", blob, headers, 201)
        body = manifest(content, media_type)
        return self.push_manifest(name, tags, body, media_type, headers)

    def push_manifest(
        self,
        name: str,
        tags: Iterable[str],
        body: bytes,
        media_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Push a manifest whose parts are there already, and return its digest."""
        typed = {**(headers or {}), "Content-Type": media_type}
        for tag in tags:
            self._send("PUT", f"{self.url}/v2/{name}/manifests/{tag}", body, typed, 201)
        return digest(body)

    def delete(self, name: str, of: str) -> None:
        """Delete a manifest by its digest, and with it its tags."""
        self._send("DELETE", f"{self.url}/v2/{name}/manifests/{of}", b"", {}, 202)

    def _send(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], expected: int
    ) -> urllib3.BaseHTTPResponse:
        answer = self._http.request(method, url, body=body, headers=dict(headers))
        assert answer.status == expected, (method, url, answer.status, answer.data)
        return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Images:
    """An OCI registry as an app for `Server`: what it holds, and how it pages.

    `images` maps a name to its tags, each to the content that its manifest is made of. `fault` is
    asked first and may answer instead. `page` is the largest page, 0 for all at once.
    """

    images: dict[str, dict[str, str]] = field(default_factory=dict)
    fault: Callable[[Asked], Reply | None] = lambda _: None
    page: int = 0
    link: Callable[[Asked, str], str] = lambda asked, last: (
        f'<{asked.path}?n={asked.query["n"][0]}&last={last}>; rel="next"'
    )

    def __call__(self, asked: Asked) -> Reply:
        """Return the answer."""
        reply = self.fault(asked)
        if reply is not None:
            return reply
        name, _, rest = asked.path.removeprefix("/v2/").partition("/tags/list")
        if asked.path.endswith("/tags/list") and not rest:
            return self._tags(asked, name)
        name, _, tag = asked.path.removeprefix("/v2/").partition("/manifests/")
        if tag and tag in self.images.get(name, {}):
            body = manifest(self.images[name][tag])
            headers = {"Content-Type": OCI, "Docker-Content-Digest": digest(body)}
            return Reply(200, body, headers)
        return error(404, "MANIFEST_UNKNOWN", "manifest unknown")

    def _tags(self, asked: Asked, name: str) -> Reply:
        if name not in self.images:
            return error(404, "NAME_UNKNOWN", "repository name not known to registry")
        tags = sorted(self.images[name])
        if not self.page:
            return in_json({"name": name, "tags": tags})
        last = asked.query.get("last", [""])[0]
        left = [tag for tag in tags if tag > last]
        shown = left[: self.page]
        headers = {"Link": self.link(asked, shown[-1])} if len(left) > len(shown) else {}
        return in_json({"name": name, "tags": shown}, headers=headers)


def error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Return an error as registries write it."""
    return in_json({"errors": [{"code": code, "message": message}]}, status, headers)
