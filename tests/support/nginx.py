"""Debian's nginx with the settings of docs/hosting.md, on a free port of this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "hosting.md"
PREFIX = "/some/prefix/"
FOLDER = "/srv/catalog/public/"
SECONDS = 20


def program() -> str | None:
    """Return where nginx is; Debian keeps it out of a user's PATH."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def settings(tree: Path) -> tuple[str, str]:
    """Return the page's two blocks, for `http` and for `server`, about a tree."""
    blocks = re.findall(r"(?ms)^```nginx\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))
    http, server = (block.replace(FOLDER, f"{tree}/") for block in blocks)
    return http, server


@contextmanager
def serving(tree: Path, scratch: Path) -> Iterator[str]:
    """Serve a tree as the page says, and give its address."""
    http, server = settings(tree)
    port = _free_port()
    user = "user root;" if os.geteuid() == 0 else ""  # tests' folders are their user's alone
    temporary = "".join(
        f"{kind}_temp_path {scratch}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (scratch / "nginx.conf").write_text(
        f"""
        {user}
        daemon off;
        worker_processes 1;
        pid {scratch}/pid;
        error_log {scratch}/error.log;
        events {{ }}
        http {{
            include /etc/nginx/mime.types;
            access_log off;
            {temporary}
            {http}
            server {{
                listen 127.0.0.1:{port};
                {server}
            }}
        }}
        """
    )
    nginx = program()
    assert nginx is not None
    command = [nginx, "-c", f"{scratch}/nginx.conf", "-e", f"{scratch}/error.log"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            _wait_for(port, process, scratch)
            yield f"http://127.0.0.1:{port}{PREFIX}"
        finally:
            process.terminate()
            process.wait(SECONDS)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], scratch: Path) -> None:
    """Return as soon as the server takes connections."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            log = scratch / "error.log"
            assert process.poll() is None, log.read_text() if log.exists() else "nginx ended"
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.02)
        else:
            return
