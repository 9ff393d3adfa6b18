"""What hostile answers cost: measured as a whole command, eight images at once."""

from __future__ import annotations

import contextlib
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.loopback import Asked, Reply, Server
from support.resolving import LOCAL, catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CATALOGCTL = Path(sys.executable).with_name("catalogctl")
MIB = 2**20
MOST = 400 * 1024
HOSTS, IMAGES = 2, 4
"""A run asks four images of a host at a time."""


def filled(before: str, element: str, after: str) -> bytes:
    """Return JSON of almost 16 MiB, of as many elements as fit."""
    room = 16 * MIB - 32 * 1024 - len(before) - len(after)
    return f"{before}{','.join([element] * (room // (len(element) + 1)))}{after}".encode()


def packed(body: bytes, status: int = 200) -> Reply:
    """Return an answer that is small on the wire."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return Reply(status, gzip.compress(body, 1), headers)


def realm(asked: Asked) -> Reply:
    """Ask for a token of the same host."""
    header = f'Bearer realm="http://{asked.headers["host"]}/token",service="s"'
    return Reply(401, b"", {"WWW-Authenticate": header})


# (what answers a list of tags, what the message has)
ANSWERS: dict[str, tuple[Callable[[], Reply], str]] = {
    "lists": (lambda: packed(filled('{"tags":[', "[]", "]}")), "values, not a list of tags"),
    "mappings": (lambda: packed(filled('{"tags":[', "{}", "]}")), "values, not a list of tags"),
    "short texts": (lambda: packed(filled('{"tags":[', '""', "]}")), "values, not a list of tags"),
    "lists in fewer elements": (
        lambda: packed(filled('{"tags":[', "[" * 60 + "]" * 60, "]}")),
        "is not a list of tags",
    ),
    "beside the tags": (
        lambda: packed(filled('{"x":[', "[" * 60 + "]" * 60, '],"tags":[]}')),
        "has no tag at all",
    ),
    "one text": (lambda: packed(filled('{"tags":["', "a" * 14 * MIB, '"]}')), "has no tag at all"),
    "the body of an error": (
        lambda: packed(filled('{"errors":[', "[]", "]}"), 403),
        "access is denied",
    ),
}


@contextlib.contextmanager
def registries(folder: Path, app: Callable[[Asked], Reply]) -> Iterator[Path]:
    """Start the registries and write a catalog of their images."""
    with contextlib.ExitStack() as stack:
        hosts = [stack.enter_context(Server(app)).host for _ in range(HOSTS)]
        plugins = {
            f"plugin-{letter}{number}": {"registry_url": host}
            for letter, host in zip("ab", hosts, strict=True)
            for number in range(IMAGES)
        }
        yield catalog(folder, dict.fromkeys(hosts, LOCAL), plugins)


def measured(folder: Path) -> tuple[int, int, list[str]]:
    """Return the exit code of `resolve`, its peak memory in KiB, and the causes that it gives."""
    command = [str(CATALOGCTL), "resolve", "--catalog", str(folder), "--format", "json", "-q"]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    numbers, _, report = done.stdout.partition("\n")
    code, kilobytes = map(int, numbers.split())
    return code, kilobytes, [each["cause"] for each in json.loads(report)["plugins"]]


@pytest.mark.parametrize(("make", "cause"), ANSWERS.values(), ids=ANSWERS)
def test_a_page_that_unpacks_to_much_takes_little_memory(
    tmp_path: Path, make: Callable[[], Reply], cause: str
) -> None:
    """R-22: less than 400 MB with eight hostile images, whatever the page unpacks to."""
    reply = make()
    with registries(tmp_path, lambda _: reply) as folder:
        code, kilobytes, causes = measured(folder)
    assert code in {1, 3}
    assert len([each for each in causes if cause in each]) == HOSTS * IMAGES, causes
    assert kilobytes < MOST


def test_tokens_and_manifests_that_unpack_to_much_take_little_memory(tmp_path: Path) -> None:
    """R-22."""
    manifest = packed(
        filled('{"layers":[', "[" * 60 + "]" * 60, '],"schemaVersion":[]}')[: 4 * MIB]
    )
    token = packed(filled('{"token":[', "[]", "]}"))

    def app(asked: Asked) -> Reply:
        if asked.path == "/token":
            return token
        if asked.path.endswith("/tags/list"):
            return Reply(200, b'{"tags": ["1.0"]}')
        if asked.method == "HEAD":
            return Reply(200)
        return realm(asked) if "/acme/plugin-a" in asked.path else manifest

    with registries(tmp_path, app) as folder:
        code, kilobytes, causes = measured(folder)
    assert (code, kilobytes < MOST) == (3, True)
    assert sum("more than 64 KiB" in cause for cause in causes) == IMAGES, causes
    assert sum("manifest" in cause or "MiB" in cause for cause in causes) == IMAGES, causes


# (a page of Docker Hub's REST API, what the message has)
ROWS: dict[str, tuple[Callable[[], bytes], str]] = {
    "rows": (lambda: filled('{"results":[', "{}", "]}"), "values, not a page of tags"),
    "images": (
        lambda: filled('{"results":[{"name":"1.0","images":[', "{}", "]}]}"),
        "values, not a page of tags",
    ),
    "a list for a digest": (
        lambda: filled('{"results":[{"name":"1.0","digest":[', "[" * 60 + "]" * 60, "]}]}"),
        "is not a page of tags",
    ),
    "beside the rows": (
        lambda: filled('{"x":[', "[" * 60 + "]" * 60, '],"results":[]}'),
        "has no tag at all",
    ),
}


@pytest.mark.parametrize(("make", "cause"), ROWS.values(), ids=ROWS)
def test_a_page_of_docker_hub_that_unpacks_to_much_takes_little_memory(
    tmp_path: Path, make: Callable[[], bytes], cause: str
) -> None:
    """R-22."""
    reply = packed(make())
    with Server(lambda _: reply) as server:
        options = {**LOCAL, "rest_endpoint": server.url, "endpoint": server.url}
        plugins = {f"plugin-{number}": {"image": f"acme/plugin-{number}"} for number in range(8)}
        code, kilobytes, causes = measured(catalog(tmp_path, {"docker.io": options}, plugins))
    assert code in {1, 3}
    assert len([each for each in causes if cause in each]) == 8, causes
    assert kilobytes < MOST


_MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, flush=True)
sys.stdout.buffer.write(done.stdout)
"""
"""A process of its own to start the command: the kernel counts the starter's memory, too."""
