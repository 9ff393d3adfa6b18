"""A gateway behind Debian's nginx, which ends TLS, with the settings of docs/gateway.md."""

from __future__ import annotations

import re
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from support.authority import Authority
from support.gateway import V1, ClientTls
from support.nginx import program
from support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.gateway import RunningGateway

PAGE = Path(__file__).parents[2] / "docs" / "gateway.md"
NAME = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as free:
        free.bind((NAME, 0))
        return int(free.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((NAME, port)) == 0


@contextmanager
def nginx_before(served: RunningGateway, scratch: Path) -> Iterator[tuple[int, ClientTls]]:
    """Run nginx with the block of the page; give its port, and what clients trust."""
    (block,) = re.findall(r"(?ms)^```nginx\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))
    authority, port = Authority(scratch / "ca"), free_port()
    cert, key = authority.files(NAME)
    for written, here in {
        "listen 443": f"listen {NAME}:{port}",
        "/etc/ssl/repository.crt": str(cert),
        "/etc/ssl/repository.key": str(key),
        "grpc://127.0.0.1:50051": f"grpc://{served.grpc}",
        "http://127.0.0.1:8080": f"http://{served.http}",
    }.items():
        assert written in block
        block = block.replace(written, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {scratch}/{kind};\n" for kind in kinds)
    (scratch / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {scratch}/pid; events {{ }}\n"
        f"http {{ access_log off; {temporary} {block} }}\n"
    )
    command = [program(), "-c", f"{scratch}/nginx.conf", "-e", f"{scratch}/error.log"]
    with subprocess.Popen(list(map(str, command))) as process:
        try:
            wait_until(lambda: answers(port), seconds=20)
            yield port, ClientTls(authority.ca_file)
        finally:
            process.terminate()


@pytest.mark.skipif(program() is None, reason="nginx is not installed: tools/setup/packages.sh")
def test_both_protocols_pass_and_nothing_else(served: RunningGateway, tmp_path: Path) -> None:
    with nginx_before(served, tmp_path) as (port, tls):
        channel, url = tls.channel(f"{NAME}:{port}"), f"https://{NAME}:{port}"
        call: Any = channel.unary_unary("/spaceone.api.repository.v1.Plugin/get")
        assert b"The plugin-a" in call(b"\n\x08plugin-a", timeout=10)
        with pytest.raises(grpc.RpcError) as caught:
            call(b"\n\x08plugin-x", timeout=10)
        assert str(caught.value.details()).startswith("ERROR_NO_PLUGIN: ")
        pool = tls.pool()
        answer = pool.request("GET", f"{url}{V1}/plugins/plugin-a")
        assert (answer.status, answer.json()["name"]) == (200, "The plugin-a")
        assert pool.request("POST", f"{url}{V1}/plugin/list", body=b"x" * 2_000_000).status == 413
        assert [pool.request("GET", f"{url}{path}").status for path in ("/metrics", "/check")] == [
            404,
            404,
        ]
        channel.close()
